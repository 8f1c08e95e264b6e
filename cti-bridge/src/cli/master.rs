//! `master list`, `master set`, `master hide`: the masters of after-call work (対応区分, 対応結果, 対応状況, 離席理由).

use clap::{Args, Subcommand, ValueEnum};
use shared::store::Disposition;

use super::output::table;
use super::{Format, StoreArgs, say};
use crate::exit::Failure;

/// Place of an entry that is put behind all others.
const STEP: i64 = 10;

#[derive(Debug, Args)]
pub(crate) struct MasterArgs {
    #[command(subcommand)]
    command: MasterCommand,
}

#[derive(Debug, Subcommand)]
enum MasterCommand {
    /// List all entries in their order, hidden ones included.
    List {
        #[command(flatten)]
        store: StoreArgs,
        /// Only one master.
        #[arg(long, value_enum)]
        kind: Option<Kind>,
        /// How to print.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Add an entry, or change what is given of one.
    Set {
        #[command(flatten)]
        store: StoreArgs,
        /// Which master.
        #[arg(long, value_enum)]
        kind: Kind,
        /// The code, which calls are recorded with.
        #[arg(long, value_parser = code)]
        code: String,
        /// The label in Japanese.
        #[arg(long, value_parser = label)]
        label: Option<String>,
        /// The label in English; the Japanese one without it.
        #[arg(long, value_parser = label)]
        label_en: Option<String>,
        /// The place among the others: the smaller, the earlier.
        #[arg(long)]
        position: Option<i64>,
    },
    /// Offer an entry no longer; calls that have it keep it.
    Hide {
        #[command(flatten)]
        store: StoreArgs,
        /// Which master.
        #[arg(long, value_enum)]
        kind: Kind,
        /// The code.
        #[arg(long)]
        code: String,
        /// Offer it again.
        #[arg(long)]
        undo: bool,
    },
}

/// Which master.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    /// 対応区分.
    Category,
    /// 対応結果.
    Result,
    /// 対応状況.
    Status,
    /// 離席理由.
    AwayReason,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Result => "result",
            Self::Status => "status",
            Self::AwayReason => "away_reason",
        }
    }
}

fn code(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    match plain && (1..=32).contains(&text.len()) {
        true => Ok(text.to_owned()),
        false => Err("1 to 32 of a–z, 0–9 and `_`".to_owned()),
    }
}

fn label(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.chars().count() {
        1..=40 if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err("1 to 40 characters on one line".to_owned()),
    }
}

pub(super) fn run(args: &MasterArgs) -> Result<(), Failure> {
    match &args.command {
        MasterCommand::List { store, kind, format } => list(store, *kind, *format),
        MasterCommand::Set { store, kind, code, label, label_en, position } => {
            set(store, *kind, code, |entry| {
                if let Some(label) = label {
                    entry.label.clone_from(label);
                }
                if let Some(label_en) = label_en {
                    entry.label_en.clone_from(label_en);
                } else if entry.label_en.is_empty() {
                    entry.label_en.clone_from(&entry.label);
                }
                entry.position = position.unwrap_or(entry.position);
                match entry.label.is_empty() {
                    true => Err(Failure::usage("a new entry needs --label")),
                    false => Ok(()),
                }
            })
        }
        MasterCommand::Hide { store, kind, code, undo } => set(store, *kind, code, |entry| {
            entry.hidden = !undo;
            match entry.label.is_empty() {
                true => Err(Failure::data(format!(
                    "there is no entry {code}; `cti-bridge master list` names them"
                ))),
                false => Ok(()),
            }
        }),
    }
}

fn list(store: &StoreArgs, kind: Option<Kind>, format: Format) -> Result<(), Failure> {
    let mut all = store.open()?.reader()?.dispositions()?;
    all.retain(|entry| kind.is_none_or(|kind| entry.kind == kind.word()));
    match format {
        Format::Json => say(&serde_json::to_string(&all).map_err(|e| Failure::software(e.to_string()))?),
        _ => {
            let rows: Vec<Vec<String>> = all
                .into_iter()
                .map(|entry| {
                    let hidden = if entry.hidden { "hidden" } else { "" };
                    let place = entry.position.to_string();
                    vec![entry.kind, entry.code, entry.label, entry.label_en, place, hidden.to_owned()]
                })
                .collect();
            say(&table(&["KIND", "CODE", "LABEL", "LABEL_EN", "POSITION", ""], &rows))
        }
    }
}

/// Changes an entry; one that is not there begins empty, behind all others.
fn set(
    store: &StoreArgs,
    kind: Kind,
    code: &str,
    change: impl FnOnce(&mut Disposition) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let store = store.open()?;
    let all = store.reader()?.dispositions()?;
    let of_kind = || all.iter().filter(|entry| entry.kind == kind.word());
    let mut entry = of_kind().find(|entry| entry.code == code).cloned().unwrap_or_else(|| Disposition {
        kind: kind.word().to_owned(),
        code: code.to_owned(),
        label: String::new(),
        label_en: String::new(),
        position: of_kind().map(|entry| entry.position).max().unwrap_or(0) + STEP,
        hidden: false,
    });
    change(&mut entry)?;
    Ok(store.write(|tx| tx.set_disposition(&entry))?)
}
