//! `import`: its options, the import and its report.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;
use shared::encoding::Encoding;
use shared::exit::{self, Failure};
use shared::import::{ImportError, ImportOptions, ImportReport, ImportSettings, RowError, import_files};
use shared::message;
use shared::message::{Message, counted};
use shared::store::Store;

use super::{columnar, describe, imported, profile};
use crate::context::Context;
use crate::labels;
use crate::quality::snapshot;

/// The options of `import`.
#[derive(Debug, Clone, clap::Args)]
pub struct ImportArgs {
    /// CSV, TSV, .xlsx, Parquet and Arrow files, or folders with such files.
    #[arg(required_unless_present = "describe", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Do not rebuild the customer cards now; they are rebuilt when they are next read.
    #[arg(long)]
    no_cards: bool,
    /// The layout, when the content does not tell: native, generic, a profile's name, or a TOML file.
    #[arg(long, value_name = "NAME|FILE.toml")]
    profile: Option<String>,
    /// The encoding, when the content does not tell.
    #[arg(long, value_enum)]
    encoding: Option<SourceEncoding>,
    /// The delimiter: one character, tab, space, or spaces (any number of blanks).
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<String>,
    /// Let empty cells leave what is stored as it is.
    #[arg(long)]
    keep_filled: bool,
    /// Read this sheet of a workbook only.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// A header and its column, which takes precedence over all other names; may be repeated.
    #[arg(long, value_name = "HEADER=COLUMN")]
    map: Vec<String>,
    /// Keep unknown columns as extension fields.
    #[arg(long)]
    extend: bool,
    /// Read and check everything, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Accept years after the end of an era: Heisei 32 is 2020.
    #[arg(long)]
    lenient_era: bool,
    /// Describe the columns of a data set or a profile; no file is read.
    #[arg(long, value_name = "NAME")]
    describe: Option<String>,
    #[command(flatten)]
    snapshot: snapshot::Args,
}

/// The encodings of files to import.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SourceEncoding {
    /// UTF-8.
    Utf8,
    /// CP932, also called Shift_JIS.
    Cp932,
    /// UTF-16, little endian.
    Utf16le,
    /// UTF-16, big endian.
    Utf16be,
    /// EUC-JP.
    EucJp,
    /// ISO-2022-JP, also called JIS.
    #[value(name = "iso-2022-jp")]
    Iso2022Jp,
}

impl ImportArgs {
    /// The data set or profile to describe, for which no store is needed.
    pub(crate) fn describes(&self) -> Option<&str> {
        self.describe.as_deref()
    }

    fn settings(&self) -> Result<ImportSettings, Failure> {
        let mut settings = ImportSettings {
            encoding: self.encoding.map(|encoding| match encoding {
                SourceEncoding::Utf8 => Encoding::Utf8,
                SourceEncoding::Cp932 => Encoding::Cp932,
                SourceEncoding::Utf16le => Encoding::Utf16Le,
                SourceEncoding::Utf16be => Encoding::Utf16Be,
                SourceEncoding::EucJp => Encoding::EucJp,
                SourceEncoding::Iso2022Jp => Encoding::Iso2022Jp,
            }),
            delimiter: self.delimiter.as_deref().map(delimiter).transpose()?,
            blank_runs: self.delimiter.as_deref() == Some(SPACES),
            keep_filled: self.keep_filled,
            sheet: self.sheet.clone(),
            extend: self.extend,
            dry_run: self.dry_run,
            lenient_era: self.lenient_era,
            columnar: Some(columnar::read),
            ..ImportSettings::default()
        };
        for pair in &self.map {
            let Some((header, column)) = pair.split_once('=') else {
                return Err(Failure::usage(message!(
                    "--map {pair}: 「見出し=列名」の形で指定してください",
                    "--map {pair}: write HEADER=COLUMN",
                    pair = pair,
                )));
            };
            settings.map.push((header.trim().to_owned(), column.trim().to_owned()));
        }
        match self.profile.as_deref() {
            None => {}
            Some("native" | "generic") => settings.native_only = true,
            Some(name) => settings.profile = Some(Arc::new(profile::named(name)?)),
        }
        Ok(settings)
    }
}

/// Any number of blanks between two cells.
const SPACES: &str = "spaces";

fn delimiter(text: &str) -> Result<u8, Failure> {
    match (text, text.as_bytes()) {
        ("tab" | "\\t", _) => Ok(b'\t'),
        ("space" | SPACES, _) => Ok(b' '),
        (_, [byte]) if !matches!(byte, b'"' | b'\r' | b'\n') && byte.is_ascii() => Ok(*byte),
        _ => Err(Failure::usage(message!(
            "--delimiter {text}: 1文字、または tab、space、spaces のいずれかを指定してください",
            "--delimiter {text}: give one character, tab, space or spaces",
            text = text,
        ))),
    }
}

/// Imports files. Refused rows do not stop the others: the exit code shows it.
///
/// # Errors
/// A wrong option (exit code 64), an error of the store or of a file, or a refused snapshot.
pub fn import(context: &Context, args: &ImportArgs) -> Result<ExitCode, Failure> {
    if let Some(name) = args.describes() {
        describe::describe(context, name)?;
        return Ok(ExitCode::SUCCESS);
    }
    let settings = args.settings()?;
    let store = Store::open(&context.store_path)?.acting_as(&context.actor);
    let imported = import_into(context, args, &store, &settings);
    // Said at the end: this import may have finished what an earlier one left, or is now unfinished itself.
    let said = context.say_unfinished(&store);
    let exit = imported?;
    said.map(|()| exit)
}

fn import_into(
    context: &Context,
    args: &ImportArgs,
    store: &Store,
    settings: &ImportSettings,
) -> Result<ExitCode, Failure> {
    let options = ImportOptions {
        at: context.clock.now(),
        today: context.clock.today(),
        refresh_cards: !args.no_cards,
        snapshot: None,
        corrects: None,
        follow_merges: false,
    };
    let options = snapshot::agreed(context, &args.snapshot, store, &args.paths, options, settings)?;
    let mut bar = context.import_bar();
    let report = import_files(store, &args.paths, &options, settings, &mut |at| bar.show(at));
    bar.finish();
    let report = match report {
        Err(ImportError::Snapshot { file, reason, before }) => {
            // The files before it are imported, and reported.
            if !before.files.is_empty() {
                imported::emit(context, &before, labels::IMPORTED)?;
            }
            return Err(ImportError::Snapshot { file, reason, before }.into());
        }
        report => report?,
    };
    imported::emit(context, &report, if args.dry_run { labels::CHECKED } else { labels::IMPORTED })?;
    if !report.refused_any() {
        return Ok(ExitCode::SUCCESS);
    }
    context.notice(&refusals(&report, args.dry_run));
    Ok(ExitCode::from(exit::ROWS_REFUSED))
}

fn refusals(report: &ImportReport, dry_run: bool) -> Message {
    let rest = if dry_run {
        message!("確認のみのため何も登録していません", "nothing was written")
    } else {
        message!("それ以外は登録しました", "the rest was imported")
    };
    let is_file = |error: &&RowError| !report.files.iter().any(|file| file.file == error.file);
    message!(
        "取込エラーが {rows} 行・{files} ファイルあります({rest})。一覧を見て訂正し、もう一度取り込んでください",
        "refused: {rows} and {files}, {rest}; see the list, correct it and import again",
        rows = counted(report.files.iter().map(|file| file.refused).sum::<u64>(), "row", "rows"),
        files = counted(report.errors.iter().filter(is_file).count(), "file", "files"),
        rest = rest,
    )
}
