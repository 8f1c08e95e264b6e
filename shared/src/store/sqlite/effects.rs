//! What writing a row of a data set means beyond its own table: what is kept of a caller's number, who looked
//! after a customer before, and whose cards show the row by way of another one.

use rusqlite::params;

use super::transaction::SqliteTransaction;
use super::{Explained, StoreError};
use crate::caller::CallerNumber;
use crate::dataset::{CALLS, Dataset, OWNER_HISTORY};
use crate::store::Value;

/// The values of a call as they are kept: a whole number as E.164 with its kind, nothing else, and nothing at all
/// of a number that was withheld (ARCHITECTURE.md, "What always holds"). `None` when they are so already.
pub(super) fn kept_call(dataset: &Dataset, values: &[Option<Value>]) -> Option<Vec<Option<Value>>> {
    if dataset.table != CALLS.table {
        return None;
    }
    let (kind_at, number_at) = (dataset.column_index("caller_kind")?, dataset.column_index("caller_e164")?);
    let Some(Value::Text(written)) = &values[number_at] else { return None };
    let hidden = matches!(&values[kind_at], Some(Value::Text(kind))
        if matches!(kind.as_str(), "withheld" | "payphone" | "out_of_area" | "service_conflict"));
    let mut kept = values.to_vec();
    kept[number_at] = Some(Value::Null);
    if !hidden {
        let caller = CallerNumber::from_caller_id(written, "");
        kept[number_at] = Some(caller.number().map_or(Value::Null, |n| Value::Text(n.e164().to_owned())));
        kept[kind_at] = Some(Value::Text(caller.kind().to_owned()));
    }
    Some(kept)
}

impl SqliteTransaction<'_> {
    /// Writes down that another of our people looks after a customer. Of several changes within a millisecond the
    /// first `from` and the last `to` are kept.
    pub(super) fn note_owner_change(
        &mut self,
        customer_code: &Value,
        from: &Value,
        to: &Value,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO owner_history (customer_code, changed_at, owner_from, owner_to)
                 VALUES (?1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ?2, ?3)
                 ON CONFLICT (customer_code, changed_at) DO UPDATE SET owner_to = excluded.owner_to",
            )
            .at(&self.path)?
            .execute(params![customer_code, from, to])
            .at(&self.path)?;
        self.touch(OWNER_HISTORY.name, "");
        Ok(())
    }

    /// Marks the cards stale that show this row though it names no customer.
    pub(super) fn mark_indirect(
        &mut self,
        dataset: &Dataset,
        values: &[Option<Value>],
    ) -> Result<(), StoreError> {
        let (key, customers) = match dataset.table {
            "shipment" => ("order_no", "SELECT customer_code FROM sales_order WHERE order_no = ?1"),
            "billing_term" => {
                ("billing_terms_id", "SELECT customer_code FROM customer WHERE billing_terms_id = ?1")
            }
            _ => return Ok(()),
        };
        let Some(key) = dataset.column_index(key).and_then(|at| values[at].as_ref()) else { return Ok(()) };
        let path = self.path.clone();
        let mut select = self.connection.prepare_cached(customers).at(&path)?;
        let codes: Vec<String> =
            select.query_map([key], |row| row.get(0)).at(&path)?.collect::<Result<_, _>>().at(&path)?;
        drop(select);
        self.stale.extend(codes);
        Ok(())
    }
}
