//! Questions to Asterisk that are not answered yet: may this channel's number be shown?

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::PresentationQuestion;
use super::action::Action;

/// How long after its time limit an answer is still accepted.
const LATE_ANSWER_MAX: Duration = Duration::from_secs(60);

/// How the action id of a question begins.
const ID_PREFIX: &str = "pres-";

/// Open questions by the number in their action id.
#[derive(Debug, Default)]
pub(super) struct Questions {
    open: HashMap<u64, PresentationQuestion>,
    /// Until when each is waited for, in order.
    deadlines: VecDeque<(Instant, u64)>,
    /// Until when a late answer to each is accepted, in order.
    late: VecDeque<(Instant, u64)>,
    next: u64,
}

impl Questions {
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Asks a question.
    pub(super) fn ask(&mut self, question: PresentationQuestion, timeout_ms: u64, bytes: &mut Vec<u8>) {
        self.next += 1;
        Action::new("Getvar", &format!("{ID_PREFIX}{}", self.next))
            .with("Channel", &question.channel_name)
            .with("Variable", "CALLERID(num-pres)")
            .write_to(bytes);
        let deadline = Instant::now() + Duration::from_millis(timeout_ms);
        self.deadlines.push_back((deadline, self.next));
        self.late.push_back((deadline + LATE_ANSWER_MAX, self.next));
        self.open.insert(self.next, question);
    }

    /// The question that the answer with this action id belongs to.
    pub(super) fn answered(&mut self, action_id: &str) -> Option<PresentationQuestion> {
        let number = action_id.strip_prefix(ID_PREFIX)?.parse().ok()?;
        self.open.remove(&number)
    }

    /// When the next question is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadlines.front().map(|(deadline, _)| *deadline)
    }

    /// The questions that became overdue. A late answer to them is accepted for a while.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<PresentationQuestion> {
        let mut overdue = Vec::new();
        while let Some((_, number)) = self.deadlines.pop_front_if(|(deadline, _)| *deadline <= now) {
            overdue.extend(self.open.get(&number).cloned());
        }
        while let Some((_, number)) = self.late.pop_front_if(|(deadline, _)| *deadline <= now) {
            self.open.remove(&number);
        }
        overdue
    }
}
