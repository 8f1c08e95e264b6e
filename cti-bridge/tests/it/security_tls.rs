//! The listener's TLS: page, WebSocket, reload, and who is refused.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use crate::common::{AKAGI, Company, company, soon, start};
use cti_bridge::config::Config;
use cti_bridge::server::{Parts, Server};
use cti_bridge::source::Connector;
use cti_bridge::tls::TlsConfig;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use shared::SystemClock;
use test_support::Process;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

/// Writes a certificate of `localhost` that signs itself, and its key.
fn pair(folder: &Path) -> TlsConfig {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = TlsConfig { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    files
}

fn encrypted(company: &Company) -> Config {
    Config { tls: Some(pair(company.folder.path())), ..Config::default() }
}

async fn connect(address: SocketAddr, trusted: &Path) -> std::io::Result<TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(address).await.unwrap();
    soon(Connector::new(Some(trusted)).unwrap().connect(tcp, "localhost")).await
}

fn certificate(config: &Config) -> PathBuf {
    config.tls.clone().unwrap().certificate
}

async fn exchange(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    soon(stream.read_to_end(&mut response)).await.unwrap();
    String::from_utf8(response).unwrap()
}

type Secure = WebSocketStream<TlsStream<TcpStream>>;

async fn socket(address: SocketAddr, trusted: &Path) -> Secure {
    let stream = connect(address, trusted).await.unwrap();
    soon(tokio_tungstenite::client_async(format!("wss://localhost:{}/ws", address.port()), stream))
        .await
        .unwrap()
        .0
}

async fn answer(ws: &mut Secure, request: Value) -> Value {
    ws.send(Message::text(request.to_string())).await.unwrap();
    next(ws).await
}

async fn next(ws: &mut Secure) -> Value {
    match soon(ws.next()).await.unwrap().unwrap() {
        Message::Text(text) => serde_json::from_str(&text).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn page_and_sockets_work_over_tls_and_plain_http_is_explained() {
    let company = company();
    let config = encrypted(&company);
    let server = start(&company, &config, None).await;
    let trusted = certificate(&config);

    let page = exchange(connect(server.address, &trusted).await.unwrap(), "/").await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("strict-transport-security: max-age=31536000"));
    let plain = exchange(TcpStream::connect(server.address).await.unwrap(), "/").await;
    assert!(plain.starts_with("HTTP/1.1 400") && plain.contains("https://"), "{plain}");

    let mut ws = socket(server.address, &trusted).await;
    let hello = answer(&mut ws, json!({"id": 1, "op": "hello", "token": company.tokens[0]})).await;
    assert_eq!(hello["data"]["agent"]["agent_code"], "A201");
    let found = answer(&mut ws, json!({"id": 2, "op": "lookup", "number": AKAGI})).await;
    assert_eq!(found["data"]["customer"]["customer_code"], "C00017");
    server.stop().await;
}

#[tokio::test]
async fn headers_of_the_page_without_tls() {
    let company = company();
    let server = start(&company, &Config::default(), None).await;
    let page = exchange(TcpStream::connect(server.address).await.unwrap(), "/").await;
    assert!(!page.contains("strict-transport-security"), "plain text cannot promise it");
    for header in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "permissions-policy: ",
    ] {
        assert!(page.contains(header), "{header}: {page}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_frame_that_is_too_large_is_refused_over_tls_too() {
    let company = company();
    let config = encrypted(&company);
    let server = start(&company, &config, None).await;
    let mut ws = socket(server.address, &certificate(&config)).await;
    answer(&mut ws, json!({"id": 1, "op": "hello", "token": company.tokens[0]})).await;
    let large = Message::text("x".repeat(config.limits.frame_bytes_max * 20));
    // The whole frame is taken, so that the refusal can be read behind it.
    ws.send(large).await.unwrap();
    assert_eq!(next(&mut ws).await["error"]["code"], "too_large");
    match soon(ws.next()).await.unwrap().unwrap() {
        Message::Close(Some(frame)) => assert_eq!(u16::from(frame.code), 1009),
        other => panic!("{other:?}"),
    }
    server.stop().await;
}

#[tokio::test]
async fn a_missing_handshake_ends_the_connection() {
    let company = company();
    let mut config = encrypted(&company);
    config.limits.http_header_timeout_ms = 50;
    let server = start(&company, &config, None).await;
    for begun in [&b""[..], b"\x16\x03\x01"] {
        let mut tcp = TcpStream::connect(server.address).await.unwrap();
        tcp.write_all(begun).await.unwrap();
        // However it ends, it ends.
        let _ = soon(tcp.read_to_end(&mut Vec::new())).await;
    }
    // Bytes that are no handshake affect no other connection.
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    tcp.write_all(&[0x16; 600]).await.unwrap();
    let _ = soon(tcp.read_to_end(&mut Vec::new())).await;
    assert!(connect(server.address, &certificate(&config)).await.is_ok());
    server.stop().await;
}

#[tokio::test]
async fn a_reloaded_certificate_is_used_by_new_connections() {
    let company = company();
    let config = encrypted(&company);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stopping = CancellationToken::new();
    let (store, clock) = (company.store.clone(), Arc::new(SystemClock));
    let sources = Vec::new();
    let parts = Parts { store, listener, sources, clock, stopping: stopping.clone() };
    let server = Server::start(parts, &config).unwrap();
    let (address, tls) = (server.address(), server.tls().unwrap());
    let ended = tokio::spawn(server.wait());

    let old = company.folder.path().join("old.pem");
    std::fs::copy(certificate(&config), &old).unwrap();
    let mut ws = socket(address, &old).await;
    answer(&mut ws, json!({"id": 1, "op": "hello", "token": company.tokens[0]})).await;
    pair(company.folder.path());
    assert!(connect(address, &certificate(&config)).await.is_err(), "not loaded yet");
    tls.reload().unwrap();
    assert!(connect(address, &certificate(&config)).await.is_ok());
    assert!(connect(address, &old).await.is_err());
    assert_eq!(answer(&mut ws, json!({"id": 2, "op": "ping"})).await["ok"], true);
    stopping.cancel();
    soon(ended).await.unwrap().unwrap();
}

fn serve(company: &Company, files: &TlsConfig) -> Command {
    let mut command = test_support::command(env!("CARGO_BIN_EXE_cti-bridge"));
    let path = company.path();
    command.env("CHAKUDEN_LOG", "off");
    command.args(["serve", "--listen", "127.0.0.1:0", "--store"]).arg(path);
    command.arg("--tls-cert").arg(&files.certificate).arg("--tls-key").arg(&files.key);
    command
}

#[tokio::test]
async fn sighup_reloads_the_certificate() {
    let company = company();
    let files = pair(company.folder.path());
    let serving = Process::start(serve(&company, &files));
    let address = serving.listening();
    assert!(connect(address, &files.certificate).await.is_ok());
    pair(company.folder.path());
    serving.signal("-HUP");
    // The signal takes its time; each try is a whole handshake.
    soon(async { while connect(address, &files.certificate).await.is_err() {} }).await;
}

#[test]
fn wrong_files_end_the_program_with_one_line() {
    let company = company();
    let files = pair(company.folder.path());
    std::fs::write(&files.key, "no key").unwrap();
    let output = serve(&company, &files).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), complaint.lines().count()), (Some(78), 1), "{complaint}");
    assert!(complaint.contains("key.pem") && complaint.contains("BEGIN PRIVATE KEY"), "{complaint}");
}
