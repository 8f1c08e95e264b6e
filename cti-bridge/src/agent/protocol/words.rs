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
        /// Ready, away or at after-call work.
        Presence = "presence",
        /// The masters of after-call work.
        Masters = "masters",
        /// Who work can be given to.
        Colleagues = "colleagues",
        /// Says who calls.
        CallChoose = "call.choose",
        /// Forgets who was said to call from a number.
        CallForget = "call.forget",
        /// Registers a customer.
        CustomerCreate = "customer.create",
        /// Registers a lead.
        LeadCreate = "lead.create",
        /// Gives a customer the caller's number.
        ContactAttach = "contact.attach",
        /// The note of a call, as it is being written.
        CallNote = "call.note",
        /// What came of a call.
        CallWrapup = "call.wrapup",
        /// Opens an inquiry, complaint or request.
        InquiryCreate = "inquiry.create",
        /// How far an inquiry is.
        InquiryUpdate = "inquiry.update",
        /// Writes a task down.
        TaskCreate = "task.create",
        /// A task is done.
        TaskDone = "task.done",
        /// Calls a number from the agent's telephone.
        CallDial = "call.dial",
        /// Missed calls.
        Missed = "missed",
        /// Takes a missed call up.
        MissedClaim = "missed.claim",
        /// Gives a missed call back.
        MissedRelease = "missed.release",
        /// Closes a missed call.
        MissedClose = "missed.close",
        /// Whom to call back.
        Callbacks = "callbacks",
        /// A callback is done.
        CallbackDone = "callback.done",
        /// Everybody's presence and calls.
        Agents = "agents",
        /// This socket rings from now on.
        RingHere = "ring.here",
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
        /// The agent places a call.
        CallDialing = "call.dialing",
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
        /// Somebody wrote on the call's note.
        CallNote = "call.note",
        /// Another socket of the agent rings from now on.
        RingMoved = "ring.moved",
        /// A missed call is new, taken up or closed.
        MissedChanged = "missed.changed",
        /// It is time to call somebody back.
        CallbackDue = "callback.due",
        /// An agent changed what a customer's card shows.
        CustomerChanged = "customer.changed",
        /// An agent's presence is another one, for who may see everybody's.
        AgentsChanged = "agents.changed",
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
        /// Somebody else was first, or what was said does not fit what is there.
        Conflict = "conflict",
        /// The telephone system refused; the message is for the agent.
        Refused = "refused",
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
        /// Has a call.
        OnCall = "on_call",
        /// Writes down what came of a call.
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
