//! What a PBX does not let the bridge see or do although it is connected: the bridge is half blind.

use std::collections::BTreeSet;

use shared::message;
use shared::message::{Explain, Message};

/// One such thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Problem {
    /// Asterisk before 12: its events are others.
    OldVersion,
    /// The PBX does not send the events of calls.
    NoCallEvents,
    /// Asterisk does not say whether a number may be shown.
    NumbersRefused,
    /// The list of live channels is refused.
    ListRefused,
    /// Click-to-call is set up and not permitted.
    DialRefused,
    /// Control from the screen is set up and not permitted.
    ControlRefused,
    /// Queues are to be told who is away, and that is not permitted.
    PauseRefused,
    /// No queue knows the agents' phones by the name in the settings.
    QueueUnknown,
    /// `queue_agent` is set and FreeSWITCH runs without `mod_callcenter`.
    NoCallcenter,
    /// There were calls, and none on an agent's phone.
    PhonesNeverSeen,
}

/// The problems of one PBX.
pub type Problems = BTreeSet<Problem>;

impl Problem {
    /// Every problem.
    pub const ALL: [Self; 10] = [
        Self::OldVersion,
        Self::NoCallEvents,
        Self::NumbersRefused,
        Self::ListRefused,
        Self::DialRefused,
        Self::ControlRefused,
        Self::PauseRefused,
        Self::QueueUnknown,
        Self::NoCallcenter,
        Self::PhonesNeverSeen,
    ];

    /// The word in the protocol, in `/healthz` and in the metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OldVersion => "old_version",
            Self::NoCallEvents => "no_call_events",
            Self::NumbersRefused => "numbers_refused",
            Self::ListRefused => "list_refused",
            Self::DialRefused => "dial_refused",
            Self::ControlRefused => "control_refused",
            Self::PauseRefused => "pause_refused",
            Self::QueueUnknown => "queue_unknown",
            Self::NoCallcenter => "no_callcenter",
            Self::PhonesNeverSeen => "phones_never_seen",
        }
    }

    /// What to change, as a line of the PBX's own settings or of the bridge's.
    #[must_use]
    pub const fn change(self) -> Option<&'static str> {
        match self {
            Self::OldVersion => None,
            Self::NoCallEvents => Some("manager.conf: read = call,agent,user,dialplan"),
            Self::NumbersRefused | Self::ListRefused => Some("manager.conf: write = reporting"),
            Self::DialRefused => Some("manager.conf: write = reporting,originate"),
            Self::ControlRefused => Some("manager.conf: write = reporting,call"),
            Self::PauseRefused => Some("manager.conf: write = reporting,agent"),
            Self::QueueUnknown => Some("bridge.toml: queue_interface / queue_agent"),
            Self::NoCallcenter => Some("modules.conf.xml: <load module=\"mod_callcenter\"/>"),
            Self::PhonesNeverSeen => Some("cti-bridge agent add --extension / bridge.toml: extensions"),
        }
    }
}

impl Explain for Problem {
    fn message(&self) -> Message {
        match self {
            Self::OldVersion => message!(
                "Asterisk のバージョンが古いため(12 より前)、通話を読み取れません。バージョン 13 以降に更新してください",
                "this Asterisk is too old (before 12) and its calls cannot be read; update it to 13 or later"
            ),
            Self::NoCallEvents => message!(
                "PBX から通話のイベントが届いていません。Asterisk では manager.conf のユーザーの read に call を加えてください",
                "the PBX sends no call events; in Asterisk, add `call` to the user's `read` in manager.conf"
            ),
            Self::NumbersRefused => message!(
                "番号を表示してよいか確認できないため、発信者がすべて番号不明になります。manager.conf のユーザーの write に reporting を加えてください",
                "Asterisk does not say whether a number may be shown, so every caller stays unknown; add `reporting` to the \
                 user's `write` in manager.conf"
            ),
            Self::ListRefused => message!(
                "接続時に通話中の一覧を取得できないため、再接続の前後の通話を引き継げません。manager.conf のユーザーの write に reporting を加えてください",
                "running calls cannot be listed, so calls are lost at a reconnect; add `reporting` to the user's `write` in \
                 manager.conf"
            ),
            Self::DialRefused => message!(
                "クリック発信が許可されていません。manager.conf のユーザーの write に originate を加えるか、dial_context を空にしてください",
                "click-to-call is not permitted; add `originate` to the user's `write` in manager.conf, or leave \
                 dial_context empty"
            ),
            Self::ControlRefused => message!(
                "画面からの転送・切断が許可されていません。manager.conf のユーザーの write に call を加えるか、transfer_context を空にしてください",
                "transfers and hanging up from the screen are not permitted; add `call` to the user's `write` in \
                 manager.conf, or leave transfer_context empty"
            ),
            Self::PauseRefused => message!(
                "離席中のオペレーターを着信グループから外せません。manager.conf のユーザーの write に agent を加えるか、queue_interface を空にしてください",
                "queues cannot be told who is away; add `agent` to the user's `write` in manager.conf, or leave \
                 queue_interface empty"
            ),
            Self::QueueUnknown => message!(
                "queue_interface(FreeSWITCH では queue_agent)の名前がどの着信グループにもありません。着信グループのメンバーの書き方に合わせてください",
                "no queue knows the names made from queue_interface (FreeSWITCH: queue_agent); write it as the queues name \
                 their members"
            ),
            Self::NoCallcenter => message!(
                "FreeSWITCH に mod_callcenter が読み込まれていないため、着信グループに離席を知らせられません。読み込むか、queue_agent を空にしてください",
                "FreeSWITCH runs without mod_callcenter, so queues cannot be told who is away; load it, or leave queue_agent \
                 empty"
            ),
            Self::PhonesNeverSeen => message!(
                "通話はありますが、オペレーターの内線電話が一度も現れていません。オペレーターの内線番号と、PBX での電話機の名前が一致しているか確認してください",
                "there are calls, but none on an agent's phone; check that the agents' extensions are the names of the \
                 phones in the PBX"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_word_of_its_own() {
        let words: BTreeSet<&str> = Problem::ALL.iter().map(|problem| problem.word()).collect();
        assert_eq!(words.len(), Problem::ALL.len());
    }
}
