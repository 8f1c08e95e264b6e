//! The options of every command, and the context that they make.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use cli_kit::{ActorArg, BadValue, LangArg, bad_value, day};
use shared::address::AreaMap;
use shared::cause::Cause as _;
use shared::exit::{self, Failure};
use shared::label::Lang;
use shared::message;
use shared::message::{Explain as _, Message};
use shared::settings_reader::{Value, read, texts};

use super::settings::Settings;
use crate::context::{Context, FISCAL_YEAR_START, Format, default_mirror, system_clock};
use crate::engine::EngineLimits;
use crate::output::{CsvStyle, Currency, Headers, MoneyStyle, MoneyUnit, OutFile, TextEncoding};

/// Prefectures that an area may list.
const PREFECTURES_MAX: usize = 1_000;

/// Options of every command, before or after its name.
#[derive(Debug, clap::Args)]
pub(super) struct Global {
    /// The store's file.
    #[arg(long, global = true, value_name = "FILE", env = "CHAKUDEN_STORE")]
    store: Option<PathBuf>,
    /// The mirror's folder [default: FILE.mirror].
    #[arg(long, global = true, value_name = "DIR", env = "CHAKUDEN_MIRROR")]
    mirror: Option<PathBuf>,
    /// The day as of which figures are computed, Japanese eras included [default: today in Japan].
    #[arg(long, global = true, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
    /// The form of results [default: that of the ending of --out, else table].
    #[arg(long, global = true, value_enum)]
    format: Option<Format>,
    /// The file that results go into, .xlsx, .csv, .json, .html, .parquet or .txt; - is standard output.
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// The currency of the store's amounts, for display [default: JPY].
    #[arg(long, global = true, value_name = "CODE", env = "CHAKUDEN_CURRENCY", value_parser = currency)]
    currency: Option<Currency>,
    /// The columns that a table may take; 0 is without limit [default: those of the terminal].
    #[arg(long, global = true, value_name = "N")]
    width: Option<u16>,
    /// Read by [`cli_kit::parse`], before the rest of the command line.
    #[command(flatten)]
    _lang: LangArg,
    #[command(flatten)]
    actor: ActorArg,
    /// A TOML file that lists the prefectures of each sales area.
    #[arg(long, global = true, value_name = "FILE", env = "CHAKUDEN_AREAS")]
    areas: Option<PathBuf>,
    /// Read the mirror as it is; by default reports bring it up to date first.
    #[arg(long, global = true)]
    no_sync: bool,
    /// Memory that the query engine may use, in MiB; beyond that it uses the disk.
    #[arg(long, global = true, value_name = "MIB", default_value_t = 4096, env = "CHAKUDEN_MEMORY_MAX_MB",
          value_parser = clap::value_parser!(u32).range(64..))]
    memory_max_mb: u32,
    /// Threads that the query engine may use; 0 means one per processor.
    #[arg(long, global = true, value_name = "N", default_value_t = 0, env = "CHAKUDEN_THREADS_MAX")]
    threads_max: u16,
}

/// Options of the commands that show amounts.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct MoneyArgs {
    /// The unit of amounts that people read; files for programs have the exact amounts.
    #[arg(long, global = true, value_enum, default_value = "yen")]
    unit: MoneyUnit,
}

/// Options of the commands whose results people take into a spreadsheet.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct TextArgs {
    /// The encoding of CSV.
    #[arg(long, global = true, value_enum, default_value = "utf8")]
    encoding: TextEncoding,
    /// What stands in the header line of CSV.
    #[arg(long, global = true, value_enum, default_value = "label")]
    headers: Headers,
    /// Write the conditions, totals, control totals and notes of a CSV file into FILE.notes.csv beside it.
    #[arg(long, global = true)]
    notes: bool,
}

impl Global {
    /// The context of a command.
    ///
    /// # Errors
    /// No store is named though the command needs one, the output is refused, or the areas file cannot be read.
    pub(super) fn context(
        self,
        lang: Lang,
        needs_store: bool,
        (text, money): (TextArgs, MoneyArgs),
        settings: Settings,
    ) -> Result<Context, Failure> {
        let store = self.store.or(settings.store);
        if needs_store && store.is_none() {
            return Err(Failure::usage(message!(
                "元データが指定されていません。--store FILE を付けてください(環境変数 CHAKUDEN_STORE や chakuden.toml でも\
                 指定できます)",
                "no store is named; give --store FILE (or set CHAKUDEN_STORE, or store in chakuden.toml)",
            )));
        }
        let store_path = store.unwrap_or_default();
        let mirror_path = self.mirror.or(settings.mirror).unwrap_or_else(|| default_mirror(&store_path));
        let format = Format::chosen(self.format, self.out.as_deref())?;
        let out = self.out.filter(|file| file.as_os_str() != "-");
        let ours: &[&Path] = if needs_store { &[&store_path, &mirror_path] } else { &[] };
        let clock = system_clock();
        let context = Context {
            out: out_file(out.as_deref(), format, ours, text.notes)?.map(Arc::new),
            money: MoneyStyle {
                unit: money.unit,
                currency: self.currency.or(settings.currency).unwrap_or_default(),
            },
            width: self.width.map(usize::from),
            csv: CsvStyle { encoding: text.encoding, headers: text.headers },
            mirror_path,
            as_of: self.as_of.or(settings.as_of).unwrap_or_else(|| clock.today()),
            fiscal_year_start: settings.fiscal_year_start.unwrap_or(FISCAL_YEAR_START),
            settings_file: settings.file,
            syncs: !self.no_sync,
            format,
            lang,
            actor: self.actor.name(),
            areas: self.areas.or(settings.areas).as_deref().map(areas).transpose()?.unwrap_or_default(),
            limits: EngineLimits { memory_max_mb: self.memory_max_mb, threads_max: self.threads_max },
            ..Context::quiet(&store_path, clock)
        };
        Ok(context.with_terminal())
    }
}

/// The file that results go into, checked, with its companion.
fn out_file(
    file: Option<&Path>,
    format: Format,
    ours: &[&Path],
    notes: bool,
) -> Result<Option<OutFile>, Failure> {
    let out = file.map(|file| OutFile::new(file, format, ours)).transpose()?;
    match (out, notes) {
        (out, false) => Ok(out),
        (Some(out), true) if format == Format::Csv => out.with_notes(ours).map(Some),
        _ => Err(Failure::usage(message!(
            "--notes は --out FILE.csv と一緒に指定してください",
            "--notes needs --out FILE.csv",
        ))),
    }
}

/// A currency by its code.
fn currency(code: &str) -> Result<Currency, BadValue> {
    Currency::of(code).ok_or_else(|| {
        bad_value(message!(
            "通貨コードを指定してください: {known}",
            "give one of these codes: {known}",
            known = Currency::known(),
        ))
    })
}

/// Reads the company's own areas; prefectures that are not listed keep the default.
///
/// # Errors
/// No such file (exit code 66), or it has mistakes (78).
fn areas(file: &Path) -> Result<AreaMap, Failure> {
    let wrong = |reason: Message| {
        Failure::config(message!(
            "エリアの設定ファイル {file} を読み取れません: {reason}",
            "the areas file {file} cannot be read: {reason}",
            file = file.display(),
            reason = reason,
        ))
    };
    let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::no_input(message!(
            "エリアの設定ファイル {file} がありません。--areas に正しいファイルを指定してください",
            "there is no areas file {file}; give the right file with --areas",
            file = file.display(),
        )),
        _ => wrong(error.cause()),
    })?;
    let listed = |(area, value): (&str, Value<'_>)| Some((area.to_owned(), texts(PREFECTURES_MAX)(&value)?));
    let groups: Vec<(String, Vec<String>)> = read(&text, |root| {
        let areas: Vec<_> = root.entries().into_iter().map(listed).collect();
        areas.into_iter().collect()
    })
    .map_err(|mistakes| Failure::mistakes(exit::CONFIG, file, &mistakes))?;
    let groups = groups.iter().map(|(area, names)| (area.as_str(), names.iter().map(String::as_str)));
    AreaMap::from_groups(groups).map_err(|error| wrong(error.message()))
}
