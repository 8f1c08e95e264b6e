//! The words of the protocol: operations, pushes, error codes, presence, and why a socket is closed.

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

            /// The value of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// What a client can ask for.
    Op {
        /// Sign in.
        Hello = "hello",
        /// Who has this number, or this customer's card.
        Lookup = "lookup",
        /// Customers by name, code or number.
        Search = "search",
        /// A customer's timeline.
        History = "history",
        /// The agent's calls of today.
        Calls = "calls",
        /// Ready or away.
        Presence = "presence",
        /// The page has drawn the pop-up.
        CallShown = "call.shown",
        /// Everything up to a number was handled.
        Ack = "ack",
        /// Still there.
        Ping = "ping",
    }
}

words! {
    /// What the bridge tells unasked.
    PushKind {
        /// The agent's phone rings.
        CallRinging = "call.ringing",
        /// The pop-up has something new.
        CallUpdated = "call.updated",
        /// The agent answered.
        CallAnswered = "call.answered",
        /// The agent holds the other party.
        CallHeld = "call.held",
        /// The agent took the other party back.
        CallResumed = "call.resumed",
        /// The pop-up goes away.
        CallDismissed = "call.dismissed",
        /// The call is over.
        CallEnded = "call.ended",
        /// The agent's presence is another one.
        PresenceChanged = "presence.changed",
        /// The connection to the telephone system came or went.
        SourceState = "source.state",
        /// A rank run was committed: cards that are open may show an old rank.
        RankUpdated = "rank.updated",
    }
}

words! {
    /// Why a request got no data.
    ErrorCode {
        /// Not a request of this protocol.
        BadRequest = "bad_request",
        /// No such op.
        UnknownOp = "unknown_op",
        /// No, wrong, expired or revoked token.
        Unauthorized = "unauthorized",
        /// Something else came before `hello`.
        HelloRequired = "hello_required",
        /// The role lacks the permission.
        Forbidden = "forbidden",
        /// No customer with this code.
        NotFound = "not_found",
        /// Not a whole telephone number.
        InvalidNumber = "invalid_number",
        /// A frame over the limit.
        TooLarge = "too_large",
        /// Asked too often.
        RateLimited = "rate_limited",
        /// A queue is full.
        Busy = "busy",
        /// The store did not answer in time.
        Timeout = "timeout",
        /// Our fault.
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
