//! What a kind of source declares: its table in the settings file, its settings, and how it starts.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::Clock;
use shared::exit::Failure;
use shared::message;
use shared::message::Message;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use toml::de::ValueDeserializer;

use super::{SourceEvent, SourceLink, SourceRequest};

/// Events that may wait for the bridge; a source waits when there are more.
const EVENTS_MAX: usize = 1_024;
/// Requests to a PBX that may wait.
const REQUESTS_MAX: usize = 64;

/// The settings of one source, as read from its table.
pub trait SourceSettings: Any + fmt::Debug + Send + Sync {
    /// Reads what the settings refer to (secrets, certificates, files) and checks what the file's syntax cannot.
    /// `place` is the table, such as `ami.hq`, for messages.
    ///
    /// # Errors
    /// A secret is not set, a setting is wrong (78), or a file is missing (66).
    fn prepare(&self, place: &str) -> Result<StartSource, Failure>;
}

/// Checks that a setting without a default is given.
pub(super) fn required(place: &str, setting: &str, value: &str) -> Result<(), Message> {
    if !value.is_empty() {
        return Ok(());
    }
    Err(message!(
        "[{place}] の {setting} を指定してください",
        "[{place}]: {setting} is missing",
        place = place,
        setting = setting,
    ))
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
    pub(super) read: ReadSettings,
}

/// Reads the sources of a table by name.
type ReadSettings =
    fn(ValueDeserializer<'_>) -> Result<BTreeMap<String, Arc<dyn SourceSettings>>, toml::de::Error>;

impl SourceKind {
    /// A kind whose settings deserialize into `S`.
    pub(super) const fn of<S: SourceSettings + DeserializeOwned>(table: &'static str) -> Self {
        Self {
            table,
            read: |value| {
                let settings = BTreeMap::<String, S>::deserialize(value)?;
                Ok(settings.into_iter().map(|(name, settings)| (name, Arc::new(settings) as _)).collect())
            },
        }
    }
}
