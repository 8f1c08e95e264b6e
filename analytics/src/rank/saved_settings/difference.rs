//! The differences between two settings documents, key by key.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use serde_json::json;
use shared::exit::Failure;
use shared::store::Reader;
use toml::{Table, Value};

use crate::context::{Context, Format};
use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::saved_settings::labels;
use crate::rank::saved_settings::versions::saved;
use crate::rank::settings::RankSettings;

/// Keys that each source may have for itself; in a document without blocks they are directly under `[rank]`.
const OF_SOURCE: [&str; 5] = ["period_months", "recency_zero_rate", "criteria", "rates", "points"];

/// A key with different values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    /// `rank.sales.criteria(recency).weight`.
    pub path: String,
    /// The value in the first document; `None` if the key is missing.
    pub before: Option<String>,
    /// The value in the second document.
    pub after: Option<String>,
}

/// A canonical document as one value per key. Rows are named by kind or rank instead of position, and the keys of a source
/// by the source, so that a setting has the same name in every document.
pub(crate) fn flat(document: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let Ok(Some(Value::Table(rank))) = document.parse::<Table>().map(|mut root| root.remove("rank")) else {
        return out;
    };
    let source = rank.get("source").and_then(Value::as_str).unwrap_or("sales").to_owned();
    let own = |key: &str| rank.get(&source).is_some_and(|block| block.get(key).is_some());
    for (key, value) in &rank {
        if !OF_SOURCE.contains(&key.as_str()) {
            flatten(&format!("rank.{key}"), value, &mut out);
        } else if !own(key) {
            flatten(&format!("rank.{source}.{key}"), value, &mut out);
        }
    }
    out
}

fn flatten(path: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table.iter().filter(|(key, _)| !["kind", "rank"].contains(&key.as_str())) {
                flatten(&format!("{path}.{key}"), value, out);
            }
        }
        Value::Array(rows) if rows.iter().any(Value::is_table) => {
            for row in rows {
                let name = row.get("kind").or_else(|| row.get("rank")).and_then(Value::as_str);
                flatten(&format!("{path}({})", name.unwrap_or_default()), row, out);
            }
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            out.insert(path.to_owned(), items.join(", "));
        }
        value => {
            out.insert(path.to_owned(), plain(value));
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Every key with different values, by path.
pub(crate) fn between(before: &str, after: &str) -> Vec<Difference> {
    let (before, after) = (flat(before), flat(after));
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path))
        .map(|path| Difference {
            path: path.clone(),
            before: before.get(path).cloned(),
            after: after.get(path).cloned(),
        })
        .collect()
}

/// The differences as rows.
pub(crate) fn sheet(context: &Context, differences: &[Difference]) -> Sheet {
    let row = |difference: &Difference| {
        vec![
            Cell::Text(difference.path.clone()),
            Cell::text(difference.before.as_deref()),
            Cell::text(difference.after.as_deref()),
        ]
    };
    let columns = [labels::SETTING, labels::BEFORE, labels::AFTER].map(SheetColumn::new);
    let is_bare = differences.is_empty() && context.format == Format::Table;
    Sheet {
        columns: if is_bare { Vec::new() } else { columns.to_vec() },
        rows: differences.iter().map(row).collect(),
        ..Sheet::default()
    }
}

/// `analytics rank config diff`.
pub(crate) fn run(context: &Context, from: Option<&str>, to: Option<&str>) -> Result<(), Failure> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let (to_name, to) = match to {
        Some(to) => named(context, &mut reader, to)?,
        None => version(&mut reader, None)?,
    };
    let (from_name, from) = match from {
        Some(from) => named(context, &mut reader, from)?,
        None => {
            let before = before_newest(&mut reader)?;
            version(&mut reader, Some(before))?
        }
    };
    let differences = between(&from, &to);
    let same = (context.label(labels::SAME).to_owned(), String::new());
    let sheet = Sheet {
        title: format!("{}: {from_name} → {to_name}", context.label(labels::DIFF)),
        footer: if differences.is_empty() { vec![same] } else { Vec::new() },
        ..sheet(context, &differences)
    };
    let value =
        json!({"command": "rank config diff", "from": from_name, "to": to_name, "differences": differences});
    context.emit(&sheet, &value)
}

/// The version before the newest; the newest if it is the only one.
fn before_newest(reader: &mut Reader) -> Result<i64, Failure> {
    let newest = saved(reader, None)?;
    Ok(reader.rank_configs(2)?.last().map_or(newest.version, |config| config.version))
}

/// The name and document of a version (by number) or a file (by path).
fn named(context: &Context, reader: &mut Reader, name: &str) -> Result<(String, String), Failure> {
    if let Ok(number) = name.parse() {
        return version(reader, Some(number));
    }
    let master = reader.rank_master()?;
    let settings = RankSettings::load(Path::new(name), &master)
        .map_err(|error| crate::rank::prepare::refused(context, &error))?;
    Ok((name.to_owned(), settings.to_toml()))
}

fn version(reader: &mut Reader, number: Option<i64>) -> Result<(String, String), Failure> {
    let config = saved(reader, number)?;
    Ok((config.version.to_string(), config.document))
}
