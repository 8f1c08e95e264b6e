//! Accepts connections, plain or encrypted, while there are places; closes those that are slow to send their request or to
//! take the answer.

use std::error::Error as _;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::router;
use crate::app::App;
use crate::client::Connection;
use crate::throttle::is_in;
use crate::tls::stream::Stream;

/// Wait after a failed accept (out of file handles, for example), so that the loop does not spin.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);
/// The largest header of a request. Bytes.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// The first byte of a TLS handshake (RFC 8446 section 5.1).
const HANDSHAKE: u8 = 0x16;
/// The answer to plain HTTP where TLS is spoken. The request was not read, so its language is not known.
const SPEAKS_TLS: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n\
    このアドレスでは TLS を使います。https:// か wss:// で接続してください\n\
    this address speaks TLS: use https:// and wss://\n";

/// The client's address.
#[derive(Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Accepts until the stop.
pub(crate) async fn accept(listener: TcpListener, app: Arc<App>) {
    let service = router(app.clone());
    loop {
        let accepted = tokio::select! {
            biased;
            () = app.stopping.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let peer = peer.ip();
                match app.places.connection(peer, is_in(peer, &app.trusted_proxies)) {
                    Ok(place) => {
                        let service = service.clone().layer(Extension(place)).layer(Extension(Peer(peer)));
                        app.tasks.spawn(serve(stream, service, app.clone(), peer));
                    }
                    // Over the limit a connection is closed at once: cheaper for both than any answer.
                    Err(full) => app.refusals.note(full.setting(), peer),
                }
            }
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted");
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, service: axum::Router, app: Arc<App>, peer: IpAddr) {
    // A pop-up is one small frame; it must not wait for a second one to fill a packet.
    let _ = stream.set_nodelay(true);
    app.metrics.connections.inc();
    let opened = tokio::select! {
        opened = timeout(app.http.header_timeout, open(stream, &app)) => opened.ok().flatten(),
        () = app.stopping.cancelled() => None,
    };
    if let Some(stream) = opened {
        speak(Connection::new(stream, app.http.write_timeout), service, &app, peer).await;
    }
    app.metrics.connections.dec();
}

/// Does the TLS handshake where TLS is set. `None`: there was none, whatever the reason.
async fn open(mut stream: TcpStream, app: &App) -> Option<Stream> {
    let Some(tls) = &app.tls else { return Some(Stream::Plain(stream)) };
    let mut first = [0_u8; 1];
    if stream.peek(&mut first).await.ok()? == 1 && first != [HANDSHAKE] {
        // Whether it arrives or not, the connection is over.
        let _ = stream.write_all(SPEAKS_TLS.as_bytes()).await;
        let _ = stream.shutdown().await;
        return None;
    }
    tls.acceptor().accept(stream).await.ok().map(|tls| Stream::Tls(Box::new(tls)))
}

async fn speak(client: Connection, service: axum::Router, app: &App, peer: IpAddr) {
    let service = TowerToHyperService::new(service);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(app.http.header_timeout)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(client), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // An error on one connection concerns no other.
        ended = connection.as_mut() => {
            if ended.is_err_and(|error| was_too_slow(&error)) {
                app.refusals.note("write_timeout_ms", peer);
            }
        }
        () = app.stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Whether the client accepted no data for too long.
fn was_too_slow(error: &hyper::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut)
}
