//! The numbers that are given here: their beginning, which no import uses, and the next one.

use super::driver::bind;
use super::{StoreError, Transaction};
use crate::dataset::{CUSTOMERS, Dataset, INQUIRIES, LEADS, TASKS};
use crate::message;

/// The longest beginning of numbers. Characters.
pub const NUMBER_PREFIX_MAX: usize = 8;

/// The digits after the beginning and the letter.
const DIGITS: usize = 7;

/// The data sets whose records get a number here, and the letter after the beginning.
const GIVEN: [(&Dataset, &str); 4] = [(&CUSTOMERS, "N"), (&LEADS, "L"), (&INQUIRIES, "Q"), (&TASKS, "T")];

impl Dataset {
    /// Whether a number has the form of those that records made here get: the installation's beginning, the letter of the
    /// data set, and at least seven digits. A company's own codes may begin with the same letters (`CK-12205`).
    pub(super) fn has_form_of_given(&self, number: &str, prefix: &str) -> bool {
        let letter = GIVEN.iter().find(|(dataset, _)| dataset.name == self.name).map(|(_, letter)| *letter);
        let digits = letter.and_then(|letter| number.strip_prefix(prefix)?.strip_prefix(letter));
        digits.is_some_and(|digits| {
            digits.len() >= DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit())
        })
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
        for (dataset, letter) in GIVEN {
            let key = dataset.key[0];
            let sql = format!(
                "SELECT {key} FROM {} WHERE {key} >= ?1 AND {key} < ?1 || ':' AND origin = 'imported'
                 AND length({key}) >= length(?1) + {DIGITS} AND substr({key}, length(?1) + 1) NOT GLOB '*[^0-9]*' LIMIT 1",
                dataset.table
            );
            let begins = format!("{}{letter}", self.number_prefix);
            let found: Option<String> = self.db.one(&sql, bind![begins], |row| row.get(0))?;
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
            let number = format!("{prefix}{letter}{last:0DIGITS$}");
            if !self.db.exists(&taken, bind![&number])? {
                return Ok(number);
            }
        }
    }
}
