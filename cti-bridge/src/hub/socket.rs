//! One WebSocket: the handle by which the hub reaches it, and the limits of its wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_util::sync::CancellationToken;

use crate::protocol::CloseCode;

/// What may wait to be written to a socket: the frames before the last, which are less than 32 KiB, and the last. A frame
/// that is larger than this closes its socket.
const OUTPUT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The limits of a socket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SocketLimits {
    /// Pushes that may wait for a socket.
    pub(crate) agent_queue_max: usize,
    /// Requests of a socket that may be under way; the next is read when one is answered.
    pub(crate) requests_max: usize,
    /// Bytes of a frame from a client.
    pub(crate) frame_bytes_max: usize,
    /// Bad frames in a row before the socket is closed.
    pub(crate) bad_frames_max: u32,
    /// Time until `hello`.
    pub(crate) hello_timeout: Duration,
    /// Quiet time after which the bridge sends a ping.
    pub(crate) ping_interval: Duration,
    /// Time without a message from the client, or that one write may take, after which a socket is closed.
    pub(crate) idle_timeout: Duration,
    /// How long a search may read the store.
    pub(crate) search_max: Duration,
}

impl SocketLimits {
    /// The settings for tungstenite. Read buffers are small: requests are small and sockets many.
    pub(crate) fn wire(&self) -> WebSocketConfig {
        WebSocketConfig::default()
            .read_buffer_size(8 * 1024)
            .write_buffer_size(32 * 1024)
            .max_write_buffer_size(OUTPUT_BYTES_MAX)
            .max_message_size(Some(self.frame_bytes_max))
            .max_frame_size(Some(self.frame_bytes_max))
    }
}

/// Closes a socket from anywhere, at once, whatever it is waiting for.
#[derive(Debug, Clone)]
pub(crate) struct Closer {
    token: CancellationToken,
    /// An index into [`CloseCode::ALL`]; the first reason wins.
    reason: Arc<AtomicUsize>,
}

const NO_REASON: usize = usize::MAX;

impl Closer {
    /// A closer that also closes when the bridge stops.
    pub(crate) fn new(stopping: &CancellationToken) -> Self {
        Self { token: stopping.child_token(), reason: Arc::new(AtomicUsize::new(NO_REASON)) }
    }

    /// Requests the close.
    pub(crate) fn close(&self, code: CloseCode) {
        let index = CloseCode::ALL.iter().position(|c| *c == code).unwrap_or_default();
        let _ = self.reason.compare_exchange(NO_REASON, index, Ordering::AcqRel, Ordering::Acquire);
        self.token.cancel();
    }

    /// Ends when the close was requested.
    pub(crate) async fn asked(&self) -> CloseCode {
        self.token.cancelled().await;
        self.code()
    }

    fn code(&self) -> CloseCode {
        let index = self.reason.load(Ordering::Acquire);
        // Without a reason the bridge itself stops.
        CloseCode::ALL.get(index).copied().unwrap_or(CloseCode::Stopping)
    }
}

/// How the hub reaches a socket.
#[derive(Debug, Clone)]
pub struct SocketHandle {
    id: u64,
    pushes: mpsc::Sender<Utf8Bytes>,
    closer: Closer,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl SocketHandle {
    pub(crate) fn new(closer: Closer, queue_max: usize) -> (Self, mpsc::Receiver<Utf8Bytes>) {
        let (pushes, waiting) = mpsc::channel(queue_max.max(1));
        (Self { id: NEXT_ID.fetch_add(1, Ordering::Relaxed), pushes, closer }, waiting)
    }

    /// Unique within the process.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Puts a push into the socket's queue, without waiting.
    pub(crate) fn offer(&self, frame: Utf8Bytes) -> Result<(), TrySendError<Utf8Bytes>> {
        self.pushes.try_send(frame)
    }

    /// Asks the socket to close.
    pub(crate) fn close(&self, code: CloseCode) {
        self.closer.close(code);
    }
}
