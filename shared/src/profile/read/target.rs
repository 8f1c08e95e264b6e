//! The data sets that a layout feeds, and where each of their columns comes from.

use super::ENTRIES_MAX;
use super::columns::Columns;
use super::rows::{once_a_record, texts};
use super::words::{DATES, TAKES};
use crate::dataset::{self, DATASETS, Dataset};
use crate::message;
use crate::message::Message;
use crate::profile::{ColumnRule, Less, TargetRules};
use crate::settings_reader::{MistakeKind, Table, Value, near};

/// The most `[[dataset]]`.
const TARGETS_MAX: usize = 20;

/// The settings of a column.
const RULE_SETTINGS: &[&str] = &[
    "from", "or", "join", "const", "map", "rest", "take", "date", "count", "nth", "times", "factor", "less",
    "negative", "keep",
];

/// The largest factor.
const FACTOR_MAX: i64 = 100_000_000;

pub(super) fn targets(root: &Table<'_>, columns: &Columns) -> Vec<TargetRules> {
    let missing = message!(
        "取り込むデータ種別を [[dataset]] に書いてください",
        "there is no [[dataset]]; name the data sets that the layout feeds",
    );
    let tables = root.required("dataset", missing).map(|value| value.tables(TARGETS_MAX));
    tables.unwrap_or_default().iter().filter_map(|table| target(table, columns)).collect()
}

fn target(table: &Table<'_>, columns: &Columns) -> Option<TargetRules> {
    table.only(&["name", "rows", "when", "split_phones", "only", "columns"]);
    let missing = message!("データ種別の name を書いてください", "[[dataset]] needs a name");
    let dataset = known_dataset(&table.required("name", missing)?)?;
    let only = dataset_columns(table, "only", dataset);
    let rules = dataset_columns(table, "columns", dataset);
    let target = TargetRules {
        dataset,
        once_a_record: once_a_record(table),
        when: table.get("when").map(|value| columns.several(&value)).unwrap_or_default(),
        split_phones: table.get("split_phones").and_then(|value| columns.one(&value)),
        only: only.into_iter().map(|(column, value)| (column, texts(&value))).collect(),
        columns: rules.into_iter().map(|(column, value)| (column, rule(&value, columns))).collect(),
    };
    for column in dataset.columns.iter().filter(|column| column.required) {
        if !target.columns.iter().any(|(name, _)| *name == column.name) {
            let message = message!(
                "「{column}」は必須です。どの列から取り込むかを書いてください",
                "\"{column}\" is required; name the column that it comes from",
                column = column.label,
            );
            table.mistake(MistakeKind::Missing, &format!("columns.{}", column.name), message);
        }
    }
    Some(target)
}

fn known_dataset(value: &Value<'_>) -> Option<&'static Dataset> {
    let name = value.name()?;
    let found = dataset::by_name(&name);
    if found.is_none() {
        let known = DATASETS.iter().map(|dataset| dataset.name);
        value.mistake(MistakeKind::Choice, unknown_word(&name, known));
    }
    found
}

/// The table of a key, whose own keys are columns of the data set.
fn dataset_columns<'v>(
    table: &Table<'v>,
    key: &str,
    dataset: &'static Dataset,
) -> Vec<(&'static str, Value<'v>)> {
    let Some(columns) = table.get(key).and_then(|value| value.table()) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in columns.entries() {
        match dataset.column(name) {
            Some(column) => found.push((column.name, value)),
            None => value.wrong_name(unknown_word(name, dataset.columns.iter().map(|column| column.name))),
        }
    }
    found
}

fn unknown_word(name: &str, known: impl Iterator<Item = &'static str> + Clone) -> Message {
    match near(name, known.clone()) {
        Some(near) => message!(
            "「{name}」はありません。{near} の誤りではありませんか",
            "there is no {name}; did you mean {near}?",
            name = name,
            near = near,
        ),
        None => message!(
            "「{name}」はありません。次のいずれかを書いてください: {known}",
            "there is no {name}; there are: {known}",
            name = name,
            known = known.collect::<Vec<_>>().join(", "),
        ),
    }
}

fn rule(value: &Value<'_>, columns: &Columns) -> ColumnRule {
    if !value.is_table() {
        return ColumnRule { from: columns.several(value), ..ColumnRule::default() };
    }
    let Some(table) = value.table() else { return ColumnRule::default() };
    table.only(RULE_SETTINGS);
    let text = |key: &str| table.get(key).and_then(|value| value.text());
    let column = |key: &str| table.get(key).and_then(|value| columns.one(&value));
    let negative = columns.pairs(&table, "negative", |value| texts(&value));
    let rule = ColumnRule {
        from: table.get("from").map(|value| columns.several(&value)).unwrap_or_default(),
        or: table.get("or").map(|value| columns.several(&value)).unwrap_or_default(),
        join: text("join").unwrap_or_default(),
        constant: text("const"),
        map: table.get("map").map(|value| pairs(&value)).unwrap_or_default(),
        rest: text("rest"),
        take: table.get("take").and_then(|value| value.one_of(TAKES)),
        date: table.get("date").and_then(|value| value.one_of(DATES)),
        count: column("count"),
        nth: table.get("nth").and_then(|value| value.flag()).unwrap_or(false),
        times: column("times"),
        factor: table.get("factor").and_then(|value| value.whole(1..=FACTOR_MAX)),
        less: table.get("less").and_then(|value| less(&value, columns)),
        negative: negative.into_iter().next_back(),
        keep: table.get("keep").and_then(|value| value.flag()).unwrap_or(false),
    };
    if !["from", "const", "count"].iter().any(|key| table.has(key)) {
        let message = message!(
            "from、const、count のいずれかを書いてください",
            "one of from, const and count is needed"
        );
        value.mistake(MistakeKind::Missing, message);
    }
    rule
}

fn pairs(value: &Value<'_>) -> Vec<(String, String)> {
    let entries = value.table().map(|table| table.entries()).unwrap_or_default();
    let pair = |(cell, meaning): (&str, Value<'_>)| (cell.to_owned(), meaning.text().unwrap_or_default());
    entries.into_iter().take(ENTRIES_MAX).map(pair).collect()
}

/// `{ column = "内税額", only = { "税込区分" = ["1"] }, unsigned = true }`, `{ column = "粗利" }`.
fn less(value: &Value<'_>, columns: &Columns) -> Option<Less> {
    let table = value.table()?;
    table.only(&["column", "only", "unsigned"]);
    let Some(column) = table.get("column").and_then(|value| columns.one(&value)) else {
        let message =
            message!("差し引く列を column に書いてください", "less needs the column that is deducted");
        value.mistake(MistakeKind::Missing, message);
        return None;
    };
    let only = columns.pairs(&table, "only", |value| texts(&value)).into_iter().next_back();
    let unsigned = table.get("unsigned").and_then(|value| value.flag()).unwrap_or(false);
    Some(Less { column, only, unsigned })
}
