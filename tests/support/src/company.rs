//! A company that both programs work on, driven as processes, as a user would.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value as Json;
use shared::store::Store;

use crate::process::{program, stdout_of};

/// A company in a folder of its own, deleted when dropped.
#[derive(Debug)]
pub struct Company {
    folder: tempfile::TempDir,
}

impl Company {
    /// An empty store, made by `analytics init`.
    pub fn new() -> Self {
        let company = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        company.analytics_ok(&["init"]);
        company
    }

    /// A path inside the company's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The store file.
    pub fn store_path(&self) -> PathBuf {
        self.path("company.db")
    }

    /// The store, opened in this process.
    pub fn store(&self) -> Store {
        Store::open(&self.store_path()).expect("the store opens")
    }

    /// Writes a file and returns its path.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("the file is written");
        path.to_string_lossy().into_owned()
    }

    /// `analytics --store … ARGUMENTS`, not started yet, in English.
    pub fn analytics(&self, arguments: &[&str]) -> Command {
        let mut command = program("analytics");
        command.env("CHAKUDEN_LANG", "en");
        command.arg("--store").arg(self.store_path()).args(arguments);
        command
    }

    /// Runs `analytics`, which must succeed; returns its standard output.
    pub fn analytics_ok(&self, arguments: &[&str]) -> String {
        stdout_of(&self.analytics(arguments).output().expect("analytics starts"))
    }

    /// Runs `analytics … --format json` and reads what it prints.
    pub fn analytics_json(&self, arguments: &[&str]) -> Json {
        let arguments = [arguments, &["--format", "json"]].concat();
        serde_json::from_str(&self.analytics_ok(&arguments)).expect("JSON on standard output")
    }

    /// `cti-bridge ARGUMENTS --store …`, not started yet.
    pub fn bridge(&self, arguments: &[&str]) -> Command {
        let mut command = program("cti-bridge");
        command.args(arguments).arg("--store").arg(self.store_path());
        command
    }

    /// Runs `cti-bridge`, which must succeed; returns its standard output.
    pub fn bridge_ok(&self, arguments: &[&str]) -> String {
        stdout_of(&self.bridge(arguments).output().expect("cti-bridge starts"))
    }

    /// Panics when a stored card differs from what the tables make of it.
    pub fn verify_cards(&self) {
        let mut reader = self.store().reader().expect("the store can be read");
        let verified = reader.verify_cards(&mut |_| {}).expect("the cards can be read");
        assert!(verified.different.is_empty(), "{verified:?}");
    }
}

impl Default for Company {
    fn default() -> Self {
        Self::new()
    }
}
