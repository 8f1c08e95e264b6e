//! The bridge's part of the audit log: files of a month each, in a folder beside the store.
//!
//! Looking a customer up must not cost the others their page cache, which each commit to the store's file does. So
//! what the bridge notes of lookups, pop-ups and sign-ins is appended here, one JSON object a line. What must be true
//! together with a change (a choice of customer, a new agent, a merge) stays in the store, in the transaction of the
//! change. [`trail`] reads both in the order of time.

mod expiry;
mod lines;
mod trail;
mod writer;

pub use expiry::{months_before, remove_month};
pub use trail::{Trail, trail};
pub use writer::AuditWriter;

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::cause::Cause as _;
use crate::clock::japan_date;
use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};
use crate::store::{AuditEntry, StoreError};

/// The extension of a month's file.
const EXTENSION: &str = "jsonl";

/// The audit log cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum AuditLogError {
    /// The store.
    Store(#[from] StoreError),
    /// A file or the folder.
    Unusable {
        /// Where.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
}

impl AuditLogError {
    fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Unusable { path, source }
    }
}

impl Explain for AuditLogError {
    fn message(&self) -> Message {
        match self {
            Self::Store(error) => error.message(),
            Self::Unusable { path, source } => message!(
                "監査ログ {path} を使用できません({reason})。フォルダーの権限とディスクの空き容量を確認してください",
                "the audit log {path} cannot be used: {reason}; check the folder's permissions and the disk space",
                path = path.display(),
                reason = source.cause(),
            ),
        }
    }
}

/// The folder of a store's audit log: `company.db` has `company.db-audit`.
#[must_use]
pub fn folder_of(store: &Path) -> PathBuf {
    let mut name: OsString = store.as_os_str().to_owned();
    name.push("-audit");
    name.into()
}

/// The file of the month (Asia/Tokyo) that an instant is in.
fn file_name(at: DateTime<Utc>) -> String {
    format!("{}.{EXTENSION}", japan_date(at).format("%Y-%m"))
}

/// An entry as a line has it.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    at: DateTime<Utc>,
    #[serde(borrow)]
    actor: Cow<'a, str>,
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    subject: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    detail: Option<Cow<'a, str>>,
}

impl<'a> From<&'a AuditEntry> for Line<'a> {
    fn from(entry: &'a AuditEntry) -> Self {
        Self {
            at: entry.at,
            actor: entry.actor.as_str().into(),
            action: entry.action.as_str().into(),
            subject: entry.subject.as_deref().map(Cow::from),
            detail: entry.detail.as_deref().map(Cow::from),
        }
    }
}

impl From<Line<'_>> for AuditEntry {
    fn from(line: Line<'_>) -> Self {
        Self {
            at: line.at,
            actor: line.actor.into_owned(),
            action: line.action.into_owned().into(),
            subject: line.subject.map(Cow::into_owned),
            detail: line.detail.map(Cow::into_owned),
        }
    }
}
