//! The words of the audit log for what was done.

use crate::label::Labelled;

/// Declares the actions, each with its word in the audit log and in `docs/security.md`.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum AuditAction { $($(#[$doc])* $name,)+ }

        impl AuditAction {
            /// Every action, in the order of `docs/security.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in the audit log.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }

        impl Labelled for AuditAction {
            fn identifier(self) -> &'static str {
                self.as_str()
            }

            fn from_identifier(identifier: &str) -> Option<Self> {
                match identifier {
                    $($word => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

actions! {
    /// A sign-in with a password or single sign-on, or a socket opened with a token.
    SignIn = "sign_in",
    /// A sign-in that was refused.
    SignInRefused = "sign_in.refused",
    /// A sign-out.
    SignOut = "sign_out",
    /// A request without its permission.
    Forbidden = "forbidden",
    /// A customer's card was looked up.
    Lookup = "customer.lookup",
    /// A customer's timeline was read.
    History = "customer.history",
    /// A search for customers.
    Search = "customer.search",
    /// A pop-up was sent for a call.
    Popup = "popup.shown",
    /// An agent chose who a caller is.
    Choose = "call.choose",
    /// A number was marked as a nuisance, or is none after all.
    Nuisance = "call.nuisance",
    /// A number was dialled for an agent.
    Dial = "call.dial",
    /// A number was not dialled: it may not be, or the agent asked too often.
    DialRefused = "call.dial.refused",
    /// An agent had a call hung up, held or transferred.
    Control = "call.control",
    /// The addresses of a call's recordings were read.
    Recording = "call.recordings",
    /// A supervisor wrote on a call, missed call or callback of somebody else.
    OthersWork = "others.work",
    /// Entries before this one are missing.
    Lost = "audit.lost",
    /// Old records were removed.
    Prune = "prune",
    /// An agent was added.
    AgentAdd = "agent.add",
    /// An agent was revoked.
    AgentRevoke = "agent.revoke",
    /// An agent was given a phone.
    AgentPhoneAdd = "agent.phone.add",
    /// A phone was taken from an agent.
    AgentPhoneRemove = "agent.phone.remove",
    /// An agent was given a token.
    AgentTokenAdd = "agent.token.add",
    /// A token was revoked.
    AgentTokenRevoke = "agent.token.revoke",
    /// An agent's password was set.
    AgentPasswordSet = "agent.password.set",
    /// An agent's password was removed.
    AgentPasswordRemove = "agent.password.remove",
    /// Events that other systems were not told of are tried again.
    EventsRetry = "events.retry",
    /// Two customers were merged.
    Merge = "merge",
    /// A merge was undone.
    MergeUndone = "merge_undone",
    /// Two customers are not the same.
    DuplicateIgnored = "duplicate_ignored",
    /// A batch of refused rows was deleted.
    QuarantineClear = "quarantine_clear",
    /// The note of an unfinished import was deleted.
    ImportForget = "import_forget",
    /// A complete file removed what was not in it.
    Snapshot = "snapshot",
    /// The store was copied.
    StoreBackup = "store_backup",
    /// The store was restored from a copy.
    StoreRestore = "store_restore",
    /// A customer is left out of the rank update.
    RankExclude = "rank_exclude",
    /// A customer is part of the rank update again.
    RankInclude = "rank_include",
    /// A version of the rank settings was saved.
    RankConfig = "rank_config",
    /// The ranks were updated.
    RankRun = "rank_run",
    /// A rank run was reverted.
    RankRevert = "rank_revert",
    /// A rank was edited by hand or by an import.
    RankEdit = "rank_edit",
    /// The company's ranks were replaced.
    RankMaster = "rank_master",
}
