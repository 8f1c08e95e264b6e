//! What the store does not accept yet, in a file beside it: `company.db-unwritten.jsonl`, one entry a line.
//!
//! An entry gets here when an attempt to write it has failed, and before the bridge ends. The next start writes the entries
//! to the store before it serves. An entry may be in both (the bridge was killed in between): writing it again changes
//! nothing.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::store::{CallRecord, KeptAnswer, KeptPresence, StoreError, Transaction};

use super::outbox;
use super::write::{Rules, Written};
use crate::events_out::CallEvent;

/// In the place of an agent's code, for what the bridge does once on its own.
const BRIDGE: &str = "";

/// Something that the bridge must write, however long the store is not writable.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    /// A call that has ended.
    Call(Box<CallRecord>),
    /// The time of after-call work that has ended; the key names this one.
    AfterCallWork {
        call_id: String,
        #[serde(default)]
        agent_code: Option<String>,
        seconds: i64,
        key: String,
    },
    /// What an agent set last, and whether the queues were told to pause.
    Presence(KeptPresence),
    /// Something that happened to a running call, for other systems.
    Event(Box<CallEvent>),
    /// At the start: calls of an earlier run whose end is not known.
    Unfinished { at: DateTime<Utc> },
}

impl Entry {
    /// The name in the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Call(_) => "call record",
            Self::AfterCallWork { .. } => "time of after-call work",
            Self::Presence(_) => "presence",
            Self::Event(_) => "event for other systems",
            Self::Unfinished { .. } => "end of the calls of an earlier run",
        }
    }

    /// Each start makes this one anew.
    fn belongs_in_journal(&self) -> bool {
        !matches!(self, Self::Unfinished { .. })
    }

    /// Writes it. Written again, it changes nothing.
    pub(super) fn write(&self, tx: &mut Transaction<'_>, rules: &Rules) -> Result<Written, StoreError> {
        match self {
            Self::Call(call) => {
                let effects = tx.record_call(call, rules.today, rules.callback_within)?;
                let events = outbox::ended(tx, call, &effects, rules)?;
                return Ok(Written { effects, events, ..Written::default() });
            }
            Self::AfterCallWork { call_id, agent_code, seconds, key } => {
                if tx.kept_answer(BRIDGE, key)?.is_none() {
                    tx.add_after_call_work(call_id, agent_code.as_deref(), *seconds)?;
                    let done = KeptAnswer { request: String::new(), answer: String::new() };
                    tx.keep_answer(BRIDGE, key, &done, rules.now, rules.answers)?;
                }
            }
            Self::Presence(presence) => tx.keep_presence(presence)?,
            Self::Event(event) => rules.events.send(tx, event, rules.now)?,
            Self::Unfinished { at } => {
                let closed = tx.close_unfinished_calls(*at)?;
                if closed > 0 {
                    tracing::info!(closed, "calls of an earlier run have no known end");
                }
            }
        }
        Ok(Written::default())
    }
}

/// An entry that waits for the store.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) entry: Entry,
    /// It is in the journal.
    pub(super) safe: bool,
}

impl Waiting {
    pub(super) fn new(entry: Entry) -> Self {
        let safe = !entry.belongs_in_journal();
        Self { entry, safe }
    }
}

/// The file.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    /// The file may exist.
    used: bool,
}

impl Journal {
    /// The journal of the store at this place.
    pub(super) fn beside(store: &Path) -> Self {
        Self { path: with_ending(store, "-unwritten.jsonl"), used: true }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What an earlier run left. Lines that cannot be read go into a file of their own, for people.
    pub(super) fn read(&mut self) -> io::Result<Vec<Waiting>> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.used = false;
                return Ok(Vec::new());
            }
            Err(error) => return Err(error),
        };
        let (mut entries, mut unreadable) = (Vec::new(), Vec::new());
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice(line) {
                Ok(entry) => entries.push(Waiting { entry, safe: true }),
                Err(_) => unreadable.extend([line, b"\n"].concat()),
            }
        }
        if !unreadable.is_empty() {
            let aside = with_ending(&self.path, ".unreadable");
            append(&aside, &unreadable)?;
            tracing::error!(file = %aside.display(), "lines of the journal cannot be read; they are kept here");
        }
        Ok(entries)
    }

    /// Puts the entries into the journal that are not there yet, and waits for the disk. Returns how many.
    pub(super) fn keep<'a>(&mut self, waiting: impl Iterator<Item = &'a mut Waiting>) -> io::Result<usize> {
        let unsafe_yet: Vec<&mut Waiting> = waiting.filter(|one| !one.safe).collect();
        if unsafe_yet.is_empty() {
            return Ok(0);
        }
        let mut lines = Vec::new();
        for one in &unsafe_yet {
            serde_json::to_writer(&mut lines, &one.entry)?;
            lines.push(b'\n');
        }
        append(&self.path, &lines)?;
        self.used = true;
        let kept = unsafe_yet.len();
        unsafe_yet.into_iter().for_each(|one| one.safe = true);
        Ok(kept)
    }

    /// Everything in it is in the store.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        if !self.used {
            return Ok(());
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => self.used = false,
        }
        sync_folder(&self.path)
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Appends all of it or nothing, readable by the owner alone.
fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    let before = file.metadata()?.len();
    if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
        // A torn line would make the next one unreadable too.
        file.set_len(before)?;
        return Err(error);
    }
    if before == 0 { sync_folder(path) } else { Ok(()) }
}

/// A new name in a folder survives a power cut only when the folder was written.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
