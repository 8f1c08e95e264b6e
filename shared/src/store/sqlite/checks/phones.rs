//! Telephone numbers that cannot be numbers: they are kept as written, and no call finds their owner.

use super::super::reader::SqliteReader;
use super::super::{Explained, StoreError};
use super::{Sink, key, text};
use crate::dataset::{ColumnKind, DATASETS, Dataset};
use crate::phone::PhoneNumber;
use crate::store::{Finding, Rule};

pub(super) fn check(reader: &SqliteReader, sink: Sink<'_>) -> Result<(), StoreError> {
    for dataset in DATASETS {
        if !check_one(reader, dataset, sink)? {
            break;
        }
    }
    Ok(())
}

/// Gives `false` when nobody wants more.
fn check_one(reader: &SqliteReader, dataset: &'static Dataset, sink: Sink<'_>) -> Result<bool, StoreError> {
    let columns = dataset.columns.iter().filter(|column| column.kind == ColumnKind::Phone);
    let columns: Vec<&str> = columns.map(|column| column.name).collect();
    if columns.is_empty() {
        return Ok(true);
    }
    let keys = dataset.key.len();
    let order = dataset.key.join(", ");
    let sql = format!("SELECT {order}, {} FROM {} ORDER BY {order}", columns.join(", "), dataset.table);
    let mut select = reader.connection.prepare(&sql).at(&reader.path)?;
    let mut rows = select.query([]).at(&reader.path)?;
    while let Some(row) = rows.next().at(&reader.path)? {
        for (position, column) in columns.iter().enumerate() {
            let written = text(row, keys + position).at(&reader.path)?;
            if written.trim().is_empty() || is_number(&written) {
                continue;
            }
            let facts = vec![("column", (*column).to_owned())];
            let key = key(row, keys).at(&reader.path)?;
            if sink(Finding { rule: Rule::RawPhone, dataset: dataset.name, key, facts }).is_break() {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn is_number(written: &str) -> bool {
    PhoneNumber::parse_all(written).iter().any(Result::is_ok)
}
