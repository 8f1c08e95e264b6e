//! `rank config show`: a version as a document that can be edited and saved again.

use serde_json::{Value, json};
use shared::exit::Failure;
use shared::message::{Explain, Message};
use shared::store::RankConfig;

use crate::context::{Context, Format};
use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::prepare::parse_saved;
use crate::rank::saved_settings::check::mistakes_json;
use crate::rank::saved_settings::versions::{entry_json, saved, saved_at};
use crate::rank::saved_settings::{difference, labels};
use crate::rank::settings::{SettingsError, Warning};
use crate::rank::summary::warnings_json;

/// Runs the command.
pub(crate) fn run(context: &Context, version: Option<i64>) -> Result<(), Failure> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let config = saved(&mut reader, version)?;
    let master = reader.rank_master()?;
    let (lines, warnings): (Vec<Message>, Value) = match parse_saved(&config, &master) {
        Ok(settings) => {
            let warnings = settings.warnings(&master);
            (warnings.iter().map(Warning::message).collect(), warnings_json(context, &warnings))
        }
        // The rank master may have changed since they were saved.
        Err(SettingsError::Invalid { mistakes, .. }) => {
            (mistakes.iter().map(|mistake| mistake.located()).collect(), mistakes_json(context, &mistakes))
        }
        Err(error @ SettingsError::Unreadable { .. }) => return Err(Failure::config(error.message())),
    };
    for line in &lines {
        context.notice(line);
    }
    match context.format {
        Format::Table => context.write(&format!("{}{}", heading(&config), config.document)),
        Format::Json => {
            let mut value = entry_json(&config);
            value["document"] = json!(config.document);
            value["settings"] = json!(difference::flat(&config.document));
            value["warnings"] = warnings;
            context.write(&format!("{value:#}\n"))
        }
        _ => {
            let row = |(path, value): (String, String)| vec![Cell::Text(path), Cell::Text(value)];
            let columns = [labels::SETTING, labels::VALUE].map(SheetColumn::new).to_vec();
            let rows = difference::flat(&config.document).into_iter().map(row).collect();
            context.emit(&Sheet { columns, rows, ..Sheet::default() }, &Value::Null)
        }
    }
}

/// Comments above the document, so that the whole can be saved as a file.
fn heading(config: &RankConfig) -> String {
    let note = config.note.as_deref().map(|note| format!(", {note}")).unwrap_or_default();
    format!("# version {}, {}{note}\n# {}\n", config.version, saved_at(config), config.hash)
}
