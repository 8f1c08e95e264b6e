//! `rank config save`: a file's settings become the newest version.

use std::path::Path;

use serde_json::json;
use shared::exit::Failure;
use shared::rank::RankMaster;
use shared::store::RankConfig;

use crate::context::Context;
use crate::output::Sheet;
use crate::rank::prepare::refused;
use crate::rank::saved_settings::versions::{draft, keep};
use crate::rank::saved_settings::{difference, labels};
use crate::rank::settings::{RankSettings, hundredths};
use crate::rank::summary::warnings_json;

/// Runs the command.
pub(crate) fn run(context: &Context, file: &Path, note: Option<&str>) -> Result<(), Failure> {
    let note = note.filter(|note| !note.is_empty());
    let store = context.store()?;
    let mut reader = store.reader()?;
    let master = reader.rank_master()?;
    let settings = RankSettings::load(file, &master).map_err(|error| refused(context, &error))?;
    let before = reader.rank_config(None)?;
    let version = keep(&store, &draft(context, &settings, note), None)?;
    let title = format!("{} {version}", context.label(labels::SAVED));
    show(context, &title, version, before.as_ref(), &settings, &master)
}

/// Shows the saved version, its changes and its warnings.
fn show(
    context: &Context,
    title: &str,
    version: i64,
    before: Option<&RankConfig>,
    settings: &RankSettings,
    master: &RankMaster,
) -> Result<(), Failure> {
    let warnings = settings.warnings(master);
    for warning in &warnings {
        context.notice(&warning.message());
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
        "differences": differences, "warnings": warnings_json(context, &warnings),
    });
    context.emit(&sheet, &value)
}
