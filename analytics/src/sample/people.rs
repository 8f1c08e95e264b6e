//! Who the customers are: their nature, which decides what they buy, and their names.

use chrono::{Datelike, Days, NaiveDate};

use super::catalog::PRODUCTS;
use super::dice::Dice;
use super::words::{CORPORATE, FORMS, GIVEN_NAMES, PLACES, Place, SURNAMES, TERMS, TRADE_NAMES, WHOLESALE};

/// The three kinds of customer, by position: of weights, lines and prices.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Wholesale,
    Direct,
    Corporate,
}

impl Kind {
    pub(super) fn identifier(self) -> &'static str {
        ["wholesale", "direct", "corporate"][self as usize]
    }

    /// What is paid of the list price, per cent.
    pub(super) fn price(self) -> u32 {
        [82, 100, 90][self as usize]
    }

    /// Slips against those of a usual customer, per cent.
    fn frequency(self) -> u32 {
        [130, 55, 115][self as usize]
    }
}

/// A customer. Small: a million of them are kept at once.
#[derive(Clone, Copy)]
pub(super) struct Customer {
    pub(super) kind: Kind,
    place: u8,
    industry: u8,
    ending: u8,
    surname: u8,
    given: u8,
    trade: u8,
    form: u8,
    pub(super) terms: u8,
    /// Products that the customer buys again and again.
    pub(super) favourites: [u8; 4],
    /// Slips a month against other customers, in 1/1000.
    pub(super) busyness: u32,
    /// Quantities against other customers, in 1/1000.
    pub(super) size: u32,
    /// First day of trade.
    pub(super) since: NaiveDate,
    /// Last day on which something is bought.
    pub(super) until: NaiveDate,
    pub(super) suspended: bool,
    pub(super) pays_badly: bool,
    /// Has bought nothing yet.
    pub(super) prospect: bool,
}

/// The time that the history covers.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
}

impl Span {
    pub(super) fn days(self) -> u32 {
        u32::try_from((self.end - self.start).num_days() + 1).unwrap_or_default()
    }
}

/// Chance of leaving within a month, in 1/1000, for the loyal to the fickle.
const CHURN: [u32; 8] = [2, 4, 6, 10, 16, 25, 45, 90];

impl Customer {
    pub(super) fn new(dice: &mut Dice, span: Span) -> Self {
        let kind = [Kind::Wholesale, Kind::Direct, Kind::Corporate][dice.weighted(&[42, 22, 36])];
        let weights: Vec<u32> = PLACES.iter().map(|place| place.weight).collect();
        let trades = if kind == Kind::Corporate { CORPORATE } else { WHOLESALE };
        let industry = dice.below(count(trades));
        let ending = dice.below(count(trades[industry as usize].1));
        let since = since(dice, span);
        let suspended = dice.chance(25);
        Self {
            kind,
            place: small(dice.weighted(&weights)),
            industry: small(industry as usize),
            ending: small(ending as usize),
            surname: small(dice.below(count(SURNAMES)) as usize),
            given: small(dice.below(count(GIVEN_NAMES)) as usize),
            trade: small(dice.below(count(TRADE_NAMES)) as usize),
            form: small(dice.weighted(&[24, 12, 20, 8, 8, 9, 7, 5, 6, 2, 9])),
            terms: small(dice.weighted(&TERMS.map_weights())),
            favourites: favourites(dice, kind),
            busyness: dice.busyness() * kind.frequency() / 100 + 20,
            size: 300 + dice.busyness() * 7 / 10,
            since,
            until: until(dice, since.max(span.start), span, suspended),
            suspended,
            pays_badly: dice.chance(if suspended { 600 } else { 35 }),
            prospect: dice.chance(25),
        }
    }

    pub(super) fn place(&self) -> &'static Place {
        &PLACES[usize::from(self.place)]
    }

    /// The line of business; consumers have none.
    pub(super) fn industry(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Wholesale => Some(WHOLESALE[usize::from(self.industry)].0),
            Kind::Corporate => Some(CORPORATE[usize::from(self.industry)].0),
            Kind::Direct => None,
        }
    }

    /// Name, short name and reading.
    pub(super) fn name(&self) -> (String, String, String) {
        let (surname, surname_kana) = SURNAMES[usize::from(self.surname)];
        if self.kind == Kind::Direct {
            let (given, given_kana) = GIVEN_NAMES[usize::from(self.given)];
            return (
                format!("{surname} {given}"),
                surname.to_owned(),
                format!("{surname_kana} {given_kana}"),
            );
        }
        let trades = if self.kind == Kind::Corporate { CORPORATE } else { WHOLESALE };
        let (ending, ending_kana) = trades[usize::from(self.industry)].1[usize::from(self.ending)];
        let (word, word_kana) = match self.given % 2 {
            0 => (surname, surname_kana),
            _ => TRADE_NAMES[usize::from(self.trade)],
        };
        let (form, form_kana, in_front) = FORMS[usize::from(self.form)];
        let (short, short_kana) = (format!("{word}{ending}"), format!("{word_kana}{ending_kana}"));
        match in_front {
            true => (format!("{form}{short}"), short, format!("{form_kana}{short_kana}")),
            false => (format!("{short}{form}"), short, format!("{short_kana}{form_kana}")),
        }
    }

    pub(super) fn terms(&self) -> &'static str {
        TERMS[usize::from(self.terms)].0
    }

    /// The day of the month on which the customer's period ends; 31 is the last.
    pub(super) fn closing_day(&self) -> u32 {
        TERMS[usize::from(self.terms)].1
    }

    /// Days of the span on which the customer buys.
    pub(super) fn active_days(&self, span: Span) -> u64 {
        let (from, to) = (self.since.max(span.start), self.until.min(span.end));
        if self.prospect || to < from {
            0
        } else {
            u64::try_from((to - from).num_days()).unwrap_or_default() + 1
        }
    }
}

/// The weights of a table of terms.
trait Weights {
    fn map_weights(&self) -> Vec<u32>;
}

impl Weights for [(&str, u32, u32)] {
    fn map_weights(&self) -> Vec<u32> {
        self.iter().map(|(_, _, weight)| *weight).collect()
    }
}

/// Two thirds were customers before; of the others more come later than earlier.
fn since(dice: &mut Dice, span: Span) -> NaiveDate {
    let days = span.days();
    if dice.chance(640) {
        return span
            .start
            .checked_sub_days(Days::new(u64::from(dice.between(1, 9_000))))
            .unwrap_or(span.start);
    }
    let (a, b) = (dice.below(days), dice.below(days));
    let day = if dice.chance(350) { a.max(b) } else { a };
    span.start.checked_add_days(Days::new(u64::from(day))).unwrap_or(span.end)
}

/// The day after which nothing is bought: a month's chance of leaving, month after month.
fn until(dice: &mut Dice, from: NaiveDate, span: Span, suspended: bool) -> NaiveDate {
    let churn = *dice.pick(&CHURN);
    let churn = if suspended { churn * 3 + 30 } else { churn };
    let mut day = from;
    while day <= span.end {
        if dice.chance(churn) {
            return day.checked_add_days(Days::new(u64::from(dice.below(30)))).unwrap_or(day);
        }
        day = day.checked_add_days(Days::new(30)).unwrap_or(NaiveDate::MAX);
    }
    NaiveDate::from_ymd_opt(span.end.year() + 1, 12, 31).unwrap_or(span.end)
}

fn favourites(dice: &mut Dice, kind: Kind) -> [u8; 4] {
    let weights: Vec<u32> = PRODUCTS.iter().map(|product| product.weights[kind as usize]).collect();
    [(); 4].map(|()| small(dice.weighted(&weights)))
}

fn count<T>(table: &[T]) -> u32 {
    u32::try_from(table.len()).unwrap_or(u32::MAX)
}

/// A position in a table; no table is longer than 255.
fn small(position: usize) -> u8 {
    u8::try_from(position).unwrap_or_default()
}
