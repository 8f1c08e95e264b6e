//! The number index: which whole numbers a contact, a person or a lead is known by.

use super::transaction::SqliteTransaction;
use super::upsert::given;
use super::{Explained, StoreError};
use crate::dataset::Dataset;
use crate::phone::PhoneNumber;
use crate::store::Value;

/// Which columns hold telephone numbers by which a row's owner is known, and the owner's key column.
pub(super) fn numbers_of(dataset: &Dataset) -> Option<(&'static [&'static str], &'static str)> {
    match dataset.table {
        "contact" => Some((&["phone"], "contact_id")),
        "contact_person" => Some((&["phone", "mobile"], "person_code")),
        "lead" => Some((&["phone"], "lead_code")),
        _ => None,
    }
}

impl SqliteTransaction<'_> {
    /// Puts the whole numbers of a contact, person or lead into the number index, in place of its old ones.
    pub(super) fn index_numbers(
        &mut self,
        dataset: &Dataset,
        values: &[Option<Value>],
    ) -> Result<(), StoreError> {
        let Some((columns, owner_column)) = numbers_of(dataset) else { return Ok(()) };
        let path = self.path.clone();
        let plan = self.plan(dataset, values)?;
        let key: Vec<&str> = dataset.key.to_vec();
        let conditions: Vec<String> =
            key.iter().enumerate().map(|(position, name)| format!("{name} = ?{}", position + 1)).collect();
        let customer = if dataset.customer_column.is_some() { "customer_code" } else { "NULL" };
        let select = format!(
            "SELECT CAST({owner_column} AS TEXT), {customer}, {} FROM {} WHERE {}",
            columns.join(", "),
            dataset.table,
            conditions.join(" AND ")
        );
        let mut select = self.connection.prepare_cached(&select).at(&path)?;
        for (position, &at) in plan.key.iter().enumerate() {
            select.raw_bind_parameter(position + 1, given(&plan, values, at)).at(&path)?;
        }
        let mut rows = select.raw_query();
        let Some(row) = rows.next().at(&path)? else { return Ok(()) };
        let owner: String = row.get(0).at(&path)?;
        let customer: Option<String> = row.get(1).at(&path)?;
        self.connection
            .prepare_cached("DELETE FROM phone_index WHERE owner_kind = ?1 AND owner_key = ?2")
            .at(&path)?
            .execute([dataset.table, &owner])
            .at(&path)?;
        let mut add = self
            .connection
            .prepare_cached(
                "INSERT INTO phone_index (e164, owner_kind, owner_key, customer_code) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
            )
            .at(&path)?;
        for position in 0..columns.len() {
            let written: Option<String> = row.get(2 + position).at(&path)?;
            for number in PhoneNumber::parse_all(written.as_deref().unwrap_or_default()).into_iter().flatten()
            {
                add.execute(rusqlite::params![number.e164(), dataset.table, owner, customer]).at(&path)?;
            }
        }
        Ok(())
    }
}
