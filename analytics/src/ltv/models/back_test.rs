//! The back-test: what the model and two simple methods would have expected at an earlier day, and what was bought.

use chrono::NaiveDate;
use serde_json::{Value, json};
use shared::calendar::end_of_year_before;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Explain as _, Label};

use super::histories::Histories;
use super::outlook::{
    Bought, Customer, MONEY_PLACES, Models, Once, PURCHASE_PLACES, PurchaseModel, RATE_PLACES, customers,
    rounded,
};
use super::words;
use crate::output::{json_decimal_or_null, percent, yen};
use crate::prediction::{Purchasing as _, Refusal};

/// How purchases are expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Model,
    LastYear,
    Average,
}

impl Method {
    pub(super) const ALL: [Self; 3] = [Self::Model, Self::LastYear, Self::Average];

    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::LastYear => "last_year",
            Self::Average => "average",
        }
    }

    pub(super) fn label(self) -> Label {
        match self {
            Self::Model => Label::new("モデル", "model"),
            Self::LastYear => Label::new("前年同期と同じ", "same as last year"),
            Self::Average => Label::new("平均頻度×平均金額", "average frequency x average value"),
        }
    }

    /// What a customer is expected to buy in so much time after the history.
    pub(super) fn expected(
        self,
        customer: &Customer,
        models: Option<&Models>,
        once: &mut Once<f64>,
        time: f64,
    ) -> Bought {
        let history = customer.history;
        match (self, models) {
            (Self::Model, Some(models)) => {
                let purchases = once.of(history, |history| models.purchases.expected(history, time));
                Bought { purchases, amount: purchases * models.values.of(customer) }
            }
            (Self::Model, None) => Bought::default(),
            (Self::LastYear, _) => customer.before,
            (Self::Average, _) if history.observed <= 0.0 => Bought::default(),
            (Self::Average, _) => {
                let purchases = f64::from(history.repeats) / history.observed * time;
                Bought { purchases, amount: purchases * customer.bought.amount / customer.bought.purchases }
            }
        }
    }
}

/// What a method expected in sum, and how far it was off.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Score {
    pub method: Method,
    pub expected: Bought,
    /// The square root of the mean of squared differences between a customer's expected and actual amount.
    pub error: f64,
}

/// Customers with as many repeat purchases in the calibration.
#[derive(Debug, Clone, Default, PartialEq)]
struct Level {
    customers: u32,
    actual: f64,
    expected: [f64; Method::ALL.len()],
}

/// Repeat purchases from which on customers are one level.
const LEVEL_MAX: u32 = 7;

/// A back-test.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BackTest {
    calibration_until: NaiveDate,
    until: NaiveDate,
    customers: u32,
    actual: Bought,
    scores: Vec<Score>,
    levels: Vec<Level>,
    /// Why there is no model.
    pub refusal: Option<Refusal>,
}

/// The days of a back-test.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub calibration_until: NaiveDate,
    pub until: NaiveDate,
}

impl Split {
    /// The hold-out is the last year, unless a day is given.
    ///
    /// # Errors
    /// The hold-out is empty or longer than a year: exit code 64.
    pub(super) fn new(given: Option<NaiveDate>, until: NaiveDate) -> Result<Self, Failure> {
        let a_year_before = year_before(until);
        let calibration_until = given.unwrap_or(a_year_before);
        if calibration_until >= until || calibration_until < a_year_before {
            return Err(Failure::usage(message!(
                "--calibration-until {day}: {from} から {until} の前日までの日付を指定してください(検証期間は1年以内)",
                "--calibration-until {day}: give a day from {from} to the day before {until}; the hold-out is at most a \
                 year",
                day = calibration_until,
                from = a_year_before,
                until = until,
            )));
        }
        Ok(Self { calibration_until, until })
    }

    /// The same days a year before the hold-out.
    fn before(self) -> (NaiveDate, NaiveDate) {
        (day_after(year_before(self.calibration_until)), year_before(self.until))
    }
}

/// The same day a year before; a month's end stays a month's end.
pub(super) fn year_before(day: NaiveDate) -> NaiveDate {
    end_of_year_before(day).unwrap_or(NaiveDate::MIN)
}

/// The next day.
pub(super) fn day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(NaiveDate::MAX)
}

impl BackTest {
    /// Estimates the model until the earlier day and compares. `histories` are those until the later one.
    ///
    /// # Errors
    /// An error of the mirror.
    pub(super) fn run(
        model: PurchaseModel,
        histories: &Histories<'_>,
        split: Split,
    ) -> Result<Self, Failure> {
        let earlier = Histories { until: split.calibration_until, ..*histories };
        let models = Models::fit(model, &earlier)?;
        let customers = customers(&earlier, &[], split.until, split.before())?;
        let customers: Vec<Customer> = customers.into_iter().map(|row| row.figures).collect();
        let days = (split.until - split.calibration_until).num_days();
        Ok(Self::of(&customers, &models, histories.unit.of_days(days), split))
    }

    fn of(customers: &[Customer], models: &Result<Models, Refusal>, time: f64, split: Split) -> Self {
        let mut out = Self {
            calibration_until: split.calibration_until,
            until: split.until,
            customers: 0,
            actual: Bought::default(),
            scores: Vec::new(),
            levels: vec![Level::default(); (LEVEL_MAX + 1) as usize],
            refusal: models.as_ref().err().copied(),
        };
        let methods = Method::ALL.iter().filter(|method| **method != Method::Model || models.is_ok());
        out.scores.extend(methods.map(|&method| Score { method, expected: Bought::default(), error: 0.0 }));
        let mut once = Once::new();
        for customer in customers {
            let level = &mut out.levels[customer.history.repeats.min(LEVEL_MAX) as usize];
            out.customers += 1;
            level.customers += 1;
            level.actual += customer.later.purchases;
            out.actual.purchases += customer.later.purchases;
            out.actual.amount += customer.later.amount;
            for score in &mut out.scores {
                let expected = score.method.expected(customer, models.as_ref().ok(), &mut once, time);
                score.expected.purchases += expected.purchases;
                score.expected.amount += expected.amount;
                score.error += (expected.amount - customer.later.amount).powi(2);
                level.expected[score.method as usize] += expected.purchases;
            }
        }
        for score in &mut out.scores {
            score.error = (score.error / f64::from(out.customers.max(1))).sqrt();
        }
        out
    }

    /// The method with the smallest error; of equal ones the first. None without customers.
    pub(super) fn best(&self) -> Option<Method> {
        let best = self.scores.iter().min_by(|a, b| a.error.total_cmp(&b.error));
        best.filter(|_| self.customers > 0).map(|score| score.method)
    }

    /// What the sum of amounts was off by, as a part of what was bought.
    fn total_error(&self, score: &Score) -> f64 {
        score.expected.amount / self.actual.amount - 1.0
    }

    /// The back-test as lines above the rows.
    pub(super) fn header(&self, lang: Lang) -> Vec<(String, String)> {
        let line = |label: Label, value: String| (label.text(lang).to_owned(), value);
        let said = |message: shared::message::Message| message.text(lang).to_owned();
        let yen_of = |amount: f64| rounded(amount, 0).map(yen).unwrap_or_default();
        let mut out = vec![line(
            words::BACK_TEST,
            said(message!(
                "{calibration} までの購入から推定し、{from} – {until} の実績と比較(顧客 {customers} 件、実績 {amount} 円)",
                "estimated from purchases until {calibration}, compared with those of {from} – {until} ({customers} \
                     customers, {amount} yen)",
                calibration = self.calibration_until,
                from = day_after(self.calibration_until),
                until = self.until,
                customers = self.customers,
                amount = yen_of(self.actual.amount),
            )),
        )];
        out.extend(self.scores.iter().map(|score| {
            let total = rounded(self.total_error(score), RATE_PLACES);
            let words = message!(
                "予測 {amount} 円、合計誤差 {total}、顧客あたり誤差(RMSE) {error} 円",
                "expected {amount} yen, total error {total}, error per customer (RMSE) {error} yen",
                amount = yen_of(score.expected.amount),
                total = total.map_or_else(|| words::UNKNOWN_RATE.to_owned(), percent),
                error = yen_of(score.error),
            );
            (format!("{}: {}", words::BACK_TEST.text(lang), score.method.label().text(lang)), said(words))
        }));
        out.extend(self.levels.iter().enumerate().filter(|(_, level)| level.customers > 0).map(
            |(repeats, level)| {
                let mean = |sum: f64| format!("{:.2}", sum / f64::from(level.customers));
                let methods: Vec<String> = self
                    .scores
                    .iter()
                    .map(|score| {
                        let expected = mean(level.expected[score.method as usize]);
                        format!("{} {expected}", score.method.label().text(lang))
                    })
                    .collect();
                let words = message!(
                    "顧客 {customers} 件、顧客あたり購入回数 実績 {actual} / {methods}",
                    "{customers} customers, purchases of each: actual {actual} / {methods}",
                    customers = level.customers,
                    actual = mean(level.actual),
                    methods = methods.join(" / "),
                );
                let name = format!("{} {}", words::REPEATS.text(lang), level_name(repeats));
                (name, said(words))
            },
        ));
        out
    }

    /// The back-test for programs.
    pub(super) fn json(&self, used: Method, lang: Lang) -> Value {
        let money = |amount: f64| json_decimal_or_null(rounded(amount, MONEY_PLACES));
        let purchases = |purchases: f64| json_decimal_or_null(rounded(purchases, PURCHASE_PLACES));
        let scores: Vec<Value> = self
            .scores
            .iter()
            .map(|score| {
                json!({
                    "method": score.method.id(),
                    "purchases": purchases(score.expected.purchases),
                    "amount": money(score.expected.amount),
                    "total_error": json_decimal_or_null(rounded(self.total_error(score), RATE_PLACES)),
                    "root_mean_square_error": money(score.error),
                })
            })
            .collect();
        let levels: Vec<Value> = self
            .levels
            .iter()
            .enumerate()
            .filter(|(_, level)| level.customers > 0)
            .map(|(repeats, level)| {
                let mean = |sum: f64| purchases(sum / f64::from(level.customers));
                let mut out = json!({
                    "repeats": level_name(repeats),
                    "customers": level.customers,
                    "actual": mean(level.actual),
                });
                for score in &self.scores {
                    out[score.method.id()] = mean(level.expected[score.method as usize]);
                }
                out
            })
            .collect();
        json!({
            "calibration_until": self.calibration_until,
            "until": self.until,
            "customers": self.customers,
            "purchases": purchases(self.actual.purchases),
            "amount": money(self.actual.amount),
            "methods": scores,
            "groups": levels,
            "refused": self.refusal.map(|refusal| refusal.message().text(lang).to_owned()),
            "used": used.id(),
        })
    }
}

fn level_name(repeats: usize) -> String {
    if repeats < LEVEL_MAX as usize { repeats.to_string() } else { format!("{LEVEL_MAX}+") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prediction::History;

    fn customer(repeats: u32, observed: f64, later: f64, before: f64) -> Customer {
        let bought = |purchases: f64| Bought { purchases, amount: purchases * 100.0 };
        Customer {
            code: String::new(),
            name: None,
            history: History { repeats, last: observed, observed },
            first_sold_on: None,
            last_sold_on: None,
            bought: bought(f64::from(repeats) + 1.0),
            repeat_amount: f64::from(repeats) * 100.0,
            later: bought(later),
            before: bought(before),
        }
    }

    fn split() -> Split {
        Split { calibration_until: "2025-10-31".parse().unwrap(), until: "2026-10-31".parse().unwrap() }
    }

    fn test_of(customers: &[Customer]) -> BackTest {
        BackTest::of(customers, &Err(Refusal::NoRepeats), 52.0, split())
    }

    #[test]
    fn the_method_with_the_smallest_error_wins() {
        let steady = test_of(&[customer(1, 52.0, 1.0, 5.0), customer(2, 104.0, 1.0, 0.0)]);
        assert_eq!(steady.best(), Some(Method::Average));
        let yearly = test_of(&[customer(1, 52.0, 5.0, 5.0), customer(2, 104.0, 0.0, 0.0)]);
        assert_eq!(yearly.best(), Some(Method::LastYear));
        let error: Vec<f64> = yearly.scores.iter().map(|score| score.error).collect();
        // (5 - 1)^2 and (0 - 1)^2 purchases of 100 yen.
        assert!(
            error[0].abs() < 1e-9 && (error[1] - (17.0_f64 / 2.0).sqrt() * 100.0).abs() < 1e-9,
            "{error:?}"
        );
        assert_eq!(test_of(&[]).best(), None);
    }

    #[test]
    fn customers_who_came_today_are_not_divided_by_no_time() {
        let found = test_of(&[customer(0, 0.0, 1.0, 0.0)]);
        assert!(found.scores.iter().all(|score| score.expected == Bought::default()));
    }

    #[test]
    fn the_hold_out_is_a_year_at_most() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let until = day("2026-10-31");
        assert_eq!(Split::new(None, until).unwrap().calibration_until, day("2025-10-31"));
        assert_eq!(split().before(), (day("2024-11-01"), day("2025-10-31")));
        for wrong in ["2025-10-30", "2026-10-31", "2026-11-30"] {
            assert!(Split::new(Some(day(wrong)), until).is_err(), "{wrong}");
        }
        assert!(Split::new(Some(day("2026-10-30")), until).is_ok());
    }
}
