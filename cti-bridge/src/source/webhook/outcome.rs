//! What happened to an event.

/// What happened to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was translated.
    Translated,
    /// It says nothing new.
    Ignored(Ignored),
}

/// Why an event was not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// An event with this id arrived before.
    Repeated,
    /// It is about something that is over: a ring of long ago, or one from before the answer.
    TooOld,
    /// Its call has just ended.
    CallEnded,
    /// Its phone does not take part: it stopped ringing before the ring arrived, or there are too many.
    PhoneLeft,
}

impl Ignored {
    /// The word in the answer (`docs/webhook.md`).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Repeated => "repeated",
            Self::TooOld => "too_old",
            Self::CallEnded => "call_ended",
            Self::PhoneLeft => "phone_left",
        }
    }
}
