//! Who took part in a call, from when to when, and where its caller waited: what is counted afterwards. What agents see
//! while the call runs is in [`legs`](super::legs).

use chrono::{DateTime, Utc};
use shared::Moment;
use shared::call::{PartEnd, PartKind, QueueEnd};

/// One party's part in a call, from the first ring to the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPart {
    /// What takes part.
    pub kind: PartKind,
    /// Whose phone; none for somebody outside.
    pub extension: Option<String>,
    /// They called: their phone did not ring.
    pub placed: bool,
    /// When their phone began to ring, or when they called.
    pub began_at: DateTime<Utc>,
    /// When they were joined with the other party.
    pub answered_at: Option<DateTime<Utc>>,
    /// When they left.
    pub left_at: DateTime<Utc>,
    /// How long the phone rang. Seconds.
    pub ring_seconds: u32,
    /// How long they talked, without hold. Seconds.
    pub talk_seconds: u32,
    /// How long they held the other party. Seconds.
    pub hold_seconds: u32,
    /// Why it ended.
    pub end: PartEnd,
}

/// A caller's wait in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueVisit {
    /// The queue's name.
    pub queue: String,
    /// When it began.
    pub joined_at: DateTime<Utc>,
    /// When it ended.
    pub left_at: DateTime<Utc>,
    /// How long it took. Seconds.
    pub wait_seconds: u32,
    /// How it ended.
    pub end: QueueEnd,
}

/// The parts of a call so far.
#[derive(Debug, Default)]
pub(super) struct Parts {
    open: Vec<OpenPart>,
    closed: Vec<CallPart>,
    waiting: Option<(String, Moment)>,
    visits: Vec<QueueVisit>,
    /// Since when somebody is joined with the other party, and how long somebody was before.
    joined_since: Option<Moment>,
    joined_ms: i64,
    /// Holds that are over.
    held_ms: i64,
}

/// Identifies a part while it is open: the agent's phone, or the outside party's channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who<'a> {
    Phone(&'a str),
    Outside(&'a str),
}

#[derive(Debug)]
struct OpenPart {
    kind: PartKind,
    name: String,
    placed: bool,
    began: Moment,
    answered: Option<Moment>,
    held_since: Option<Moment>,
    held_ms: i64,
}

impl OpenPart {
    fn is(&self, who: Who<'_>) -> bool {
        match who {
            Who::Phone(extension) => self.kind == PartKind::Agent && self.name == extension,
            Who::Outside(channel) => self.kind == PartKind::Outside && self.name == channel,
        }
    }

    fn held_ms(&self, now: Moment) -> i64 {
        self.held_ms + self.held_since.map_or(0, |since| now.milliseconds_since(since))
    }

    fn close(self, now: Moment, end: PartEnd) -> CallPart {
        let held_ms = self.held_ms(now);
        let talked_ms = self.answered.map_or(0, |at| now.milliseconds_since(at) - held_ms);
        let rang_ms = self.answered.unwrap_or(now).milliseconds_since(self.began);
        CallPart {
            extension: (self.kind == PartKind::Agent).then_some(self.name),
            kind: self.kind,
            placed: self.placed,
            began_at: self.began.wall,
            answered_at: self.answered.map(|at| at.wall),
            left_at: now.wall,
            ring_seconds: if self.placed { 0 } else { seconds(rang_ms) },
            talk_seconds: seconds(talked_ms),
            hold_seconds: seconds(held_ms),
            end,
        }
    }
}

impl Parts {
    /// A phone begins to ring or calls, or an outside party is called. Nothing, if that is known.
    pub(super) fn begin(&mut self, who: Who<'_>, placed: bool, now: Moment) {
        if self.open.iter().any(|part| part.is(who)) {
            return;
        }
        let (kind, name) = match who {
            Who::Phone(extension) => (PartKind::Agent, extension),
            Who::Outside(channel) => (PartKind::Outside, channel),
        };
        let name = name.to_owned();
        let (answered, held_since, held_ms) = (None, None, 0);
        self.open.push(OpenPart { kind, name, placed, began: now, answered, held_since, held_ms });
    }

    /// This phone calls, even if it rang first: another program told it to.
    pub(super) fn place(&mut self, extension: &str, now: Moment) {
        self.begin(Who::Phone(extension), true, now);
        if let Some(part) = self.open.iter_mut().find(|part| part.is(Who::Phone(extension))) {
            part.placed |= part.answered.is_none();
        }
    }

    /// Whether nobody ever took part.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.closed.is_empty()
    }

    /// They are joined with the other party.
    pub(super) fn answer(&mut self, who: Who<'_>, now: Moment) {
        if let Some(part) = self.open.iter_mut().find(|part| part.is(who)) {
            part.answered.get_or_insert(now);
        }
        self.end_wait(QueueEnd::Answered, now);
        self.count(now);
    }

    /// They hold the other party, or no longer.
    pub(super) fn hold(&mut self, who: Who<'_>, on: bool, now: Moment) {
        if let Some(part) = self.open.iter_mut().find(|part| part.is(who)) {
            match (on, part.held_since) {
                (true, None) => part.held_since = Some(now),
                (false, Some(since)) => {
                    part.held_ms += now.milliseconds_since(since);
                    part.held_since = None;
                }
                _ => {}
            }
        }
        self.count(now);
    }

    /// Their part is over.
    pub(super) fn end(&mut self, who: Who<'_>, end: PartEnd, now: Moment) {
        let Some(at) = self.open.iter().position(|part| part.is(who)) else { return };
        self.close_one(at, end, now);
        self.count(now);
    }

    fn close_one(&mut self, at: usize, end: PartEnd, now: Moment) {
        let part = self.open.remove(at);
        self.held_ms += part.held_ms(now);
        self.closed.push(part.close(now, end));
    }

    /// The caller begins to wait in a queue; one queue at a time.
    pub(super) fn wait(&mut self, queue: &str, now: Moment) {
        if self.waiting.as_ref().is_some_and(|(known, _)| known == queue) {
            return;
        }
        self.end_wait(QueueEnd::LeftQueue, now);
        self.waiting = Some((queue.to_owned(), now));
    }

    /// The caller no longer waits in a queue.
    pub(super) fn end_wait(&mut self, end: QueueEnd, now: Moment) {
        let Some((queue, since)) = self.waiting.take() else { return };
        self.visits.push(QueueVisit {
            queue,
            joined_at: since.wall,
            left_at: now.wall,
            wait_seconds: seconds(now.milliseconds_since(since)),
            end,
        });
    }

    /// Takes over the parts of a call that becomes this one and leaves no record of its own.
    pub(super) fn absorb(&mut self, other: Self) {
        self.open.extend(other.open);
        self.closed.extend(other.closed);
        self.visits.extend(other.visits);
        self.waiting = self.waiting.take().or(other.waiting);
        self.joined_since = self.joined_since.or(other.joined_since);
        self.joined_ms += other.joined_ms;
        self.held_ms += other.held_ms;
    }

    /// Ends everything that is still open. Returns all parts and waits, in the order of their ends.
    pub(super) fn finish(
        &mut self,
        end: PartEnd,
        queue_end: QueueEnd,
        now: Moment,
    ) -> (Vec<CallPart>, Vec<QueueVisit>) {
        while !self.open.is_empty() {
            self.close_one(0, end, now);
        }
        self.count(now);
        self.end_wait(queue_end, now);
        (std::mem::take(&mut self.closed), std::mem::take(&mut self.visits))
    }

    /// How long somebody of ours talked with the other party, and how long we held them. Seconds.
    pub(super) fn talk_and_hold(&self, now: Moment) -> (u32, u32) {
        let held_ms = self.held_ms + self.open.iter().map(|part| part.held_ms(now)).sum::<i64>();
        let joined_ms = self.joined_ms + self.joined_since.map_or(0, |since| now.milliseconds_since(since));
        (seconds(joined_ms - held_ms), seconds(held_ms))
    }

    /// Counts the time for which somebody is joined, after a change.
    fn count(&mut self, now: Moment) {
        let joined = self.open.iter().any(|part| part.answered.is_some());
        match (joined, self.joined_since) {
            (true, None) => self.joined_since = Some(now),
            (false, Some(since)) => {
                self.joined_ms += now.milliseconds_since(since);
                self.joined_since = None;
            }
            _ => {}
        }
    }
}

/// Whole seconds, rounded down.
pub(super) fn seconds(milliseconds: i64) -> u32 {
    u32::try_from(milliseconds.max(0) / 1_000).unwrap_or(u32::MAX)
}
