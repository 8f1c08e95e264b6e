//! Checks of the command templates in the settings: what a template could inject must be impossible.

use shared::message;
use shared::message::Message;

use super::FreeSwitchConfig;

/// Checks the templates of click-to-call.
///
/// # Errors
/// The first template that is wrong.
pub(super) fn check_dial(config: &FreeSwitchConfig, place: &str) -> Result<(), Message> {
    let is_one_line = |text: &str| !text.chars().any(char::is_control);
    let endpoint = &config.dial_endpoint;
    if !endpoint.contains("{extension}") || endpoint.contains([' ', '\'']) || !is_one_line(endpoint) {
        return Err(message!(
            "[{place}] の dial_endpoint は {{extension}} を含み、空白のない値にしてください(例: user/{{extension}}@pbx.example)。発信しない場合は空にします",
            "[{place}]: dial_endpoint must contain {{extension}} and no blanks, such as `user/{{extension}}@pbx.example`; leave it empty to disable dialling",
            place = place,
        ));
    }
    if !config.dial_destination.contains("{number}") || !is_one_line(&config.dial_destination) {
        return Err(message!(
            "[{place}] の dial_destination は {{number}} を含む値にしてください(例: {{number}} XML default)",
            "[{place}]: dial_destination must contain {{number}}, such as `{{number}} XML default`",
            place = place,
        ));
    }
    let is_variable = |variable: &String| {
        let has_name = variable.split_once('=').is_some_and(|(name, _)| !name.is_empty());
        let rest = variable.replace("{extension}", "").replace("{number}", "");
        has_name && !rest.contains(['{', '}', ',']) && is_one_line(variable)
    };
    match config.dial_variables.iter().find(|variable| !is_variable(variable)) {
        Some(wrong) => Err(message!(
            "[{place}] の dial_variables「{wrong}」は使えません。「名前=値」の形で、「,」と、{{extension}}・{{number}} 以外の波括弧を含めないでください",
            "[{place}]: `{wrong}` in dial_variables must be `name=value`, without `,` and without braces other than {{extension}} and {{number}}",
            place = place,
            wrong = wrong,
        )),
        None => Ok(()),
    }
}

/// Checks the name of an agent of `mod_callcenter`.
///
/// # Errors
/// It is wrong.
pub(super) fn check_queue_agent(agent: &str, place: &str) -> Result<(), Message> {
    let is_plain = !agent.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '\'' | '"'));
    if agent.is_empty() || (agent.contains("{extension}") && is_plain) {
        return Ok(());
    }
    Err(message!(
        "[{place}] の queue_agent は {{extension}} を含み、空白と引用符のない値にしてください(例: {{extension}}@pbx.example)。着信グループに離席を知らせない場合は空にします",
        "[{place}]: queue_agent must contain {{extension}}, no blanks and no quotes, such as `{{extension}}@pbx.example`; leave it empty if queues need not know who is away",
        place = place,
    ))
}
