//! Accepts connections, plain or encrypted, up to the limit; closes those that are slow to send their request.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::router;
use crate::app::App;
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

/// A connection's place among all; freed when the last holder is gone, the upgraded socket included.
#[derive(Clone)]
pub(super) struct Place(#[expect(dead_code, reason = "held, never read")] Arc<OwnedSemaphorePermit>);

/// The client's address.
#[derive(Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// The limits of connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AcceptLimits {
    /// Connections open at a time.
    pub(crate) connections_max: usize,
    /// Wait for the TLS handshake, and for a request's header.
    pub(crate) header_timeout: Duration,
}

/// Accepts until the stop.
pub(crate) async fn accept(listener: TcpListener, app: Arc<App>, limits: AcceptLimits) {
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let service = router(app.clone());
    loop {
        let accepted = tokio::select! {
            biased;
            () = app.stopping.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Over the limit a connection is closed at once: cheaper for both than any answer.
                if let Ok(permit) = places.clone().try_acquire_owned() {
                    let place = Place(Arc::new(permit));
                    let service = service.clone().layer(Extension(place)).layer(Extension(Peer(peer.ip())));
                    app.tasks.spawn(serve(stream, service, app.clone(), limits.header_timeout));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted");
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, service: axum::Router, app: Arc<App>, header_timeout: Duration) {
    // A pop-up is one small frame; it must not wait for a second one to fill a packet.
    let _ = stream.set_nodelay(true);
    app.metrics.connections.inc();
    let opened = tokio::select! {
        opened = timeout(header_timeout, open(stream, &app)) => opened.ok().flatten(),
        () = app.stopping.cancelled() => None,
    };
    if let Some(stream) = opened {
        speak(stream, service, &app, header_timeout).await;
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

async fn speak(stream: Stream, service: axum::Router, app: &App, header_timeout: Duration) {
    let service = TowerToHyperService::new(service);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // An error on one connection concerns no other.
        _ = connection.as_mut() => {}
        () = app.stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
