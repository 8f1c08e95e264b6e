//! A sheet as CSV: one header line, the rows, no total. Numbers are exact and without separators.
//!
//! Nothing else is in the file, so that every program reads it; what stands beside the rows goes into a second file.

use clap::ValueEnum;
use shared::exit::Failure;
use shared::export::{DelimitedText, ExportEncoding};
use shared::label::Lang;
use shared::message;
use shared::message::Message;
use shared::text::may_be_formula;

use super::companion::facts;
use super::exact::exact;
use super::{Cell, Report, Sheet, SheetColumn};
use crate::labels::{self, Label};

/// The encodings of CSV files, as of exports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum TextEncoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-8 with a byte order mark, for spreadsheets.
    Utf8Bom,
    /// CP932; characters that it lacks are an error.
    Cp932,
    /// CP932 with a geta mark for characters that it lacks.
    Cp932Replacing,
}

/// What stands in the header line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Headers {
    /// Identifiers, the same in both languages, as in JSON.
    Id,
    /// What people call the columns.
    #[default]
    Label,
}

/// How CSV is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CsvStyle {
    /// The encoding.
    pub encoding: TextEncoding,
    /// The header line.
    pub headers: Headers,
}

/// A file's content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CsvText {
    /// The bytes in the encoding, with the CR LF line ends of RFC 4180.
    pub bytes: Vec<u8>,
    /// Characters that became 〓.
    pub replaced: u64,
}

/// The rows of a sheet.
///
/// # Errors
/// The encoding lacks a character (exit code 65).
pub fn render(sheet: &Sheet, lang: Lang, style: CsvStyle) -> Result<CsvText, Failure> {
    let is_shown = |column: &SheetColumn| !column.terminal_only && !column.drawn;
    let shown: Vec<usize> =
        (0..sheet.columns.len()).filter(|&index| is_shown(&sheet.columns[index])).collect();
    let names = sheet.identifiers();
    let name = |&index: &usize| match style.headers {
        Headers::Id => names[index].clone(),
        Headers::Label => sheet.columns[index].text(lang).to_owned(),
    };
    // A heading may be an alias of somebody's query, or the company's own label.
    let header: Vec<String> = shown.iter().map(|index| guarded_text(&name(index))).collect();
    let rows = sheet.rows.iter().map(|row| {
        shown.iter().map(|&index| row.get(index).map(guarded).unwrap_or_default()).collect::<Vec<_>>()
    });
    written(titled(sheet), &header, rows, style.encoding)
}

/// What stands beside the rows: kind, name and value of each fact.
///
/// # Errors
/// As [`render`].
pub fn companion(
    sheet: &Sheet,
    report: Option<&Report>,
    lang: Lang,
    style: CsvStyle,
) -> Result<CsvText, Failure> {
    let heads: [(&str, Label); 3] =
        [("kind", labels::KIND), ("name", Label::new("項目", "Name")), ("value", Label::new("値", "Value"))];
    let header = heads.map(|(id, label)| match style.headers {
        Headers::Id => id.to_owned(),
        Headers::Label => label.text(lang).to_owned(),
    });
    let rows = facts(sheet, report, lang).into_iter();
    let rows = rows.map(|fact| {
        let text = |text: String| guarded(&Cell::Text(text));
        vec![fact.group.text(lang).to_owned(), text(fact.name), text(fact.value)]
    });
    written(titled(sheet), &header, rows, style.encoding)
}

fn titled(sheet: &Sheet) -> Message {
    let title = if sheet.title.is_empty() { "CSV" } else { sheet.title.as_str() };
    message!("{title}", "{title}", title = title)
}

fn written(
    title: Message,
    header: &[String],
    rows: impl Iterator<Item = Vec<String>>,
    encoding: TextEncoding,
) -> Result<CsvText, Failure> {
    let encoding = match encoding {
        TextEncoding::Utf8 => ExportEncoding::Utf8,
        TextEncoding::Utf8Bom => ExportEncoding::Utf8Bom,
        TextEncoding::Cp932 => ExportEncoding::Cp932,
        TextEncoding::Cp932Replacing => ExportEncoding::Cp932Replacing,
    };
    let mut bytes = Vec::new();
    let mut text = DelimitedText::comma_separated(title, &mut bytes, encoding)?;
    text.header(header)?;
    for row in rows {
        header.iter().zip(&row).try_for_each(|(name, cell)| text.cell(name, cell))?;
        text.end_row()?;
    }
    let replaced = text.finish()?;
    Ok(CsvText { bytes, replaced })
}

/// A cell for a spreadsheet, which would run text that begins like a formula.
fn guarded(cell: &Cell) -> String {
    let text = exact(cell);
    let is_text = matches!(cell, Cell::Text(_) | Cell::Word { .. });
    if is_text { guarded_text(&text) } else { text }
}

/// Text that no spreadsheet runs.
fn guarded_text(text: &str) -> String {
    if may_be_formula(text) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use shared::message::Explain as _;

    use super::*;

    fn sheet(name: &str) -> Sheet {
        let columns = vec![
            SheetColumn::new(labels::CUSTOMER_NAME).identified("customer_name"),
            SheetColumn::new(labels::SALES_AMOUNT),
        ];
        let rows = vec![vec![Cell::Text(name.to_owned()), Cell::Money(Decimal::new(12_345, 1))]];
        Sheet { title: "売上".to_owned(), columns, rows, ..Sheet::default() }
    }

    fn text(sheet: &Sheet, encoding: TextEncoding, headers: Headers) -> Vec<u8> {
        render(sheet, Lang::Ja, CsvStyle { encoding, headers }).unwrap().bytes
    }

    #[test]
    fn the_header_has_labels_or_identifiers_and_stands_alone_when_there_are_no_rows() {
        let full = sheet("青葉");
        let utf8 = |headers| String::from_utf8(text(&full, TextEncoding::Utf8, headers)).unwrap();
        assert_eq!(utf8(Headers::Label), "顧客名,売上金額\r\n青葉,1234.5\r\n");
        // A column without an identifier goes by its English name.
        assert_eq!(utf8(Headers::Id), "customer_name,sales\r\n青葉,1234.5\r\n");
        let empty = Sheet { rows: Vec::new(), ..full };
        assert_eq!(text(&empty, TextEncoding::Utf8, Headers::Id), b"customer_name,sales\r\n");
    }

    #[test]
    fn excel_gets_its_mark_and_cp932_its_bytes() {
        let marked = text(&sheet("青葉"), TextEncoding::Utf8Bom, Headers::Label);
        assert!(marked.starts_with(b"\xEF\xBB\xBF") && marked.ends_with(b"1234.5\r\n"));
        let cp932 = text(&sheet("青葉"), TextEncoding::Cp932, Headers::Id);
        assert_eq!(cp932, b"customer_name,sales\r\n\x90\xC2\x97t,1234.5\r\n");
    }

    #[test]
    fn characters_that_cp932_lacks_are_named_or_replaced() {
        let style = |encoding| CsvStyle { encoding, headers: Headers::Label };
        let refused = render(&sheet("𠮷田"), Lang::Ja, style(TextEncoding::Cp932)).unwrap_err();
        assert_eq!(refused.code(), 65);
        let said = refused.message().text(Lang::Ja).to_owned();
        assert!(said.contains("「売上」") && said.contains("1行目「顧客名」の 𠮷"), "{said}");
        let replaced = render(&sheet("𠮷田"), Lang::Ja, style(TextEncoding::Cp932Replacing)).unwrap();
        assert_eq!(replaced.replaced, 1);
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_is_marked_and_numbers_are_not() {
        let mut nasty = sheet("=HYPERLINK(\"x\")");
        nasty.rows[0][1] = Cell::Money(Decimal::NEGATIVE_ONE);
        let text = String::from_utf8(text(&nasty, TextEncoding::Utf8, Headers::Id)).unwrap();
        assert_eq!(text.lines().nth(1), Some("\"'=HYPERLINK(\"\"x\"\")\",-1"));
    }
}
