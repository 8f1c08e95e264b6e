//! Settings of signing in, and the limits on lookups and the audit trail.

use std::time::Duration;

use serde::Deserialize;

use super::Limits;
use crate::audit::AuditLimits;
use crate::limit::{FailureRule, Rate, SignIns};

/// Agents and addresses whose failures are kept.
const KEYS_MAX: usize = 10_000;

/// How one signs in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignInSettings {
    /// Whether passwords are taken.
    pub passwords: bool,
    /// How long a sign-in lasts.
    pub session_hours: u32,
    /// Wrong passwords of one agent without a wait.
    pub failures_per_agent_max: u32,
    /// Failed sign-ins from one address without a wait.
    pub failures_per_address_max: u32,
    /// The longest wait after a failure.
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
    pub(super) fn check(&self) -> Result<(), String> {
        match self {
            Self { session_hours, .. } if !(1..=8_760).contains(session_hours) => {
                Err("sign_in.session_hours must be from 1 to 8760".to_owned())
            }
            Self { failures_per_agent_max: 0, .. } | Self { failures_per_address_max: 0, .. } => {
                Err("sign_in.failures_per_agent_max and failures_per_address_max must be at least 1"
                    .to_owned())
            }
            Self { wait_max_seconds, .. } if *wait_max_seconds > 86_400 => {
                Err("sign_in.wait_max_seconds must be at most 86400".to_owned())
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn limits(&self) -> SignIns {
        let rule = |free| FailureRule { free, wait_max_seconds: self.wait_max_seconds };
        SignIns::new(rule(self.failures_per_agent_max), rule(self.failures_per_address_max), KEYS_MAX)
    }
}

impl Limits {
    pub(crate) fn lookup_rate(&self) -> Rate {
        Rate { burst: self.lookups_per_agent_max, per_second: self.lookups_per_agent_per_second }
    }

    pub(crate) fn audit(&self) -> AuditLimits {
        AuditLimits {
            queue_max: self.audit_queue_max,
            flush: Duration::from_millis(self.audit_flush_ms),
            retry: Duration::from_millis(self.store_retry_ms),
        }
    }
}
