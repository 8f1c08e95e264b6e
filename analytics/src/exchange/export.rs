//! `export`: data sets as files, native or in another program's layout.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::json;
use shared::dataset::{COMPUTED, DATASETS, Dataset, by_name_or_title};
use shared::encoding::Encoding;
use shared::exit::Failure;
use shared::export::{
    ExportEncoding, ExportFormat, ExportLayout, ExportOptions, ExportSettings, ExportedFile, export_files,
    export_to,
};
use shared::message;
use shared::message::{Message, counted};
use shared::profile::Profile;

use super::profile;
use crate::context::Context;
use crate::labels::{self, Label};
use crate::output::{Cell, Sheet, SheetColumn};

/// The options of `export`.
#[derive(Debug, Clone, clap::Args)]
pub struct ExportArgs {
    /// The data set's name, or `all`.
    #[arg(value_name = "DATASET|all")]
    dataset: String,
    /// The folder to write into; - writes one data set to standard output.
    #[arg(long, value_name = "DIR|-")]
    out: PathBuf,
    /// The encoding; by default UTF-8, or that of the profile.
    #[arg(long, value_enum)]
    encoding: Option<FileEncoding>,
    /// The layout: native, generic, a profile's name, or a TOML file.
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "native")]
    profile: String,
    /// The type of the files; --format is that of the report.
    #[arg(long = "as", value_name = "FORMAT", value_enum, default_value = "csv")]
    file_format: FileFormat,
    /// Add extension fields as columns named ext:CODE.
    #[arg(long)]
    with_extensions: bool,
    /// Do not mark text that a spreadsheet would run as a formula.
    #[arg(long)]
    no_formula_guard: bool,
}

/// The encodings of exported files.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileEncoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark, for spreadsheets.
    Utf8Bom,
    /// UTF-16 with a byte order mark, little endian.
    Utf16,
    /// CP932; characters that it lacks are an error.
    Cp932,
    /// CP932 with a geta mark for characters that it lacks.
    Cp932Replacing,
}

/// The types of exported files.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileFormat {
    /// Comma-separated text; with a profile, its delimiter.
    Csv,
    /// Tab-separated text.
    Tsv,
    /// A workbook.
    Xlsx,
}

impl ExportArgs {
    fn settings<'p>(&self, profile: Option<&'p Profile>) -> ExportSettings<'p> {
        ExportSettings {
            options: ExportOptions {
                encoding: self.encoding(profile),
                guard_formulas: !self.no_formula_guard,
            },
            format: match self.file_format {
                FileFormat::Csv => ExportFormat::Csv,
                FileFormat::Tsv => ExportFormat::Tsv,
                FileFormat::Xlsx => ExportFormat::Xlsx,
            },
            layout: match profile {
                Some(profile) => ExportLayout::Profile(profile),
                None if self.profile == "generic" => ExportLayout::Generic,
                None => ExportLayout::Native,
            },
            with_extensions: self.with_extensions,
        }
    }

    /// The encoding that is asked for, else the profile's, else UTF-8.
    fn encoding(&self, profile: Option<&Profile>) -> ExportEncoding {
        match (self.encoding, profile.map(|profile| profile.encoding)) {
            (Some(FileEncoding::Utf8), _) | (None, None) => ExportEncoding::Utf8,
            (Some(FileEncoding::Utf8Bom), _) | (None, Some(Encoding::Utf8Bom)) => ExportEncoding::Utf8Bom,
            (Some(FileEncoding::Utf16), _) => ExportEncoding::Utf16,
            (Some(FileEncoding::Cp932), _) | (None, Some(Encoding::Cp932)) => ExportEncoding::Cp932,
            (Some(FileEncoding::Cp932Replacing), _) => ExportEncoding::Cp932Replacing,
            (None, Some(_)) => ExportEncoding::Utf8,
        }
    }
}

/// Exports data sets as native files or in another program's layout.
///
/// # Errors
/// An unknown data set or profile (exit code 64), or an error of the store or of writing.
pub fn export(context: &Context, args: &ExportArgs) -> Result<(), Failure> {
    let datasets: Vec<&'static Dataset> = match args.dataset.as_str() {
        "all" => DATASETS.to_vec(),
        name => vec![by_name_or_title(name).ok_or_else(|| unknown_dataset(name))?],
    };
    let profile = match args.profile.as_str() {
        "native" | "generic" => None,
        name => Some(profile::named(name)?),
    };
    let settings = args.settings(profile.as_ref());
    if args.out.as_os_str() == "-" {
        return to_standard_output(context, &datasets, &settings);
    }
    let files = context
        .store()?
        .reader()?
        .consistent(|reader| export_files(reader, &datasets, &args.out, &settings))?;
    files.iter().flat_map(losses).for_each(|loss| context.notice(&loss));
    let row = |file: &ExportedFile| {
        let path = file.file.display().to_string();
        vec![Cell::dataset(&file.dataset, context.lang), Cell::Count(file.rows), Cell::Text(path)]
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

/// Writes one data set to standard output; notices go to standard error.
fn to_standard_output(
    context: &Context,
    datasets: &[&'static Dataset],
    settings: &ExportSettings<'_>,
) -> Result<(), Failure> {
    let [dataset] = datasets else {
        return Err(Failure::usage(message!(
            "標準出力(--out -)に書き出せるのは1つのデータ種別です。all の代わりに名前を指定してください",
            "standard output (--out -) takes one data set; name it instead of all",
        )));
    };
    let store = context.store()?;
    let mut bytes = Vec::new();
    let output = (Path::new("-"), &mut bytes as &mut (dyn Write + Send));
    let file = store.reader()?.consistent(|reader| export_to(reader, dataset, output, settings))?;
    losses(&file).iter().for_each(|loss| context.notice(loss));
    context.write(&bytes)
}

/// The notices about rows that a file lacks or holds in another form.
fn losses(file: &ExportedFile) -> Vec<Message> {
    let name = file.file.display();
    let left_out = (file.left_out > 0).then(|| {
        message!(
            "{dataset} の {rows} 行は、この形式では表せないため {file} に書き出していません",
            "left out of {file}: {rows} of {dataset} that the layout cannot hold",
            rows = counted(file.left_out, "row", "rows"),
            dataset = file.dataset,
            file = name,
        )
    });
    let beside = (file.left_out_beside > 0).then(|| {
        message!(
            "{file} には {dataset} に付随する {rows} 行(連絡先・住所)を書き出せません。必要な場合は、それぞれのデータ種別を書き出してください",
            "{rows} (contacts, addresses) cannot be written with the {dataset} in {file}; export their own data sets as well",
            rows = counted(file.left_out_beside, "further row", "further rows"),
            dataset = file.dataset,
            file = name,
        )
    });
    let inexact = (file.inexact > 0).then(|| {
        message!(
            "{file} の住所 {rows} 件は、取り込み直すと別の位置で区切られます",
            "{rows} split at another place when {file} is imported again",
            rows = counted(file.inexact, "address is", "addresses are"),
            file = name,
        )
    });
    left_out.into_iter().chain(beside).chain(inexact).collect()
}

fn unknown_dataset(name: &str) -> Failure {
    let known: Vec<&str> = DATASETS.iter().chain(COMPUTED).map(|dataset| dataset.name).collect();
    Failure::usage(message!(
        "データ種別 {name} はありません。all か、次のいずれかを指定してください: {known}",
        "there is no data set {name}; choose all or one of: {known}",
        name = name,
        known = known.join(", "),
    ))
}
