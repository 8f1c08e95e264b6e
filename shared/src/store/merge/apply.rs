//! One customer takes over what another has.

use chrono::{DateTime, Utc};

use super::step::{Place, Steps, key_from_json};
use super::{MergeMove, MergeOutcome, Referring, referring, unknown_customer};
use crate::dataset::{CUSTOMERS, Dataset, by_name};
use crate::message;
use crate::store::driver::{bind, binds};
use crate::store::{StoreError, Transaction};
use crate::text::search_key;
use crate::value::Value;

/// The highest number that a moved address may get.
const NUMBER_MAX: u32 = 10_000;

/// The kept customer and the one that is merged into it.
struct Pair<'a> {
    keep: &'a str,
    drop: &'a str,
    fill: bool,
}

impl Transaction<'_> {
    /// Points everything that names `drop` at `keep` and removes `drop`, logging every step. With `fill`, what is
    /// empty in `keep` takes the value of `drop`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them does not exist, or both are the same.
    pub fn merge(
        &mut self,
        keep: &str,
        drop: &str,
        fill: bool,
        at: DateTime<Utc>,
    ) -> Result<MergeOutcome, StoreError> {
        let place = |code: &str| Place { table: CUSTOMERS.table, key: vec![text(code)] };
        if keep == drop {
            return Err(StoreError::Conflict(message!(
                "{keep} を同じ得意先に統合することはできません",
                "{keep} cannot be merged with itself",
                keep = keep
            )));
        }
        if !self.is_there(&place(keep))? {
            return Err(unknown_customer(keep));
        }
        let Some(Value::Text(name)) = self.value_at(&place(drop), "customer_name")? else {
            return Err(unknown_customer(drop));
        };
        let merge_id = self.db.insert(
            "INSERT INTO merge_log (at, kept, dropped, dropped_name, actor) VALUES (?1, ?2, ?3, ?4, ?5)",
            bind![at, keep, drop, name, self.actor()],
        )?;
        // The rows to move are noted on disk before they move: one customer may have millions.
        self.db.script(
            "PRAGMA temp_store = FILE; DROP TABLE IF EXISTS temp.merge_row;
                 CREATE TEMP TABLE merge_row (row_no INTEGER PRIMARY KEY, row_key TEXT NOT NULL);",
        )?;
        let pair = Pair { keep, drop, fill };
        let mut moves = Vec::new();
        let mut steps = Steps { tx: self, merge_id, change_no: 0 };
        for table in referring() {
            let moved = steps.take_over(&table, &pair)?;
            if moved.rows + moved.removed > 0 {
                moves.push(moved);
            }
        }
        let filled = if fill { steps.fill(&place(keep), &place(drop), &CUSTOMERS)? } else { Vec::new() };
        steps.extensions(&CUSTOMERS, drop, Some(keep).filter(|_| fill))?;
        steps.remove(&Place { table: "customer_metrics", key: vec![text(drop)] })?;
        steps.remove(&place(drop))?;
        self.stale.extend([keep.to_owned(), drop.to_owned()]);
        Ok(MergeOutcome { merge_id, moves, filled })
    }
}

impl Steps<'_, '_> {
    /// Everything of one table that names the dropped customer.
    fn take_over(&mut self, table: &Referring, pair: &Pair<'_>) -> Result<MergeMove, StoreError> {
        let note = format!(
            "INSERT INTO temp.merge_row (row_key) SELECT json_array({}) FROM {} WHERE {}",
            table.key.join(", "),
            table.table,
            table.names()
        );
        self.tx.db.execute("DELETE FROM temp.merge_row", &[])?;
        self.tx.db.execute(&note, bind![pair.drop])?;
        let mut moved = MergeMove { dataset: table.name().to_owned(), rows: 0, removed: 0 };
        let mut last = 0_i64;
        while let Some((row_no, key)) = self.next_row(last)? {
            last = row_no;
            let place = Place { table: table.table, key };
            if self.move_row(table, place, pair)? {
                moved.rows += 1;
            } else {
                moved.removed += 1;
            }
        }
        Ok(moved)
    }

    fn next_row(&self, after: i64) -> Result<Option<(i64, Vec<Value>)>, StoreError> {
        let row: Option<(i64, String)> = self.tx.db.one(
            "SELECT row_no, row_key FROM temp.merge_row WHERE row_no > ?1 ORDER BY row_no LIMIT 1",
            bind![after],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let Some((row_no, json)) = row else { return Ok(None) };
        let key = key_from_json(&json).ok_or_else(|| {
            StoreError::Corrupt(message!("統合記録のキー {json}", "the key {json} of a merge", json = json))
        })?;
        Ok(Some((row_no, key)))
    }

    /// Gives a row to the kept customer; `false` when the kept customer has that row already, so that it was
    /// removed.
    fn move_row(&mut self, table: &Referring, mut place: Place, pair: &Pair<'_>) -> Result<bool, StoreError> {
        if let Some(at) = table.key.iter().position(|name| table.columns.contains(name)) {
            return self.move_key(table, place, at, pair);
        }
        // A customer has one part in a row: what would be a second one goes empty.
        let mut named: Vec<Value> = Vec::new();
        for (position, column) in table.columns.iter().enumerate() {
            let Some(old) = self.tx.value_at(&place, column)? else { return Ok(false) };
            let mut new = if old == text(pair.drop) { text(pair.keep) } else { old.clone() };
            if position > 0 && named.contains(&new) && new == text(pair.keep) {
                new = Value::Null;
            }
            place = self.change(&place, column, &new)?;
            named.push(new);
        }
        Ok(true)
    }

    /// As above, where the customer is a part of the row's key.
    fn move_key(
        &mut self,
        table: &Referring,
        place: Place,
        at: usize,
        pair: &Pair<'_>,
    ) -> Result<bool, StoreError> {
        let shown = place.shown();
        let mut target = place.clone();
        target.key[at] = text(pair.keep);
        let mut place = place;
        if self.tx.is_there(&target)? {
            let Some(number) = table.dataset.and_then(numbered) else {
                return self.collide(table, &place, &target, pair);
            };
            if self.alike(table, &place, &target)? {
                return self.collide(table, &place, &target, pair);
            }
            let Some(free) = self.free_number(&place, at, number, pair)? else {
                return self.collide(table, &place, &target, pair);
            };
            place = self.change(&place, table.key[number], &free)?;
        }
        self.one_default(table, &place, at, pair)?;
        let after = self.change(&place, table.key[at], &text(pair.keep))?;
        if let Some(dataset) = table.dataset {
            self.extensions(dataset, &shown, Some(&after.shown()))?;
        }
        Ok(true)
    }

    /// The kept customer has a row with this key: it stays, and the other one goes.
    fn collide(
        &mut self,
        table: &Referring,
        place: &Place,
        target: &Place,
        pair: &Pair<'_>,
    ) -> Result<bool, StoreError> {
        if let Some(dataset) = table.dataset {
            if pair.fill {
                self.fill(target, place, dataset)?;
            }
            self.extensions(dataset, &place.shown(), Some(target.shown().as_str()).filter(|_| pair.fill))?;
        }
        self.remove(place)?;
        Ok(false)
    }

    /// Whether two rows are equal except for their keys.
    fn alike(&self, table: &Referring, one: &Place, other: &Place) -> Result<bool, StoreError> {
        let Some(dataset) = table.dataset else { return Ok(false) };
        let columns = dataset.columns.iter().filter(|column| !dataset.key.contains(&column.name));
        for column in columns.filter(|column| column.name != "is_default") {
            if self.tx.value_at(one, column.name)? != self.tx.value_at(other, column.name)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A number that neither customer has a row with.
    fn free_number(
        &self,
        place: &Place,
        at: usize,
        number: usize,
        pair: &Pair<'_>,
    ) -> Result<Option<Value>, StoreError> {
        for free in 2..=NUMBER_MAX {
            let mut candidate = place.clone();
            candidate.key[number] = text(&free.to_string());
            let mut taken = self.tx.is_there(&candidate)?;
            candidate.key[at] = text(pair.keep);
            taken |= self.tx.is_there(&candidate)?;
            if !taken {
                return Ok(Some(text(&free.to_string())));
            }
        }
        Ok(None)
    }

    /// The kept customer's default stays the only one of its kind.
    fn one_default(
        &mut self,
        table: &Referring,
        place: &Place,
        at: usize,
        pair: &Pair<'_>,
    ) -> Result<(), StoreError> {
        let Some(dataset) = table.dataset.filter(|dataset| dataset.column("is_default").is_some()) else {
            return Ok(());
        };
        let fixed: Vec<usize> =
            (0..table.key.len()).filter(|&position| Some(position) != numbered(dataset)).collect();
        let condition: Vec<String> = fixed
            .iter()
            .enumerate()
            .map(|(parameter, &position)| format!("{} = ?{}", table.key[position], parameter + 1))
            .collect();
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM {} WHERE {} AND is_default = 1)",
            table.table,
            condition.join(" AND ")
        );
        let values = fixed.iter().map(|&position| match position == at {
            true => text(pair.keep),
            false => place.key[position].clone(),
        });
        let values: Vec<Value> = values.collect();
        let taken: bool = self.tx.db.value(&sql, &binds(&values))?;
        if taken {
            self.change(place, "is_default", &Value::Integer(0))?;
        }
        Ok(())
    }

    /// Fills the empty columns of the kept row from the other one; returns their names.
    fn fill(
        &mut self,
        keep: &Place,
        drop: &Place,
        dataset: &'static Dataset,
    ) -> Result<Vec<String>, StoreError> {
        let mut filled = Vec::new();
        for column in dataset.columns.iter().filter(|column| !dataset.key.contains(&column.name)) {
            let empty = |value: &Option<Value>| match value {
                Some(Value::Text(text)) => text.is_empty(),
                Some(Value::Integer(_)) => false,
                Some(Value::Null) | None => true,
            };
            let kept = self.tx.value_at(keep, column.name)?;
            let other = self.tx.value_at(drop, column.name)?;
            if let Some(other) = other.filter(|_| empty(&kept)).filter(|other| !empty(&Some(other.clone()))) {
                self.change(keep, column.name, &other)?;
                // The search key follows from the reading.
                if let (Value::Text(reading), "name_kana") = (&other, column.name) {
                    self.change(keep, "kana_key", &text(&search_key(reading)))?;
                }
                filled.push(column.name.to_owned());
            }
        }
        Ok(filled)
    }

    /// What a row has in fields that the company defined itself goes with the row: to its new key, or away.
    /// An existing value under the new key stays.
    fn extensions(&mut self, dataset: &Dataset, from: &str, to: Option<&str>) -> Result<(), StoreError> {
        let Some(values) = by_name("extension_values") else { return Ok(()) };
        let sql = format!(
            "SELECT field_code FROM {} WHERE dataset = ?1 AND row_key = ?2 ORDER BY field_code",
            values.table
        );
        let fields: Vec<String> = self.tx.db.column(&sql, bind![dataset.name, from])?;
        for field in fields {
            let key = |row_key: &str| vec![text(dataset.name), text(row_key), text(&field)];
            let place = Place { table: values.table, key: key(from) };
            match to {
                Some(to) if !self.tx.is_there(&Place { table: values.table, key: key(to) })? => {
                    self.change(&place, "row_key", &text(to))?;
                }
                _ => self.remove(&place)?,
            }
        }
        Ok(())
    }
}

/// The part of a data set's key that only numbers the rows of a customer: its default is a number.
fn numbered(dataset: &'static Dataset) -> Option<usize> {
    dataset.key.iter().position(|name| {
        let default = dataset.column(name).and_then(|column| column.default);
        default.is_some_and(|default| default.parse::<u32>().is_ok())
    })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
