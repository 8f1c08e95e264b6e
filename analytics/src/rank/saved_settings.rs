//! The settings as a document with versions: show, check, save, compare (`docs/rank.md#saved-settings`).

mod criterion_rows;
pub(crate) mod difference;
mod labels;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use shared::rank::RankMaster;
use shared::store::{AuditEntry, RankConfig, Reader, Store, StoreError, Transaction};

use crate::context::{Context, Format};
use crate::exit::{self, Failure};
use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::prepare::parse_saved;
use crate::rank::settings::{Problem, RankSettings, SettingsError, hundredths};

/// Versions that a list shows.
const VERSIONS_MAX: usize = 1_000;
/// Characters of a note.
const NOTE_CHARS_MAX: usize = 500;

/// `analytics rank config …`.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Show the saved settings as a document that can be edited and saved again.
    Show {
        /// The version [default: the newest].
        #[arg(long, value_name = "N")]
        version: Option<i64>,
    },
    /// Look over a file: everything that is wrong, and what is probably not meant. Writes nothing.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// 保存: keep a file's settings as the newest version, which runs then use.
    Save {
        /// The file.
        file: PathBuf,
        /// Why, for those who look at the versions later.
        #[arg(long)]
        note: Option<String>,
    },
    /// What differs between two versions or files.
    Diff {
        /// A version or a file [default: the version before the newest].
        from: Option<String>,
        /// A version or a file [default: the newest version].
        to: Option<String>,
    },
    /// The saved versions.
    List,
    /// 追加: one more row for a criterion, so that the rows above it give one point more.
    AddRow(criterion_rows::Args),
    /// 削除: one row less for a criterion, so that the rows above it give one point less.
    RemoveRow(criterion_rows::Args),
}

/// Runs a command.
pub(crate) fn run(context: &Context, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Show { version } => show(context, *version),
        Command::Check { file } => check(context, file),
        Command::Save { file, note } => save(context, file, note.as_deref()),
        Command::Diff { from, to } => difference::run(context, from.as_deref(), to.as_deref()),
        Command::List => list(context),
        Command::AddRow(args) => criterion_rows::run(context, args, criterion_rows::Edit::Add),
        Command::RemoveRow(args) => criterion_rows::run(context, args, criterion_rows::Edit::Remove),
    }
}

/// A saved version, or that there is none.
fn saved(reader: &mut Reader, version: Option<i64>) -> anyhow::Result<RankConfig> {
    reader.rank_config(version)?.ok_or_else(|| {
        let which = version.map_or("any saved settings".to_owned(), |n| format!("version {n} of the settings"));
        Failure::error(
            exit::NO_INPUT,
            format!("the store does not have {which}; see: analytics rank config list, or save some with: analytics rank config save FILE"),
        )
    })
}

fn show(context: &Context, version: Option<i64>) -> anyhow::Result<()> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let config = saved(&mut reader, version)?;
    let warnings = match parse_saved(&config, &reader.rank_master()?) {
        Ok(settings) => settings.warnings(&reader.rank_master()?),
        Err(SettingsError::Invalid { problems, .. }) => problems,
        Err(error) => return Err(Failure::error(exit::CONFIG, error.to_string())),
    };
    for warning in &warnings {
        context.notice(&warning.to_string());
    }
    match context.format {
        Format::Table => Ok(context.write(&format!("{}{}", heading(&config), config.document))?),
        Format::Csv | Format::Html => {
            let row = |(path, value): (String, String)| vec![Cell::Text(path), Cell::Text(value)];
            let columns = [labels::SETTING, labels::VALUE].map(SheetColumn::new).to_vec();
            let rows = difference::flat(&config.document).into_iter().map(row).collect();
            Ok(context.emit(&Sheet { columns, rows, ..Sheet::default() }, &Value::Null)?)
        }
        Format::Json => {
            let mut value = entry_json(&config);
            value["document"] = json!(config.document);
            value["settings"] = json!(difference::flat(&config.document));
            value["warnings"] = problems_json(&warnings);
            Ok(context.write(&format!("{value:#}\n"))?)
        }
    }
}

/// What stands above a document that is shown: comments, so that the whole can be saved as a file.
fn heading(config: &RankConfig) -> String {
    let note = config.note.as_deref().map(|note| format!(", {note}")).unwrap_or_default();
    format!("# version {}, {}{note}\n# {}\n", config.version, shown(config.saved_at), config.hash)
}

/// An instant as people in Japan read it.
fn shown(at: chrono::DateTime<chrono::Utc>) -> String {
    shared::clock::japan_time(at).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

fn check(context: &Context, file: &Path) -> anyhow::Result<()> {
    let master = context.store()?.reader()?.rank_master()?;
    let (problems, warnings, hash) = match RankSettings::load(file, &master) {
        Ok(settings) => (Vec::new(), settings.warnings(&master), Some(settings.hash())),
        Err(SettingsError::Invalid { problems, .. }) => (problems, Vec::new(), None),
        Err(error) => return Err(Failure::error(exit::NO_INPUT, error.to_string())),
    };
    let row = |(problem, severity): (&Problem, crate::labels::Label)| {
        vec![
            Cell::Text(context.label(severity).to_owned()),
            Cell::Text(problem.code.to_owned()),
            Cell::Text(problem.path.clone()),
            Cell::Text(problem.value.clone()),
            Cell::Text(problem.reason.clone()),
        ]
    };
    let columns = [labels::SEVERITY, labels::CODE, labels::SETTING, labels::VALUE, labels::REASON]
        .map(SheetColumn::new);
    let rows: Vec<_> = problems
        .iter()
        .map(|problem| (problem, labels::ERROR))
        .chain(warnings.iter().map(|warning| (warning, crate::labels::WARNING)))
        .map(row)
        .collect();
    let footer = vec![
        (context.label(labels::ERRORS).to_owned(), problems.len().to_string()),
        (context.label(labels::WARNINGS).to_owned(), warnings.len().to_string()),
    ];
    let sheet = Sheet {
        title: format!("{}: {}", context.label(labels::CHECK), file.display()),
        columns: if rows.is_empty() && context.format == Format::Table {
            Vec::new()
        } else {
            columns.to_vec()
        },
        rows,
        footer,
        ..Sheet::default()
    };
    let value = json!({
        "command": "rank config check", "file": file.display().to_string(), "settings_hash": hash,
        "problems": problems_json(&problems), "warnings": problems_json(&warnings),
    });
    context.emit(&sheet, &value)?;
    match problems.len() {
        0 => Ok(()),
        n => Err(Failure::error(
            exit::CONFIG,
            format!(
                "{}: {n} problem(s) in the rank settings, listed above; nothing was done",
                file.display()
            ),
        )),
    }
}

fn save(context: &Context, file: &Path, note: Option<&str>) -> anyhow::Result<()> {
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX) {
        return Err(Failure::error(exit::USAGE, format!("--note has more than {NOTE_CHARS_MAX} characters")));
    }
    let store = context.store()?;
    let mut reader = store.reader()?;
    let master = reader.rank_master()?;
    let settings =
        RankSettings::load(file, &master).map_err(|error| crate::rank::prepare::refused(context, &error))?;
    let before = reader.rank_config(None)?;
    let config = record(context, &settings, note);
    let version = keep(&store, &config, None)?;
    let title = format!("{} {version}", context.label(labels::SAVED));
    tell(context, &title, version, before.as_ref(), &settings, &master)
}

/// The settings as they are kept.
pub(crate) fn record(context: &Context, settings: &RankSettings, note: Option<&str>) -> RankConfig {
    RankConfig {
        version: 0,
        saved_at: context.clock.now(),
        hash: settings.hash(),
        document: settings.to_toml(),
        note: note.map(str::to_owned),
    }
}

/// Saves settings with a trace in the audit trail. With `expected`, only when that is still the newest version:
/// an edit of a version must not undo what somebody saved meanwhile.
fn keep(store: &Store, config: &RankConfig, expected: Option<Option<i64>>) -> anyhow::Result<i64> {
    let mut reader = store.reader()?;
    let kept = store.write(|tx| -> Result<Option<i64>, StoreError> {
        let newest = reader.rank_config(None)?.map(|config| config.version);
        if expected.is_some_and(|expected| expected != newest) {
            return Ok(None);
        }
        Ok(Some(save_with_run(tx, &mut reader, config)?))
    })?;
    kept.ok_or_else(|| {
        Failure::error(
            exit::LOCKED,
            "somebody saved other settings meanwhile; nothing was written, try again",
        )
    })
}

/// Saves a run's settings in the run's own transaction, so that there is no version without its run.
pub(crate) fn save_with_run(
    tx: &mut Transaction<'_>,
    reader: &mut Reader,
    config: &RankConfig,
) -> Result<i64, StoreError> {
    let newest = reader.rank_config(None)?.map(|config| config.version);
    let version = tx.save_rank_config(config)?;
    if Some(version) != newest {
        tx.audit(&audit(config, version))?;
    }
    Ok(version)
}

/// What the audit trail says of a saved version.
fn audit(config: &RankConfig, version: i64) -> AuditEntry {
    AuditEntry {
        at: config.saved_at,
        actor: "analytics".to_owned(),
        action: "rank_config".to_owned(),
        subject: Some(version.to_string()),
        detail: Some(format!("rank settings version {version} saved, {}", config.hash)),
    }
}

/// What was saved, what it changes, and what is probably not meant.
fn tell(
    context: &Context,
    title: &str,
    version: i64,
    before: Option<&RankConfig>,
    settings: &RankSettings,
    master: &RankMaster,
) -> anyhow::Result<()> {
    let warnings = settings.warnings(master);
    for warning in &warnings {
        context.notice(&warning.to_string());
    }
    let differences =
        before.map(|before| difference::between(&before.document, &settings.to_toml())).unwrap_or_default();
    let is_new = before.is_none_or(|before| before.version != version);
    let unchanged = (context.label(crate::labels::UNCHANGED).to_owned(), String::new());
    let sheet = Sheet {
        title: title.to_owned(),
        header: if is_new { Vec::new() } else { vec![unchanged] },
        footer: vec![(context.label(labels::TOTAL_MAX).to_owned(), hundredths(settings.chosen.total_max()))],
        ..difference::sheet(context, &differences)
    };
    let value = json!({
        "command": "rank config save", "version": version, "is_new": is_new, "settings_hash": settings.hash(),
        "total_max": hundredths(settings.chosen.total_max()),
        "differences": differences, "warnings": problems_json(&warnings),
    });
    Ok(context.emit(&sheet, &value)?)
}

fn list(context: &Context) -> anyhow::Result<()> {
    let configs = context.store()?.reader()?.rank_configs(VERSIONS_MAX)?;
    let row = |config: &RankConfig| {
        vec![
            Cell::Text(config.version.to_string()),
            Cell::Text(shown(config.saved_at)),
            Cell::Text(config.hash.chars().take(HASH_SHOWN).collect()),
            Cell::text(config.note.as_deref()),
        ]
    };
    let columns = [crate::labels::VERSION, labels::SAVED_AT, labels::HASH, labels::NOTE];
    let sheet = Sheet {
        title: context.label(labels::VERSIONS).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: configs.iter().map(row).collect(),
        ..Sheet::default()
    };
    let versions: Vec<_> = configs.iter().map(entry_json).collect();
    Ok(context.emit(&sheet, &json!({"command": "rank config list", "versions": versions}))?)
}

/// Characters of a hash that people see.
const HASH_SHOWN: usize = 12;

fn entry_json(config: &RankConfig) -> Value {
    json!({
        "version": config.version, "saved_at": config.saved_at, "settings_hash": config.hash, "note": config.note,
    })
}

/// Problems as JSON.
fn problems_json(problems: &[Problem]) -> Value {
    let problems = problems.iter().map(|problem| {
        json!({"code": problem.code, "path": problem.path, "value": problem.value, "reason": problem.reason})
    });
    Value::Array(problems.collect())
}
