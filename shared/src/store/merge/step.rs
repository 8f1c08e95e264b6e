//! One step of a merge: a column that changes, or a row that goes; and the log that can take it back.

use serde_json::Value as Json;

use super::key_of;
use crate::dataset::{DATASETS, Dataset};
use crate::message;
use crate::store::driver::{bind, binds};
use crate::store::phone_index::numbers_of;
use crate::store::{StoreError, Transaction};
use crate::value::Value;

/// Writes the steps of one merge.
pub(super) struct Steps<'a, 't> {
    pub(super) tx: &'a mut Transaction<'t>,
    pub(super) merge_id: i64,
    pub(super) change_no: u64,
}

/// A row by its table and key.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) table: &'static str,
    pub(super) key: Vec<Value>,
}

impl Place {
    /// The condition that finds the row, with its first place.
    fn condition(&self, first: usize) -> String {
        let columns = key_of(self.table);
        let each = columns.iter().enumerate().map(|(at, name)| format!("{name} = ?{}", at + first));
        each.collect::<Vec<_>>().join(" AND ")
    }

    pub(super) fn dataset(&self) -> Option<&'static Dataset> {
        DATASETS.iter().copied().find(|dataset| dataset.table == self.table)
    }

    /// The row's key as people read it.
    pub(super) fn shown(&self) -> String {
        let part = |value: &Value| match value {
            Value::Text(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Null => String::new(),
        };
        self.key.iter().map(part).collect::<Vec<_>>().join("/")
    }

    /// The key as it is logged.
    fn json(&self) -> String {
        Json::Array(self.key.iter().map(to_json).collect()).to_string()
    }
}

impl Transaction<'_> {
    /// A column of a row; `None` when there is no such row.
    pub(super) fn value_at(&self, place: &Place, column: &str) -> Result<Option<Value>, StoreError> {
        let sql = format!("SELECT {column} FROM {} WHERE {}", place.table, place.condition(1));
        self.db.one(&sql, &binds(&place.key), |row| row.get(0))
    }

    pub(super) fn is_there(&self, place: &Place) -> Result<bool, StoreError> {
        Ok(self.value_at(place, "1")?.is_some())
    }

    /// The whole row as a JSON object, columns that are no part of the data set included.
    pub(super) fn row_at(&self, place: &Place) -> Result<Option<String>, StoreError> {
        let columns: Vec<String> =
            self.db.column("SELECT name FROM pragma_table_info(?1)", bind![place.table])?;
        let pairs: Vec<String> = columns.iter().map(|name| format!("'{name}', {name}")).collect();
        let sql = format!(
            "SELECT json_object({}) FROM {} WHERE {}",
            pairs.join(", "),
            place.table,
            place.condition(1)
        );
        self.db.one(&sql, &binds(&place.key), |row| row.get(0))
    }

    /// Sets a column and gives the row's place afterwards.
    pub(super) fn set(&mut self, place: &Place, column: &str, new: &Value) -> Result<Place, StoreError> {
        self.note_month(place)?;
        let sql = format!("UPDATE {} SET {column} = ?1 WHERE {}", place.table, place.condition(2));
        let values = std::iter::once(new).chain(&place.key);
        self.db.execute(&sql, &binds(values))?;
        let mut after = place.clone();
        if let Some(at) = key_of(place.table).iter().position(|name| *name == column) {
            after.key[at] = new.clone();
        }
        self.index_again(&after)?;
        Ok(after)
    }

    pub(super) fn delete(&mut self, place: &Place) -> Result<(), StoreError> {
        self.note_month(place)?;
        if let Some((dataset, (_, owner))) =
            place.dataset().and_then(|dataset| Some((dataset, numbers_of(dataset)?)))
            && let Some(owner) = self.value_at(place, &format!("CAST({owner} AS TEXT)"))?
        {
            self.db.execute(
                "DELETE FROM phone_index WHERE owner_kind = ?1 AND owner_key = ?2",
                bind![dataset.table, owner],
            )?;
        }
        let sql = format!("DELETE FROM {} WHERE {}", place.table, place.condition(1));
        self.db.execute(&sql, &binds(&place.key)).map(|_| ())
    }

    /// Puts a row back as it was logged.
    pub(super) fn insert(&mut self, place: &Place, row: &str) -> Result<(), StoreError> {
        let unreadable = || {
            StoreError::Corrupt(message!(
                "統合記録 {table} {key}",
                "the merge log of {table} {key}",
                table = place.table,
                key = place.shown()
            ))
        };
        let Ok(Json::Object(columns)) = serde_json::from_str(row) else { return Err(unreadable()) };
        let names: Vec<&str> = columns.keys().map(String::as_str).collect();
        let places: Vec<String> = (1..=names.len()).map(|place| format!("?{place}")).collect();
        let sql =
            format!("INSERT INTO {} ({}) VALUES ({})", place.table, names.join(", "), places.join(", "));
        let values: Vec<Value> =
            columns.values().map(from_json).collect::<Option<_>>().ok_or_else(unreadable)?;
        self.db.execute(&sql, &binds(&values))?;
        self.note_month(place)?;
        self.index_again(place)
    }

    /// Tells the mirror which month of which data set is another now.
    fn note_month(&mut self, place: &Place) -> Result<(), StoreError> {
        let Some(dataset) = place.dataset() else { return Ok(()) };
        let month = match dataset.month_column {
            Some(column) => match self.value_at(place, column)? {
                Some(Value::Text(date)) => date.get(..7).unwrap_or_default().to_owned(),
                _ => String::new(),
            },
            None => String::new(),
        };
        self.touch(dataset.name, &month);
        Ok(())
    }

    fn index_again(&mut self, place: &Place) -> Result<(), StoreError> {
        let Some(dataset) = place.dataset() else { return Ok(()) };
        let key: Vec<&Value> = place.key.iter().collect();
        self.index_numbers(dataset, &key)
    }
}

impl Steps<'_, '_> {
    /// Changes a column and logs it; returns the row's new place.
    pub(super) fn change(&mut self, place: &Place, column: &str, new: &Value) -> Result<Place, StoreError> {
        let Some(old) = self.tx.value_at(place, column)? else { return Ok(place.clone()) };
        if old == *new {
            return Ok(place.clone());
        }
        let after = self.tx.set(place, column, new)?;
        self.log(&after, Some(column), &old, new)?;
        Ok(after)
    }

    /// Removes a row and logs all of it.
    pub(super) fn remove(&mut self, place: &Place) -> Result<(), StoreError> {
        let Some(row) = self.tx.row_at(place)? else { return Ok(()) };
        self.tx.delete(place)?;
        self.log(place, None, &Value::Text(row), &Value::Null)
    }

    fn log(
        &mut self,
        place: &Place,
        column: Option<&str>,
        old: &Value,
        new: &Value,
    ) -> Result<(), StoreError> {
        self.change_no += 1;
        self.tx
            .db
            .execute(
                "INSERT INTO merge_change (merge_id, change_no, table_name, row_key, column_name, old_value,
             new_value) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                bind![self.merge_id, self.change_no, place.table, place.json(), column, old, new],
            )
            .map(|_| ())
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Integer(number) => Json::from(*number),
        Value::Null => Json::Null,
    }
}

fn from_json(value: &Json) -> Option<Value> {
    match value {
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Number(number) => number.as_i64().map(Value::Integer),
        Json::Null => Some(Value::Null),
        _ => None,
    }
}

/// A logged key.
pub(super) fn key_from_json(text: &str) -> Option<Vec<Value>> {
    match serde_json::from_str(text) {
        Ok(Json::Array(parts)) => parts.iter().map(from_json).collect(),
        _ => None,
    }
}
