//! What every command receives: the store and the mirror, the as-of date, the language, the output.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDate;
use shared::address::AreaMap;
use shared::cause::Cause as _;
use shared::clock::{Clock, SystemClock, japan_time};
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Explain as _, InLang, Message};
use shared::store::{Store, UnfinishedImport};

use crate::engine::EngineLimits;
use crate::labels::{self, Label};
use crate::mirror::{Mirror, MirrorError};
use crate::output::html::{self, Block};
use crate::output::{CsvStyle, MoneyStyle, OutFile, Report, Screen, Sheet, csv, parquet, table, xlsx};

pub use crate::output::Format;
use crate::progress::{ImportBar, Progress};
use crate::warehouse::Warehouse;

/// The month in which most Japanese companies begin their fiscal year.
pub const FISCAL_YEAR_START: u32 = 4;

/// What a command runs with.
#[derive(Clone)]
pub struct Context {
    /// The store's file.
    pub store_path: PathBuf,
    /// The mirror's folder.
    pub mirror_path: PathBuf,
    /// The day as of which figures are computed: by default today in Asia/Tokyo.
    pub as_of: NaiveDate,
    /// The settings file of this run, if there is one.
    pub settings_file: Option<PathBuf>,
    /// The month in which the fiscal year begins, 1 to 12.
    pub fiscal_year_start: u32,
    /// The form of results.
    pub format: Format,
    /// How CSV is written.
    pub csv: CsvStyle,
    /// How amounts are written for people.
    pub money: MoneyStyle,
    /// The columns that limit a table; 0 means without limit, `None` as many as the terminal has.
    pub width: Option<usize>,
    /// The file that results go into; without one they go to standard output.
    pub out: Option<Arc<OutFile>>,
    /// The language of what people read.
    pub lang: Lang,
    /// The only source of the time.
    pub clock: Arc<dyn Clock>,
    /// Limits of the engine.
    pub limits: EngineLimits,
    /// The sales area of each prefecture.
    pub areas: AreaMap,
    /// Who writes: a name in the history and in the audit log.
    pub actor: String,
    /// Whether reports bring the mirror up to date before they read it.
    pub syncs: bool,
    /// Whether standard output is a terminal.
    pub on_terminal: bool,
    /// Whether colour may be used.
    pub colour: bool,
    /// Whether progress bars are shown.
    pub progress: bool,
    /// Whether this run has said which imports are unfinished.
    pub said_unfinished: Arc<AtomicBool>,
}

impl Context {
    /// A context for a store with its mirror in the default place, as of today, writing JSON without a terminal:
    /// for tests and other programs.
    pub fn quiet(store_path: &Path, clock: Arc<dyn Clock>) -> Self {
        Self {
            store_path: store_path.to_owned(),
            mirror_path: default_mirror(store_path),
            as_of: clock.today(),
            settings_file: None,
            fiscal_year_start: FISCAL_YEAR_START,
            format: Format::Json,
            csv: CsvStyle::default(),
            money: MoneyStyle::default(),
            width: None,
            out: None,
            lang: Lang::Ja,
            clock,
            limits: EngineLimits::default(),
            areas: AreaMap::default(),
            actor: "analytics".to_owned(),
            syncs: false,
            on_terminal: false,
            colour: false,
            progress: false,
            said_unfinished: Arc::default(),
        }
    }

    /// Detects the terminal.
    pub(crate) fn with_terminal(mut self) -> Self {
        self.on_terminal = self.out.is_none() && std::io::stdout().is_terminal();
        self.colour = self.on_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        self.progress = std::io::stderr().is_terminal();
        self
    }

    /// Opens the store, and says which imports have not come to their end.
    ///
    /// # Errors
    /// The store is missing, locked or not a store.
    pub fn store(&self) -> Result<Store, Failure> {
        let store = Store::open(&self.store_path)?.acting_as(&self.actor);
        self.say_unfinished(&store)?;
        Ok(store)
    }

    /// Says, once, which imports have not come to their end: the store has a part of their rows.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn say_unfinished(&self, store: &Store) -> Result<(), Failure> {
        if !self.said_unfinished.swap(true, Ordering::Relaxed) {
            store.reader()?.unfinished_imports()?.iter().for_each(|import| self.notice(&unfinished(import)));
        }
        Ok(())
    }

    /// The mirror, whose folder need not exist.
    pub fn mirror(&self) -> Mirror {
        Mirror::new(&self.mirror_path)
    }

    /// Opens the newest version of the mirror for queries and pins it; before that brings it up to date with the store,
    /// unless this run must not. When it cannot be written, or is being written, what is there is taken and that said.
    ///
    /// # Errors
    /// There is no mirror, it cannot be read, or it does not agree with the store.
    pub fn warehouse(&self) -> Result<Warehouse, Failure> {
        if self.syncs {
            let store = Store::open(&self.store_path)?;
            match self.refreshed(&store) {
                Ok(()) => {}
                Err(error @ (MirrorError::Locked(_) | MirrorError::Io { .. })) => {
                    let reason = error.message();
                    let warehouse = self.mirrored().map_err(|_| Failure::from(error))?;
                    self.notice(&message!(
                        "集計用データを更新できないため、前回の更新の時点で集計します: {reason}",
                        "the mirror could not be brought up to date; the figures are as of the last time: {reason}",
                        reason = reason,
                    ));
                    return Ok(warehouse);
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.mirrored()
    }

    /// Opens the newest version of the mirror as it is, and pins it.
    ///
    /// # Errors
    /// There is no mirror, or it cannot be read.
    pub fn mirrored(&self) -> Result<Warehouse, Failure> {
        Ok(Warehouse::open(&self.mirror_path, &self.limits, &self.areas)?)
    }

    /// Brings the mirror up to date, if the store has changed, and says so.
    fn refreshed(&self, store: &Store) -> Result<(), MirrorError> {
        let mirror = self.mirror();
        if mirror.is_current(store)? {
            return Ok(());
        }
        let progress = self.progress(labels::SYNCING, None);
        let outcome = mirror.sync(store, &self.limits, false, &|rows| progress.advance(rows))?;
        progress.finish();
        if !outcome.written.is_empty() {
            self.notice(&message!(
                "集計用データを更新しました(版 {version}、ファイル {files} 件、{rows} 行)",
                "the mirror was brought up to date (version {version}, {files} files, {rows} rows)",
                version = outcome.version,
                files = outcome.written.len(),
                rows = crate::output::grouped(&outcome.rows_written().to_string()),
            ));
        }
        Ok(())
    }

    /// The bar of an import, shown on a terminal only.
    pub fn import_bar(&self) -> ImportBar {
        let (label, cards) = (labels::IMPORTING, labels::REBUILDING_CARDS);
        ImportBar::new(self.progress, label.text(self.lang), cards.text(self.lang))
    }

    /// A progress bar of `total` steps, shown on a terminal only.
    pub fn progress(&self, label: Label, total: Option<u64>) -> Progress {
        Progress::new(self.progress, label.text(self.lang), total)
    }

    /// A label in the language of this run.
    pub fn label(&self, label: Label) -> &'static str {
        label.text(self.lang)
    }

    /// Writes to standard output, or into the file that results go into.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub fn write(&self, text: &(impl AsRef<[u8]> + ?Sized)) -> Result<(), Failure> {
        self.write_with(|out| out.write_all(text.as_ref()))
    }

    /// Lets `write` write step by step where results go.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_with(
        &self,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        let Some(file) = &self.out else {
            let mut out = std::io::stdout().lock();
            return Self::written(write(&mut out).and_then(|()| out.flush()));
        };
        let mut kept = Vec::new();
        Self::written(write(&mut kept))?;
        file.put(&kept);
        Ok(())
    }

    /// Makes the file that results go into appear, at the end of a command.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(&self) -> Result<(), Failure> {
        let Some(file) = &self.out else { return Ok(()) };
        if file.finish()? && self.progress {
            self.notice(&message!(
                "{file} に書き出しました",
                "written: {file}",
                file = file.path().display(),
            ));
        }
        Ok(())
    }

    /// The outcome of writing to standard output. A closed pipe is not an error: the reader has seen enough.
    fn written(result: std::io::Result<()>) -> Result<(), Failure> {
        match result {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::io(message!(
                "標準出力に書き込めません({error})",
                "standard output cannot be written to: {error}",
                error = error.cause(),
            ))),
            _ => Ok(()),
        }
    }

    /// Writes a result in the format of this run: the sheet as a table or CSV, or the JSON value.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn emit(&self, sheet: &Sheet, json: &serde_json::Value) -> Result<(), Failure> {
        self.emit_as(sheet, None, json)
    }

    fn emit_as(
        &self,
        sheet: &Sheet,
        report: Option<&Report>,
        json: &serde_json::Value,
    ) -> Result<(), Failure> {
        let noted = report.map(Report::with_notes);
        let shown = noted.as_ref().unwrap_or(sheet);
        let text = match self.format {
            Format::Table => table::render(shown, self),
            Format::Csv => return self.emit_csv(sheet, report),
            Format::Json => format!("{json:#}\n"),
            Format::Html => match report {
                Some(report) => html::report_page(report, self),
                None => html::page(&sheet.title, self, &[Block::Sheet(sheet.untitled())]),
            },
            Format::Parquet => return self.write(&parquet::render(sheet, report, self.lang, json)?),
            Format::Xlsx => return self.write(&xlsx::render(sheet, report, self.into(), self.clock.now())?),
        };
        self.write(&text)
    }

    /// Writes a report in the format of this run.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn emit_report(&self, report: &Report) -> Result<(), Failure> {
        let json = report.json(self.lang);
        self.emit_as(&report.sheet, Some(report), &json)
    }

    fn emit_csv(&self, sheet: &Sheet, report: Option<&Report>) -> Result<(), Failure> {
        let text = csv::render(sheet, self.lang, self.csv)?;
        let mut replaced = text.replaced;
        if let Some(out) = self.out.as_ref().filter(|out| out.wants_notes()) {
            let notes = csv::companion(sheet, report, self.lang, self.csv)?;
            replaced += notes.replaced;
            out.put_notes(&notes.bytes);
        }
        if replaced > 0 {
            self.notice(&message!(
                "CP932 で表せない {count} 文字を 〓 に置き換えました",
                "{count} characters that do not exist in CP932 were replaced by 〓",
                count = replaced,
            ));
        }
        self.write(&text.bytes)
    }

    /// Writes one line to standard error, for people.
    pub fn notice<T: InLang + ?Sized>(&self, text: &T) {
        let text = text.in_lang(self.lang).replace('\n', " ");
        // Standard error may be closed; a notice is not worth failing for.
        let _ = writeln!(std::io::stderr().lock(), "analytics: {}", shared::text::printable(&text));
    }
}

/// What is said of an import that has not come to its end.
pub(crate) fn unfinished(import: &UnfinishedImport) -> Message {
    message!(
        "{file} の取込({at} 開始)が終わっておらず、一部の行だけが登録されています。実行中でなければ、もう一度取り込んで\
         ください",
        "the import of {file} that began at {at} has not come to its end, and only some of its rows are in the store; \
         unless it is still running, import the file again",
        file = import.file,
        at = japan_time(import.at).format("%Y-%m-%d %H:%M"),
    )
}

impl From<&Context> for Screen {
    fn from(context: &Context) -> Self {
        let terminal = || table::terminal_width().filter(|_| context.on_terminal);
        let width = context.width.map_or_else(terminal, |width| (width > 0).then_some(width));
        let Context { lang, on_terminal, colour, money, .. } = *context;
        Self { lang, on_terminal, width, colour, money }
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("store_path", &self.store_path)
            .field("mirror_path", &self.mirror_path)
            .field("as_of", &self.as_of)
            .field("format", &self.format)
            .field("lang", &self.lang)
            .finish_non_exhaustive()
    }
}

/// The mirror's default place: a folder beside the store, named after it.
pub fn default_mirror(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".mirror");
    PathBuf::from(name)
}

/// The machine's clock.
pub(crate) fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_beside_the_store() {
        assert_eq!(default_mirror(Path::new("/data/company.db")), PathBuf::from("/data/company.db.mirror"));
    }
}
