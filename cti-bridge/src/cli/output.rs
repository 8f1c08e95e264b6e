//! Printing on standard output.

use std::io::{IsTerminal as _, Write as _};

use chrono::{DateTime, Utc};
use comfy_table::{
    Attribute, Cell, CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle,
};
use rust_decimal::Decimal;
use serde::Serialize;
use shared::cause::Cause as _;
use shared::clock::japan_time;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::Label;
use shared::text::printable;

/// A line below the header and nothing else.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─'))
    .content_lines(ContentLineStyle::none());

/// Prints a line on stdout and flushes it: another program may wait for it.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    printed(writeln!(out, "{line}").and_then(|()| out.flush()))
}

/// Prints a value as one line of JSON.
pub(crate) fn say_json(value: &impl Serialize) -> Result<(), Failure> {
    say(&to_json(value)?)
}

/// A value as one line of JSON.
pub(crate) fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| {
        Failure::software(message!(
            "JSON に変換できません({error})",
            "the result cannot be written as JSON: {error}",
            error = error,
        ))
    })
}

/// The result of writing to stdout. A reader that has read enough (`… | head`) is no failure.
pub(crate) fn printed(result: std::io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| {
            Failure::io(message!(
                "標準出力に書き込めません({error})",
                "stdout cannot be written: {error}",
                error = error.cause(),
            ))
        }),
    }
}

/// Whether standard output is a terminal, and whether it may have colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terminal {
    /// A file or a pipe.
    None,
    /// A terminal, on which `NO_COLOR` asks for plain text.
    Plain,
    /// A terminal.
    Colour,
}

impl Terminal {
    /// What stdout is.
    pub(crate) fn stdout() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match (std::io::stdout().is_terminal(), plain) {
            (false, _) => Self::None,
            (true, true) => Self::Plain,
            (true, false) => Self::Colour,
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    heading: Label,
    alignment: CellAlignment,
}

/// A column of text.
pub(crate) const fn text(ja: &'static str, en: &'static str) -> Column {
    Column { heading: Label::new(ja, en), alignment: CellAlignment::Left }
}

/// A column of numbers.
pub(crate) const fn number(ja: &'static str, en: &'static str) -> Column {
    Column { heading: Label::new(ja, en), alignment: CellAlignment::Right }
}

/// Rows under headings, aligned; Japanese characters take two columns. On a terminal it fits the width and the
/// headings are bold.
pub(crate) fn table(columns: &[Column], rows: &[Vec<String>], lang: Lang, terminal: Terminal) -> String {
    let mut table = Table::new();
    table.load_style(STYLE);
    if terminal == Terminal::None {
        table.force_no_tty();
    } else {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    if terminal == Terminal::Colour {
        table.enforce_styling();
    }
    table.set_header(columns.iter().map(|column| {
        let cell = Cell::new(column.heading.text(lang)).set_alignment(column.alignment);
        if terminal == Terminal::Colour { cell.add_attribute(Attribute::Bold) } else { cell }
    }));
    for row in rows {
        let cells = columns.iter().zip(row);
        table.add_row(cells.map(|(column, text)| Cell::new(printable(text)).set_alignment(column.alignment)));
    }
    table.trim_fmt()
}

/// An instant in Japan's time, to the minute.
pub(crate) fn japan_minute(at: DateTime<Utc>) -> String {
    japan_time(at).format("%Y-%m-%d %H:%M").to_string()
}

/// An amount in yen with grouped digits: `¥1,234,567`.
pub(crate) fn yen(amount: Decimal) -> String {
    let plain = amount.normalize().abs().to_string();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut out = String::from(if amount.is_sign_negative() && !amount.is_zero() { "-¥" } else { "¥" });
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_with_wide_characters_and_have_no_colour_in_a_pipe() {
        let rows = vec![vec!["氏名".to_owned(), "5".to_owned()], vec!["ab".to_owned(), "10".to_owned()]];
        let columns = [text("名前", "Name"), number("件数", "Count")];
        let ja = table(&columns, &rows, Lang::Ja, Terminal::None);
        let lines: Vec<&str> = ja.lines().map(str::trim_end).collect();
        assert_eq!((lines[0], lines[2], lines[3]), (" 名前  件数", " 氏名     5", " ab      10"), "{ja}");
        let colour = table(&columns, &rows, Lang::En, Terminal::Colour);
        assert!(colour.contains("\u{1b}[1m") && colour.contains("Name"), "{colour}");
        assert!(!table(&columns, &rows, Lang::En, Terminal::Plain).contains('\u{1b}'));
    }

    #[test]
    fn amounts_are_grouped() {
        for (amount, text) in
            [("0", "¥0"), ("-0", "¥0"), ("999", "¥999"), ("1234567.50", "¥1,234,567.5"), ("-1000", "-¥1,000")]
        {
            assert_eq!(yen(amount.parse().unwrap()), text);
        }
    }

    #[test]
    fn control_characters_of_the_data_reach_no_terminal() {
        let rows = vec![vec!["a\u{1b}[31mb".to_owned()]];
        assert!(!table(&[text("値", "Value")], &rows, Lang::En, Terminal::Plain).contains('\u{1b}'));
    }
}
