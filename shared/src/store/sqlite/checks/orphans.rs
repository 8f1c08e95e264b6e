//! References to rows that are not there: one pass over each data set for all of its references.

use super::super::reader::SqliteReader;
use super::super::{Explained, StoreError};
use super::{Sink, key, text};
use crate::dataset::{DATASETS, Dataset, Reference, references_of};
use crate::store::{Finding, Rule};

pub(super) fn check(reader: &SqliteReader, sink: Sink<'_>) -> Result<(), StoreError> {
    for dataset in DATASETS {
        let references = references_of(dataset);
        if !references.is_empty() && !check_one(reader, dataset, &references, sink)? {
            break;
        }
    }
    Ok(())
}

/// Gives `false` when nobody wants more.
fn check_one(
    reader: &SqliteReader,
    dataset: &'static Dataset,
    references: &[Reference],
    sink: Sink<'_>,
) -> Result<bool, StoreError> {
    let keys = dataset.key.len();
    let mut select = reader.connection.prepare(&query(dataset, references)).at(&reader.path)?;
    let mut rows = select.query([]).at(&reader.path)?;
    while let Some(row) = rows.next().at(&reader.path)? {
        for (position, reference) in references.iter().enumerate() {
            let value = text(row, keys + position).at(&reader.path)?;
            if value.is_empty() {
                continue;
            }
            let finding = Finding {
                rule: Rule::Orphan,
                dataset: dataset.name,
                key: key(row, keys).at(&reader.path)?,
                facts: vec![
                    ("column", reference.column.to_owned()),
                    ("value", value),
                    ("target", reference.target.name.to_owned()),
                ],
            };
            if sink(finding).is_break() {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The key, and each reference's value where it is an orphan.
fn query(dataset: &Dataset, references: &[Reference]) -> String {
    let orphan = |reference: &Reference| {
        format!(
            "(t.{column} <> '' AND NOT EXISTS (SELECT 1 FROM {target} r WHERE r.{key} = t.{column}))",
            column = reference.column,
            target = reference.target.table,
            key = reference.target_key,
        )
    };
    let keys: Vec<String> = dataset.key.iter().map(|name| format!("t.{name}")).collect();
    let values: Vec<String> = references
        .iter()
        .map(|reference| format!("CASE WHEN {} THEN t.{} END", orphan(reference), reference.column))
        .collect();
    let conditions: Vec<String> = references.iter().map(orphan).collect();
    format!(
        "SELECT {}, {} FROM {} t WHERE {}",
        keys.join(", "),
        values.join(", "),
        dataset.table,
        conditions.join(" OR ")
    )
}
