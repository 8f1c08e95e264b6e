//! The numbers that are given here: their beginning, which no import uses, and the next one.

use super::driver::bind;
use super::{StoreError, Transaction};
use crate::dataset::{CUSTOMERS, Dataset, INQUIRIES, LEADS, TASKS};
use crate::message;

/// The longest beginning of numbers. Characters.
pub const NUMBER_PREFIX_MAX: usize = 8;

/// The data sets whose records get a number here, and the letter after the beginning.
const GIVEN: [(&Dataset, &str); 4] = [(&CUSTOMERS, "N"), (&LEADS, "L"), (&INQUIRIES, "Q"), (&TASKS, "T")];

impl Dataset {
    /// Whether records that are made here get a number.
    pub(super) fn is_given_numbers(&self) -> bool {
        GIVEN.iter().any(|(dataset, _)| dataset.name == self.name)
    }
}

impl Transaction<'_> {
    /// The beginning of the numbers that are given here.
    pub(super) fn number_prefix(&mut self) -> Result<&str, StoreError> {
        if self.number_prefix.is_empty() {
            self.number_prefix = self.db.value("SELECT prefix FROM number_space", &[])?;
        }
        Ok(&self.number_prefix)
    }

    /// Numbers that are given from now on begin with `prefix`, or as before; those that were given stay.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when an imported record has a number that begins like that.
    pub fn reserve_numbers(&mut self, prefix: Option<&str>) -> Result<(), StoreError> {
        let before = self.number_prefix()?;
        if let Some(prefix) = prefix.filter(|prefix| *prefix != before) {
            self.db.execute("UPDATE number_space SET prefix = ?1", bind![prefix])?;
            prefix.clone_into(&mut self.number_prefix);
        }
        for (dataset, _) in GIVEN {
            let key = dataset.key[0];
            let sql = format!(
                "SELECT {key} FROM {} WHERE {key} >= ?1 AND {key} < ?1 || char(1114111) AND origin = 'imported' LIMIT 1",
                dataset.table
            );
            let found: Option<String> = self.db.one(&sql, bind![self.number_prefix], |row| row.get(0))?;
            if let Some(number) = found {
                return Err(StoreError::Conflict(message!(
                    "取り込んだ{dataset}に「{number}」があり、本システムが付ける番号({prefix} で始まる番号)と重なります。\
                     設定 number_prefix を、取り込むデータの番号と重ならない文字列にしてください",
                    "the imported {dataset} have {number}, which begins like the numbers that are given here ({prefix}); set \
                     number_prefix to something that no imported number begins with",
                    dataset = dataset.label(),
                    number = number,
                    prefix = self.number_prefix,
                )));
            }
        }
        Ok(())
    }

    /// A number that no record of the data set has: the installation's beginning, the letter and seven digits.
    pub(super) fn next_number(&mut self, dataset: &Dataset) -> Result<String, StoreError> {
        let letter =
            GIVEN.iter().find(|(given, _)| given.name == dataset.name).map_or("", |(_, letter)| letter);
        let prefix = self.number_prefix()?.to_owned();
        let taken = format!("SELECT 1 FROM {} WHERE {} = ?1", dataset.table, dataset.key[0]);
        loop {
            let last: i64 = self.db.value(
                "INSERT INTO sequence (name, last) VALUES (?1, 1) ON CONFLICT (name) DO UPDATE SET last
                 = last + 1 RETURNING last",
                bind![dataset.table],
            )?;
            let number = format!("{prefix}{letter}{last:07}");
            if !self.db.exists(&taken, bind![&number])? {
                return Ok(number);
            }
        }
    }
}
