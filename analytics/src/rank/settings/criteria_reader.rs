//! `criteria`: kind, weight and rows of each criterion.

use shared::message;
use shared::message::Message;
use shared::settings_reader::{MistakeKind, Table, Value};

use crate::rank::settings::document_values::{ENTRIES_MAX, flag, hundredths};
use crate::rank::settings::model::{Criteria, Criterion};

/// The largest row of a count or amount criterion.
const AT_LEAST_MAX: i64 = 100_000_000_000_000;
/// The most months of a recency row.
const MONTHS_MAX: u32 = 120;

/// Which criterion a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Recency,
    Count,
    Amount,
}

const KINDS: [(&str, Kind); 3] =
    [("recency", Kind::Recency), ("count", Kind::Count), ("amount", Kind::Amount)];

/// Reads the criteria of the table that has them.
pub(crate) fn criteria(table: &Table<'_>) -> Criteria {
    let mut criteria = Criteria::default();
    let mut seen: Vec<Kind> = Vec::new();
    let mut has_enabled = false;
    let found = table.get("criteria");
    for row in found.iter().flat_map(|value| value.tables(ENTRIES_MAX)) {
        has_enabled |= flag(&row, "enabled");
        let Some(kind) = kind(&row) else { continue };
        if seen.contains(&kind) {
            let message =
                message!("同じ種類の条件は1つだけ書けます", "each kind of criterion may appear only once");
            let _ = row.get("kind").map(|value| {
                value.mistake(MistakeKind::Rule("RANK_DUPLICATE_CRITERION"), message);
            });
        }
        seen.push(kind);
        let months = |value: &Value<'_>| value.whole(0..=MONTHS_MAX);
        let at_least = |value: &Value<'_>| value.decimal(AT_LEAST_MAX, 4);
        match kind {
            Kind::Recency => criteria.recency = Some(criterion(&row, "within_months", months, &rising())),
            Kind::Count => criteria.count = Some(criterion(&row, "at_least", at_least, &falling())),
            Kind::Amount => criteria.amount = Some(criterion(&row, "at_least", at_least, &falling())),
        }
    }
    if !has_enabled {
        let message = message!(
            "有効な条件(recency, count, amount)が1つ以上必要です",
            "at least one criterion (recency, count or amount) must be present and enabled",
        );
        table.mistake(MistakeKind::Rule("RANK_NO_CRITERIA"), "criteria", message);
    }
    criteria
}

fn kind(row: &Table<'_>) -> Option<Kind> {
    let missing = message!(
        "条件の種類(recency, count, amount)を書いてください",
        "name the kind of criterion: recency, count or amount",
    );
    row.required("kind", missing)?.one_of(&KINDS)
}

/// The order of rows.
struct Order<T> {
    holds: fn(&T, &T) -> bool,
    message: Message,
}

fn rising<T: PartialOrd>() -> Order<T> {
    Order {
        holds: |upper, lower| upper < lower,
        message: message!(
            "小さい順に書いてください。この行に当てはまる顧客はありません",
            "rows must be in increasing order; this row can never match",
        ),
    }
}

fn falling<T: PartialOrd>() -> Order<T> {
    Order {
        holds: |upper, lower| upper > lower,
        message: message!(
            "大きい順に書いてください。この行に当てはまる顧客はありません",
            "rows must be in decreasing order; this row can never match",
        ),
    }
}

fn criterion<T>(
    row: &Table<'_>,
    rows_key: &str,
    read: impl Fn(&Value<'_>) -> Option<T>,
    order: &Order<T>,
) -> Criterion<T> {
    row.only(&["kind", "enabled", "weight", rows_key]);
    let missing = message!(
        "重み(1点あたり何点になるか、0から100)を書いてください",
        "give the weight of a point, 0 to 100",
    );
    let weight = row.required("weight", missing).and_then(|value| hundredths(&value));
    Criterion {
        is_enabled: flag(row, "enabled"),
        weight: weight.unwrap_or(0),
        rows: rows(row, rows_key, read, order),
    }
}

fn rows<T>(row: &Table<'_>, key: &str, read: impl Fn(&Value<'_>) -> Option<T>, order: &Order<T>) -> Vec<T> {
    let missing = || message!("1行以上書いてください", "at least one row is needed");
    let Some(value) = row.required(key, missing()) else { return Vec::new() };
    let Some(list) = value.list(ENTRIES_MAX) else { return Vec::new() };
    if list.is_empty() {
        value.mistake(MistakeKind::Missing, missing());
    }
    let mut rows: Vec<T> = Vec::with_capacity(list.len());
    for value in &list {
        let Some(next) = read(value) else { continue };
        if rows.last().is_some_and(|last| !(order.holds)(last, &next)) {
            value.mistake(MistakeKind::Rule("RANK_ROWS"), order.message.clone());
        }
        rows.push(next);
    }
    rows
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn rising_and_falling_are_strict() {
        assert!((rising::<u32>().holds)(&3, &6) && !(rising::<u32>().holds)(&6, &6));
        let falls = falling::<Decimal>().holds;
        assert!(falls(&Decimal::TEN, &Decimal::ONE) && !falls(&Decimal::ONE, &Decimal::ONE));
    }
}
