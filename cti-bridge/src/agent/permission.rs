//! Who may do what: one table of roles and permissions (`docs/security.md` shows the same; a test compares them).
//!
//! A role has the permissions of the table, plus or minus those in the settings (`[permissions.agent] credit_read =
//! false`). A session reads them again for each request, so that a changed role counts at once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};
use shared::agent::AgentRole;
use shared::message;

use super::protocol::{ErrorCode, Refusal};

/// Declares the permissions: the word of each, and which roles have it.
macro_rules! table {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $agent:literal $supervisor:literal $admin:literal $integration:literal;)+) => {
        /// Something that a signed-in agent may do or not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub enum Permission { $($(#[$doc])* $name,)+ }

        impl Permission {
            /// Every permission, in the order of `docs/security.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// Whether the role has it unless the settings change it.
            #[must_use]
            pub const fn is_given_to(self, role: AgentRole) -> bool {
                let [agent, supervisor, admin, integration] = match self {
                    $(Self::$name => [$agent, $supervisor, $admin, $integration],)+
                };
                match role {
                    AgentRole::Agent => agent,
                    AgentRole::Supervisor => supervisor,
                    AgentRole::Admin => admin,
                    AgentRole::Integration => integration,
                }
            }
        }
    };
}

table! {
    //                                 agent supervisor admin integration
    /// Search and read customers.
    Lookup = "lookup",                 true true  true  true;
    /// Read the calls in which the agent took part.
    CallsOwn = "calls.own",            true true  true  false;
    /// Read everybody's calls.
    CallsAll = "calls.all",            false true true  false;
    /// Work on calls: choose the customer, notes, wrap-up, leads, inquiries, tasks.
    CallsWork = "calls.work",          true true  true  false;
    /// Have a number dialled.
    CallsDial = "calls.dial",          true true  true  false;
    /// Read the list of missed calls.
    MissedRead = "missed.read",        true true  true  false;
    /// Give missed calls to others, and take them away.
    MissedAssign = "missed.assign",    false true true  false;
    /// Set the own presence.
    PresenceOwn = "presence.own",      true true  true  false;
    /// See everybody's presence.
    PresenceAll = "presence.all",      false true true  false;
    /// Read the internal memo and the text of cautions.
    MemoRead = "memo.read",            true true  true  false;
    /// Read balance, credit limit and unpaid invoices.
    CreditRead = "credit.read",        true true  true  false;
    /// Send call events.
    EventsWrite = "events.write",      false false false true;
    /// Read the audit log.
    AuditRead = "audit.read",          false false true false;
    /// Add, change and revoke agents.
    AgentsManage = "agents.manage",    false false true false;
}

impl Permission {
    const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// The permission of a word, written as on the wire or as in the settings (`credit_read`).
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|permission| permission.word().replace('.', "_") == word.replace('.', "_"))
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl JsonSchema for Permission {
    fn schema_name() -> Cow<'static, str> {
        "Permission".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = Self::ALL.iter().map(|permission| permission.word()).collect();
        json_schema!({ "type": "string", "enum": words })
    }
}

impl TryFrom<String> for Permission {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        Self::from_word(&word).ok_or_else(|| {
            let known: Vec<String> = Self::ALL.iter().map(|p| p.word().replace('.', "_")).collect();
            format!("unknown permission `{word}`, expected one of {}", known.join(", "))
        })
    }
}

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u32);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);

    /// Every permission.
    pub const ALL: Self = {
        let (mut set, mut at) = (Self::NONE, 0);
        while at < Permission::ALL.len() {
            set = set.with(Permission::ALL[at], true);
            at += 1;
        }
        set
    };

    /// Whether it is one of them.
    #[must_use]
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// The set with or without one.
    #[must_use]
    pub const fn with(self, permission: Permission, given: bool) -> Self {
        match given {
            true => Self(self.0 | permission.bit()),
            false => Self(self.0 & !permission.bit()),
        }
    }

    /// All of the set, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.has(*permission))
    }

    /// # Errors
    /// `forbidden`, with the permission that is missing.
    pub fn require(self, permission: Permission) -> Result<(), Refusal> {
        match self.has(permission) {
            true => Ok(()),
            false => Err(Refusal::new(
                ErrorCode::Forbidden,
                message!(
                    "この操作に必要な権限 `{permission}` がありません。管理者に確認してください",
                    "your role lacks the permission `{permission}`",
                    permission = permission.word()
                ),
            )),
        }
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::word)).finish()
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/security.md");

    /// The table as the page shows it.
    fn documented() -> String {
        let mut rows = String::from("| permission | agent | supervisor | admin | integration | what |\n");
        rows.push_str("|---|---|---|---|---|---|\n");
        for permission in Permission::ALL {
            let marks = AgentRole::ALL.iter().map(|role| match permission.is_given_to(*role) {
                true => "yes",
                false => "–",
            });
            rows.push_str(&format!(
                "| `{}` | {} |",
                permission.word(),
                marks.collect::<Vec<_>>().join(" | ")
            ));
            rows.push('\n');
        }
        rows
    }

    #[test]
    fn the_permission_table_is_the_documented_one() {
        let (_, section) = PAGE.split_once("\n| permission |").expect("the page has the table");
        let shown = section.lines().skip(2).take_while(|line| line.starts_with('|'));
        // The last cell explains; what counts is in front of it.
        let shown: Vec<String> =
            shown.map(|line| line.split('|').take(6).collect::<Vec<_>>().join("|")).collect();
        let table = documented();
        let coded: Vec<String> =
            table.lines().skip(2).map(|line| line.trim_end_matches('|').to_owned()).collect();
        assert_eq!(shown, coded, "docs/security.md should say:\n{table}");
    }

    #[test]
    fn settings_give_and_take() {
        let mut settings = PermissionSettings::default();
        settings.agent.insert(Permission::CreditRead, false);
        settings.integration.insert(Permission::MemoRead, true);
        let policy = Policy::new(&settings);
        for role in AgentRole::ALL {
            for permission in Permission::ALL {
                let expected = match (role, permission) {
                    (AgentRole::Agent, Permission::CreditRead) => false,
                    (AgentRole::Integration, Permission::MemoRead) => true,
                    _ => permission.is_given_to(*role),
                };
                assert_eq!(policy.of(role.as_str()).has(*permission), expected, "{role} {permission:?}");
            }
        }
    }

    #[test]
    fn an_unknown_role_may_do_nothing() {
        for role in ["", "root", "Admin", "agent "] {
            assert_eq!(Policy::default().of(role), Permissions::NONE, "{role}");
        }
    }

    #[test]
    fn words_are_read_in_both_forms_and_each_has_its_bit() {
        let mut all = Permissions::NONE;
        for permission in Permission::ALL {
            assert!(!all.has(*permission));
            all = all.with(*permission, true);
            assert_eq!(Permission::from_word(permission.word()), Some(*permission));
            assert_eq!(Permission::try_from(permission.word().replace('.', "_")), Ok(*permission));
        }
        assert_eq!(all.iter().count(), Permission::ALL.len());
        assert!(Permission::try_from("credit".to_owned()).unwrap_err().contains("credit_read"));
        assert_eq!(all, Permissions::ALL);
        assert_eq!(serde_json::to_string(&Permission::CallsOwn).unwrap(), "\"calls.own\"");
    }
}
