//! Telephone numbers that cannot be numbers: they are kept as written, and no call finds their owner.

use std::ops::ControlFlow;

use super::{Finding, Rule, Sink, key, text};
use crate::dataset::{ColumnKind, DATASETS, Dataset};
use crate::phone::PhoneNumber;
use crate::store::{Reader, StoreError};

pub(super) fn check(reader: &Reader, sink: Sink<'_>) -> Result<(), StoreError> {
    for dataset in DATASETS {
        if check_one(reader, dataset, sink)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// `Break`: the sink stops.
fn check_one(
    reader: &Reader,
    dataset: &'static Dataset,
    sink: Sink<'_>,
) -> Result<ControlFlow<()>, StoreError> {
    let columns = dataset.columns.iter().filter(|column| column.kind == ColumnKind::Phone);
    let columns: Vec<&str> = columns.map(|column| column.name).collect();
    if columns.is_empty() {
        return Ok(ControlFlow::Continue(()));
    }
    let keys = dataset.key.len();
    let order = dataset.key.join(", ");
    let sql = format!("SELECT {order}, {} FROM {} ORDER BY {order}", columns.join(", "), dataset.table);
    let mut more = ControlFlow::Continue(());
    reader.db.each(&sql, &[], |row| {
        for (position, column) in columns.iter().enumerate() {
            let written = text(row, keys + position)?;
            if written.trim().is_empty() || is_number(&written) {
                continue;
            }
            let facts = vec![("column", (*column).to_owned())];
            let key = key(row, keys)?;
            more = sink(Finding { rule: Rule::RawPhone, dataset: dataset.name, key, facts });
            if more.is_break() {
                break;
            }
        }
        Ok(more)
    })?;
    Ok(more)
}

fn is_number(written: &str) -> bool {
    PhoneNumber::parse_all(written).iter().any(Result::is_ok)
}
