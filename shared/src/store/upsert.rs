//! Writing rows of data sets by their natural keys.

mod effects;
mod own_records;
mod plan;

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

pub(super) use plan::Plans;
use plan::{Plan, derived, with_whole_key};

use super::driver::{Cell, Row, Statement, bind};
use super::phone_index::numbers_of;
use super::{StoreError, Transaction};
use crate::dataset::{Dataset, Origin, RANKS};
use crate::message;
use crate::value::Value;

/// What an upsert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOutcome {
    /// There was no such key.
    New,
    /// The key was there, something differed.
    Changed,
    /// The key was there with the same values.
    Unchanged,
}

/// Where a row was shown before a write changed it.
struct Before {
    month: Option<Value>,
    customer: Option<Value>,
    /// The representative, when the write changed it.
    owner: Option<Value>,
    /// The rank, when the write changed it.
    rank: Option<Value>,
    /// Whether it was made here and has a number of its own.
    is_own: bool,
}

/// Whose row it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WrittenBy {
    /// Ours: an agent's, a command's.
    Us,
    /// Another system's file.
    File,
}

impl Transaction<'_> {
    /// Writes one row of a data set by its natural key: new, changed or unchanged. `values` are in the order
    /// of the data set's columns; `None` in place of a value leaves that column as it is (or at its default).
    /// Derived keys, the number index, change numbers and stale marks follow. `now` is when it changes.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the row is new and lacks a column that the table needs.
    pub fn upsert(
        &mut self,
        dataset: &Dataset,
        values: &[Option<Value>],
        now: DateTime<Utc>,
    ) -> Result<RowOutcome, StoreError> {
        self.write_by(WrittenBy::Us, dataset, values, now)
    }

    /// Writes one row of another system's file, as [`Transaction::upsert`] does.
    ///
    /// # Errors
    /// Also [`StoreError::MadeHere`] when it would change a record that was made here, or is a new one with a number that is
    /// only given here.
    pub fn upsert_from_file(
        &mut self,
        dataset: &Dataset,
        values: &[Option<Value>],
        now: DateTime<Utc>,
    ) -> Result<RowOutcome, StoreError> {
        self.write_by(WrittenBy::File, dataset, values, now)
    }

    fn write_by(
        &mut self,
        by: WrittenBy,
        dataset: &Dataset,
        values: &[Option<Value>],
        now: DateTime<Utc>,
    ) -> Result<RowOutcome, StoreError> {
        if values.len() != dataset.columns.len() {
            return Err(StoreError::Conflict(message!(
                "{dataset}: 列は {columns} 個ですが、値が {found} 個あります",
                "{dataset}: {found} values for {columns} columns",
                dataset = dataset.name,
                found = values.len(),
                columns = dataset.columns.len(),
            )));
        }
        let completed = with_whole_key(dataset, values);
        let values = completed.as_deref().unwrap_or(values);
        let kept = effects::kept_call(dataset, values);
        let values = kept.as_deref().unwrap_or(values);
        let plan = self.plan(dataset, values)?;
        if by == WrittenBy::File {
            self.check_number(dataset, &plan.key_values(values), values)?;
        }
        let outcome = self.write_row(dataset, &plan, values, now, by)?;
        if outcome != RowOutcome::Unchanged {
            if numbers_of(dataset).is_some() {
                self.index_numbers(dataset, &plan.key_values(values))?;
            }
            if dataset.name == RANKS.name {
                self.ranks_changed = Some(now);
            }
            self.mark_indirect(dataset, values)?;
            if let Some(Value::Text(code)) = plan.customer.and_then(|at| values[at].as_ref())
                && !self.stale.contains(code)
            {
                self.stale.insert(code.clone());
            }
        }
        Ok(outcome)
    }

    fn write_row(
        &mut self,
        dataset: &Dataset,
        plan: &Plan,
        values: &[Option<Value>],
        now: DateTime<Utc>,
        by: WrittenBy,
    ) -> Result<RowOutcome, StoreError> {
        let mut insert = self.db.statement(&plan.insert)?;
        bind_row(&mut insert, dataset, plan, values, now)?;
        let inserted = insert.execute()? == 1;
        drop(insert);
        let date = plan.month.and_then(|at| values[at].as_ref());
        if inserted {
            self.touch_month(dataset, date);
            return Ok(RowOutcome::New);
        }
        let Some(before) = self.difference(plan, values)? else {
            return Ok(RowOutcome::Unchanged);
        };
        if before.is_own && by == WrittenBy::File {
            return Err(own_records::made_here(dataset, &plan.key_values(values)));
        }
        if let Some(update) = &plan.update {
            let mut update = self.db.statement(update)?;
            bind_row(&mut update, dataset, plan, values, now)?;
            update.execute()?;
        }
        self.moved = date.is_some() && month_of(date) != month_of(before.month.as_ref());
        self.touch_month(dataset, before.month.as_ref());
        self.touch_month(dataset, date.or(before.month.as_ref()));
        if let (Some(from), Some(owner)) = (&before.owner, plan.owner) {
            let (code, to) = (plan.value(values, plan.key[0]), plan.value(values, plan.given[owner]));
            self.note_owner_change(code, from, to, now)?;
        }
        if let (Some(from), Some(rank)) = (&before.rank, plan.rank) {
            let (code, to) = (plan.value(values, plan.key[0]), plan.value(values, plan.given[rank]));
            self.note_rank_edit(code, from, to, now)?;
        }
        if let Some(Value::Text(code)) = before.customer {
            self.stale.insert(code);
        }
        Ok(RowOutcome::Changed)
    }

    /// Whether the last changed row has another month than before.
    #[must_use]
    pub fn moved(&self) -> bool {
        self.moved
    }

    /// How many lines a document has after the one with this number; the data set's key is document and line.
    pub fn lines_beyond(&self, dataset: &Dataset, document: &str, line: i64) -> Result<u64, StoreError> {
        let [document_column, line_column, ..] = dataset.key else { return Ok(0) };
        let sql = format!(
            "SELECT count(*) FROM {} WHERE {document_column} = ?1 AND {line_column} > ?2",
            dataset.table
        );
        self.db.value(&sql, bind![document, line])
    }

    /// The row before the write, when a given value differs; `None` when none does.
    fn difference(&self, plan: &Plan, values: &[Option<Value>]) -> Result<Option<Before>, StoreError> {
        let mut select = self.db.statement(&plan.select)?;
        for (position, &at) in plan.key.iter().enumerate() {
            select.bind(position + 1, plan.value(values, at))?;
        }
        select.first(|row| before(row, plan, values))?.ok_or_else(|| {
            // The insert was skipped, and not for a row with this key.
            StoreError::Conflict(message!(
                "新しい行ですが、必須の列がありません",
                "the row is new and lacks a column that it needs",
            ))
        })
    }

    fn touch_month(&mut self, dataset: &Dataset, date: Option<&Value>) {
        let month = if dataset.month_column.is_some() { month_of(date) } else { None };
        self.touch(dataset.name, month.unwrap_or_default());
    }

    /// For each column what an empty value becomes: the table's default where it allows no NULL, '' in a key.
    fn defaults(&self, dataset: &Dataset) -> Result<Vec<Option<Value>>, StoreError> {
        let mut found = vec![None; dataset.columns.len()];
        let sql = "SELECT name, \"notnull\", dflt_value FROM pragma_table_info(?1)";
        self.db.each(sql, bind![dataset.table], |row| {
            let (name, not_null, default): (String, bool, Option<String>) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            if let (Some(at), true, Some(default)) = (dataset.column_index(&name), not_null, default) {
                found[at] = Some(match default.parse() {
                    Ok(number) => Value::Integer(number),
                    Err(_) => Value::Text(default.trim_matches('\'').to_owned()),
                });
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }
}

/// The `YYYY-MM` of a date.
fn month_of(date: Option<&Value>) -> Option<&str> {
    match date {
        Some(Value::Text(date)) => date.get(..7),
        _ => None,
    }
}

/// What a row was shown as, when a given value differs from it.
fn before(row: &Row<'_>, plan: &Plan, values: &[Option<Value>]) -> Result<Option<Before>, StoreError> {
    let (mut differs, mut owner, mut rank) = (false, None, None);
    for (position, &at) in
        plan.given.iter().enumerate().filter(|(position, _)| plan.origin != Some(*position))
    {
        if !same(&row.cell(position)?, plan.value(values, at)) {
            differs = true;
            owner = owner.or(plan.owner.filter(|owner| *owner == position));
            rank = rank.or(plan.rank.filter(|rank| *rank == position));
        }
    }
    if !differs {
        return Ok(None);
    }
    let further = plan.given.len();
    Ok(Some(Before {
        month: plan.month.map(|_| row.get(further)).transpose()?,
        customer: plan.customer.map(|_| row.get(further + 1)).transpose()?,
        owner: owner.map(|at| row.get(at)).transpose()?,
        rank: rank.map(|at| row.get(at)).transpose()?,
        is_own: row.get::<Option<Origin>>(further + 2)? == Some(Origin::Here),
    }))
}

/// Binds the given columns, those derived from them, and when the row changes.
fn bind_row(
    statement: &mut Statement<'_>,
    dataset: &Dataset,
    plan: &Plan,
    values: &[Option<Value>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for (position, &at) in plan.given.iter().enumerate() {
        statement.bind(position + 1, plan.value(values, at))?;
    }
    let mut bound = plan.given.len();
    for (_, source, rule) in derived(dataset) {
        let Some(value) = dataset.column_index(source).and_then(|at| values[at].as_ref()) else { continue };
        bound += 1;
        let key = if let Value::Text(text) = value { rule(text) } else { String::new() };
        statement.bind(bound, &key)?;
    }
    if plan.stamped { statement.bind(bound + 1, &now) } else { Ok(()) }
}

fn same(kept: &Cell<'_>, given: &Value) -> bool {
    match (kept, given) {
        (Cell::Null, Value::Null) => true,
        (Cell::Text(kept), Value::Text(given)) => kept == given,
        (Cell::Integer(kept), Value::Integer(given)) => kept == given,
        _ => false,
    }
}
