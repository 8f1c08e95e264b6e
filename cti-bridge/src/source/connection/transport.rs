//! Byte streams to a PBX.

use std::future::Future;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::Connector;

/// Opens a byte stream to a PBX: over TCP, over TLS, or in memory in tests.
pub trait Connect: Send + Sync {
    /// The stream.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin;

    /// Opens a stream to this `host:port`.
    fn connect(&self, address: &str) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// Plain TCP.
#[derive(Debug, Clone, Copy)]
pub struct Tcp;

impl Connect for Tcp {
    type Stream = TcpStream;

    async fn connect(&self, address: &str) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// TLS over TCP. The certificate must be valid for the address's host.
#[derive(Debug, Clone)]
pub struct Tls(pub Connector);

impl Connect for Tls {
    type Stream = TlsStream<TcpStream>;

    async fn connect(&self, address: &str) -> io::Result<Self::Stream> {
        let stream = Tcp.connect(address).await?;
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
        self.0.connect(stream, host).await
    }
}
