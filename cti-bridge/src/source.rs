//! Sources: each connects to one make of telephone system and turns what it tells into [`CallSignal`]s.

pub mod ami;

use chrono::{DateTime, Utc};

use crate::call::CallSignal;

/// What a source tells the bridge.
#[derive(Debug)]
pub enum SourceEvent {
    /// Connected and signed in.
    Up,
    /// What the telephone system told, in its order.
    Signals {
        /// When it was read from the network.
        at: DateTime<Utc>,
        /// Never empty.
        signals: Vec<CallSignal>,
    },
    /// The connection is gone, or could not be made; the source tries again by itself. If it was up,
    /// [`CallSignal::SourceLost`] came before this.
    Down {
        /// Place, cause and cure, for the log.
        reason: String,
    },
    /// Trying again cannot help; the source has ended.
    Fatal(SourceError),
}

/// Why a source cannot work at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The telephone system refused the user or the secret.
    #[error(
        "telephone system {address} refused the manager user `{user}` ({message}): check the secret and the \
         user's `secret`, `permit` and `read` lines in manager.conf"
    )]
    AuthenticationFailed {
        /// Where.
        address: String,
        /// Who.
        user: String,
        /// What the telephone system said.
        message: String,
    },
}
