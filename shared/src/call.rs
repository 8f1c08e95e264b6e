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

labelled_enum! {
    /// What takes part in a call.
    pub enum PartKind {
        /// One of our agents' phones.
        Agent = "agent", "担当者", "Agent", [];
        /// Somebody outside whom we called into it: a mobile in a ring group, the target of a transfer.
        Outside = "outside", "外線", "Outside", [];
    }
}

labelled_enum! {
    /// How somebody's part in a call ended.
    pub enum PartEnd {
        /// They hung up, or the call ended while they had it.
        Left = "left", "通話終了", "Left", [];
        /// They handed it to somebody else.
        Transferred = "transferred", "転送", "Transferred", [];
        /// Their phone rang, and another phone answered.
        AnsweredElsewhere = "answered_elsewhere", "他で応答", "Answered elsewhere", [];
        /// Their phone rang out.
        NoAnswer = "no_answer", "無応答", "No answer", ["不在"];
        /// Their phone rang until the caller gave up.
        CallerHungUp = "caller_hung_up", "顧客放棄", "Caller hung up", [];
        /// Their phone was busy, or they refused the call.
        Rejected = "rejected", "拒否・話中", "Rejected", [];
        /// Nobody saw how it ended.
        Lost = "lost", "不明", "Lost", [];
    }
}

labelled_enum! {
    /// How a caller's wait in a queue ended.
    pub enum QueueEnd {
        /// Somebody answered.
        Answered = "answered", "応答", "Answered", [];
        /// The caller gave up.
        Abandoned = "abandoned", "顧客放棄", "Abandoned", ["放棄"];
        /// The queue let the caller go on: nobody answered in time, or the caller chose another way.
        LeftQueue = "left", "待ち終了", "Left", [];
        /// Nobody saw how it ended.
        Lost = "lost", "不明", "Lost", [];
    }
}

labelled_enum! {
    /// How far a missed call has come.
    pub enum MissedStatus {
        /// Nobody has taken it yet.
        Open = "open", "未対応", "Open", [];
        /// Somebody calls back.
        InProgress = "in_progress", "対応中", "In progress", [];
        /// The caller was talked to.
        Done = "done", "完了", "Done", [];
        /// Closed without a call.
        NoNeed = "no_need", "対応不要", "No need", [];
    }
}

labelled_enum! {
    /// Which missed calls are listed.
    pub enum MissedFilter {
        /// Those that wait for a call back, whether somebody took them or not.
        Open = "open", "未完了", "Open", [];
        /// All, closed ones too.
        All = "all", "すべて", "All", [];
    }
}

labelled_enum! {
    /// How a missed call is closed by hand.
    pub enum MissedResult {
        /// The caller was talked to.
        Done = "done", "完了", "Done", [];
        /// There is nothing to do.
        NoNeed = "no_need", "対応不要", "No need", [];
    }
}

impl From<MissedResult> for MissedStatus {
    fn from(result: MissedResult) -> Self {
        match result {
            MissedResult::Done => Self::Done,
            MissedResult::NoNeed => Self::NoNeed,
        }
    }
}

labelled_enum! {
    /// Whether a callback was made.
    pub enum CallbackStatus {
        /// Not yet.
        Open = "open", "未完了", "Open", [];
        /// The customer was talked to.
        Done = "done", "完了", "Done", [];
    }
}

labelled_enum! {
    /// Which master of after-call work a code is in.
    pub enum DispositionKind {
        /// What the call was about.
        Category = "category", "対応区分", "Category", [];
        /// What came of it.
        Result = "result", "対応結果", "Disposition", [];
        /// Whether anything is left to do.
        Status = "status", "対応状況", "Status", [];
        /// Why an agent is away.
        AwayReason = "away_reason", "離席理由", "Away reason", [];
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

labelled_enum! {
    /// What happened to a call.
    pub enum EventKind {
        /// An agent's phone rings.
        Ringing = "call.ringing", "呼び出し中", "ringing", [];
        /// An agent answered, or the party whom an agent called did.
        Answered = "call.answered", "応答", "answered", [];
        /// The call is over.
        Ended = "call.ended", "終了", "ended", [];
        /// An incoming call is over that nobody answered. It comes with `call.ended`.
        Missed = "call.missed", "不在着信", "missed", [];
        /// An agent has finished the after-call work.
        Wrapup = "call.wrapup", "後処理の完了", "wrapped up", [];
    }
}

labelled_enum! {
    /// Personal data that an endpoint may be told.
    pub enum EventField {
        /// The number of the other party. A withheld number is in no event.
        Number = "number", "電話番号", "number", [];
        /// Who the customer or lead is: codes and names.
        Customer = "customer", "得意先", "customer", [];
        /// What the agent wrote.
        Note = "note", "メモ", "note", [];
    }
}
