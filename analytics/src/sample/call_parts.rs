//! Who took part in the calls of the log, and where their callers waited.

use std::io;

use shared::call::{PartEnd, PartKind, QueueEnd};
use shared::dataset::{CALL_PARTS, QUEUE_VISITS};

use super::conventions::member_code;
use super::files::{Cell, Style, Table, word};
use super::words::OWNERS;
use super::{Plan, SampleFile};

/// A call of the log; seconds count from its start.
pub(super) struct LoggedCall<'a> {
    pub(super) call_id: &'a str,
    /// The representative who answered or called, by the place in the list of names.
    pub(super) who: usize,
    pub(super) inbound: bool,
    pub(super) answered: bool,
    /// A colleague had the second half.
    pub(super) handed_on: bool,
    /// When the caller joined the queue.
    pub(super) queued: u32,
    pub(super) ring: u32,
    pub(super) talk: u32,
    pub(super) acw: u32,
    /// The instant so many seconds after the start.
    pub(super) clock: &'a dyn Fn(u32) -> String,
}

/// The two files.
pub(super) struct CallParts {
    parts: Table,
    visits: Table,
}

impl CallParts {
    pub(super) fn create(plan: &Plan) -> io::Result<Self> {
        Ok(Self {
            parts: Table::create(&plan.folder, &CALL_PARTS, Style::Native)?,
            visits: Table::create(&plan.folder, &QUEUE_VISITS, Style::Native)?,
        })
    }

    pub(super) fn write(&mut self, call: &LoggedCall<'_>) -> io::Result<()> {
        let first_talks = if call.handed_on { call.talk / 2 } else { call.talk };
        let end = match (call.answered, call.handed_on, call.inbound) {
            (true, true, _) => PartEnd::Transferred,
            (true, false, _) => PartEnd::Left,
            (false, _, true) => PartEnd::CallerHungUp,
            (false, _, false) => PartEnd::NoAnswer,
        };
        let acw = if call.handed_on { 5 } else { call.acw };
        self.part(call, call.who, (0, call.ring, first_talks, acw), end)?;
        if call.handed_on {
            let begun = call.ring + first_talks;
            let rest = (begun, 0, call.talk - first_talks, call.acw - 5);
            self.part(call, (call.who + 1) % OWNERS.len(), rest, PartEnd::Left)?;
        }
        if call.inbound {
            let end = if call.answered { QueueEnd::Answered } else { QueueEnd::Abandoned };
            self.visits.row(&[
                Cell::Text(&format!("{}/1", call.call_id)),
                Cell::Text(call.call_id),
                Cell::Text("代表"),
                Cell::Text(&(call.clock)(call.queued)),
                Cell::Text(&(call.clock)(call.ring)),
                Cell::Number(i64::from(call.ring - call.queued)),
                word(end),
            ])?;
        }
        Ok(())
    }

    fn part(
        &mut self,
        call: &LoggedCall<'_>,
        who: usize,
        (began, ring, talk, acw): (u32, u32, u32, u32),
        end: PartEnd,
    ) -> io::Result<()> {
        let placed = !call.inbound && began == 0;
        let answer = (call.clock)(began + ring);
        let of_answered = |seconds: u32| match call.answered {
            true => Cell::Number(i64::from(seconds)),
            false => Cell::Empty,
        };
        self.parts.row(&[
            Cell::Text(&format!("{}/{began}", call.call_id)),
            Cell::Text(call.call_id),
            word(PartKind::Agent),
            Cell::Text(&member_code(who)),
            Cell::Text(&format!("2{:02}", who + 1)),
            Cell::Number(i64::from(placed)),
            Cell::Text(&(call.clock)(began)),
            if call.answered { Cell::Text(&answer) } else { Cell::Empty },
            Cell::Text(&(call.clock)(began + ring + if call.answered { talk } else { 0 })),
            word(end),
            Cell::Number(i64::from(if placed { 0 } else { ring })),
            of_answered(talk),
            of_answered(0),
            of_answered(acw),
        ])
    }

    pub(super) fn finish(self) -> io::Result<Vec<SampleFile>> {
        Ok(vec![
            SampleFile { dataset: CALL_PARTS.name, rows: self.parts.finish()? },
            SampleFile { dataset: QUEUE_VISITS.name, rows: self.visits.finish()? },
        ])
    }
}
