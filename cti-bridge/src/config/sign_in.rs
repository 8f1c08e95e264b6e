//! Settings of signing in.

use shared::settings_reader::{Table, Value, whole};

use crate::app::SignInRules;
use crate::throttle::{FailureRule, SignIns};

/// Agents and addresses whose failures are counted at a time.
const KEYS_MAX: usize = 10_000;
/// Failures that may be allowed before a wait.
const FAILURES_MAX: u32 = 1_000_000;
/// A year.
const YEAR_HOURS: u32 = 8_760;
/// A day.
const DAY_SECONDS: u32 = 86_400;

/// How agents sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub(super) fn read(table: &Table<'_>) -> Self {
        let mut sign_in = Self::default();
        table.fields(|fields| {
            let failures = || whole(1..=FAILURES_MAX);
            fields.set("passwords", &mut sign_in.passwords, Value::flag);
            fields.set("session_hours", &mut sign_in.session_hours, whole(1..=YEAR_HOURS));
            fields.set("failures_per_agent_max", &mut sign_in.failures_per_agent_max, failures());
            fields.set("failures_per_address_max", &mut sign_in.failures_per_address_max, failures());
            fields.set("wait_max_seconds", &mut sign_in.wait_max_seconds, whole(0..=DAY_SECONDS));
        });
        sign_in
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
