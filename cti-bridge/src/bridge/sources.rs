//! The PBXs, each with a tracker of its own: their channels are unrelated.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use shared::Moment;
use shared::label::Lang;
use tokio::sync::mpsc;

use super::Bridge;
use super::blindness::Blindness;
use crate::call::{CallSignal, CallTracker};
use crate::source::{Controls, RecordingUrl, SourceEvent, SourceRequest};

/// One PBX.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) tracker: CallTracker,
    pub(crate) events: Option<mpsc::Receiver<SourceEvent>>,
    /// Takes requests; `None` when the source supports none.
    pub(crate) requests: Option<mpsc::Sender<SourceRequest>>,
    /// Which orders about live calls it takes.
    pub(crate) controls: Arc<Controls>,
    /// Where its recordings can be listened to.
    pub(crate) recording_url: Option<RecordingUrl>,
    pub(crate) up: bool,
    /// How well it is seen.
    pub(crate) blindness: Blindness,
    /// Whether it lists its live calls when it connects. One that does not may name a running call at any time.
    pub(crate) lists_calls: bool,
}

/// The next event of any source; pending for ever when there is no source or all have ended. Sources take turns, so that
/// a busy one does not starve the others.
pub(super) async fn next_event(sources: &mut [Source], first: &mut usize) -> (usize, SourceEvent) {
    poll_fn(|cx| {
        for step in 0..sources.len() {
            let at = (*first + step) % sources.len();
            let Some(source) = sources.get_mut(at) else { continue };
            let Some(events) = &mut source.events else { continue };
            match events.poll_recv(cx) {
                Poll::Ready(Some(event)) => {
                    *first = at + 1;
                    return Poll::Ready((at, event));
                }
                Poll::Ready(None) => source.events = None,
                Poll::Pending => {}
            }
        }
        Poll::Pending
    })
    .await
}

impl Bridge {
    pub(super) fn on_source(&mut self, at: usize, event: SourceEvent) {
        match event {
            SourceEvent::Up => {
                self.set_source_up(at, true);
                self.tell_queues_again(at);
            }
            SourceEvent::Checked(found) => self.checked(at, found),
            SourceEvent::Signals { at: time, signals } => {
                for signal in signals {
                    let signal = signal.with_phones(|extension| self.phone_at(at, extension));
                    self.on_signal(at, time, signal);
                }
            }
            SourceEvent::Down { reason } => {
                let source = self.sources.get(at).map_or("", |source| source.name.as_str());
                let reason = reason.text(Lang::En);
                tracing::warn!(source, reason, "the PBX is not connected");
                self.on_signal(at, self.clock.moment(), CallSignal::SourceLost);
                self.set_source_up(at, false);
            }
            SourceEvent::Fatal(error) => {
                self.set_source_up(at, false);
                self.fatal = Some(error);
            }
        }
        self.metrics.calls_live.set(i64::try_from(self.calls.len()).unwrap_or(i64::MAX));
    }

    fn on_signal(&mut self, at: usize, time: Moment, signal: CallSignal) {
        self.observe(at, &signal);
        let Some(source) = self.sources.get_mut(at) else { return };
        let calls_on = signal.caller_of().cloned();
        let changes = source.tracker.apply(time, signal);
        if let Some(call) = calls_on.and_then(|channel| source.tracker.coming_in(&channel))
            && source.lists_calls
        {
            self.prepare(call);
        }
        for change in changes {
            self.on_change(at, change);
        }
    }

    /// The phone with this extension of a PBX, as the calls have it: the main phone of its agent. The same extension of
    /// another PBX is another phone.
    pub(super) fn phone_at(&self, at: usize, extension: String) -> String {
        let phone = match self.sources.get(at).filter(|_| at > 0) {
            Some(source) => format!("{}/{extension}", source.name),
            None => extension,
        };
        self.hub.main_phone(phone)
    }

    /// The PBX of a phone, by its place, and the phone's extension there.
    pub(super) fn place_of(&self, phone: &str) -> (usize, String) {
        let named = phone.split_once('/').and_then(|(system, extension)| {
            let at = self.sources.iter().position(|source| source.name == system)?;
            Some((at, extension.to_owned()))
        });
        named.unwrap_or_else(|| (0, phone.to_owned()))
    }

    fn set_source_up(&mut self, at: usize, up: bool) {
        let Some(source) = self.sources.get_mut(at) else { return };
        if source.up == up {
            return;
        }
        source.up = up;
        tracing::info!(source = source.name, up, "PBX");
        self.metrics.source_up.set(i64::from(self.sources_up()));
        self.push_source(at);
    }

    /// Whether there is a PBX and all are connected.
    pub(super) fn sources_up(&self) -> bool {
        !self.sources.is_empty() && self.sources.iter().all(|source| source.up)
    }
}
