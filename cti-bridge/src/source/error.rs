//! Errors of sources that people read.

use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Explain, Message};

/// Why a number was not dialled. The text is for the agent and contains no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum DialError {
    /// The PBX is not connected.
    Down,
    /// The PBX, or the source on its behalf, refused.
    Refused(Message),
    /// The PBX did not answer in time.
    Timeout,
    /// The PBX accepted, and the agent's phone neither rings nor refuses.
    PhoneSilent,
    /// The agent's phone could not be rung.
    Phone(PhoneFault),
    /// Dialling is not set up for this PBX.
    NotSupported(Message),
}

impl Explain for DialError {
    fn message(&self) -> Message {
        match self {
            Self::Down => message!("PBX に接続されていません", "the PBX is not connected"),
            Self::Refused(reason) => message!(
                "PBX が発信を受け付けませんでした: {reason}",
                "the PBX refused: {reason}",
                reason = *reason,
            ),
            Self::Timeout => message!("PBX が時間内に応答しませんでした", "the PBX did not answer in time"),
            Self::PhoneSilent => message!(
                "電話機が応答しないため発信できませんでした。電話機の電源とネットワークを確認してください",
                "your phone does not respond; check that it is on and connected"
            ),
            Self::Phone(fault) => fault.message(),
            Self::NotSupported(reason) => message!(
                "この PBX では発信が設定されていません: {reason}",
                "this PBX is not set up for dialling: {reason}",
                reason = *reason,
            ),
        }
    }
}

/// Why an agent's own phone could not be rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneFault {
    /// It is not registered, or the PBX knows none of this name.
    Unreachable,
    /// It is busy, or set to take no calls.
    Busy,
    /// It rang, and nobody answered.
    NoAnswer,
}

impl Explain for PhoneFault {
    fn message(&self) -> Message {
        match self {
            Self::Unreachable => message!(
                "電話機を呼び出せませんでした。電話機が PBX に登録されているか確認してください",
                "your phone cannot be reached; check that it is registered with the PBX"
            ),
            Self::Busy => message!(
                "電話機が通話中か、着信を拒否する設定になっているため発信できませんでした",
                "your phone is busy or set to take no calls"
            ),
            Self::NoAnswer => message!(
                "電話機で応答しなかったため発信しませんでした",
                "your phone was not answered, so nothing was dialled"
            ),
        }
    }
}

/// Why an order was not carried out. The text is for the agent and contains no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum OrderError {
    /// The PBX is not connected.
    Down,
    /// The PBX, or the source on its behalf, refused.
    Refused(Message),
    /// The PBX no longer has the call, or not on the agent's phone.
    Gone,
    /// The PBX did not answer in time.
    Timeout,
    /// This PBX takes no such order, or it is not set up.
    NotSupported,
}

impl Explain for OrderError {
    fn message(&self) -> Message {
        match self {
            Self::Down => message!("PBX に接続されていません", "the PBX is not connected"),
            Self::Refused(reason) => message!(
                "PBX が受け付けませんでした: {reason}",
                "the PBX refused: {reason}",
                reason = *reason,
            ),
            Self::Gone => {
                message!(
                    "この通話は終了したか、お手元の電話機から離れています",
                    "the call is over, or your phone no longer has it"
                )
            }
            Self::Timeout => message!("PBX が時間内に応答しませんでした", "the PBX did not answer in time"),
            Self::NotSupported => message!(
                "この PBX では画面からこの操作はできません。電話機で操作してください",
                "this PBX does not take this order from the screen; use the telephone"
            ),
        }
    }
}

/// Why a source cannot work at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum SourceError {
    /// The PBX refused the user or the secret.
    SignInRefused {
        /// `host:port` of the PBX.
        address: String,
        /// What the PBX answered.
        reply: String,
        /// What to check.
        advice: Message,
    },
}

impl Explain for SourceError {
    fn message(&self) -> Message {
        match self {
            Self::SignInRefused { address, reply, advice } => message!(
                "PBX {address} へのサインインが拒否されました({reply})。{advice}",
                "PBX {address} refused the sign-in ({reply}): {advice}",
                address = address,
                reply = reply,
                advice = *advice,
            ),
        }
    }
}

/// Settings that a PBX refuses end the program like wrong settings.
impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::config(error.message())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_explained_in_both_languages() {
        let reason = message!("Originate failed", "Originate failed");
        let refused = DialError::Refused(reason).message();
        assert_eq!(refused.text(Lang::Ja), "PBX が発信を受け付けませんでした: Originate failed");
        assert_eq!(refused.text(Lang::En), "the PBX refused: Originate failed");
        let advice = message!("パスワードを確認してください", "check the password");
        let (address, reply) = ("pbx:1".to_owned(), "-ERR".to_owned());
        let failure = Failure::from(SourceError::SignInRefused { address, reply, advice });
        assert_eq!(failure.code(), 78);
        let text = failure.message().text(Lang::Ja).to_owned();
        assert_eq!(text, "PBX pbx:1 へのサインインが拒否されました(-ERR)。パスワードを確認してください");
    }
}
