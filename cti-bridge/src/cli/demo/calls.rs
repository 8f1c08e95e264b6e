//! The calls of the demo: who calls, and the course of each call.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use shared::dataset::CONTACTS;
use shared::phone::PhoneNumber;
use shared::store::{Store, StoreError};

use crate::simulator::{CallScript, CallerPresentation, Ending};

/// Contacts that are read to choose callers from.
const CONTACTS_READ_MAX: usize = 50_000;
/// The caller when the store has no contacts: it belongs to no customer.
const STRANGER: &str = "0399990000";

/// Numbers that call: those of one customer each, and those that several customers share.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct CallBook {
    known: Vec<PhoneNumber>,
    shared: Vec<PhoneNumber>,
}

impl CallBook {
    /// Reads the contacts' numbers.
    pub(in crate::cli) fn read(store: &Store) -> Result<Self, StoreError> {
        let (Some(phone), Some(code)) =
            (CONTACTS.column_index("phone"), CONTACTS.column_index("customer_code"))
        else {
            return Ok(Self::default());
        };
        let mut owners: BTreeMap<String, (PhoneNumber, String, bool)> = BTreeMap::new();
        let mut read = 0;
        store.reader()?.scan(&CONTACTS, None, &mut |row| {
            read += 1;
            let number = row.text(phone).and_then(|text| PhoneNumber::parse(text).ok());
            if let (Some(number), Some(customer)) = (number, row.text(code)) {
                owners
                    .entry(number.e164().to_owned())
                    .and_modify(|(_, first, several)| *several |= first != customer)
                    .or_insert_with(|| (number, customer.to_owned(), false));
            }
            if read < CONTACTS_READ_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        let (shared, known): (Vec<_>, Vec<_>) = owners.into_values().partition(|(_, _, several)| *several);
        let numbers =
            |owned: Vec<(PhoneNumber, String, bool)>| owned.into_iter().map(|(number, ..)| number).collect();
        Ok(Self { known: numbers(known), shared: numbers(shared) })
    }
}

/// Calls without end: one kind after another, with random callers.
#[derive(Debug)]
pub(in crate::cli) struct EndlessCalls {
    book: CallBook,
    rng: StdRng,
    turn: usize,
    pace_ms: u64,
}

/// What kind of call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    RingAll,
    Direct,
    Unknown,
    SharedNumber,
    Withheld,
    Payphone,
    Abandoned,
    BlindTransfer,
    NoAnswer,
    Held,
    Consulted,
}

/// One round of the demo. A known customer calls between any two of the other kinds, as on a usual day.
const ROUND: [Kind; 18] = [
    Kind::RingAll,
    Kind::Direct,
    Kind::SharedNumber,
    Kind::Direct,
    Kind::Abandoned,
    Kind::Held,
    Kind::Unknown,
    Kind::RingAll,
    Kind::BlindTransfer,
    Kind::Direct,
    Kind::Withheld,
    Kind::RingAll,
    Kind::NoAnswer,
    Kind::Direct,
    Kind::Payphone,
    Kind::RingAll,
    Kind::Consulted,
    Kind::Abandoned,
];

impl EndlessCalls {
    /// Calls of these callers; the same seed gives the same calls.
    pub(in crate::cli) fn new(book: CallBook, seed: u64, pace_ms: u64) -> Self {
        Self { book, rng: StdRng::seed_from_u64(seed), turn: 0, pace_ms }
    }

    /// Milliseconds between calls.
    pub(in crate::cli) fn pace_ms(&self) -> u64 {
        self.pace_ms
    }

    fn pick(&mut self, numbers: &[PhoneNumber]) -> Option<PhoneNumber> {
        let count = numbers.len();
        (count > 0).then(|| self.rng.random_range(0..count)).and_then(|at| numbers.get(at).cloned())
    }

    /// The number in one of the forms that carriers use.
    fn written(&mut self, number: &PhoneNumber) -> String {
        let international = number.e164().to_owned();
        match (self.rng.random_range(0..4), number.national_digits()) {
            (0 | 1, Some(national)) => national,
            (2, _) => international.trim_start_matches('+').to_owned(),
            _ => international,
        }
    }

    fn caller(&mut self, kind: Kind) -> (String, &'static str, CallerPresentation) {
        let book = std::mem::take(&mut self.book);
        let number = match kind {
            Kind::Unknown => None,
            Kind::SharedNumber => self.pick(&book.shared).or_else(|| self.pick(&book.known)),
            _ => self.pick(&book.known),
        };
        self.book = book;
        match (kind, number) {
            (Kind::Payphone, _) => {
                ("anonymous".to_owned(), "Coin line/payphone", CallerPresentation::Withheld)
            }
            (Kind::Withheld, number) => {
                let number = number.map_or_else(|| STRANGER.to_owned(), |n| self.written(&n));
                (number, "", CallerPresentation::Withheld)
            }
            (_, Some(number)) => (self.written(&number), "", CallerPresentation::Allowed),
            // 080-0000-0000 and up: a range that no sample company uses.
            (_, None) => {
                let number = format!("0800000{:04}", self.rng.random_range(0..10_000));
                (number, "", CallerPresentation::Allowed)
            }
        }
    }

    fn ending(&mut self, kind: Kind, talk_ms: u64) -> Ending {
        let taker = if self.rng.random_range(0..3) == 0 { "202" } else { "201" };
        let by = |extension: &str| extension.to_owned();
        match kind {
            Kind::Abandoned => Ending::Abandon,
            Kind::BlindTransfer => Ending::BlindTransfer { by: by("203"), to: by("201"), talk_ms },
            Kind::Consulted => Ending::AttendedTransfer { by: by("203"), to: by("201"), talk_ms },
            Kind::NoAnswer => Ending::NoAnswerThenNext { next: by("203"), talk_ms },
            Kind::Held => Ending::Answer { by: by("201"), talk_ms, hold_ms: Some(talk_ms / 2) },
            Kind::RingAll => Ending::Answer { by: by(taker), talk_ms, hold_ms: None },
            _ => Ending::Answer { by: by("201"), talk_ms, hold_ms: None },
        }
    }
}

impl Iterator for EndlessCalls {
    type Item = CallScript;

    fn next(&mut self) -> Option<CallScript> {
        let kind = ROUND[self.turn % ROUND.len()];
        self.turn += 1;
        let (caller_number, caller_name, presentation) = self.caller(kind);
        let (did, queue, ring): (&str, Option<&str>, &[&str]) = match kind {
            Kind::BlindTransfer | Kind::Consulted => ("0331112222", None, &["203"]),
            Kind::NoAnswer => ("0120222222", Some("sales"), &["201"]),
            Kind::RingAll | Kind::Abandoned | Kind::Unknown => {
                ("0120111111", Some("support"), &["201", "202"])
            }
            _ => ("0331113333", None, &["201"]),
        };
        // A call rings for most of the time until the next one and lasts longer: two can be live at a time.
        let ring_ms = (self.pace_ms * 2 / 3).min(5_000);
        let ending = self.ending(kind, self.pace_ms.min(20_000));
        Some(CallScript {
            caller_number,
            caller_name: caller_name.to_owned(),
            presentation,
            did: did.to_owned(),
            queue: queue.map(str::to_owned),
            ring: ring.iter().map(|e| (*e).to_owned()).collect(),
            ring_ms,
            ending,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> CallBook {
        let number = |text: &str| PhoneNumber::parse(text).unwrap();
        CallBook {
            known: vec![number("03-1234-5678"), number("090-1234-5678")],
            shared: vec![number("06-1111-2222")],
        }
    }

    #[test]
    fn a_round_has_every_kind_of_call() {
        let calls: Vec<CallScript> = EndlessCalls::new(book(), 7, 1_000).take(ROUND.len()).collect();
        let has = |what: fn(&CallScript) -> bool| calls.iter().any(what);
        assert!(has(|c| c.caller_name.contains("payphone")));
        assert!(has(|c| c.presentation == CallerPresentation::Withheld && c.caller_name.is_empty()));
        assert!(has(|c| c.caller_number.contains("611112222")), "two customers on one number");
        assert!(has(|c| c.caller_number.starts_with("080000")), "an unknown number");
        assert!(has(|c| c.ring.len() == 2));
        assert!(has(|c| c.ending == Ending::Abandon));
        assert!(has(|c| matches!(c.ending, Ending::BlindTransfer { .. })));
        assert!(has(|c| matches!(c.ending, Ending::AttendedTransfer { .. })));
    }

    #[test]
    fn a_seed_determines_the_calls() {
        let calls = |seed| EndlessCalls::new(book(), seed, 1_000).take(100).collect::<Vec<_>>();
        assert_eq!(calls(1), calls(1));
        assert_ne!(calls(1), calls(2));
    }

    #[test]
    fn every_known_caller_is_a_whole_number_in_any_form() {
        for call in EndlessCalls::new(book(), 3, 1_000).take(500).filter(|c| c.caller_name.is_empty()) {
            assert!(PhoneNumber::parse(&call.caller_number).is_ok(), "{}", call.caller_number);
        }
    }

    #[test]
    fn an_empty_store_still_has_callers() {
        assert_eq!(EndlessCalls::new(CallBook::default(), 1, 1_000).take(40).count(), 40);
    }
}
