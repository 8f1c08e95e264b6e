//! `callcenter_config agent set status`: which agents the queues may ring.

use super::{FreeSwitchConfig, dial};
use crate::source::QueuePause;
use crate::source::connection::is_extension;

/// The command that tells `mod_callcenter` about one agent; `None` when queues are not set up, or for something that
/// is not an extension.
pub(super) fn command(config: &FreeSwitchConfig, pause: &QueuePause) -> Option<String> {
    if config.queue_agent.is_empty() || !is_extension(&pause.extension) {
        return None;
    }
    let agent = config.queue_agent.replace("{extension}", &pause.extension);
    let status = if pause.paused { "On Break" } else { "Available" };
    Some(format!("api callcenter_config agent set status {agent} '{status}'"))
}

/// Asks whether there are queues at all.
pub(super) const MODULE_COMMAND: &str = "api module_exists mod_callcenter";

/// Whether FreeSWITCH's answer says that no queue has this agent. Not every agent belongs to a queue of this PBX.
pub(super) fn is_unknown(result: &str) -> bool {
    result.contains("Agent not found")
}

/// FreeSWITCH's answer.
pub(super) fn answer(result: &str) {
    if !result.starts_with("+OK") && !is_unknown(result) {
        tracing::warn!(
            cause = dial::cause(result).unwrap_or_default(),
            "FreeSWITCH does not tell its queues who is away"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Secret;

    #[test]
    fn an_agent_who_is_away_is_on_break_and_one_who_is_back_is_available() {
        let mut config = FreeSwitchConfig::new("pbx:8021", Secret::new("s"));
        let mut pause = QueuePause { extension: "201".to_owned(), paused: true, reason: None };
        assert_eq!(command(&config, &pause), None, "not set up");
        config.queue_agent = "{extension}@pbx.example".to_owned();
        let status = |pause: &QueuePause| command(&config, pause).unwrap();
        assert_eq!(status(&pause), "api callcenter_config agent set status 201@pbx.example 'On Break'");
        pause.paused = false;
        assert_eq!(status(&pause), "api callcenter_config agent set status 201@pbx.example 'Available'");
        pause.extension = "201 Available".to_owned();
        assert_eq!(command(&config, &pause), None);
    }
}
