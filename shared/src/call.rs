//! The codes of calls.

use crate::label::labelled_enum;

labelled_enum! {
    /// The direction of a call.
    pub enum CallDirection {
        /// From outside to us.
        Inbound = "inbound", "着信", "Incoming", ["受信"];
        /// From us to outside.
        Outbound = "outbound", "発信", "Outgoing", ["架電"];
        /// Between two of our extensions.
        Internal = "internal", "内線", "Internal", [];
    }
}

labelled_enum! {
    /// How a call ended (docs/protocol.md).
    pub enum CallOutcome {
        /// It was answered.
        Completed = "completed", "完了", "Completed", ["応答"];
        /// The caller hung up before it was answered.
        Abandoned = "abandoned", "顧客放棄", "Abandoned", ["放棄", "放棄呼"];
        /// Nobody answered.
        NoAnswer = "no_answer", "無応答", "No answer", ["不在", "不在着信"];
        /// The called side was busy.
        Busy = "busy", "話中", "Busy", [];
        /// It could not be connected.
        Failed = "failed", "失敗", "Failed", [];
        /// Nobody saw its end.
        Unknown = "unknown", "不明", "Unknown", [];
    }
}

#[expect(clippy::derivable_impls, reason = "the macro has no place for #[default]")]
impl Default for CallDirection {
    fn default() -> Self {
        Self::Inbound
    }
}

impl CallOutcome {
    /// Whether an incoming call with this outcome should be called back. Not a call whose end was not seen.
    #[must_use]
    pub fn is_missed(self) -> bool {
        matches!(self, Self::Abandoned | Self::NoAnswer | Self::Busy)
    }
}
