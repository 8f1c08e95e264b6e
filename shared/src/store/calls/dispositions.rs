//! Disposition codes: the masters of after-call work.

use schemars::JsonSchema;
use serde::Serialize;

use crate::call::DispositionKind;
use crate::store::driver::bind;
use crate::store::{Reader, StoreError, Transaction};

/// One entry of the masters of after-call work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Disposition {
    pub kind: DispositionKind,
    pub code: String,
    pub label: String,
    pub label_en: String,
    pub position: i64,
    pub hidden: bool,
}

impl Reader {
    /// The masters of after-call work in their order, hidden entries included.
    pub fn dispositions(&mut self) -> Result<Vec<Disposition>, StoreError> {
        self.db.all(
            "SELECT kind, code, label, label_en, position, hidden FROM disposition ORDER BY kind,
             position, code",
            &[],
            |row| {
                Ok(Disposition {
                    kind: row.get(0)?,
                    code: row.get(1)?,
                    label: row.get(2)?,
                    label_en: row.get(3)?,
                    position: row.get(4)?,
                    hidden: row.get(5)?,
                })
            },
        )
    }
}

impl Transaction<'_> {
    /// Adds an entry to the masters, or changes its labels, place or visibility.
    pub fn set_disposition(&mut self, entry: &Disposition) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT OR REPLACE INTO disposition (kind, code, label, label_en, position, hidden) VALUES
             (?1, ?2, ?3, ?4, ?5, ?6)",
            bind![entry.kind, entry.code, entry.label, entry.label_en, entry.position, entry.hidden],
        )?;
        if entry.kind == DispositionKind::Category {
            // The timeline of a card has the label.
            self.db.execute(
                "INSERT OR IGNORE INTO stale_card (customer_code) SELECT DISTINCT customer_code FROM
                 call WHERE category = ?1 AND customer_code IS NOT NULL",
                bind![&entry.code],
            )?;
        }
        Ok(())
    }
}
