//! The form in which refused rows are written: no spreadsheet runs it, and an import reads it as the same.

use shared::dataset;
use shared::import::RAW_CHARS_MAX;
use shared::store::QuarantineBatch;
use shared::text::{may_be_formula, search_key};

/// The form in which a batch's rows are written.
pub(super) struct RowForm {
    delimiter: u8,
    /// The number of cells in a row, where those at its end may be missing and must be written.
    columns: Option<usize>,
    /// Whether the file has no line numbers, so that each line needs the one under which it was counted.
    adds_numbers: bool,
}

/// The header of line numbers.
const LINE_NO: &str = "line_no";

impl RowForm {
    /// The form of the rows below this header.
    pub(super) fn of(batch: &QuarantineBatch, header: &str) -> Self {
        let file = batch.file.to_lowercase();
        let is_sheet = file.contains(".xlsx#") || file.contains(".xlsm#");
        let many = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
        // max_by_key returns the last of equals: the comma.
        let delimiter = [b';', b'\t', b','].into_iter().max_by_key(many).unwrap_or(b',');
        let cells = |line: &str| cells(line, delimiter).map(|cells| cells.len());
        let adds_numbers = lacks_numbers(batch, header, delimiter);
        let columns = header.lines().last().and_then(cells).filter(|_| is_sheet || adds_numbers);
        Self { delimiter, columns, adds_numbers }
    }

    /// What the header gets in addition.
    pub(super) fn number_header(&self) -> String {
        if self.adds_numbers { format!("{}{LINE_NO}", char::from(self.delimiter)) } else { String::new() }
    }

    /// What a row with this key gets in addition.
    pub(super) fn number(&self, row_key: Option<&str>) -> String {
        let number = row_key.and_then(|key| key.rsplit('/').next()).unwrap_or_default();
        if self.adds_numbers { format!("{}{number}", char::from(self.delimiter)) } else { String::new() }
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

/// Whether the lines of a batch are known by numbers, and its file has none.
fn lacks_numbers(batch: &QuarantineBatch, header: &str, delimiter: u8) -> bool {
    let column = dataset::by_name(&batch.dataset).filter(|dataset| dataset.key.contains(&LINE_NO));
    let Some(column) = column.and_then(|dataset| dataset.column(LINE_NO)) else { return false };
    let names =
        [column.name, column.label.ja, column.label.en].into_iter().chain(column.aliases.iter().copied());
    let names: Vec<String> = names.map(search_key).collect();
    let headers = header.lines().last().and_then(|line| cells(line, delimiter)).unwrap_or_default();
    !headers.is_empty() && !headers.iter().any(|header| names.contains(&search_key(header)))
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
    let is_text = cell.strip_prefix('\'').is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit()));
    may_be_formula(cell) && !is_text && !cell.chars().all(is_figure)
}

/// Whether a row is stored in full: not cut, not damaged, not left out because of a secret.
pub(super) fn is_whole(raw: &str) -> bool {
    let cut = raw.ends_with('…') && raw.chars().count() > RAW_CHARS_MAX;
    !cut && !raw.is_empty() && !raw.contains('\u{FFFD}')
}
