//! Who may do what: one table of roles and permissions (`docs/security.md` shows the same; a test compares them).
//!
//! A role has the permissions of the table, plus or minus those in the settings (`[permissions.agent] credit_read =
//! false`). A session reads them again for each request, so that a changed role counts at once.

mod policy;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};
use shared::agent::AgentRole;
use shared::message;

use crate::protocol::{ErrorCode, Refusal};
pub use policy::{PermissionSettings, Policy, SharedPermissions};

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
    /// Work on everybody's calls, not only those in which the agent took part.
    CallsAll = "calls.all",            false true true  false;
    /// Work on calls: choose the customer, notes, wrap-up, new customers and leads, inquiries, tasks; take and close
    /// missed calls, complete callbacks.
    CallsWork = "calls.work",          true true  true  false;
    /// Have a number dialled.
    CallsDial = "calls.dial",          true true  true  false;
    /// Hang up, hold and transfer the own calls from the screen.
    CallsControl = "calls.control",    true true  true  false;
    /// Pick up a call that rings a colleague.
    CallsPickup = "calls.pickup",      true true  true  false;
    /// Listen to recordings of calls.
    RecordingsListen = "recordings.listen", false true true false;
    /// Read everybody's calls, and get the pushes about them.
    CallsListen = "calls.listen",      false false false true;
    /// Read the lists of missed calls and callbacks, and get the pushes about missed calls.
    MissedRead = "missed.read",        true true  true  false;
    /// Read and complete everybody's callbacks; take over, release and close missed calls that another agent has.
    MissedAssign = "missed.assign",    false true true  false;
    /// Set the own presence.
    PresenceOwn = "presence.own",      true true  true  false;
    /// See everybody's presence.
    PresenceAll = "presence.all",      false true true  false;
    /// Read the internal memo and the text of cautions.
    MemoRead = "memo.read",            true true  true  false;
    /// Read balance, credit limit and unpaid invoices.
    CreditRead = "credit.read",        true true  true  false;
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

#[cfg(test)]
mod tests;
