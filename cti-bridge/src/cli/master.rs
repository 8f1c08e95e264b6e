//! `master list`, `master set`, `master hide`: the codes of after-call work and of reasons for being away.

use clap::{Args, Subcommand, ValueEnum};
use cli_kit::{BadValue, bad_value, one_line};
use shared::call::DispositionKind;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::Label;
use shared::store::Disposition;

use super::output::{Column, Terminal, number, say, say_json, table, text};
use super::{Format, StoreArgs};

/// Distance between the positions of two entries, where one is added at the end.
const STEP: i64 = 10;

#[derive(Debug, Args)]
pub(crate) struct MasterArgs {
    #[command(subcommand)]
    command: MasterCommand,
}

#[derive(Debug, Subcommand)]
enum MasterCommand {
    /// List all codes in their order, including hidden ones.
    List {
        #[command(flatten)]
        store: StoreArgs,
        /// Only codes of this kind.
        #[arg(long, value_enum)]
        kind: Option<Kind>,
        /// Output format.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Add a code, or change the given fields of one.
    Set {
        #[command(flatten)]
        store: StoreArgs,
        /// Kind of code.
        #[arg(long, value_enum)]
        kind: Kind,
        /// The code, as calls are recorded with it.
        #[arg(long, value_parser = code)]
        code: String,
        /// Label in Japanese.
        #[arg(long, value_parser = label)]
        label: Option<String>,
        /// Label in English [default: the Japanese one].
        #[arg(long, value_parser = label)]
        label_en: Option<String>,
        /// Position among the others; smaller ones come first.
        #[arg(long)]
        position: Option<i64>,
    },
    /// Stop offering a code; calls that have it keep it.
    Hide {
        #[command(flatten)]
        store: StoreArgs,
        /// Kind of code.
        #[arg(long, value_enum)]
        kind: Kind,
        /// The code.
        #[arg(long)]
        code: String,
        /// Offer the code again.
        #[arg(long)]
        undo: bool,
    },
}

/// Kind of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    /// Category of a call.
    Category,
    /// Disposition of a call.
    Result,
    /// Status of a call's follow-up.
    Status,
    /// Reason for being away.
    AwayReason,
}

impl From<Kind> for DispositionKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Category => Self::Category,
            Kind::Result => Self::Result,
            Kind::Status => Self::Status,
            Kind::AwayReason => Self::AwayReason,
        }
    }
}

fn code(text: &str) -> Result<String, BadValue> {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    match plain && (1..=32).contains(&text.len()) {
        true => Ok(text.to_owned()),
        false => Err(bad_value(message!(
            "半角の英小文字・数字・「_」で32文字以内にしてください",
            "write 1 to 32 of a–z, 0–9 and `_`",
        ))),
    }
}

fn label(text: &str) -> Result<String, BadValue> {
    one_line(text, 1..=40)
}

pub(super) fn run(args: &MasterArgs, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        MasterCommand::List { store, kind, format } => list(store, *kind, *format, lang),
        MasterCommand::Set { store, kind, code, label, label_en, position } => {
            set(store, (*kind).into(), code, |entry| {
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
                    true => Err(Failure::usage(message!(
                        "「{code}」は新しいコードです。--label で名称を指定してください",
                        "{code} is new; give it a name with --label",
                        code = code,
                    ))),
                    false => Ok(()),
                }
            })
        }
        MasterCommand::Hide { store, kind, code, undo } => set(store, (*kind).into(), code, |entry| {
            entry.hidden = !undo;
            match entry.label.is_empty() {
                true => Err(Failure::data(message!(
                    "コード「{code}」は登録されていません。cti-bridge master list で確認してください",
                    "there is no code {code}; `cti-bridge master list` lists them",
                    code = code,
                ))),
                false => Ok(()),
            }
        }),
    }
}

const COLUMNS: [Column; 6] = [
    text("種類", "Kind"),
    text("コード", "Code"),
    text("名称", "Label"),
    text("英語名", "English label"),
    number("表示順", "Position"),
    text("状態", "State"),
];
const HIDDEN: Label = Label::new("非表示", "hidden");

fn list(store: &StoreArgs, kind: Option<Kind>, format: Format, lang: Lang) -> Result<(), Failure> {
    let mut all = store.open()?.reader()?.dispositions()?;
    all.retain(|entry| kind.is_none_or(|kind| entry.kind == kind.into()));
    match format {
        Format::Json => say_json(&all),
        Format::Table => {
            let rows: Vec<Vec<String>> = all.into_iter().map(|entry| row(entry, lang)).collect();
            say(&table(&COLUMNS, &rows, lang, Terminal::stdout()))
        }
    }
}

fn row(entry: Disposition, lang: Lang) -> Vec<String> {
    let kind = entry.kind.label(lang).to_owned();
    let state = if entry.hidden { HIDDEN.text(lang) } else { "" };
    vec![kind, entry.code, entry.label, entry.label_en, entry.position.to_string(), state.to_owned()]
}

/// Changes an entry; a new one begins empty, after all others.
fn set(
    store: &StoreArgs,
    kind: DispositionKind,
    code: &str,
    change: impl FnOnce(&mut Disposition) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let store = store.open()?;
    let all = store.reader()?.dispositions()?;
    let of_kind = || all.iter().filter(|entry| entry.kind == kind);
    let mut entry = of_kind().find(|entry| entry.code == code).cloned().unwrap_or_else(|| Disposition {
        kind,
        code: code.to_owned(),
        label: String::new(),
        label_en: String::new(),
        position: of_kind().map(|entry| entry.position).max().unwrap_or(0) + STEP,
        hidden: false,
    });
    change(&mut entry)?;
    Ok(store.write(|tx| tx.set_disposition(&entry))?)
}
