//! What every connection needs: the state that sessions and routes share.

pub(crate) mod places;
pub(crate) mod refusals;
pub(crate) mod sign_in;
mod watch;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use shared::Clock;
use shared::store::{Reader, Store};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit::Auditor;
use crate::bridge::command::Command;
use crate::bridge::health::Health;
use crate::hub::socket::SocketLimits;
use crate::lookup::{Asker, Lookups};
use crate::metrics::Metrics;
use crate::oidc::Oidc;
use crate::password::Passwords;
use crate::permission::Policy;
use crate::popup::ProfileError;
use crate::protocol::Refusal;
use crate::source::webhook::WebhookSource;
use crate::throttle::{AGENTS_MAX, AddressRange, Rate, Rates, SignIns};
use crate::tls::ServerTls;
use places::Places;
use refusals::Refusals;
use watch::TokenWatch;

/// How agents may sign in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignInRules {
    /// Whether passwords are accepted.
    pub(crate) passwords: bool,
    /// How long a sign-in lasts, in hours.
    pub(crate) session_hours: u32,
}

/// The waits of HTTP.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HttpLimits {
    /// For the TLS handshake, and for a request's header.
    pub(crate) header_timeout: Duration,
    /// For a request's body.
    pub(crate) body_timeout: Duration,
    /// For a client that accepts no data, also over a WebSocket.
    pub(crate) write_timeout: Duration,
}

/// The state that sessions and routes share.
pub(crate) struct App {
    pub(crate) lookups: Lookups,
    pub(crate) inbox: mpsc::Sender<Command>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: SocketLimits,
    pub(crate) metrics: Metrics,
    pub(crate) health: Arc<Health>,
    pub(crate) stopping: CancellationToken,
    pub(crate) tasks: TaskTracker,
    pub(crate) http: HttpLimits,
    pub(crate) places: Places,
    pub(crate) refusals: Refusals,
    pub(crate) trusted_proxies: Vec<AddressRange>,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) policy: Policy,
    pub(crate) tls: Option<Arc<ServerTls>>,
    pub(crate) store: Store,
    pub(crate) sign_in: SignInRules,
    pub(crate) passwords: Passwords,
    pub(crate) oidc: Option<Oidc>,
    pub(crate) watch: Arc<TokenWatch>,
    pub(crate) audit: Auditor,
    pub(crate) lookup_rates: AgentRates,
    pub(crate) write_rates: AgentRates,
    pub(crate) failed_sign_ins: Mutex<SignIns>,
    pub(crate) has_source: bool,
    pub(crate) webhooks: BTreeMap<String, Arc<WebhookSource>>,
}

impl App {
    /// Reads the store on a lookup thread and waits for the result.
    ///
    /// # Errors
    /// `busy`, `timeout`, or the refusal that the work's error stands for.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        asker: &Asker,
        work: impl FnOnce(&mut Reader) -> Result<T, ProfileError> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.lookups.read(asker, work).await
    }
}

/// How often each agent may do something, over all sockets and HTTP.
#[derive(Clone)]
pub(crate) struct AgentRates(Arc<Mutex<Rates<String>>>);

impl AgentRates {
    /// The same rate for every agent.
    pub(crate) fn new(rate: Rate) -> Self {
        Self(Arc::new(Mutex::new(Rates::new(rate, AGENTS_MAX))))
    }

    /// Takes one of this agent.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn take(&self, agent_code: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        // Nothing can panic while the lock is held.
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rates.take(&agent_code.to_owned(), now).map_err(Refusal::rate_limited)
    }
}
