//! A store in a temporary folder, and what tests put into it.

use std::path::{Path, PathBuf};

use shared::dataset::{ColumnKind, Dataset};
use shared::store::{NewAgent, RowOutcome, Store, Transaction, Value};
use shared::{Clock, SystemClock};
use tempfile::TempDir;

/// An empty store `company.db` in a folder that is deleted when it is dropped.
pub fn new_store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::create(&folder.path().join("company.db")).expect("the store is made");
    (folder, store)
}

/// Writes one row, given as `(column, text)` pairs, without an import. Decimals are given as they are stored: whole
/// numbers of 1/10000. An empty text is NULL.
pub fn put(tx: &mut Transaction<'_>, dataset: &Dataset, cells: &[(&str, &str)]) -> RowOutcome {
    let mut values = vec![None; dataset.columns.len()];
    for (name, text) in cells {
        let at = dataset.column_index(name);
        let at = at.unwrap_or_else(|| panic!("{} has no column {name}", dataset.name));
        values[at] = Some(match dataset.columns[at].kind {
            _ if text.is_empty() => Value::Null,
            ColumnKind::Decimal | ColumnKind::Flag | ColumnKind::Integer => {
                let number = text.parse();
                Value::Integer(number.unwrap_or_else(|_| panic!("{name}: {text} is no whole number")))
            }
            _ => Value::Text((*text).to_owned()),
        });
    }
    tx.upsert(dataset, &values, SystemClock.now()).expect("the row is written")
}

/// Adds an agent and returns the token.
pub fn add_agent(store: &Store, code: &str, extension: Option<&str>, role: &str) -> String {
    let agent = NewAgent {
        agent_code: code.to_owned(),
        agent_name: format!("Agent {}", extension.unwrap_or(code)),
        extension: extension.map(str::to_owned),
        role: role.parse().unwrap_or_else(|_| panic!("{role} is no role")),
        token_expires_at: None,
    };
    store.write(|tx| tx.add_agent(&agent, SystemClock.now())).expect("the agent is added")
}

/// The files in a folder and in the folders below it.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        match entry.expect("the folder can be read").path() {
            path if path.is_dir() => files.extend(files_below(&path)),
            path => files.push(path),
        }
    }
    files
}
