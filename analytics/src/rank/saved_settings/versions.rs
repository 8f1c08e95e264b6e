//! The saved versions in the store.

use serde_json::{Value, json};
use shared::exit::Failure;
use shared::message;
use shared::store::{AuditAction, AuditEntry, RankConfig, Reader, Store, StoreError, Transaction};

use crate::context::Context;
use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::saved_settings::labels;
use crate::rank::settings::RankSettings;

/// Versions that a list shows.
const VERSIONS_MAX: usize = 1_000;
/// Characters of a hash that are shown.
const HASH_SHOWN: usize = 12;

/// A saved version, by default the newest.
///
/// # Errors
/// There is no such version.
pub(crate) fn saved(reader: &mut Reader, version: Option<i64>) -> Result<RankConfig, Failure> {
    reader.rank_config(version)?.ok_or_else(|| {
        let what = match version {
            Some(n) => message!("ランク設定の版{n}", "version {n} of the rank settings", n = n),
            None => message!("保存済みのランク設定", "saved rank settings"),
        };
        Failure::no_input(message!(
            "{what}はありません。analytics rank config list で確認するか、analytics rank config save FILE で保存してください",
            "the store does not have {what}; see: analytics rank config list, or save some with: analytics rank config \
             save FILE",
            what = what,
        ))
    })
}

/// Settings to be saved.
pub(crate) struct Draft {
    /// As they are stored.
    pub(crate) config: RankConfig,
    /// The current ranks whose customers they update.
    pub(crate) targets: Vec<String>,
}

/// The settings as they are stored.
pub(crate) fn draft(context: &Context, settings: &RankSettings, note: Option<&str>) -> Draft {
    let config = RankConfig {
        version: 0,
        saved_at: context.clock.now(),
        hash: settings.hash(),
        document: settings.to_toml(),
        note: note.map(str::to_owned),
        actor: None,
    };
    Draft { config, targets: settings.targets() }
}

/// Saves settings with an entry in the audit log. With `expected`, only when that is still the newest version:
/// an edit of a version must not undo what was saved in the meantime.
pub(crate) fn keep(store: &Store, draft: &Draft, expected: Option<Option<i64>>) -> Result<i64, Failure> {
    let mut reader = store.reader()?;
    let kept = store.write(|tx| -> Result<Option<i64>, StoreError> {
        let newest = reader.rank_config(None)?.map(|config| config.version);
        if expected.is_some_and(|expected| expected != newest) {
            return Ok(None);
        }
        Ok(Some(save_with_run(tx, &mut reader, draft)?))
    })?;
    kept.ok_or_else(|| {
        Failure::locked(message!(
            "編集中にほかの設定が保存されました。何も書き込んでいません。もう一度実行してください",
            "other settings were saved in the meantime; nothing was written; try again",
        ))
    })
}

/// Saves settings in an open transaction: that of a run, so that there is no such version without its run.
pub(crate) fn save_with_run(
    tx: &mut Transaction<'_>,
    reader: &mut Reader,
    draft: &Draft,
) -> Result<i64, StoreError> {
    let newest = reader.rank_config(None)?.map(|config| config.version);
    let version = tx.save_rank_config(&draft.config)?;
    if Some(version) != newest {
        let entry = audit(&draft.config, version, tx.actor());
        tx.audit(&entry)?;
    }
    tx.set_rank_targets(&draft.targets)?;
    Ok(version)
}

/// The entry of a saved version in the audit log.
fn audit(config: &RankConfig, version: i64, actor: &str) -> AuditEntry {
    AuditEntry {
        at: config.saved_at,
        actor: actor.to_owned(),
        action: AuditAction::RankConfig.into(),
        subject: Some(version.to_string()),
        detail: Some(format!("rank settings version {version} saved, {}", config.hash)),
    }
}

/// `rank config list`.
pub(crate) fn list(context: &Context) -> Result<(), Failure> {
    let configs = context.store()?.reader()?.rank_configs(VERSIONS_MAX)?;
    let row = |config: &RankConfig| {
        vec![
            Cell::Text(config.version.to_string()),
            Cell::Text(saved_at(config)),
            Cell::Text(config.hash.chars().take(HASH_SHOWN).collect()),
            Cell::text(config.actor.as_deref()),
            Cell::text(config.note.as_deref()),
        ]
    };
    let columns =
        [crate::labels::VERSION, labels::SAVED_AT, labels::HASH, crate::labels::ACTOR, labels::NOTE];
    let sheet = Sheet {
        title: context.label(labels::VERSIONS).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: configs.iter().map(row).collect(),
        ..Sheet::default()
    };
    let versions: Vec<_> = configs.iter().map(entry_json).collect();
    context.emit(&sheet, &json!({"command": "rank config list", "versions": versions}))
}

/// A version without its document, for programs.
pub(crate) fn entry_json(config: &RankConfig) -> Value {
    json!({
        "version": config.version, "saved_at": config.saved_at, "settings_hash": config.hash, "note": config.note,
        "actor": config.actor,
    })
}

/// When a version was saved, in Japan.
pub(crate) fn saved_at(config: &RankConfig) -> String {
    shared::clock::japan_time(config.saved_at).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}
