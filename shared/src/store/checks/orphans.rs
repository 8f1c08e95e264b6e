//! References to rows that are not there.
//!
//! Where an index begins with the column, its values are walked, each once, and only the rows of orphaned values are
//! read. All other references of a data set are checked in one pass over it.

use std::ops::ControlFlow;

use super::{Finding, Rule, Sink, key, text};
use crate::dataset::{CUSTOMERS, DATASETS, Dataset, Reference, references_of};
use crate::store::driver::bind;
use crate::store::{Reader, StoreError};

pub(super) fn check(reader: &Reader, sink: Sink<'_>) -> Result<(), StoreError> {
    for dataset in DATASETS {
        let mut scanned = Vec::new();
        for reference in references_of(dataset) {
            if lacks_master(reader, &reference)? {
                continue;
            }
            if !leads_an_index(reader, &reference)? {
                scanned.push(reference);
            } else if walk(reader, &reference, sink)?.is_break() {
                return Ok(());
            }
        }
        if !scanned.is_empty() && scan(reader, dataset, &scanned, sink)?.is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// References into data sets of which nothing was imported: one finding a column, with the rows that name one.
pub(super) fn without_master(reader: &Reader, sink: Sink<'_>) -> Result<(), StoreError> {
    for dataset in DATASETS {
        for reference in references_of(dataset) {
            if !lacks_master(reader, &reference)? {
                continue;
            }
            let column = reference.column;
            let sql = format!("SELECT count(*) FROM {} WHERE {column} > ''", dataset.table);
            let rows: i64 = reader.db.value(&sql, &[])?;
            let facts = vec![("rows", rows.to_string()), ("target", reference.target.name.to_owned())];
            let finding =
                Finding { rule: Rule::NoMaster, dataset: dataset.name, key: column.to_owned(), facts };
            if rows > 0 && sink(finding).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Whether nothing was imported of what the reference names. Customers are what the store is for: rows of customers
/// that it does not have are orphans even then.
fn lacks_master(reader: &Reader, reference: &Reference) -> Result<bool, StoreError> {
    if reference.target.name == CUSTOMERS.name {
        return Ok(false);
    }
    let sql = format!("SELECT NOT EXISTS (SELECT 1 FROM {})", reference.target.table);
    reader.db.value(&sql, &[])
}

fn leads_an_index(reader: &Reader, reference: &Reference) -> Result<bool, StoreError> {
    reader.db.value(
        "SELECT EXISTS (SELECT 1 FROM pragma_index_list(?1) l, pragma_index_info(l.name) i WHERE
         l.partial = 0 AND i.seqno = 0 AND i.name = ?2)",
        bind![reference.dataset.table, reference.column],
    )
}

/// From value to value along the index. `Break`: the sink stops.
fn walk(reader: &Reader, reference: &Reference, sink: Sink<'_>) -> Result<ControlFlow<()>, StoreError> {
    let Reference { dataset, column, target, target_key } = *reference;
    let table = dataset.table;
    let values = format!(
        "WITH RECURSIVE named (value) AS (
             SELECT min({column}) FROM {table} WHERE {column} > ''
             UNION ALL
             SELECT (SELECT min({column}) FROM {table} WHERE {column} > named.value)
             FROM named WHERE named.value IS NOT NULL)
         SELECT value FROM named WHERE value IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM {} r WHERE r.{target_key} = named.value)",
        target.table
    );
    let of_value = format!("SELECT {} FROM {table} WHERE {column} = ?1", dataset.key.join(", "));
    let mut more = ControlFlow::Continue(());
    reader.db.each(&values, &[], |row| {
        let value = text(row, 0)?;
        reader.db.each(&of_value, bind![value], |row| {
            more = sink(finding(reference, key(row, dataset.key.len())?, value.clone()));
            Ok(more)
        })?;
        Ok(more)
    })?;
    Ok(more)
}

fn finding(reference: &Reference, key: String, value: String) -> Finding {
    Finding {
        rule: Rule::Orphan,
        dataset: reference.dataset.name,
        key,
        facts: vec![
            ("column", reference.column.to_owned()),
            ("value", value),
            ("target", reference.target.name.to_owned()),
        ],
    }
}

/// One pass over a data set. `Break`: the sink stops.
fn scan(
    reader: &Reader,
    dataset: &'static Dataset,
    references: &[Reference],
    sink: Sink<'_>,
) -> Result<ControlFlow<()>, StoreError> {
    let keys = dataset.key.len();
    let mut more = ControlFlow::Continue(());
    reader.db.each(&query(dataset, references), &[], |row| {
        for (position, reference) in references.iter().enumerate() {
            let value = text(row, keys + position)?;
            if !value.is_empty() && sink(finding(reference, key(row, keys)?, value)).is_break() {
                more = ControlFlow::Break(());
                break;
            }
        }
        Ok(more)
    })?;
    Ok(more)
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
