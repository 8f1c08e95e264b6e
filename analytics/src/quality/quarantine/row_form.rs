//! The form in which refused rows are written: no spreadsheet runs it, and an import reads it as the same.

use shared::import::RAW_CHARS_MAX;
use shared::store::QuarantineBatch;
use shared::text::may_be_formula;

/// The form in which a batch's rows are written.
pub(super) struct RowForm {
    delimiter: u8,
    /// The number of cells in a workbook's row, whose empty cells at the end are not stored.
    columns: Option<usize>,
}

impl RowForm {
    /// The form of the rows below this header.
    pub(super) fn of(batch: &QuarantineBatch, header: &str) -> Self {
        let file = batch.file.to_lowercase();
        let is_sheet = file.contains(".xlsx#") || file.contains(".xlsm#");
        let many = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
        // max_by_key returns the last of equals: the comma.
        let delimiter = [b';', b'\t', b','].into_iter().max_by_key(many).unwrap_or(b',');
        let cells = |line: &str| cells(line, delimiter).map(|cells| cells.len());
        Self { delimiter, columns: header.lines().last().and_then(cells).filter(|_| is_sheet) }
    }

    /// The row in a form that no spreadsheet runs and that an import reads as the same. A row with unbalanced quotes
    /// stays unchanged: its text is what has to be corrected.
    pub(super) fn safe(&self, raw: &str) -> String {
        let Some(mut cells) = cells(raw, self.delimiter) else { return raw.to_owned() };
        let missing = self.columns.map_or(0, |columns| columns.saturating_sub(cells.len()));
        cells.resize(cells.len() + missing, String::new());
        if missing == 0 && !cells.iter().any(|cell| runs(cell)) {
            return raw.to_owned();
        }
        let guarded = cells.iter().map(|cell| if runs(cell) { format!("'{cell}") } else { cell.clone() });
        let mut writer = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(Vec::new());
        let written = writer.write_record(guarded).ok().and_then(|()| writer.into_inner().ok());
        let text = written.and_then(|bytes| String::from_utf8(bytes).ok());
        text.map_or_else(|| raw.to_owned(), |text| text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// The cells of a row; `None` when the text is not one row.
fn cells(raw: &str, delimiter: u8) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(raw.as_bytes());
    let mut records = reader.records();
    let record = records.next()?.ok()?;
    let quotes = raw.bytes().filter(|byte| *byte == b'"').count();
    (records.next().is_none() && quotes.is_multiple_of(2)).then(|| record.iter().map(str::to_owned).collect())
}

/// Whether a spreadsheet would run the cell as a formula; a signed number is not one.
fn runs(cell: &str) -> bool {
    let is_figure = |c: char| c.is_ascii_digit() || "+-,. ()%¥".contains(c);
    may_be_formula(cell) && !cell.chars().all(is_figure)
}

/// Whether a row is stored in full: not cut, not damaged, not left out because of a secret.
pub(super) fn is_whole(raw: &str) -> bool {
    let cut = raw.ends_with('…') && raw.chars().count() > RAW_CHARS_MAX;
    !cut && !raw.is_empty() && !raw.contains('\u{FFFD}')
}
