//! New codes that differ from stored ones by their leading zeros only, which spreadsheets take away.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use crate::dataset::{ColumnKind, Dataset};
use crate::import::report::Warning;
use crate::message;
use crate::store::{Reader, StoreError, Value};

/// The codes of a data set of masters, and those of a file that resemble one.
#[derive(Debug, Default)]
pub(super) struct SimilarCodes {
    /// Hashes of the codes that are numbers: as they are, and without their zeros with how long they are.
    stored: HashSet<u64>,
    bare: HashMap<u64, usize>,
    count: u64,
    line: u64,
    /// The first code of the file, and the stored one.
    first: (String, String),
}

impl SimilarCodes {
    /// Reads the codes of a data set that is known by one code; `None` for others.
    pub(super) fn load(reader: &mut Reader, dataset: &'static Dataset) -> Result<Option<Self>, StoreError> {
        let key = dataset.key_indexes();
        let [key] = key.as_slice() else { return Ok(None) };
        if dataset.month_column.is_some() || dataset.columns[*key].kind != ColumnKind::Code {
            return Ok(None);
        }
        let codes = Dataset { columns: &dataset.columns[*key..=*key], ..*dataset };
        let mut known = Self::default();
        reader.scan(&codes, None, &mut |row| {
            let code = row.text(0).unwrap_or_default();
            if let Some(bare) = bare(code) {
                known.stored.insert(hash(code));
                known.bare.insert(hash(bare), code.len());
            }
            ControlFlow::Continue(())
        })?;
        Ok(Some(known).filter(|known| !known.bare.is_empty()))
    }

    /// A row of the file has this code.
    pub(super) fn see(&mut self, code: Option<&Value>, line: u64) {
        let Some(Value::Text(code)) = code else { return };
        // `101.0` is what programs for statistics make of 000101.
        let Some(bare) = bare(code.strip_suffix(".0").unwrap_or(code)) else { return };
        let Some(length) = self.bare.get(&hash(bare)).copied() else { return };
        if self.stored.contains(&hash(code)) {
            return;
        }
        if self.count == 0 {
            self.line = line;
            self.first = (code.clone(), format!("{bare:0>length$}"));
        }
        self.count += 1;
    }

    pub(super) fn warning(&self, file: &str) -> Option<Warning> {
        (self.count > 0).then(|| Warning {
            file: file.to_owned(),
            line: Some(self.line),
            code: "similar_codes",
            message: message!(
                "登録済みのコードと先頭の0だけが異なるコードがあります({new} と登録済みの {stored} など)。表計算ソフトで0が\
                 失われたものなら、列の書式を「文字列」にしたファイルを取り込み直してください",
                "codes differ from stored ones by their leading zeros only, such as {new} and the stored {stored}; if a \
                 spreadsheet has taken the zeros, import a file in which the column is text",
                new = self.first.0,
                stored = self.first.1,
            ),
            count: self.count,
        })
    }
}

/// A code of digits without its leading zeros.
fn bare(code: &str) -> Option<&str> {
    let digits = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| code.trim_start_matches('0')).filter(|bare| !bare.is_empty())
}

fn hash(code: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    code.hash(&mut hasher);
    hasher.finish()
}
