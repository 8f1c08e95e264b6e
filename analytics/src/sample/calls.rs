//! The call log of an earlier PBX: calls of customers and to them, missed ones that are called back, and callers who
//! try again.

use std::io;

use chrono::NaiveDate;
use shared::call::{CallDirection, CallOutcome};
use shared::caller::CallerKind;
use shared::dataset::CALLS;

use super::call_parts::{CallParts, LoggedCall};
use super::conventions::{days, member_code, owner};
use super::dice::Dice;
use super::files::{Cell, Style, Table, text, word};
use super::people::{Customer, Kind};
use super::{Plan, SampleFile, streams};

/// What came of a call: category, result, note.
const WRAP_UPS: [(&str, &str, &str); 7] = [
    ("order", "done", "いつもの商品を追加で注文"),
    ("delivery_date", "done", ""),
    ("stock", "call_back", "在庫を確認して折り返し"),
    ("billing", "transferred", "経理へ転送"),
    ("product", "done", ""),
    ("delivery_change", "done", "納品日を翌日に変更"),
    ("complaint", "on_hold", "破損の連絡。写真を依頼"),
];

/// Hours of the office.
const OPEN: std::ops::RangeInclusive<u32> = 9..=17;

/// A call of the log.
#[derive(Clone, Copy)]
struct Call {
    /// The customer's position.
    at: u32,
    day: NaiveDate,
    hour: u32,
    minute: u32,
    ring: u32,
    talk: u32,
    answered: bool,
    inbound: bool,
    withheld: bool,
}

/// The calls of customers and to them.
pub(super) fn write(plan: &Plan, customers: &[Customer]) -> io::Result<Vec<SampleFile>> {
    let mut dice = Dice::new(plan.seed, streams::CALLS);
    let mut back = Dice::new(plan.seed, streams::CALLS_BACK);
    let mut table = Table::create(&plan.folder, &CALLS, Style::Native)?;
    let mut parts = CallParts::create(plan)?;
    for (at, customer) in (0_u32..).zip(customers) {
        if customer.kind == Kind::Direct || !dice.chance(160) || !plan.has_records(&mut dice) {
            continue;
        }
        let day = days(plan.span.end, -i64::from(dice.between(1, 120)));
        let (hour, minute, ring) = (dice.between(9, 17), dice.between(0, 40), dice.between(2, 25));
        let answered = dice.chance(850);
        let inbound = dice.chance(780);
        let withheld = inbound && dice.chance(40);
        let talk = dice.between(30, 420);
        let call = Call { at, day, hour, minute, ring, talk, answered, inbound, withheld };
        log(plan, customer, &call, &mut table, &mut parts)?;
        if inbound && !withheld {
            for later in later(&mut back, &call) {
                log(plan, customer, &later, &mut table, &mut parts)?;
            }
        }
    }
    let mut files = vec![SampleFile { dataset: CALLS.name, rows: table.finish()? }];
    files.extend(parts.finish()?);
    Ok(files)
}

/// What follows a call: a missed caller is called back or tries again, and some have another question.
fn later(dice: &mut Dice, call: &Call) -> Vec<Call> {
    let again = Call {
        hour: call.hour + dice.between(1, 2),
        ring: dice.between(2, 15),
        talk: dice.between(40, 300),
        answered: true,
        ..*call
    };
    let what = dice.weighted(&[55, 25, 20]);
    let calls = match (call.answered, what) {
        (false, 0) => vec![Call { inbound: false, ..again }],
        (false, 1) => vec![again],
        // Nobody is there the first time.
        (false, _) => {
            let missed = Call { inbound: false, answered: false, ..again };
            vec![missed, Call { hour: again.hour + 1, answered: true, ..missed }]
        }
        (true, _) if dice.chance(90) => vec![again],
        (true, _) => Vec::new(),
    };
    calls.into_iter().filter(|call| OPEN.contains(&call.hour)).collect()
}

fn log(
    plan: &Plan,
    customer: &Customer,
    call: &Call,
    table: &mut Table,
    parts: &mut CallParts,
) -> io::Result<()> {
    let Call { at, day, hour, minute, ring, talk, answered, inbound, withheld } = *call;
    let number = super::reach::number(at, customer, 0).join("-");
    let (code, who) = (plan.code(at), owner(plan, customer));
    let clock = |seconds: u32| format!("{day} {hour:02}:{:02}:{:02}", minute + seconds / 60, seconds % 60);
    let outcome = match (answered, inbound) {
        (true, _) => CallOutcome::Completed,
        (false, true) => CallOutcome::Abandoned,
        (false, false) => CallOutcome::NoAnswer,
    };
    let (answer, end) = (clock(ring), clock(if answered { ring + talk } else { ring }));
    // A guidance of a second or two goes before the queue.
    let queued = clock(1 + ring % 2);
    let acw = 10 + talk / 6;
    let (category, result, note) = WRAP_UPS[talk as usize % WRAP_UPS.len()];
    let call_id = format!("PBX{:07}", table.rows + 1);
    parts.write(&LoggedCall {
        call_id: &call_id,
        who,
        inbound,
        answered,
        handed_on: answered && inbound && result == "transferred",
        queued: 1 + ring % 2,
        ring,
        talk,
        acw,
        clock: &clock,
    })?;
    let of_answered = |cell| if answered { cell } else { Cell::Empty };
    let known = |cell| if withheld { Cell::Empty } else { cell };
    table.row(&[
        Cell::Text(&call_id),
        word(if inbound { CallDirection::Inbound } else { CallDirection::Outbound }),
        word(if withheld { CallerKind::Withheld } else { CallerKind::Number }),
        known(Cell::Text(&number)),
        text(if inbound { "0120-111-111" } else { "" }),
        text(if inbound { "代表" } else { "" }),
        known(Cell::Text(&code)),
        Cell::Text(&member_code(who)),
        Cell::Text(&format!("2{:02}", who + 1)),
        Cell::Text(&clock(0)),
        of_answered(Cell::Text(&answer)),
        Cell::Text(&end),
        word(outcome),
        Cell::Number(i64::from(ring)),
        of_answered(Cell::Number(i64::from(talk))),
        Cell::Number(0),
        Cell::Number(0),
        if inbound { Cell::Text(&queued) } else { Cell::Empty },
        of_answered(Cell::Number(i64::from(acw))),
        of_answered(Cell::Text(category)),
        of_answered(Cell::Text(result)),
        of_answered(Cell::Text("done")),
        of_answered(text(note)),
    ])
}
