//! A signed-in connection: messages in, signals and requests out, pings and time-outs.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::events::Events;
use super::protocol::{Pbx, Session};
use super::requests::Requests;
use super::{Connection, ConnectionError, Stream};
use crate::source::SourceEvent;

/// Runs a session until the connection ends.
pub(super) async fn run<P: Pbx, S: Stream>(
    pbx: &P,
    connection: &mut Connection<'_, P, S>,
    events: &Events<'_>,
    requests: &mut Requests,
) -> Result<Infallible, ConnectionError> {
    let mut session = pbx.session(connection.decoder());
    let mut keep_alive = KeepAlive::new(pbx.link().ping_interval_ms);
    loop {
        while let Some(message) = connection.next_message()? {
            session.receive(&message);
        }
        let output = std::mem::take(session.output());
        if !output.bytes.is_empty() {
            connection.send(&output.bytes).await?;
        }
        if let Some(problems) = output.problems {
            events.send(SourceEvent::Checked(problems)).await?;
        }
        if !output.signals.is_empty() {
            events.signals(output.signals).await?;
        }
        let ping_at = keep_alive.deadline(connection.heard_at);
        let wake_at = session.deadline().map_or(ping_at, |deadline| deadline.min(ping_at));
        tokio::select! {
            received = connection.receive() => {
                received?;
                keep_alive.pinged = false;
            }
            () = sleep_until(wake_at) => {
                let now = Instant::now();
                let must_ping = keep_alive.check(connection.heard_at, now)?;
                session.on_deadline(now)?;
                if must_ping {
                    session.ping();
                }
            }
            request = requests.next() => session.request(request),
        }
    }
}

/// Pings a quiet PBX, and drops one that does not answer.
struct KeepAlive {
    interval: Duration,
    /// A ping was sent and nothing was received since.
    pinged: bool,
}

impl KeepAlive {
    fn new(interval_ms: u64) -> Self {
        Self { interval: Duration::from_millis(interval_ms), pinged: false }
    }

    fn deadline(&self, heard_at: Instant) -> Instant {
        heard_at + self.interval.saturating_mul(if self.pinged { 2 } else { 1 })
    }

    /// Returns whether a ping must be sent now.
    fn check(&mut self, heard_at: Instant, now: Instant) -> Result<bool, ConnectionError> {
        let quiet = now.duration_since(heard_at);
        if quiet >= self.interval.saturating_mul(2) {
            return Err(ConnectionError::Silent);
        }
        Ok(quiet >= self.interval && !std::mem::replace(&mut self.pinged, true))
    }
}
