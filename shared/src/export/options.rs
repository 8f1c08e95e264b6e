//! How to export.

use crate::profile::Profile;

/// How a file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportEncoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-8 with a byte order mark and CR LF, which a spreadsheet opens with a double click.
    Utf8Bom,
    /// UTF-16LE with a byte order mark and CR LF, which Windows programs call Unicode text.
    Utf16,
    /// CP932 with CR LF, for 弥生販売, PCA and similar programs. A character that it does not have is an error.
    Cp932,
    /// CP932, with 〓 for characters that it does not have.
    Cp932Replacing,
}

/// How to export.
#[derive(Debug, Clone, Copy)]
pub struct ExportOptions {
    /// The encoding.
    pub encoding: ExportEncoding,
    /// Whether text that a spreadsheet would take for a formula gets an apostrophe before it, which an import removes
    /// again.
    pub guard_formulas: bool,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self { encoding: ExportEncoding::Utf8, guard_formulas: true }
    }
}

/// What kind of file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportFormat {
    /// Comma-separated text; with a profile, its delimiter.
    #[default]
    Csv,
    /// Tab-separated text.
    Tsv,
    /// A workbook.
    Xlsx,
}

/// Which columns a file has.
#[derive(Debug, Clone, Copy, Default)]
pub enum ExportLayout<'p> {
    /// Our identifiers.
    #[default]
    Native,
    /// Our Japanese labels.
    Generic,
    /// Those of another program.
    Profile(&'p Profile),
}

/// Everything about an export.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExportSettings<'p> {
    /// Encoding and formulas.
    pub options: ExportOptions,
    /// The kind of file.
    pub format: ExportFormat,
    /// The columns.
    pub layout: ExportLayout<'p>,
    /// Whether extension fields are further columns.
    pub with_extensions: bool,
}
