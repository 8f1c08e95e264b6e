//! The entries of a customer's timeline.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::CallOutcome;
use crate::label::{Labelled, Open, labelled_enum};
use crate::rank::RankDirection;
use crate::sales::{
    ActivityResult, DispatchStatus, InquiryKind, InquiryStatus, InteractionChannel, ShopAction,
};

/// One entry of the timeline: a call, an activity, an inquiry, a document, a rank change …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Fields", into = "Fields")]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct Interaction {
    pub what: Happened,
    pub at: DateTime<Utc>,
    pub subject: Option<String>,
    pub body: Option<String>,
    pub by: Option<String>,
    pub reference: String,
}

/// What a timeline entry is, with what only entries of its kind have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub enum Happened {
    /// A call, seen by the bridge or imported.
    Call { channel: InteractionChannel, outcome: Option<Open<CallOutcome>> },
    /// 商談・対応の記録.
    Activity { channel: Option<Open<InteractionChannel>>, result: Option<Open<ActivityResult>> },
    /// 問合せ・クレーム・要望.
    Inquiry { kind: InquiryKind, status: InquiryStatus },
    /// ランク更新.
    Rank { direction: RankDirection },
    /// 活動ログ.
    Log { action: Open<ShopAction> },
    /// 書類送付.
    Document { status: Option<Open<DispatchStatus>> },
    /// 日報.
    Report,
    /// 担当変更.
    Owner,
    /// ランク修正.
    RankEdit { direction: Option<RankDirection> },
}

labelled_enum! {
    /// What a timeline entry is.
    pub enum InteractionKind {
        /// A call that the bridge saw.
        Call = "call", "通話", "Call", [];
        /// 商談・対応の記録.
        Activity = "activity", "商談・対応", "Activity", [];
        /// 問合せ・クレーム・要望.
        Inquiry = "inquiry", "問合せ", "Inquiry", [];
        /// ランク更新.
        Rank = "rank", "ランク変更", "Rank change", [];
        /// 活動ログ: something that was done in the shop.
        Log = "log", "活動ログ", "Activity log", [];
        /// 書類送付: a document went out.
        Document = "document", "書類送付", "Document", [];
        /// 日報: a daily report about the customer.
        Report = "report", "日報", "Daily report", [];
        /// 担当変更: another representative looks after the customer.
        Owner = "owner", "担当変更", "Change of representative", [];
        /// ランク修正: a file or a command changed the rank, not a run.
        RankEdit = "rank_edit", "ランク修正", "Rank edit", [];
    }
}

/// The `channel` of a document.
const DOCUMENT: &str = "document";

impl Happened {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> InteractionKind {
        match self {
            Self::Call { .. } => InteractionKind::Call,
            Self::Activity { .. } => InteractionKind::Activity,
            Self::Inquiry { .. } => InteractionKind::Inquiry,
            Self::Rank { .. } => InteractionKind::Rank,
            Self::Log { .. } => InteractionKind::Log,
            Self::Document { .. } => InteractionKind::Document,
            Self::Report => InteractionKind::Report,
            Self::Owner => InteractionKind::Owner,
            Self::RankEdit { .. } => InteractionKind::RankEdit,
        }
    }

    /// The word of its channel.
    #[must_use]
    pub fn channel(&self) -> Option<&str> {
        match self {
            Self::Call { channel, .. } => Some(channel.as_str()),
            Self::Activity { channel, .. } => channel.as_ref().map(Open::as_str),
            Self::Inquiry { kind, .. } => Some(kind.as_str()),
            Self::Log { .. } => Some(InteractionChannel::Portal.as_str()),
            Self::Document { .. } => Some(DOCUMENT),
            Self::Rank { .. } | Self::Report | Self::Owner | Self::RankEdit { .. } => None,
        }
    }

    /// The word of its status.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        match self {
            Self::Call { outcome, .. } => outcome.as_ref().map(Open::as_str),
            Self::Activity { result, .. } => result.as_ref().map(Open::as_str),
            Self::Inquiry { status, .. } => Some(status.as_str()),
            Self::Rank { direction } => Some(direction.as_str()),
            Self::Log { action } => Some(action.as_str()),
            Self::Document { status } => status.as_ref().map(Open::as_str),
            Self::RankEdit { direction } => direction.map(RankDirection::as_str),
            Self::Report | Self::Owner => None,
        }
    }

    /// What these words say of an entry of this kind; `None` when a word of a closed choice is none of it.
    fn read(kind: InteractionKind, channel: Option<String>, status: Option<String>) -> Option<Self> {
        Some(match kind {
            InteractionKind::Call => Self::Call { channel: word(channel)?, outcome: status.map(Open::from) },
            InteractionKind::Activity => {
                Self::Activity { channel: channel.map(Open::from), result: status.map(Open::from) }
            }
            InteractionKind::Inquiry => Self::Inquiry { kind: word(channel)?, status: word(status)? },
            InteractionKind::Rank => Self::Rank { direction: word(status)? },
            InteractionKind::Log => Self::Log { action: status?.into() },
            InteractionKind::Document => Self::Document { status: status.map(Open::from) },
            InteractionKind::Report => Self::Report,
            InteractionKind::Owner => Self::Owner,
            InteractionKind::RankEdit => Self::RankEdit {
                direction: match status {
                    Some(status) => Some(word(Some(status))?),
                    None => None,
                },
            },
        })
    }
}

fn word<T: Labelled>(text: Option<String>) -> Option<T> {
    T::from_identifier(&text?)
}

/// An entry as it is stored and sent.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Interaction")]
struct Fields {
    kind: InteractionKind,
    at: DateTime<Utc>,
    /// How it came about, in the words of its kind (docs/protocol.md).
    channel: Option<String>,
    subject: Option<String>,
    body: Option<String>,
    by: Option<String>,
    /// What came of it, in the words of its kind (docs/protocol.md).
    status: Option<String>,
    reference: String,
}

impl TryFrom<Fields> for Interaction {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        let Fields { kind, at, channel, subject, body, by, status, reference } = fields;
        let what = Happened::read(kind, channel, status).ok_or("no word of this kind of interaction")?;
        Ok(Self { what, at, subject, body, by, reference })
    }
}

impl From<Interaction> for Fields {
    fn from(entry: Interaction) -> Self {
        let (channel, status) = (entry.what.channel(), entry.what.status());
        Self {
            kind: entry.what.kind(),
            channel: channel.map(str::to_owned),
            status: status.map(str::to_owned),
            at: entry.at,
            subject: entry.subject,
            body: entry.body,
            by: entry.by,
            reference: entry.reference,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: InteractionKind, channel: Option<&str>, status: Option<&str>) -> Option<Happened> {
        Happened::read(kind, channel.map(str::to_owned), status.map(str::to_owned))
    }

    #[test]
    fn a_word_means_what_its_kind_says() {
        let inquiry = Happened::Inquiry { kind: InquiryKind::Complaint, status: InquiryStatus::Done };
        assert_eq!(read(InteractionKind::Inquiry, Some("complaint"), Some("done")), Some(inquiry));
        let result = Some(Open::Known(ActivityResult::Done));
        let activity = Happened::Activity { channel: None, result };
        assert_eq!(read(InteractionKind::Activity, None, Some("done")), Some(activity));
        let own = Some(Happened::Activity { channel: Some(Open::Other("展示会".into())), result: None });
        assert_eq!(read(InteractionKind::Activity, Some("展示会"), None), own);
    }

    #[test]
    fn a_word_that_a_closed_choice_lacks_is_refused() {
        assert_eq!(read(InteractionKind::Inquiry, Some("phone_in"), Some("done")), None);
        assert_eq!(read(InteractionKind::Inquiry, Some("inquiry"), Some("completed")), None);
        assert_eq!(read(InteractionKind::Rank, None, None), None);
        assert_eq!(read(InteractionKind::Call, None, Some("completed")), None);
    }

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        for what in [
            Happened::Call {
                channel: InteractionChannel::PhoneOut,
                outcome: Some(Open::Known(CallOutcome::Busy)),
            },
            Happened::Activity { channel: None, result: Some(Open::Other("検討中".into())) },
            Happened::Inquiry { kind: InquiryKind::Request, status: InquiryStatus::InProgress },
            Happened::Rank { direction: RankDirection::Cleared },
            Happened::Log { action: Open::Known(ShopAction::QuoteRequested) },
            Happened::Document { status: Some(Open::Known(DispatchStatus::Opened)) },
            Happened::Report,
            Happened::Owner,
        ] {
            let entry = Interaction {
                what,
                at: DateTime::UNIX_EPOCH,
                subject: Some("件名".to_owned()),
                body: None,
                by: None,
                reference: "1".to_owned(),
            };
            let json = serde_json::to_string(&entry).unwrap();
            assert_eq!(serde_json::from_str::<Interaction>(&json).unwrap(), entry, "{json}");
        }
    }
}
