//! `prune`: removes what is past the time for which the settings keep it.

use std::path::PathBuf;

use chrono::{DateTime, Days, Utc};
use clap::Args;
use cli_kit::ActorArg;
use serde::Serialize;
use shared::audit_log;
use shared::clock::japan_midnight;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Label, counted};
use shared::store::{AuditAction, AuditEntry, Expiring, Store, StoreError, Transaction};
use shared::{Clock, SystemClock};

use super::Format;
use super::output::{say, say_json};
use crate::config::Config;
use crate::protocol::stamp;

/// Rows removed in one transaction: few, so that no agent waits for them.
const SLICE: usize = 500;

#[derive(Debug, Args)]
pub(crate) struct PruneArgs {
    /// Settings file (TOML) with the `[retention]` table.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The store's file.
    #[arg(long, env = "CHAKUDEN_STORE", value_name = "FILE")]
    store: Option<PathBuf>,
    /// Remove it; otherwise it is only counted.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    actor: ActorArg,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What is past its time.
#[derive(Debug, Serialize)]
struct Pruned {
    what: &'static str,
    #[serde(skip)]
    label: Label,
    days: u32,
    before: String,
    /// Rows, or files of the audit log.
    count: u64,
    removed: bool,
}

const AUDIT: Label = Label::new("監査ログの月ごとのファイル", "monthly files of the audit log");

pub(super) fn run(args: &PruneArgs, lang: Lang) -> Result<(), Failure> {
    let config = Config::read(&args.config)?;
    let path = args.store.as_deref().or(config.store.as_deref()).ok_or_else(|| {
        Failure::usage(message!(
            "元データの指定がありません。--store ファイル を指定するか、設定ファイルに store を書いてください",
            "no store is named; give --store FILE, or `store` in the settings",
        ))
    })?;
    let store = Store::open(path)?.acting_as(&args.actor.name()).for_small_writes()?;
    let mut all = Vec::new();
    for (what, days) in config.retention.limited() {
        let before = begin_of_what_is_kept(&SystemClock, days)?;
        let count = match args.yes {
            true => remove(&store, what, before)?,
            false => store.reader()?.count_expired(what, before)?,
        };
        let (label, removed, before) = (what.labels(), args.yes, stamp(before));
        all.push(Pruned { what: what.as_str(), label, days, before, count, removed });
    }
    if config.retention.audit_days > 0 {
        all.push(audit_files(&store, config.retention.audit_days, args.yes)?);
    }
    print(&all, args, lang)
}

/// Counts or removes the files of the audit log whose month is over for so many days.
fn audit_files(store: &Store, days: u32, remove: bool) -> Result<Pruned, Failure> {
    let before = begin_of_what_is_kept(&SystemClock, days)?;
    let files = audit_log::months_before(store.location(), before)?;
    if remove && !files.is_empty() {
        files.iter().try_for_each(|file| audit_log::remove_month(file))?;
        let detail = format!("audit before {}: {} files", stamp(before), files.len());
        store.write(|tx| audit(tx, detail))?;
    }
    let (before, count) = (stamp(before), files.len() as u64);
    Ok(Pruned { what: "audit", label: AUDIT, days, before, count, removed: remove })
}

fn audit(tx: &mut Transaction<'_>, detail: String) -> Result<(), StoreError> {
    let (at, actor) = (SystemClock.now(), tx.actor().to_owned());
    tx.audit(&AuditEntry {
        at,
        actor,
        action: AuditAction::Prune.into(),
        subject: None,
        detail: Some(detail),
    })
}

/// Midnight in Japan, so many days ago.
fn begin_of_what_is_kept(clock: &dyn Clock, days: u32) -> Result<DateTime<Utc>, Failure> {
    let day = clock.today().checked_sub_days(Days::new(days.into()));
    day.map(japan_midnight).ok_or_else(|| {
        Failure::config(message!(
            "{days} 日前は扱える日付の範囲外です。日数を短くしてください",
            "{days} days ago is outside the supported dates; give fewer days",
            days = days,
        ))
    })
}

/// Removes in slices. The entry in the audit log comes with the last one; a run that is cut off is finished by the next.
fn remove(store: &Store, what: Expiring, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let mut total = 0;
    loop {
        let removed = store.write(|tx| -> Result<u64, StoreError> {
            let removed = tx.remove_expired(what, before, SLICE)?;
            if removed < SLICE as u64 && total + removed > 0 {
                let (what, before, rows) = (what.as_str(), stamp(before), total + removed);
                audit(tx, format!("{what} before {before}: {rows} rows"))?;
            }
            Ok(removed)
        })?;
        total += removed;
        if removed < SLICE as u64 {
            return Ok(total);
        }
    }
}

fn print(all: &[Pruned], args: &PruneArgs, lang: Lang) -> Result<(), Failure> {
    if args.format == Format::Json {
        return say_json(&all);
    }
    if all.is_empty() {
        let nothing = message!(
            "設定ファイルの [retention] に日数の指定がないため、すべて保存されます",
            "the settings keep everything: [retention] gives no days",
        );
        return say(nothing.text(lang));
    }
    for pruned in all {
        let (what, days, rows) = (pruned.label, pruned.days, pruned.count);
        let line = match pruned.removed {
            true => message!(
                "{what}: {days} 日より古い {rows} 件を削除しました",
                "{what}: {rows} older than {days} removed",
                what = what,
                days = counted(days, "day", "days"),
                rows = rows,
            ),
            false => message!(
                "{what}: {days} 日より古いものが {rows} 件あります",
                "{what}: {rows} older than {days}",
                what = what,
                days = counted(days, "day", "days"),
                rows = rows,
            ),
        };
        say(line.text(lang))?;
    }
    if args.yes {
        return Ok(());
    }
    let dry = message!(
        "確認のみで、何も削除していません。削除するには --yes を付けてください",
        "nothing was removed; give --yes to remove it",
    );
    say(dry.text(lang))
}
