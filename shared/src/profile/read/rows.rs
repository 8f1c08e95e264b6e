//! Which files are of the layout, and which of their rows count.

use super::columns::Columns;
use super::words::SHAPES;
use super::{ENTRIES_MAX, word};
use crate::message;
use crate::profile::{Detect, Record, Shape, Skip};
use crate::settings_reader::{MistakeKind, Table, Value};

/// The most `[[skip]]`.
const SKIPS_MAX: usize = 100;

/// A text, or a list of texts.
pub(super) fn texts(value: &Value<'_>) -> Vec<String> {
    value.items(ENTRIES_MAX).iter().filter_map(Value::text).collect()
}

/// The texts of a key; none when it is not there.
fn texts_of(table: &Table<'_>, key: &str) -> Vec<String> {
    table.get(key).map(|value| texts(&value)).unwrap_or_default()
}

pub(super) fn detect(value: &Value<'_>, columns: &Columns) -> Detect {
    let Some(table) = value.table() else { return Detect::default() };
    table.only(&["headers", "any", "absent", "general", "shape"]);
    let names = |key: &str| table.get(key).map(|value| columns.several(&value)).unwrap_or_default();
    let shapes = columns.pairs(&table, "shape", |value| shape(&value));
    Detect {
        headers: names("headers"),
        any: names("any"),
        absent: texts_of(&table, "absent"),
        general: table.get("general").and_then(|value| value.flag()).unwrap_or(false),
        shape: shapes.into_iter().filter_map(|(column, shape)| Some((column, shape?))).collect(),
    }
}

fn shape(value: &Value<'_>) -> Option<Shape> {
    if value.is_list() { Some(Shape::OneOf(texts(value))) } else { value.one_of(SHAPES) }
}

pub(super) fn skips(root: &Table<'_>, columns: &Columns) -> Vec<Skip> {
    let tables = root.get("skip").map(|value| value.tables(SKIPS_MAX)).unwrap_or_default();
    tables.iter().map(|table| skip(table, columns)).collect()
}

fn skip(table: &Table<'_>, columns: &Columns) -> Skip {
    table.only(&["column", "values", "except", "empty", "reason"]);
    let unless = table.has("except");
    let skip = Skip {
        column: table.get("column").and_then(|value| columns.one(&value)).unwrap_or_default(),
        values: texts_of(table, if unless { "except" } else { "values" }),
        empty: table.get("empty").map(|value| columns.several(&value)).unwrap_or_default(),
        unless,
        reason: table.get("reason").and_then(|value| value.sentence()).unwrap_or_else(|| message!("", "")),
    };
    let by_value = !skip.column.is_empty() && !skip.values.is_empty();
    if by_value != skip.empty.is_empty() || !table.has("reason") {
        let message = message!(
            "[[skip]] には reason と、column と values(または except)の組か empty のどちらかを書いてください",
            "[[skip]] needs a reason, and either a column with values (or except) or empty",
        );
        table.mistake(MistakeKind::Missing, "", message);
    }
    skip
}

pub(super) fn record(value: &Value<'_>, columns: &Columns) -> Option<Record> {
    let table = value.table()?;
    table.only(&["start", "mark", "key", "table"]);
    let (by_key, by_mark) = (table.has("key"), table.has("start"));
    if by_key == by_mark || (by_key && table.has("mark")) {
        let message = message!(
            "レコードの最初の行に印のある列を start に書くか、同じレコードの行で値が同じ列(番号など)を key に書いてください。\
             両方は書けません",
            "[record] needs either start, the column that marks the first row of a record, or key, the column whose cell is \
             the same in all rows of one",
        );
        value.mistake(MistakeKind::Missing, message);
    }
    let start = table.get(if by_key { "key" } else { "start" });
    let mark = || table.get("mark").and_then(|value| value.text()).unwrap_or_else(|| "*".to_owned());
    Some(Record {
        start: start.and_then(|value| columns.one(&value)).unwrap_or_default(),
        mark: (!by_key).then(mark),
        table: table.get("table").map(|value| columns.several(&value)).unwrap_or_default(),
    })
}

/// Whether a data set gets one row a record (`record`) or one for each row of the file (`line`).
pub(super) fn once_a_record(table: &Table<'_>) -> bool {
    word(table, "rows", &[("record", true), ("line", false)], false)
}
