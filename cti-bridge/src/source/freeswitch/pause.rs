//! `callcenter_config agent set status`: whom the queues may ring.

use super::{FreeSwitchConfig, dial};
use crate::source::QueuePause;
use crate::source::connection::requests::is_extension;

/// The command that tells `mod_callcenter` of one agent; none where it is not set up, or for what is no extension.
pub(super) fn command(config: &FreeSwitchConfig, pause: &QueuePause) -> Option<String> {
    if config.queue_agent.is_empty() || !is_extension(&pause.extension) {
        return None;
    }
    let agent = config.queue_agent.replace("{extension}", &pause.extension);
    let status = if pause.paused { "On Break" } else { "Available" };
    Some(format!("api callcenter_config agent set status {agent} '{status}'"))
}

/// FreeSWITCH's answer. Who is no agent of a queue here is none of ours.
pub(super) fn answer(result: &str) {
    if !result.starts_with("+OK") && !result.contains("Agent not found") {
        tracing::warn!(
            cause = dial::cause(result),
            "the telephone system does not let queues know who is away"
        );
    }
}

/// Checks the template of the settings.
pub(super) fn check_template(agent: &str) -> Result<(), String> {
    let is_plain = !agent.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '\'' | '"'));
    if agent.is_empty() || (agent.contains("{extension}") && is_plain) {
        return Ok(());
    }
    Err("queue_agent must name the agent by {extension}, without blanks and quotes, such as \
         `{extension}@pbx.example`; empty: queues are not told who is away"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Secret;

    #[test]
    fn who_is_away_is_on_break_and_who_is_back_is_available() {
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
