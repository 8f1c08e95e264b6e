//! The events of a source that connects to its PBX.

use shared::clock::Clock;
use shared::message;
use shared::message::Explain as _;
use tokio::sync::mpsc;

use super::ConnectionError;
use crate::call::CallSignal;
use crate::source::SourceEvent;

/// Where a source's events go.
pub(super) struct Events<'a> {
    clock: &'a dyn Clock,
    to: &'a mpsc::Sender<SourceEvent>,
}

impl<'a> Events<'a> {
    pub(super) fn new(clock: &'a dyn Clock, to: &'a mpsc::Sender<SourceEvent>) -> Self {
        Self { clock, to }
    }

    pub(super) async fn send(&self, event: SourceEvent) -> Result<(), ConnectionError> {
        self.to.send(event).await.map_err(|_| ConnectionError::NoReceiver)
    }

    /// Reports signals, which must not be empty.
    pub(super) async fn signals(&self, signals: Vec<CallSignal>) -> Result<(), ConnectionError> {
        self.send(SourceEvent::Signals { at: self.clock.moment(), signals }).await
    }

    /// Reports a lost or failed connection.
    pub(super) async fn down(
        &self,
        error: &ConnectionError,
        address: &str,
        was_up: bool,
    ) -> Result<(), ConnectionError> {
        if was_up {
            self.signals(vec![CallSignal::SourceLost]).await?;
        }
        let reason =
            message!("{address}: {why}", "{address}: {why}", address = address, why = error.message());
        self.send(SourceEvent::Down { reason }).await
    }
}
