//! The permissions of each role, with what the settings change; and those of one agent, shared with its sessions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::Deserialize;
use shared::agent::AgentRole;

use super::{Permission, Permissions};

/// What the settings change of the table: the permissions of each role that they name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PermissionSettings {
    /// Of people who take calls.
    pub agent: BTreeMap<Permission, bool>,
    /// Of people who lead them.
    pub supervisor: BTreeMap<Permission, bool>,
    /// Of people who run the system.
    pub admin: BTreeMap<Permission, bool>,
    /// Of other programs.
    pub integration: BTreeMap<Permission, bool>,
}

/// What each role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy([Permissions; AgentRole::ALL.len()]);

impl Policy {
    /// The table with what the settings change.
    #[must_use]
    pub fn new(settings: &PermissionSettings) -> Self {
        let mut sets = [Permissions::NONE; AgentRole::ALL.len()];
        for (set, role) in sets.iter_mut().zip(AgentRole::ALL) {
            let changes = match role {
                AgentRole::Agent => &settings.agent,
                AgentRole::Supervisor => &settings.supervisor,
                AgentRole::Admin => &settings.admin,
                AgentRole::Integration => &settings.integration,
            };
            for permission in Permission::ALL {
                let given = changes.get(permission).copied().unwrap_or(permission.is_given_to(*role));
                *set = set.with(*permission, given);
            }
        }
        Self(sets)
    }

    /// The permissions of a role; none, if it is not one of ours.
    #[must_use]
    pub fn of(&self, role: &str) -> Permissions {
        let known = AgentRole::ALL.iter().position(|known| known.as_str() == role);
        known.and_then(|at| self.0.get(at)).copied().unwrap_or_default()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::new(&PermissionSettings::default())
    }
}

/// What a signed-in agent may do, shared between the hub, which learns of a changed role, and the agent's sessions.
#[derive(Debug, Clone, Default)]
pub struct SharedPermissions(Arc<AtomicU32>);

impl SharedPermissions {
    /// Shares a set.
    #[must_use]
    pub fn new(permissions: Permissions) -> Self {
        Self(Arc::new(AtomicU32::new(permissions.0)))
    }

    /// The set as it is now.
    #[must_use]
    pub fn get(&self) -> Permissions {
        Permissions(self.0.load(Ordering::Acquire))
    }

    /// Changes the set for all who share it.
    pub fn set(&self, permissions: Permissions) {
        self.0.store(permissions.0, Ordering::Release);
    }
}
