//! The key of a row as text.

use crate::dataset::Dataset;
use crate::store::Value;

/// A row's key columns joined by `/`, empty ones as they are stored.
pub(super) fn row_key(dataset: &Dataset, values: &[Option<Value>]) -> String {
    let part = |at: usize| match &values[at] {
        Some(Value::Null) | None => text_of(&dataset.columns[at].empty_value()),
        Some(value) => text_of(value),
    };
    dataset.key_indexes().into_iter().map(part).collect::<Vec<_>>().join("/")
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Null => String::new(),
    }
}
