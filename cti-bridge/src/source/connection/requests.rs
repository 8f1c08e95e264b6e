//! What the bridge asks of a source, and what becomes of it while the connection is not there.

use std::future::Future;

use tokio::sync::mpsc;

use crate::source::{DialError, SourceRequest};

/// Longest extension and longest number that is dialled, in characters.
pub(in crate::source) const DIALLED_MAX: usize = 32;

/// Whether this can be an extension: nothing that means something to a telephone system.
pub(in crate::source) fn is_extension(text: &str) -> bool {
    is_made_of(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// Whether this can be dialled: digits, and the keys that a telephone has beside them.
pub(in crate::source) fn is_dialled(text: &str) -> bool {
    is_made_of(text, |b| b.is_ascii_digit() || matches!(b, b'+' | b'*' | b'#'))
}

fn is_made_of(text: &str, is_allowed: fn(u8) -> bool) -> bool {
    (1..=DIALLED_MAX).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// What the bridge asks of this source. When nobody can ask any more, nothing is ever asked.
pub(in crate::source) struct Requests(Option<mpsc::Receiver<SourceRequest>>);

impl Requests {
    pub(in crate::source) fn new(requests: mpsc::Receiver<SourceRequest>) -> Self {
        Self(Some(requests))
    }

    /// The next request. Safe to cancel.
    pub(in crate::source) async fn next(&mut self) -> SourceRequest {
        if let Some(requests) = &mut self.0 {
            if let Some(request) = requests.recv().await {
                return request;
            }
            self.0 = None;
        }
        std::future::pending().await
    }

    /// Refuses every request while something else goes on that needs the connection first.
    pub(in crate::source) async fn refuse_during<T>(&mut self, what: impl Future<Output = T>) -> T {
        let mut what = std::pin::pin!(what);
        loop {
            tokio::select! {
                done = &mut what => return done,
                request = self.next() => {
                    // Queues are told again when the connection is there.
                    if let SourceRequest::Dial { reply, .. } = request {
                        // Whoever asked may have gone.
                        let _ = reply.send(Err(DialError::Down));
                    }
                }
            }
        }
    }
}
