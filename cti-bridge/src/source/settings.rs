//! What a kind of source declares: its table in the settings file, its settings, and how it starts.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use shared::Clock;
use shared::exit::Failure;
use shared::message::Label;
use shared::settings_reader::{Table, Value};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{SourceEvent, SourceLink, SourceRequest};

/// Events that may wait for the bridge; a source waits when there are more.
const EVENTS_MAX: usize = 1_024;
/// Requests to a PBX that may wait.
const REQUESTS_MAX: usize = 64;

/// The longest wait that settings may name: a day.
pub(super) const WAIT_MS_MAX: u64 = 86_400_000;
/// The longest wait until an agent's own phone rings: the client that asked does not wait longer than 10 s.
pub(super) const DIAL_MS_MAX: u64 = 9_000;
/// The largest size that settings may name.
pub(super) const BYTES_MAX: usize = 1 << 30;
/// The highest number of channels, calls or headers that settings may name.
pub(super) const COUNT_MAX: usize = 10_000_000;
/// The most digits of an extension.
pub(super) const DIGITS_MAX: usize = 32;
/// Entries of a list.
pub(super) const ENTRIES_MAX: usize = 10_000;

const VARIABLE: Label = Label::new(
    "環境変数の名前を書いてください(半角の英字・数字・「_」、先頭は数字以外)。パスワードやシークレットそのものはファイルに書かず、その環境変数に設定します",
    "must be the name of an environment variable (letters, digits, `_`, no digit first); the secret itself is set there, \
     not in this file",
);

/// The settings of one source, as read from its table.
pub trait SourceSettings: Any + fmt::Debug + Send + Sync {
    /// Reads the settings from their table, which notes every mistake.
    fn read(table: &Table<'_>) -> Self
    where
        Self: Sized;

    /// Reads what the settings refer to: secrets, certificates, files.
    ///
    /// # Errors
    /// A secret is not set or cannot be used (78), or a file is missing (66).
    fn prepare(&self) -> Result<StartSource, Failure>;
}

/// The name of the environment variable that holds a secret.
pub(crate) fn secret_variable(value: &Value<'_>) -> Option<String> {
    let is_plain = |name: &str| {
        !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    value.parsed(VARIABLE, |name| is_plain(name).then(|| name.to_owned()))
}

/// Starts a prepared source under a name.
pub type StartSource = Box<dyn FnOnce(String, &SourceContext) -> SourceLink + Send>;

/// What a source needs to run.
#[derive(Clone)]
pub struct SourceContext {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Cancelled to stop.
    pub stopping: CancellationToken,
}

/// What the task of a source works with.
pub struct SourceChannels {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What happens, for the bridge.
    pub events: mpsc::Sender<SourceEvent>,
    /// What the bridge wants of the PBX.
    pub requests: mpsc::Receiver<SourceRequest>,
    /// Cancelled to stop.
    pub stopping: CancellationToken,
}

impl SourceContext {
    /// Spawns the task of a source that takes requests.
    pub(super) fn spawn<F>(&self, name: String, run: impl FnOnce(SourceChannels) -> F) -> SourceLink
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (events_tx, events) = Self::events();
        let (requests, requests_rx) = mpsc::channel(REQUESTS_MAX);
        let (clock, stopping) = (self.clock.clone(), self.stopping.clone());
        tokio::spawn(run(SourceChannels { clock, events: events_tx, requests: requests_rx, stopping }));
        SourceLink { requests: Some(requests), ..SourceLink::listening(name, events) }
    }

    /// The channel of a source's events.
    pub(super) fn events() -> (mpsc::Sender<SourceEvent>, mpsc::Receiver<SourceEvent>) {
        mpsc::channel(EVENTS_MAX)
    }
}

impl fmt::Debug for SourceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceContext").finish_non_exhaustive()
    }
}

/// A kind of source.
pub(super) struct SourceKind {
    /// Its table in the settings file: `[TABLE.NAME]`.
    pub(super) table: &'static str,
    pub(super) read: fn(&Table<'_>) -> Arc<dyn SourceSettings>,
}

impl SourceKind {
    /// A kind with the settings `S`.
    pub(super) const fn of<S: SourceSettings>(table: &'static str) -> Self {
        Self { table, read: |table| Arc::new(S::read(table)) }
    }
}
