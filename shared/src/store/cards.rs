//! Customer cards: stored, built, refreshed and verified.

mod build;
mod lead;

use chrono::NaiveDate;

use super::driver::{Connection, bind};
use super::{Reader, StoreError, Transaction};
use crate::card::CARD_FORMAT;
use build::BuiltCard;

/// A stored card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRow {
    /// The JSON of a [`crate::card::CustomerCard`].
    pub body: String,
    /// The day as of which it was built.
    pub built_on: NaiveDate,
    /// The last day on which it is right, if nothing is written.
    pub valid_through: NaiveDate,
    /// Whether this read had to rebuild it.
    pub rebuilt: bool,
}

/// The result of a check of all cards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardVerification {
    /// Cards compared.
    pub checked: u64,
    /// Cards that are marked stale and rebuilt on their next read.
    pub stale: u64,
    /// Customers without a card and without a stale mark, or whose card differs from the tables.
    pub different: Vec<String>,
}

/// Cards that a check reads at once.
const VERIFY_BATCH: usize = 1_000;

/// The stored card of a customer, unless it is stale or of another format.
const KEPT: &str =
    "SELECT body, built_on, valid_through FROM customer_card WHERE customer_code = ?1 AND format = ?2
    AND NOT EXISTS (SELECT 1 FROM stale_card WHERE stale_card.customer_code = ?1)";

/// Marks the stored cards of an older format stale, so that they are rebuilt in the background.
pub(super) fn mark_old_formats(db: &Connection) -> Result<(), StoreError> {
    // Reads first: without such cards nothing is written, so other writers do not matter.
    if db.exists("SELECT 1 FROM customer_card WHERE format < ?1 LIMIT 1", bind![CARD_FORMAT])? {
        db.execute(
            "INSERT OR IGNORE INTO stale_card (customer_code)
             SELECT customer_code FROM customer_card WHERE format < ?1",
            bind![CARD_FORMAT],
        )?;
    }
    Ok(())
}

impl Reader {
    /// A customer's card as of `today`: one indexed read when it is fresh, rebuilt from the tables (not
    /// written) when it is stale or a date in it has passed. `None`: no such customer.
    pub fn card(&mut self, customer_code: &str, today: NaiveDate) -> Result<Option<CardRow>, StoreError> {
        if let Some(kept) = self.kept_card(customer_code)?
            && kept.valid_through >= today
        {
            return Ok(Some(kept));
        }
        let Some(built) = self.build(customer_code, today)? else { return Ok(None) };
        let body = built.json()?;
        Ok(Some(CardRow { body, built_on: today, valid_through: built.valid_through, rebuilt: true }))
    }

    /// The stored card, unless it is stale.
    fn kept_card(&self, customer_code: &str) -> Result<Option<CardRow>, StoreError> {
        self.db.one(KEPT, bind![customer_code, CARD_FORMAT], |row| {
            Ok(CardRow {
                body: row.get(0)?,
                built_on: row.get(1)?,
                valid_through: row.get(2)?,
                rebuilt: false,
            })
        })
    }

    /// Builds a card from one state of the store: a card never mixes the states before and after a write.
    fn build(&mut self, customer_code: &str, today: NaiveDate) -> Result<Option<BuiltCard>, StoreError> {
        let alone = !self.db.in_transaction();
        if alone {
            self.begin()?;
        }
        let built = build::build(&self.db, customer_code, today);
        if alone {
            self.end()?;
        }
        built
    }

    /// Recomputes every card that is not stale from the tables and reports those that differ. `progress` is
    /// called with the number of cards checked so far.
    pub fn verify_cards(&mut self, progress: &mut dyn FnMut(u64)) -> Result<CardVerification, StoreError> {
        let mut found = CardVerification::default();
        let mut after = String::new();
        loop {
            let batch = self.customers_after(&after)?;
            let Some(last) = batch.last() else { break };
            after.clone_from(last);
            self.begin()?;
            let checked = self.check_cards(&batch, &mut found);
            self.end()?;
            checked?;
            found.checked += batch.len() as u64;
            progress(found.checked);
        }
        found.checked -= found.stale;
        Ok(found)
    }

    fn check_cards(&self, customer_codes: &[String], found: &mut CardVerification) -> Result<(), StoreError> {
        for customer_code in customer_codes {
            if self.is_stale(customer_code)? {
                found.stale += 1;
            } else if !self.card_is_right(customer_code)? {
                found.different.push(customer_code.clone());
            }
        }
        Ok(())
    }

    fn customers_after(&self, after: &str) -> Result<Vec<String>, StoreError> {
        self.db.column(
            "SELECT customer_code FROM customer WHERE customer_code > ?1 ORDER BY customer_code LIMIT ?2",
            bind![after, VERIFY_BATCH],
        )
    }

    fn is_stale(&self, customer_code: &str) -> Result<bool, StoreError> {
        self.db
            .value("SELECT EXISTS (SELECT 1 FROM stale_card WHERE customer_code = ?1)", bind![customer_code])
    }

    /// Whether the stored card equals one that is built from the tables as of the same day.
    fn card_is_right(&self, customer_code: &str) -> Result<bool, StoreError> {
        let Some(kept) = self.kept_card(customer_code)? else { return Ok(false) };
        let Some(built) = build::build(&self.db, customer_code, kept.built_on)? else {
            return Ok(false);
        };
        Ok(built.json()? == kept.body && built.valid_through == kept.valid_through)
    }
}

impl Transaction<'_> {
    /// Rebuilds up to `limit` stale cards; returns how many.
    pub fn refresh_stale_cards(&mut self, today: NaiveDate, limit: usize) -> Result<usize, StoreError> {
        let codes: Vec<String> = self
            .db
            .column("SELECT customer_code FROM stale_card ORDER BY customer_code LIMIT ?1", bind![limit])?;
        for code in &codes {
            self.refresh_card(code, today)?;
        }
        Ok(codes.len())
    }

    /// Stores a customer's card anew and removes its stale mark.
    pub(super) fn refresh_card(&mut self, customer_code: &str, today: NaiveDate) -> Result<(), StoreError> {
        match build::build(&self.db, customer_code, today)? {
            Some(built) => self.db.execute(
                "INSERT INTO customer_card (customer_code, body, built_on, valid_through, format) VALUES
                 (?1, ?2, ?3, ?4, ?5) ON CONFLICT (customer_code) DO UPDATE SET body = excluded.body,
                 built_on = excluded.built_on, valid_through = excluded.valid_through, format =
                 excluded.format",
                bind![customer_code, built.json()?, today, built.valid_through, CARD_FORMAT],
            )?,
            // Sales may name a customer that the store does not have: then there is no card to keep.
            None => {
                self.db.execute("DELETE FROM customer_card WHERE customer_code = ?1", bind![customer_code])?
            }
        };
        self.db.execute("DELETE FROM stale_card WHERE customer_code = ?1", bind![customer_code])?;
        self.stale.remove(customer_code);
        Ok(())
    }
}
