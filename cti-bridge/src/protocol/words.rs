//! The words of the protocol: error codes, presence, and why a socket is closed.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// Declares an enum whose values are words of the protocol, with the list of all of them.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every value, in the order of `docs/protocol.md`.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "enum": [$($word),+] })
            }
        }
    };
}

words! {
    /// Why a request gets no data.
    ErrorCode {
        /// Not a request of this protocol.
        BadRequest = "bad_request",
        /// No such operation.
        UnknownOp = "unknown_op",
        /// No, wrong, expired or revoked token.
        Unauthorized = "unauthorized",
        /// Something else came before `hello`.
        HelloRequired = "hello_required",
        /// The role lacks the permission.
        Forbidden = "forbidden",
        /// No customer or lead with this code.
        NotFound = "not_found",
        /// Not a whole telephone number.
        InvalidNumber = "invalid_number",
        /// Somebody else was first, or the request names something that is not there.
        Conflict = "conflict",
        /// The PBX refused; the message is for the agent.
        Refused = "refused",
        /// A frame over the limit.
        TooLarge = "too_large",
        /// Asked too often.
        RateLimited = "rate_limited",
        /// A queue is full.
        Busy = "busy",
        /// The store did not answer in time.
        Timeout = "timeout",
        /// A bug or a fault of the bridge; the cause is in its log.
        Internal = "internal",
    }
}

words! {
    /// An agent's presence.
    Presence {
        /// Takes calls.
        Ready = "ready",
        /// Does not.
        Away = "away",
        /// Has a call.
        OnCall = "on_call",
        /// Finishes the work on a call.
        AfterCallWork = "after_call_work",
    }
}

/// Why the bridge closes a socket (RFC 6455 section 7.4; 4000–4999 are ours).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseCode {
    /// The bridge stops.
    Stopping,
    /// A frame over `frame_bytes_max`.
    TooLarge,
    /// As many sockets as the limits allow are open.
    TooMany,
    /// Not a client of this protocol.
    Protocol,
    /// No, wrong or revoked token.
    Unauthorized,
    /// No `hello` in time, or silent for too long.
    Silent,
    /// Reads too slowly.
    TooSlow,
}

impl CloseCode {
    /// Every value, in the order of `docs/protocol.md`.
    pub const ALL: &'static [Self] = &[
        Self::Stopping,
        Self::TooLarge,
        Self::TooMany,
        Self::Protocol,
        Self::Unauthorized,
        Self::Silent,
        Self::TooSlow,
    ];

    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Stopping => 1000,
            Self::TooLarge => 1009,
            Self::TooMany => 1013,
            Self::Protocol => 4400,
            Self::Unauthorized => 4401,
            Self::Silent => 4408,
            Self::TooSlow => 4429,
        }
    }

    /// The reason that the close frame carries.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Stopping => "the bridge stops",
            Self::TooLarge => "frame too large",
            Self::TooMany => "too many sockets",
            Self::Protocol => "not a client of this protocol",
            Self::Unauthorized => "unauthorized",
            Self::Silent => "no message in time",
            Self::TooSlow => "reads too slowly; reconnect and resume",
        }
    }
}
