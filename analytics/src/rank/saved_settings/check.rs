//! `rank config check`: every mistake of a file, and what is probably not meant. Writes nothing.

use std::path::Path;

use serde_json::{Value, json};
use shared::exit::Failure;
use shared::message::{Explain, Label, Message};
use shared::settings_reader::Mistake;

use crate::context::{Context, Format};
use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::saved_settings::labels;
use crate::rank::settings::{RankSettings, SettingsError, Warning, code_of};
use crate::rank::summary::warnings_json;

/// Runs the command.
pub(crate) fn run(context: &Context, file: &Path) -> Result<(), Failure> {
    let master = context.store()?.reader()?.rank_master()?;
    let (settings, refusal) = match RankSettings::load(file, &master) {
        Ok(settings) => (Some(settings), None),
        Err(error @ SettingsError::Unreadable { .. }) => return Err(Failure::no_input(error.message())),
        Err(error) => (None, Some(error)),
    };
    let warnings = settings.as_ref().map(|settings| settings.warnings(&master)).unwrap_or_default();
    let mistakes = match &refusal {
        Some(SettingsError::Invalid { mistakes, .. }) => mistakes.as_slice(),
        _ => &[],
    };
    let value = json!({
        "command": "rank config check", "file": file.display().to_string(),
        "settings_hash": settings.as_ref().map(RankSettings::hash),
        "problems": mistakes_json(context, mistakes), "warnings": warnings_json(context, &warnings),
    });
    context.emit(&sheet(context, file, mistakes, &warnings), &value)?;
    refusal.map_or(Ok(()), |error| Err(Failure::config(error.message())))
}

fn sheet(context: &Context, file: &Path, mistakes: &[Mistake], warnings: &[Warning]) -> Sheet {
    let row = |severity: Label, line: Cell, [code, path, value]: [&str; 3], reason: &Message| {
        vec![
            Cell::Text(context.label(severity).to_owned()),
            line,
            Cell::Text(code.to_owned()),
            Cell::Text(path.to_owned()),
            Cell::Text(value.to_owned()),
            Cell::Text(reason.text(context.lang).to_owned()),
        ]
    };
    let wrong = mistakes.iter().map(|mistake| {
        let cells = [code_of(mistake), &mistake.key, &mistake.value];
        row(labels::ERROR, Cell::Count(mistake.line as u64), cells, &mistake.message)
    });
    let odd = warnings.iter().map(|warning| {
        row(
            crate::labels::WARNING,
            Cell::None,
            [warning.code, &warning.path, &warning.value],
            &warning.reason,
        )
    });
    let rows: Vec<_> = wrong.chain(odd).collect();
    let columns =
        [labels::SEVERITY, labels::LINE, labels::CODE, labels::SETTING, labels::VALUE, labels::REASON];
    let is_bare = rows.is_empty() && context.format == Format::Table;
    Sheet {
        title: format!("{}: {}", context.label(labels::CHECK), file.display()),
        columns: if is_bare { Vec::new() } else { columns.map(SheetColumn::new).to_vec() },
        rows,
        footer: vec![
            (context.label(labels::ERRORS).to_owned(), mistakes.len().to_string()),
            (context.label(labels::WARNINGS).to_owned(), warnings.len().to_string()),
        ],
        ..Sheet::default()
    }
}

/// Mistakes as JSON.
pub(crate) fn mistakes_json(context: &Context, mistakes: &[Mistake]) -> Value {
    let mistakes = mistakes.iter().map(|mistake| {
        json!({"code": code_of(mistake), "line": mistake.line, "path": mistake.key, "value": mistake.value,
            "reason": mistake.message.text(context.lang)})
    });
    Value::Array(mistakes.collect())
}
