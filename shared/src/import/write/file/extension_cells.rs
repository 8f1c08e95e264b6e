//! The extension fields of a row.

use super::super::extension_values::FieldWriter;
use super::super::follow_up::FollowUp;
use super::super::row_key::row_key;
use super::FileImport;
use super::row_pass::Pass;
use crate::dataset::EXTENSION_VALUES;
use crate::import::error::ImportError;
use crate::import::input::rows::Found;
use crate::import::parse::row_check::{Checker, error_of};
use crate::import::report::fault::{CellFault, RowFault};
use crate::import::report::row_counts::RowCounts;
use crate::message;
use crate::store::Transaction;
use crate::text::visible;

impl FileImport<'_> {
    /// Writes the extension fields of a row: those of a record from its first row only.
    pub(super) fn fields(
        &self,
        tx: &mut Transaction<'_>,
        checker: &Checker<'_>,
        pass: &mut Pass<'_>,
        (fields, follow_up): (&mut FieldWriter, &mut FollowUp),
        counts: &mut RowCounts,
    ) -> Result<(), ImportError> {
        for column in &self.layout.extensions {
            let target = &self.layout.targets[column.target];
            let cell = String::from_utf8_lossy(pass.rows.cell(column.cell));
            let further = target.once_a_record && !pass.deriver.starts();
            if further && pass.deriver.agrees_with_record(&pass.rows, column.cell) {
                continue;
            }
            let done = if further {
                Err(further_row())
            } else if pass.deriver.rows_of(target, &pass.rows) == 0 {
                continue;
            } else {
                if self.layout.keep_filled && visible(&cell).trim().is_empty() {
                    continue;
                }
                let key = row_key(target.dataset, &pass.values[column.target]);
                match self.layout.form.numbered.then(|| error_of(&cell)).flatten() {
                    Some(fault) => Err(fault),
                    None => fields.write(tx, &column.field, &key, &cell)?,
                }
            };
            match done {
                Ok(Some(outcome)) => {
                    counts.read += 1;
                    counts.accept(outcome, None);
                }
                Ok(None) => {}
                Err(CellFault { code, message }) => {
                    counts.read += 1;
                    let message = message!(
                        "拡張項目「{field}」: {message}",
                        "{field}: {message}",
                        field = column.field.code,
                        message = message,
                    );
                    follow_up.refused(pass.rows.line(), code, &pass.values[0]);
                    let column = EXTENSION_VALUES.column("value");
                    let fault = RowFault { column, code, message };
                    counts.refuse(checker.fault(&pass.rows, Found::Row, fault), None);
                }
            }
        }
        Ok(())
    }
}

/// The fault of a value of a record on one of the record's further rows.
fn further_row() -> CellFault {
    let message = message!(
        "レコードの1行目と値が異なります。1行ごとの項目なら、自社用の取込プロファイルの record.table にその列を加えてください",
        "the first row of the record has a different value; if the column belongs to single rows, name it in a profile of your own \
         (record.table)",
    );
    CellFault::new("extension_row", message)
}
