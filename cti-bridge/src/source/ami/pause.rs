//! `QueuePause`: which phones the queues may ring.

use super::AmiConfig;
use super::action::Action;
use crate::source::QueuePause;
use crate::source::connection::is_extension;

/// How the action ids of pauses begin; the extension follows.
pub(super) const ID_PREFIX: &str = "pause-";

/// Longest reason, in characters: Asterisk shows it in its lists.
const REASON_CHARS_MAX: usize = 80;

/// Writes an action for each phone. What is not an extension is skipped.
pub(super) fn write(config: &AmiConfig, pauses: &[QueuePause], outbox: &mut Vec<u8>) {
    if config.queue_interface.is_empty() {
        return;
    }
    for pause in pauses.iter().filter(|pause| is_extension(&pause.extension)) {
        let mut action = Action::new("QueuePause", &format!("{ID_PREFIX}{}", pause.extension))
            .with("Interface", &config.queue_interface.replace("{extension}", &pause.extension))
            .with("Paused", if pause.paused { "true" } else { "false" });
        if let Some(reason) = &pause.reason {
            action = action.with("Reason", &reason.chars().take(REASON_CHARS_MAX).collect::<String>());
        }
        action.write_to(outbox);
    }
}

/// Whether Asterisk's answer says that no queue has this member. Not every agent is a member of a queue of this PBX.
pub(super) fn is_unknown(message: &str) -> bool {
    message.eq_ignore_ascii_case("Interface not found")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Secret;

    fn text(interface: &str, pauses: &[QueuePause]) -> String {
        let mut config = AmiConfig::new("pbx:5038", "chakuden", Secret::new("s"));
        config.queue_interface = interface.to_owned();
        let mut outbox = Vec::new();
        write(&config, pauses, &mut outbox);
        String::from_utf8(outbox).unwrap()
    }

    fn away(extension: &str) -> QueuePause {
        QueuePause {
            extension: extension.to_owned(),
            paused: true,
            reason: Some("lunch\r\nAction: X".to_owned()),
        }
    }

    #[test]
    fn an_agent_who_is_away_is_paused_in_every_queue_with_the_reason() {
        let back = QueuePause { paused: false, reason: None, ..away("202") };
        assert_eq!(
            text("PJSIP/{extension}", &[away("201"), back]),
            "Action: QueuePause\r\nActionID: pause-201\r\nInterface: PJSIP/201\r\nPaused: true\r\n\
             Reason: lunchAction: X\r\n\r\n\
             Action: QueuePause\r\nActionID: pause-202\r\nInterface: PJSIP/202\r\nPaused: false\r\n\r\n"
        );
    }

    #[test]
    fn nothing_is_sent_when_queues_are_not_set_up_or_for_what_is_not_an_extension() {
        assert_eq!(text("", &[away("201")]), "");
        assert_eq!(text("PJSIP/{extension}", &[away("201&x"), away(""), away(&"1".repeat(33))]), "");
    }
}
