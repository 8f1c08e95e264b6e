//! The command templates in the settings: what a template could inject must be impossible.

use shared::message;
use shared::settings_reader::{Fields, Value};

use super::FreeSwitchConfig;
use crate::source::RecordingUrl;
use crate::source::connection::is_dialled;
use crate::source::order;
use crate::source::settings::ENTRIES_MAX;

/// Longest name of a channel variable, in characters.
const VARIABLE_CHARS_MAX: usize = 64;

/// Reads the templates. Without an endpoint nothing is dialled, and the others are not needed.
pub(super) fn read(fields: &mut Fields<'_>, config: &mut FreeSwitchConfig) {
    fields.set("customer_code_variable", &mut config.customer_code_variable, variable_name);
    fields.set("queue_agent", &mut config.queue_agent, queue_agent);
    fields.set("transfer_destination", &mut config.transfer_destination, transfer_destination);
    fields.set("transfer_queues", &mut config.transfer_queues, order::queues);
    fields.set("recording_url", &mut config.recording_url, RecordingUrl::read);
    fields.set("dial_endpoint", &mut config.dial_endpoint, endpoint);
    let dials = !config.dial_endpoint.is_empty();
    fields.set("dial_destination", &mut config.dial_destination, |value| match dials {
        true => destination(value),
        false => value.text(),
    });
    fields.set("dial_caller_number", &mut config.dial_caller_number, caller_number);
    fields.set("dial_variables", &mut config.dial_variables, |value| {
        let read = |item: &Value<'_>| if dials { variable(item) } else { item.text() };
        let variables: Vec<_> = value.list(ENTRIES_MAX)?.iter().map(read).collect();
        variables.into_iter().collect()
    });
}

/// What click-to-call dials for an outside line: the digits before the number.
pub(super) fn outside_prefix(destination: &str) -> &str {
    let before = destination.split_once("{number}").map_or("", |(before, _)| before);
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#');
    before.rsplit(|c| !digits(c)).next().unwrap_or_default()
}

fn is_one_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn variable_name(value: &Value<'_>) -> Option<String> {
    let message = message!(
        "半角英数字・「_」・「-」で{max}文字以内のチャネル変数名を書いてください",
        "must be the name of a channel variable: 1 to {max} letters, digits, `_`, `-`",
        max = VARIABLE_CHARS_MAX,
    );
    value.parsed(message, |name| {
        let is_name = (1..=VARIABLE_CHARS_MAX).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        is_name.then(|| name.to_owned())
    })
}

fn endpoint(value: &Value<'_>) -> Option<String> {
    let message = message!(
        "{{extension}} を含み、空白のない値にしてください(例: user/{{extension}}@pbx.example)。発信しない場合は空にします",
        "must contain {{extension}} and no blanks, such as `user/{{extension}}@pbx.example`; leave it empty to disable \
         dialling",
    );
    value.parsed(message, |text| {
        let is_safe = text.contains("{extension}") && !text.contains([' ', '\'']) && is_one_line(text);
        (text.is_empty() || is_safe).then(|| text.to_owned())
    })
}

fn transfer_destination(value: &Value<'_>) -> Option<String> {
    let message = message!(
        "{{extension}} を含む1行の値にしてください(例: {{extension}} XML default)。転送しない場合は空にします",
        "must contain {{extension}}, on one line, such as `{{extension}} XML default`; leave it empty to disable transfers",
    );
    value.parsed(message, |text| {
        let is_safe = text.contains("{extension}") && is_one_line(text);
        (text.is_empty() || is_safe).then(|| text.to_owned())
    })
}

fn destination(value: &Value<'_>) -> Option<String> {
    let message = message!(
        "{{number}} を含む1行の値にしてください(例: {{number}} XML default)",
        "must contain {{number}}, on one line, such as `{{number}} XML default`",
    );
    value.parsed(message, |text| (text.contains("{number}") && is_one_line(text)).then(|| text.to_owned()))
}

fn variable(value: &Value<'_>) -> Option<String> {
    let message = message!(
        "「名前=値」の形で書いてください。「,」と、{{extension}}・{{number}} 以外の波括弧は使えません",
        "must be `name=value`, without `,` and without braces other than {{extension}} and {{number}}",
    );
    value.parsed(message, |text| {
        let has_name = text.split_once('=').is_some_and(|(name, _)| !name.is_empty());
        let rest = text.replace("{extension}", "").replace("{number}", "");
        let is_safe = has_name && !rest.contains(['{', '}', ',']) && is_one_line(text);
        is_safe.then(|| text.to_owned())
    })
}

/// A number as the carrier takes it.
fn caller_number(value: &Value<'_>) -> Option<String> {
    let message = message!(
        "自社の電話番号を、通信事業者に送る形で書いてください(数字と「+」だけ。例: 0331112222)",
        "must be a number of the company as the carrier takes it: digits and `+` only, such as 0331112222",
    );
    value.parsed(message, |text| (text.is_empty() || is_dialled(text)).then(|| text.to_owned()))
}

/// The name of an agent of `mod_callcenter`.
fn queue_agent(value: &Value<'_>) -> Option<String> {
    let message = message!(
        "{{extension}} を含み、空白と引用符のない値にしてください(例: {{extension}}@pbx.example)。着信グループに離席を知らせない場合は空にします",
        "must contain {{extension}}, no blanks and no quotes, such as `{{extension}}@pbx.example`; leave it empty if \
         queues need not know who is away",
    );
    value.parsed(message, |text| {
        let is_plain = !text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '\'' | '"'));
        (text.is_empty() || (text.contains("{extension}") && is_plain)).then(|| text.to_owned())
    })
}
