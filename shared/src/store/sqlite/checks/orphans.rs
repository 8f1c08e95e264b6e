//! References to rows that are not there.
//!
//! Where an index begins with the column, its values are walked, each once, and only the rows of those that are
//! nobody's are read. All other references of a data set are checked in one pass over it.

use super::super::reader::SqliteReader;
use super::super::{Explained, StoreError};
use super::{Sink, key, text};
use crate::dataset::{CUSTOMERS, DATASETS, Dataset, Reference, references_of};
use crate::store::{Finding, Rule};

pub(super) fn check(reader: &SqliteReader, sink: Sink<'_>) -> Result<(), StoreError> {
    for dataset in DATASETS {
        let mut scanned = Vec::new();
        for reference in references_of(dataset) {
            if lacks_master(reader, &reference)? {
                continue;
            }
            if !leads_an_index(reader, &reference)? {
                scanned.push(reference);
            } else if !walk(reader, &reference, sink)? {
                return Ok(());
            }
        }
        if !scanned.is_empty() && !scan(reader, dataset, &scanned, sink)? {
            return Ok(());
        }
    }
    Ok(())
}

/// References into data sets of which nothing was imported: one finding a column, with the rows that name one.
pub(super) fn without_master(reader: &SqliteReader, sink: Sink<'_>) -> Result<(), StoreError> {
    for dataset in DATASETS {
        for reference in references_of(dataset) {
            if !lacks_master(reader, &reference)? {
                continue;
            }
            let column = reference.column;
            let sql = format!("SELECT count(*) FROM {} WHERE {column} > ''", dataset.table);
            let rows: i64 = reader.connection.query_row(&sql, [], |row| row.get(0)).at(&reader.path)?;
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
fn lacks_master(reader: &SqliteReader, reference: &Reference) -> Result<bool, StoreError> {
    if reference.target.name == CUSTOMERS.name {
        return Ok(false);
    }
    let sql = format!("SELECT NOT EXISTS (SELECT 1 FROM {})", reference.target.table);
    reader.connection.query_row(&sql, [], |row| row.get(0)).at(&reader.path)
}

fn leads_an_index(reader: &SqliteReader, reference: &Reference) -> Result<bool, StoreError> {
    reader
        .connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM pragma_index_list(?1) l, pragma_index_info(l.name) i
             WHERE l.partial = 0 AND i.seqno = 0 AND i.name = ?2)",
        )
        .at(&reader.path)?
        .query_row([reference.dataset.table, reference.column], |row| row.get(0))
        .at(&reader.path)
}

/// From value to value along the index. Gives `false` when nobody wants more.
fn walk(reader: &SqliteReader, reference: &Reference, sink: Sink<'_>) -> Result<bool, StoreError> {
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
    let mut values = reader.connection.prepare(&values).at(&reader.path)?;
    let mut of_value = reader.connection.prepare(&of_value).at(&reader.path)?;
    let mut missing = values.query([]).at(&reader.path)?;
    while let Some(row) = missing.next().at(&reader.path)? {
        let value = text(row, 0).at(&reader.path)?;
        let mut rows = of_value.query([&value]).at(&reader.path)?;
        while let Some(row) = rows.next().at(&reader.path)? {
            let key = key(row, dataset.key.len()).at(&reader.path)?;
            if sink(finding(reference, key, value.clone())).is_break() {
                return Ok(false);
            }
        }
    }
    Ok(true)
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

/// One pass over a data set. Gives `false` when nobody wants more.
fn scan(
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
            let key = key(row, keys).at(&reader.path)?;
            if !value.is_empty() && sink(finding(reference, key, value)).is_break() {
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
