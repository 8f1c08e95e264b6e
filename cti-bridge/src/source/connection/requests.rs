//! The bridge's requests to a source.

use std::future::Future;

use tokio::sync::mpsc;

use crate::source::{DialError, OrderError, SourceRequest};

/// The receiving end of a source's requests.
pub(super) struct Requests(Option<mpsc::Receiver<SourceRequest>>);

impl Requests {
    pub(super) fn new(requests: mpsc::Receiver<SourceRequest>) -> Self {
        Self(Some(requests))
    }

    /// The next request; pending forever, once all senders are gone. Safe to cancel.
    pub(super) async fn next(&mut self) -> SourceRequest {
        if let Some(requests) = &mut self.0 {
            if let Some(request) = requests.recv().await {
                return request;
            }
            self.0 = None;
        }
        std::future::pending().await
    }

    /// Refuses requests until `work` is done: there is no connection to send them over.
    pub(super) async fn refuse_during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                request = self.next() => {
                    // The requester may have disconnected.
                    match request {
                        SourceRequest::Dial { reply, .. } => drop(reply.send(Err(DialError::Down))),
                        SourceRequest::Order { reply, .. } => drop(reply.send(Err(OrderError::Down))),
                        // The bridge sends pauses again after `Up`.
                        SourceRequest::Pause(_) => {}
                    }
                }
            }
        }
    }
}
