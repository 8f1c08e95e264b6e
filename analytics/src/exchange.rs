//! `sample`, `import` and `export`: files of other programs into the store and out of it (`docs/import.md`).

mod imported;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;
use serde_json::json;
use shared::dataset::{DATASETS, Dataset, by_name_or_title};
use shared::encoding::Encoding;
use shared::exit::{self, Failure};
use shared::export::{
    ExportEncoding, ExportFormat, ExportLayout, ExportOptions, ExportSettings, ExportedFile, export_files,
};
use shared::import::{ImportError, ImportOptions, ImportSettings, RowError, import_files};
use shared::message;
use shared::message::Explain;
use shared::profile::{self, Profile};

use crate::context::Context;
use crate::describe;
use crate::labels::{self, Label};
use crate::output::{Cell, Sheet, SheetColumn};
use crate::quality::snapshot;
use crate::sample::{self, SampleArgs};

/// The options of `import`.
#[derive(Debug, Clone, clap::Args)]
pub struct ImportArgs {
    /// CSV, TSV and .xlsx files, or folders with such files.
    #[arg(required_unless_present = "describe", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Leave the pop-ups' cards to their next reader instead of rebuilding them now.
    #[arg(long)]
    no_cards: bool,
    /// The layout, when its content does not tell: native, generic, a profile's name, or a TOML file.
    #[arg(long, value_name = "NAME|FILE.toml")]
    profile: Option<String>,
    /// The encoding, when the content does not tell.
    #[arg(long, value_enum)]
    encoding: Option<SourceEncoding>,
    /// What stands between two cells: one character, tab or space.
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<String>,
    /// Read this sheet of a workbook only.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// A header and the column that it is, before all other names; may be repeated.
    #[arg(long, value_name = "HEADER=COLUMN")]
    map: Vec<String>,
    /// Keep columns that are not known as extension fields.
    #[arg(long)]
    extend: bool,
    /// Read and check everything, keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// Take years beyond an era's end: 平成32年 is 2020.
    #[arg(long)]
    lenient_era: bool,
    /// Say what a data set's or a profile's files hold, and read nothing.
    #[arg(long, value_name = "NAME")]
    describe: Option<String>,
    #[command(flatten)]
    snapshot: snapshot::Args,
}

/// How files to import may be encoded.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SourceEncoding {
    /// UTF-8.
    Utf8,
    /// CP932, which is called Shift_JIS.
    Cp932,
    /// UTF-16, little endian.
    Utf16le,
    /// UTF-16, big endian.
    Utf16be,
}

impl ImportArgs {
    /// What is to be described, when that is asked for: no store is needed.
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
            }),
            delimiter: self.delimiter.as_deref().map(delimiter).transpose()?,
            sheet: self.sheet.clone(),
            extend: self.extend,
            dry_run: self.dry_run,
            lenient_era: self.lenient_era,
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
            Some(name) => settings.profile = Some(Arc::new(profile(name)?)),
        }
        Ok(settings)
    }
}

fn delimiter(text: &str) -> Result<u8, Failure> {
    match (text, text.as_bytes()) {
        ("tab" | "\\t", _) => Ok(b'\t'),
        ("space", _) => Ok(b' '),
        (_, [byte]) if !matches!(byte, b'"' | b'\r' | b'\n') && byte.is_ascii() => Ok(*byte),
        _ => Err(Failure::usage(message!(
            "--delimiter {text}: 1文字、または tab か space を指定してください",
            "--delimiter {text}: give one character, tab or space",
            text = text,
        ))),
    }
}

/// A profile that is part of the program, or one of its own file.
pub(crate) fn profile(name: &str) -> Result<Profile, Failure> {
    if let Some(known) = profile::by_name(name) {
        return Ok(known.clone());
    }
    if !name.to_lowercase().ends_with(".toml") {
        let known: Vec<&str> = profile::builtin().iter().map(|profile| profile.name.as_str()).collect();
        return Err(Failure::usage(message!(
            "取込プロファイル {name} はありません。拡張子 .toml のファイルか、次のいずれかを指定してください: native, generic, {known}",
            "there is no profile {name}; name a file ending in .toml, or one of: native, generic, {known}",
            name = name,
            known = known.join(", "),
        )));
    }
    let text = std::fs::read_to_string(name).map_err(|error| {
        Failure::no_input(message!(
            "取込プロファイル {name} を読み取れません({error})",
            "the profile {name} cannot be read: {error}",
            name = name,
            error = error,
        ))
    })?;
    profile::parse(name, &text).map_err(|error| Failure::config(error.message()))
}

/// The options of `export`.
#[derive(Debug, Clone, clap::Args)]
pub struct ExportArgs {
    /// The data set's name, or `all`.
    #[arg(value_name = "DATASET|all")]
    dataset: String,
    /// The folder to write into.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How the files are encoded; without it UTF-8, or as the profile says.
    #[arg(long, value_enum)]
    encoding: Option<FileEncoding>,
    /// The columns: native, generic, a profile's name, or a TOML file.
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "native")]
    profile: String,
    /// The kind of file; --format is that of the report.
    #[arg(long = "as", value_name = "FORMAT", value_enum, default_value = "csv")]
    file_format: FileFormat,
    /// Write fields of your own as further columns, ext:CODE.
    #[arg(long)]
    with_extensions: bool,
    /// Write text that a spreadsheet would take for a formula as it is.
    #[arg(long)]
    no_formula_guard: bool,
}

/// How files are encoded.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileEncoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark, for spreadsheets.
    Utf8Bom,
    /// UTF-16 with a byte order mark, low byte first.
    Utf16,
    /// CP932; a character that it does not have is an error.
    Cp932,
    /// CP932 with 〓 for what it does not have.
    Cp932Replacing,
}

/// What kind of file is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileFormat {
    /// Comma-separated text; with a profile, its delimiter.
    Csv,
    /// Tab-separated text.
    Tsv,
    /// A workbook.
    Xlsx,
}

/// Writes the files of a made-up company.
pub fn sample(context: &Context, args: &SampleArgs) -> Result<(), Failure> {
    let progress = context.progress(labels::GENERATING, None);
    let summary = sample::generate(args, &mut |rows| progress.advance(rows));
    progress.finish();
    let summary = summary?;
    let row = |file: &sample::SampleFile| vec![Cell::Text(file.dataset.to_owned()), Cell::Count(file.rows)];
    let sheet = Sheet {
        title: summary.folder.display().to_string(),
        columns: [labels::DATASET, labels::ROWS].map(SheetColumn::new).to_vec(),
        rows: summary.files.iter().map(row).collect(),
        ..Sheet::default()
    };
    context.emit(&sheet, &json!(summary))
}

/// Imports files. Rows that are refused do not stop the others: the exit code tells.
pub fn import(context: &Context, args: &ImportArgs) -> Result<ExitCode, Failure> {
    if let Some(name) = args.describes() {
        describe::describe(context, name)?;
        return Ok(ExitCode::SUCCESS);
    }
    let settings = args.settings()?;
    let store = context.store()?;
    let options = ImportOptions {
        at: context.clock.now(),
        today: context.clock.today(),
        refresh_cards: !args.no_cards,
        snapshot: None,
        corrects: None,
        follow_merges: false,
    };
    let options = snapshot::agreed(context, &args.snapshot, &store, &args.paths, options, &settings)?;
    let mut bar = context.import_bar();
    let report = import_files(&store, &args.paths, &options, &settings, &mut |at| bar.show(at));
    bar.finish();
    let report = match report {
        Err(ImportError::Snapshot { file, reason, before }) => {
            // What the files before it brought in is in, and is said.
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
    let refused: u64 = report.files.iter().map(|file| file.refused).sum();
    let rest = if args.dry_run {
        message!("確認のみのため何も登録していません", "nothing was written")
    } else {
        message!("それ以外は登録しました", "the rest was imported")
    };
    let is_file = |error: &&RowError| !report.files.iter().any(|file| file.file == error.file);
    context.notice(&message!(
        "取込エラーが {rows} 行・{files} ファイルあります({rest})。一覧を見て訂正し、もう一度取り込んでください",
        "{rows} rows and {files} files were refused, {rest}; see the list, correct them and import the file again",
        rows = refused,
        files = report.errors.iter().filter(is_file).count(),
        rest = rest,
    ));
    Ok(ExitCode::from(exit::ROWS_REFUSED))
}

/// Exports data sets as files of ours or in another program's layout.
pub fn export(context: &Context, args: &ExportArgs) -> Result<(), Failure> {
    let datasets: Vec<&'static Dataset> = match args.dataset.as_str() {
        "all" => DATASETS.to_vec(),
        name => vec![by_name_or_title(name).ok_or_else(|| unknown_dataset(name))?],
    };
    let own = match args.profile.as_str() {
        "native" | "generic" => None,
        name => Some(profile(name)?),
    };
    let layout = match &own {
        Some(profile) => ExportLayout::Profile(profile),
        None if args.profile == "generic" => ExportLayout::Generic,
        None => ExportLayout::Native,
    };
    let encoding = match (args.encoding, own.as_ref().map(|profile| profile.encoding)) {
        (Some(FileEncoding::Utf8), _) | (None, None) => ExportEncoding::Utf8,
        (Some(FileEncoding::Utf8Bom), _) | (None, Some(Encoding::Utf8Bom)) => ExportEncoding::Utf8Bom,
        (Some(FileEncoding::Utf16), _) => ExportEncoding::Utf16,
        (Some(FileEncoding::Cp932), _) | (None, Some(Encoding::Cp932)) => ExportEncoding::Cp932,
        (Some(FileEncoding::Cp932Replacing), _) => ExportEncoding::Cp932Replacing,
        (None, Some(_)) => ExportEncoding::Utf8,
    };
    let settings = ExportSettings {
        options: ExportOptions { encoding, guard_formulas: !args.no_formula_guard },
        format: match args.file_format {
            FileFormat::Csv => ExportFormat::Csv,
            FileFormat::Tsv => ExportFormat::Tsv,
            FileFormat::Xlsx => ExportFormat::Xlsx,
        },
        layout,
        with_extensions: args.with_extensions,
    };
    let files = context
        .store()?
        .reader()?
        .consistent(|reader| export_files(reader, &datasets, &args.out, &settings))?;
    for file in files.iter().filter(|file| file.left_out > 0) {
        context.notice(&message!(
            "{dataset} の {rows} 行は、この形式では表せないため {file} に書き出していません",
            "{rows} rows of {dataset} are not in {file}: the layout cannot hold them",
            rows = file.left_out,
            dataset = file.dataset,
            file = file.file.display(),
        ));
    }
    for file in files.iter().filter(|file| file.left_out_beside > 0) {
        context.notice(&message!(
            "{file} には {dataset} に付随する {rows} 行(連絡先・住所)を書き出せません。必要な場合は、それぞれのデータ種別を書き出してください",
            "{rows} further rows (contacts, addresses) have no place beside the {dataset} in {file}; export their own data sets to keep them",
            rows = file.left_out_beside,
            dataset = file.dataset,
            file = file.file.display(),
        ));
    }
    for file in files.iter().filter(|file| file.inexact > 0) {
        context.notice(&message!(
            "{file} の住所 {rows} 件は、取り込み直すと別の位置で区切られます",
            "{rows} addresses in {file} are split at another place when the file is imported again",
            rows = file.inexact,
            file = file.file.display(),
        ));
    }
    let row = |file: &ExportedFile| {
        let path = file.file.display().to_string();
        vec![Cell::Text(file.dataset.clone()), Cell::Count(file.rows), Cell::Text(path)]
    };
    let columns: [Label; 3] = [labels::DATASET, labels::ROWS, labels::FILE];
    let sheet = Sheet {
        title: context.label(labels::EXPORTED).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: files.iter().map(row).collect(),
        ..Sheet::default()
    };
    context.emit(&sheet, &json!({"command": "export", "files": files}))
}

fn unknown_dataset(name: &str) -> Failure {
    let known: Vec<&str> = DATASETS.iter().map(|dataset| dataset.name).collect();
    Failure::usage(message!(
        "データ種別 {name} はありません。all か、次のいずれかを指定してください: {known}",
        "there is no data set {name}; choose all or one of: {known}",
        name = name,
        known = known.join(", "),
    ))
}
