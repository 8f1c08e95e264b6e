//! Settings of signing in.

use serde::Deserialize;
use shared::message::Message;

use super::check::{at_least, between};
use crate::app::SignInRules;
use crate::throttle::{FailureRule, SignIns};

/// Agents and addresses whose failures are counted at a time.
const KEYS_MAX: usize = 10_000;

/// How agents sign in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignInSettings {
    /// Whether passwords are accepted.
    pub passwords: bool,
    /// How long a sign-in lasts, in hours.
    pub session_hours: u32,
    /// Wrong passwords of one agent before the next attempt has to wait.
    pub failures_per_agent_max: u32,
    /// Failed sign-ins from one address before the next attempt has to wait.
    pub failures_per_address_max: u32,
    /// The longest wait after a failure, in seconds.
    pub wait_max_seconds: u32,
}

impl Default for SignInSettings {
    fn default() -> Self {
        Self {
            passwords: true,
            session_hours: 12,
            failures_per_agent_max: 5,
            failures_per_address_max: 50,
            wait_max_seconds: 900,
        }
    }
}

impl SignInSettings {
    pub(super) fn check(&self) -> Result<(), Message> {
        between("sign_in", "session_hours", self.session_hours, 1..=8_760)?;
        at_least("sign_in", "failures_per_agent_max", self.failures_per_agent_max, 1)?;
        at_least("sign_in", "failures_per_address_max", self.failures_per_address_max, 1)?;
        between("sign_in", "wait_max_seconds", self.wait_max_seconds, 0..=86_400)
    }

    pub(crate) fn rules(&self) -> SignInRules {
        SignInRules { passwords: self.passwords, session_hours: self.session_hours }
    }

    /// The counters of failed sign-ins.
    pub(crate) fn limits(&self) -> SignIns {
        let rule = |free| FailureRule { free, wait_max_seconds: self.wait_max_seconds };
        SignIns::new(rule(self.failures_per_agent_max), rule(self.failures_per_address_max), KEYS_MAX)
    }
}
