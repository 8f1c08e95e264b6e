//! The extension fields of a row.

use super::super::cell::CellFault;
use super::super::check::Checker;
use super::super::extend::{FieldWriter, row_key};
use super::super::rows::Found;
use super::super::sheet::error_of;
use super::super::tally::Tally;
use super::super::watch::Watch;
use super::{ImportError, Pass, Plan, Transaction};

/// Why a value of a record is refused that stands on one of its further rows.
const FURTHER_ROW: &str = "the record's first row says something else; if the column is one of the table's, name it in a \
                           profile of your own (record.table)";

impl Plan<'_> {
    /// Writes the extension fields of a row: those of a record from its first row only.
    pub(super) fn fields(
        &self,
        tx: &mut Transaction<'_>,
        checker: &Checker<'_>,
        pass: &mut Pass<'_>,
        (fields, watch): (&mut FieldWriter, &mut Watch),
        tally: &mut Tally,
    ) -> Result<(), ImportError> {
        for column in &self.layout.extensions {
            let target = &self.layout.targets[column.target];
            let cell = String::from_utf8_lossy(pass.rows.cell(column.cell));
            let further = target.once_a_record && !pass.deriver.starts();
            if further && pass.deriver.is_as_the_record_says(&pass.rows, column.cell) {
                continue;
            }
            let done = if further {
                Err(CellFault { code: "extension_row", message: FURTHER_ROW.to_owned() })
            } else if pass.deriver.rows_of(target, &pass.rows) == 0 {
                continue;
            } else {
                let key = row_key(target.key.iter().map(|&at| &pass.values[column.target][at]));
                match error_of(&cell).filter(|_| self.layout.form.numbered) {
                    Some(fault) => Err(fault),
                    None => fields.write(tx, &column.field, &key, &cell)?,
                }
            };
            match done {
                Ok(Some(outcome)) => {
                    tally.read += 1;
                    tally.accept(outcome, None);
                }
                Ok(None) => {}
                Err(fault) => {
                    tally.read += 1;
                    let message = format!("{}: {}", column.field.code, fault.message);
                    watch.refused(pass.rows.line(), fault.code, &pass.values[0]);
                    let fault = (Some("value"), fault.code, message);
                    tally.refuse(checker.fault(&pass.rows, Found::Row, fault), None);
                }
            }
        }
        Ok(())
    }
}
