//! Requests to other systems over HTTP: one connection each, limited in time and size. Redirects are not followed.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Request, StatusCode, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::source::Connector;

/// The largest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// The largest head of an answer, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Accepts `https://` addresses, and `http://` ones of this machine.
pub(crate) fn check_url(url: &str) -> Result<Uri, String> {
    let uri: Uri = url.parse().map_err(|_| format!("{url} is not an address; write https://host/path"))?;
    let host = uri.host().unwrap_or_default();
    // They would be sent in the head of the request, where proxies log them.
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("an address has no user or password; write https://host/path".to_owned());
    }
    match uri.scheme_str() {
        Some("https") if !host.is_empty() => Ok(uri),
        Some("http") if ["127.0.0.1", "localhost", "[::1]"].contains(&host) => Ok(uri),
        _ => Err(format!("{url} is not encrypted; write https://host/path")),
    }
}

/// The client.
pub(crate) struct Http {
    connector: Connector,
    wait: Duration,
}

impl Http {
    pub(crate) fn new(connector: Connector, wait: Duration) -> Self {
        Self { connector, wait }
    }

    pub(crate) async fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let uri = check_url(url)?;
        let request = request(&uri, "GET").body(Body::empty()).map_err(|e| e.to_string())?;
        self.body(&uri, request).await
    }

    pub(crate) async fn post_form(
        &self,
        url: &str,
        form: &str,
        basic: Option<&str>,
    ) -> Result<Vec<u8>, String> {
        let uri = check_url(url)?;
        let mut request = request(&uri, "POST").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(basic) = basic {
            request = request.header(AUTHORIZATION, format!("Basic {basic}"));
        }
        let request = request.body(Body::from(form.to_owned())).map_err(|e| e.to_string())?;
        self.body(&uri, request).await
    }

    /// Posts JSON. Only the status of the answer is read.
    pub(crate) async fn post_json(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        json: &str,
    ) -> Result<(), String> {
        let uri = check_url(url)?;
        let mut request = request(&uri, "POST").header(CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(json.to_owned())).map_err(|e| e.to_string())?;
        self.limited(self.exchange(&uri, request)).await.map(drop)
    }

    async fn body(&self, uri: &Uri, request: Request<Body>) -> Result<Vec<u8>, String> {
        self.limited(async {
            let Answer { body, _sender } = self.exchange(uri, request).await?;
            #[expect(clippy::disallowed_methods, reason = "the whole exchange is limited in time")]
            let body = to_bytes(Body::new(body), ANSWER_BYTES_MAX).await;
            Ok(body
                .map_err(|_| format!("the answer is larger than {ANSWER_BYTES_MAX} bytes, or was cut off"))?
                .to_vec())
        })
        .await
    }

    async fn limited<T>(&self, work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
        let slow = |_| format!("no answer within {} ms", self.wait.as_millis());
        timeout(self.wait, work).await.map_err(slow)?
    }

    async fn exchange(&self, uri: &Uri, request: Request<Body>) -> Result<Answer, String> {
        let host = uri.host().unwrap_or_default();
        let encrypted = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let address = (host.trim_matches(['[', ']']), port);
        let tcp = TcpStream::connect(address)
            .await
            .map_err(|e| format!("{host}:{port} cannot be reached ({e})"))?;
        if !encrypted {
            return send(tcp, request).await;
        }
        let tls = self.connector.connect(tcp, host).await;
        send(tls.map_err(|e| format!("no trusted connection to {host}:{port} ({e})"))?, request).await
    }
}

fn request(uri: &Uri, method: &str) -> axum::http::request::Builder {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    Request::builder().method(method).uri(path).header(HOST, host).header(ACCEPT, "application/json")
}

/// An answer that reports success.
struct Answer {
    body: Incoming,
    /// Without it the connection would end before the body was read.
    _sender: SendRequest<Body>,
}

async fn send<S>(stream: S, request: Request<Body>) -> Result<Answer, String>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let broken = |e: hyper::Error| format!("the connection broke ({e})");
    let handshake = http1::Builder::new().max_buf_size(HEAD_BYTES_MAX).handshake(TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.map_err(broken)?;
    // It ends with the answer, or when the sender is dropped.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(broken)?;
    match answer.status() {
        status if status.is_success() => Ok(Answer { body: answer.into_body(), _sender: sender }),
        status => Err(refused(status)),
    }
}

fn refused(status: StatusCode) -> String {
    match status.is_redirection() {
        true => format!("status {}: redirects are not followed", status.as_u16()),
        false => format!("status {}", status.as_u16()),
    }
}
