//! A merge is taken back, step by step from its end, unless a later write touched what it would restore.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::super::transaction::{SqliteTransaction, count, instant};
use super::super::{Explained, StoreError};
use super::step::{Place, key_from_json, value};
use crate::dataset::DATASETS;
use crate::store::{MergeEntry, Value};

/// A logged step.
struct Logged {
    change_no: u64,
    place: Place,
    column: Option<String>,
    old: Value,
    new: Value,
}

impl SqliteTransaction<'_> {
    pub(in crate::store) fn undo_merge(
        &mut self,
        merge_id: i64,
        at: DateTime<Utc>,
    ) -> Result<MergeEntry, StoreError> {
        let entry = self.merge_entry(merge_id)?;
        if let Some(undone) = entry.undone_at {
            return Err(StoreError::Conflict(format!("merge {merge_id} was undone at {}", instant(undone))));
        }
        if let Some(later) = self.later_merge(&entry)? {
            return Err(StoreError::Conflict(format!(
                "merge {merge_id} cannot be undone: merge {later} came after it with one of its customers; undo that first"
            )));
        }
        let mut before = u64::MAX;
        while let Some(step) = self.step_before(merge_id, before)? {
            before = step.change_no;
            self.take_back(merge_id, &step)?;
        }
        self.connection
            .execute(
                "UPDATE merge_log SET undone_at = ?2 WHERE merge_id = ?1",
                params![merge_id, instant(at)],
            )
            .at(&self.path)?;
        self.stale.extend([entry.kept.clone(), entry.dropped.clone()]);
        Ok(MergeEntry { undone_at: Some(at), ..entry })
    }

    /// The last merge after this one, not undone, of which one of its customers is part.
    fn later_merge(&self, entry: &MergeEntry) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT max(merge_id) FROM merge_log WHERE merge_id > ?1 AND undone_at IS NULL
                   AND (kept IN (?2, ?3) OR dropped IN (?2, ?3))";
        self.connection
            .query_row(sql, params![entry.merge_id, entry.kept, entry.dropped], |row| row.get(0))
            .at(&self.path)
    }

    fn merge_entry(&self, merge_id: i64) -> Result<MergeEntry, StoreError> {
        use super::super::reader::{read_count, read_instant, read_optional_instant};
        self.connection
            .query_row(
                "SELECT at, kept, dropped, dropped_name, undone_at,
                    (SELECT count(*) FROM merge_change c WHERE c.merge_id = m.merge_id)
                 FROM merge_log m WHERE merge_id = ?1",
                [merge_id],
                |row| {
                    Ok(MergeEntry {
                        merge_id,
                        at: read_instant(row, 0)?,
                        kept: row.get(1)?,
                        dropped: row.get(2)?,
                        dropped_name: row.get(3)?,
                        undone_at: read_optional_instant(row, 4)?,
                        changes: read_count(row, 5)?,
                    })
                },
            )
            .optional()
            .at(&self.path)?
            .ok_or_else(|| {
                StoreError::Conflict(format!("there is no merge {merge_id}; `merge --list` names them"))
            })
    }

    fn step_before(&self, merge_id: i64, before: u64) -> Result<Option<Logged>, StoreError> {
        let row = self
            .connection
            .prepare_cached(
                "SELECT change_no, table_name, row_key, column_name, old_value, new_value FROM merge_change
                 WHERE merge_id = ?1 AND change_no < ?2 ORDER BY change_no DESC LIMIT 1",
            )
            .at(&self.path)?
            .query_row(params![merge_id, count(before)], |row| {
                let (table, key): (String, String) = (row.get(1)?, row.get(2)?);
                Ok((row.get::<_, i64>(0)?, table, key, row.get(3)?, value(row, 4)?, value(row, 5)?))
            })
            .optional()
            .at(&self.path)?;
        let Some((change_no, table, key, column, old, new)) = row else { return Ok(None) };
        let (Some(table), Some(key)) = (known(&table), key_from_json(&key)) else {
            return Err(StoreError::Corrupt(format!("step {change_no} of merge {merge_id}: {table} {key}")));
        };
        let change_no = u64::try_from(change_no).unwrap_or_default();
        Ok(Some(Logged { change_no, place: Place { table, key }, column, old, new }))
    }

    fn take_back(&mut self, merge_id: i64, step: &Logged) -> Result<(), StoreError> {
        let named = step.place.dataset().map_or(step.place.table, |dataset| dataset.name);
        let refuse = |what: String| {
            Err(StoreError::Conflict(format!(
                "merge {merge_id} cannot be undone: a later write touched {named} {}: {what}",
                step.place.shown()
            )))
        };
        let Some(column) = &step.column else {
            let Value::Text(row) = &step.old else {
                return Err(StoreError::Corrupt(format!("step {} of merge {merge_id}", step.change_no)));
            };
            if self.is_there(&step.place)? {
                return refuse("it is there again".to_owned());
            }
            return self.insert(&step.place, row);
        };
        match self.value_at(&step.place, column)? {
            None => refuse("it is gone".to_owned()),
            Some(now) if now == step.new => self.set(&step.place, column, &step.old).map(drop),
            // Somebody has restored it already.
            Some(now) if now == step.old => Ok(()),
            Some(_) => refuse(format!("{column} is another one now")),
        }
    }
}

/// A table that merges write to.
fn known(table: &str) -> Option<&'static str> {
    let others = ["call", "customer_metrics"].into_iter();
    DATASETS.iter().map(|dataset| dataset.table).chain(others).find(|known| *known == table)
}
