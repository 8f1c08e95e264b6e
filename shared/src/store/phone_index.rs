//! The number index: the whole numbers by which a contact, a person or a lead is known.

use super::driver::bind;
use super::{StoreError, Transaction};
use crate::dataset::Dataset;
use crate::phone::PhoneNumber;
use crate::value::Value;

/// The columns with telephone numbers by which a row's owner is known, and the owner's key column.
pub(super) fn numbers_of(dataset: &Dataset) -> Option<(&'static [&'static str], &'static str)> {
    match dataset.table {
        "contact" => Some((&["phone"], "contact_id")),
        "contact_person" => Some((&["phone", "mobile"], "person_code")),
        "lead" => Some((&["phone"], "lead_code")),
        _ => None,
    }
}

/// A row with numbers.
struct Owner {
    key: String,
    customer_code: Option<String>,
    written: Vec<Option<String>>,
}

impl Transaction<'_> {
    /// Puts the whole numbers of a contact, person or lead into the number index, in place of its old ones.
    pub(super) fn index_numbers(&mut self, dataset: &Dataset, key: &[&Value]) -> Result<(), StoreError> {
        let Some(owner) = self.owner(dataset, key)? else { return Ok(()) };
        self.db.execute(
            "DELETE FROM phone_index WHERE owner_kind = ?1 AND owner_key = ?2",
            bind![dataset.table, owner.key],
        )?;
        let written = owner.written.iter().flatten();
        for number in written.flat_map(|written| PhoneNumber::parse_all(written)).flatten() {
            self.db.execute(
                "INSERT INTO phone_index (e164, owner_kind, owner_key, customer_code) VALUES (?1, ?2,
                 ?3, ?4) ON CONFLICT DO NOTHING",
                bind![number.e164(), dataset.table, owner.key, owner.customer_code],
            )?;
        }
        Ok(())
    }

    fn owner(&self, dataset: &Dataset, key: &[&Value]) -> Result<Option<Owner>, StoreError> {
        let Some((columns, owner_column)) = numbers_of(dataset) else { return Ok(None) };
        let conditions: Vec<String> =
            dataset.key.iter().enumerate().map(|(at, name)| format!("{name} = ?{}", at + 1)).collect();
        let customer = if dataset.customer_column.is_some() { "customer_code" } else { "NULL" };
        let select = format!(
            "SELECT CAST({owner_column} AS TEXT), {customer}, {} FROM {} WHERE {}",
            columns.join(", "),
            dataset.table,
            conditions.join(" AND ")
        );
        let mut select = self.db.statement(&select)?;
        for (at, value) in key.iter().enumerate() {
            select.bind(at + 1, value)?;
        }
        select.first(|row| {
            let written = (0..columns.len()).map(|at| row.get(2 + at)).collect::<Result<_, _>>()?;
            Ok(Owner { key: row.get(0)?, customer_code: row.get(1)?, written })
        })
    }
}
