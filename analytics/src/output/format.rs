//! The forms of results, and which one a file's name asks for.

use std::path::Path;

use clap::ValueEnum;
use shared::exit::Failure;
use shared::message;

/// The form of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// An aligned table for people.
    Table,
    /// Comma-separated values with one header line.
    Csv,
    /// One JSON object.
    Json,
    /// One self-contained page for a browser.
    Html,
    /// An Excel workbook.
    Xlsx,
    /// A Parquet file for other programs.
    Parquet,
}

/// The endings of the names of files, each with its form.
const ENDINGS: &[(&str, Format)] = &[
    ("csv", Format::Csv),
    ("json", Format::Json),
    ("html", Format::Html),
    ("htm", Format::Html),
    ("xlsx", Format::Xlsx),
    ("parquet", Format::Parquet),
    ("txt", Format::Table),
];

impl Format {
    /// Whether people read it, who want few rows; programs get them all.
    #[must_use]
    pub const fn is_for_people(self) -> bool {
        matches!(self, Self::Table | Self::Html)
    }

    /// Whether it is no text.
    const fn is_binary(self) -> bool {
        matches!(self, Self::Xlsx | Self::Parquet)
    }

    /// The name on the command line.
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The form for standard output that nobody asked for by name: what is no text needs a file, or `--out -`.
    fn without_file(self) -> Result<Self, Failure> {
        if !self.is_binary() {
            return Ok(self);
        }
        Err(Failure::usage(message!(
            "--format {format} には --out FILE を付けてください(--out - は標準出力)",
            "--format {format} needs --out FILE (--out - is standard output)",
            format = self.name(),
        )))
    }

    /// The form that is asked for by name or by the ending of the output file.
    ///
    /// # Errors
    /// The two contradict each other, or the ending says nothing (exit code 64).
    pub fn chosen(named: Option<Self>, file: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = file else { return named.unwrap_or(Self::Table).without_file() };
        if file.as_os_str() == "-" {
            return Ok(named.unwrap_or(Self::Table));
        }
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let known = ENDINGS.iter().find(|(known, _)| Some(*known) == ending.as_deref());
        match (named, known.map(|(_, format)| *format)) {
            (None, Some(format)) => Ok(format),
            (Some(named), Some(format)) if named != format => Err(Failure::usage(message!(
                "{file} の拡張子は --format {format} と合いません。どちらか一方を変えてください",
                "the ending of {file} is not that of --format {format}; change one of the two",
                file = file.display(),
                format = named.name(),
            ))),
            (Some(named), _) => Ok(named),
            (None, None) => Err(Failure::usage(message!(
                "{file} の拡張子では出力形式が分かりません。{known} のいずれかにするか、--format を付けてください",
                "the ending of {file} does not say the format; use {known}, or give --format",
                file = file.display(),
                known = ENDINGS.iter().map(|(ending, _)| format!(".{ending}")).collect::<Vec<_>>().join(", "),
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(named: Option<Format>, file: Option<&str>) -> Result<Format, u8> {
        Format::chosen(named, file.map(Path::new)).map_err(|failure| failure.code())
    }

    #[test]
    fn the_name_or_the_ending_decides_and_a_contradiction_is_refused() {
        assert_eq!(chosen(None, None), Ok(Format::Table));
        assert_eq!(chosen(Some(Format::Json), None), Ok(Format::Json));
        assert_eq!(chosen(None, Some("10月/売上.CSV")), Ok(Format::Csv));
        assert_eq!(chosen(Some(Format::Csv), Some("sales.csv")), Ok(Format::Csv));
        assert_eq!(chosen(Some(Format::Csv), Some("sales")), Ok(Format::Csv));
        assert_eq!(chosen(Some(Format::Csv), Some("sales.json")), Err(64));
        assert_eq!(chosen(None, Some("sales.pdf")), Err(64));
        assert_eq!(chosen(None, Some("sales")), Err(64));
        assert_eq!(
            (chosen(Some(Format::Xlsx), None), chosen(Some(Format::Xlsx), Some("-"))),
            (Err(64), Ok(Format::Xlsx))
        );
        assert_eq!(chosen(None, Some("-")), Ok(Format::Table));
    }
}
