//! A merge is undone, step by step from its end, unless a later change affected what it would restore.

use chrono::{DateTime, Utc};

use super::step::{Place, key_from_json};
use super::{ENTRY, MergeEntry, entry_of};
use crate::dataset::{DATASETS, Dataset};
use crate::message;
use crate::message::{Label, Message};
use crate::store::driver::{bind, instant_text};
use crate::store::{StoreError, Transaction};
use crate::value::Value;

/// A logged step.
struct Logged {
    change_no: u64,
    place: Place,
    column: Option<String>,
    old: Value,
    new: Value,
}

impl Transaction<'_> {
    /// Restores exactly what a merge changed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], with the reason, when a later change affected what would be restored; then
    /// nothing may be kept of this transaction.
    pub fn undo_merge(&mut self, merge_id: i64, at: DateTime<Utc>) -> Result<MergeEntry, StoreError> {
        let entry = self.merge_entry(merge_id)?;
        if let Some(undone) = entry.undone_at {
            return Err(StoreError::Conflict(message!(
                "統合 {merge_id} は {undone} に取り消されています",
                "merge {merge_id} was undone at {undone}",
                merge_id = merge_id,
                undone = instant_text(undone)
            )));
        }
        if let Some(later) = self.later_merge(&entry)? {
            return Err(StoreError::Conflict(message!(
                "統合 {merge_id} は取り消せません。同じ得意先の統合 {later} が後にあります。先に {later} を取り消してください",
                "merge {merge_id} cannot be undone: merge {later} came after it with one of its customers; undo that first",
                merge_id = merge_id,
                later = later
            )));
        }
        let mut before = u64::MAX;
        while let Some(step) = self.step_before(merge_id, before)? {
            before = step.change_no;
            self.revert_step(merge_id, &step)?;
        }
        let undone_by = self.actor().to_owned();
        self.db.execute(
            "UPDATE merge_log SET undone_at = ?2, undone_by = ?3 WHERE merge_id = ?1",
            bind![merge_id, at, undone_by],
        )?;
        self.stale.extend([entry.kept.clone(), entry.dropped.clone()]);
        Ok(MergeEntry { undone_at: Some(at), undone_by: Some(undone_by), ..entry })
    }

    /// The last merge after this one, not undone, of which one of its customers is part.
    fn later_merge(&self, entry: &MergeEntry) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT max(merge_id) FROM merge_log WHERE merge_id > ?1 AND undone_at IS NULL
                   AND (kept IN (?2, ?3) OR dropped IN (?2, ?3))";
        self.db.value(sql, bind![entry.merge_id, entry.kept, entry.dropped])
    }

    fn merge_entry(&self, merge_id: i64) -> Result<MergeEntry, StoreError> {
        let sql = format!("SELECT {ENTRY} WHERE merge_id = ?1");
        self.db.one(&sql, bind![merge_id], entry_of)?.ok_or_else(|| {
            StoreError::Conflict(message!(
                "統合 {merge_id} はありません。merge --list で確認してください",
                "there is no merge {merge_id}; list them with `merge --list`",
                merge_id = merge_id,
            ))
        })
    }

    fn step_before(&self, merge_id: i64, before: u64) -> Result<Option<Logged>, StoreError> {
        let sql = "SELECT change_no, table_name, row_key, column_name, old_value, new_value FROM merge_change
                   WHERE merge_id = ?1 AND change_no < ?2 ORDER BY change_no DESC LIMIT 1";
        self.db.one(sql, bind![merge_id, before], |row| {
            let (change_no, table, key): (u64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (Some(table), Some(key)) = (known(&table), key_from_json(&key)) else {
                return Err(unreadable(merge_id, change_no));
            };
            let (column, old, new) = (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok(Logged { change_no, place: Place { table, key }, column, old, new })
        })
    }

    fn revert_step(&mut self, merge_id: i64, step: &Logged) -> Result<(), StoreError> {
        let Some(column) = &step.column else {
            let Value::Text(row) = &step.old else { return Err(unreadable(merge_id, step.change_no)) };
            if self.is_there(&step.place)? {
                let what = message!("再び登録されています", "it was added again");
                return Err(refuse(merge_id, step, &what));
            }
            return self.insert(&step.place, row);
        };
        match self.value_at(&step.place, column)? {
            None => Err(refuse(merge_id, step, &message!("削除されています", "it was deleted"))),
            Some(now) if now == step.new => self.set(&step.place, column, &step.old).map(drop),
            // It was already added again.
            Some(now) if now == step.old => Ok(()),
            Some(_) => {
                let what = message!("{column} が変わっています", "{column} has changed", column = column);
                Err(refuse(merge_id, step, &what))
            }
        }
    }
}

/// A later write touched what the step would restore.
fn refuse(merge_id: i64, step: &Logged, what: &Message) -> StoreError {
    let title = step.place.dataset().map(Dataset::label);
    StoreError::Conflict(message!(
        "統合 {merge_id} は取り消せません。その後に {dataset} {key} が書き換えられています({what})",
        "merge {merge_id} cannot be undone: a later change affected {dataset} {key}: {what}",
        merge_id = merge_id,
        dataset = title.unwrap_or(Label::new(step.place.table, step.place.table)),
        key = step.place.shown(),
        what = *what,
    ))
}

fn unreadable(merge_id: i64, change_no: u64) -> StoreError {
    StoreError::Corrupt(message!(
        "統合 {merge_id} の手順 {change_no}",
        "step {change_no} of merge {merge_id}",
        merge_id = merge_id,
        change_no = change_no,
    ))
}

/// A table that merges write to.
fn known(table: &str) -> Option<&'static str> {
    let others = ["call", "customer_metrics"].into_iter();
    DATASETS.iter().map(|dataset| dataset.table).chain(others).find(|known| *known == table)
}
