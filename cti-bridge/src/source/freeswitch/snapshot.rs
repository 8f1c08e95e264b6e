//! The list of live channels, and what has to be asked about them.

use std::fmt;

use serde::Deserialize;

use crate::call::ChannelId;

/// The command that lists the live channels.
pub(super) const LIST: &str = "api show channels as json";

/// One line of `show channels as json`. It says nothing of presentation: its number is not to be shown before that was
/// asked.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct ChannelRow {
    pub(super) uuid: String,
    #[serde(default)]
    pub(super) direction: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) cid_name: String,
    #[serde(default)]
    pub(super) cid_num: String,
    #[serde(default)]
    pub(super) dest: String,
    #[serde(default)]
    pub(super) initial_dest: String,
    #[serde(default)]
    pub(super) initial_context: String,
    #[serde(default)]
    pub(super) application_data: String,
    #[serde(default)]
    pub(super) presence_id: String,
    #[serde(default)]
    pub(super) callstate: String,
    #[serde(default)]
    pub(super) call_uuid: String,
}

/// Hides the number.
impl fmt::Debug for ChannelRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelRow")
            .field("uuid", &self.uuid)
            .field("direction", &self.direction)
            .field("callstate", &self.callstate)
            .finish_non_exhaustive()
    }
}

/// The whole list; without channels there are no `rows`.
#[derive(Deserialize)]
struct List {
    row_count: u64,
    #[serde(default)]
    rows: Vec<ChannelRow>,
}

/// Reads the answer to `show channels as json`. Nothing if it is not such a list, or not whole.
#[must_use]
pub fn channel_rows(body: &str) -> Option<Vec<ChannelRow>> {
    let list: List = serde_json::from_str(body).ok()?;
    (u64::try_from(list.rows.len()).ok() == Some(list.row_count)).then_some(list.rows)
}

/// A question about a live channel: the value of one of its variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EslAsk {
    /// The channel.
    pub channel: ChannelId,
    /// What is asked.
    pub question: EslQuestion,
}

/// What may be asked about a channel that was found live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EslQuestion {
    /// Whether its number is withheld.
    Presentation,
    /// The queue that it waits or waited in.
    Queue,
    /// The customer code that an IVR collected.
    CustomerCode,
    /// The caller on whose behalf a queue rings this agent's leg, which is told only then.
    Owner(Box<ChannelRow>),
}

impl EslAsk {
    /// The command that asks this. The identity comes from FreeSWITCH's own list, but a line end in it would begin a
    /// command.
    #[must_use]
    pub fn command(&self, customer_code_variable: &str) -> String {
        let variable = match self.question {
            EslQuestion::Presentation => "privacy_hide_number",
            EslQuestion::Queue => "cc_queue",
            EslQuestion::CustomerCode => customer_code_variable,
            EslQuestion::Owner(_) => "cc_member_session_uuid",
        };
        let channel: String = self.channel.as_str().chars().filter(char::is_ascii_graphic).collect();
        format!("api uuid_getvar {channel} {variable}")
    }
}

/// The answer to a question about a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EslAnswer<'a> {
    /// The variable's value.
    Value(&'a str),
    /// It has none, or nobody answered.
    Missing,
    /// There is no such channel any more.
    Gone,
}

impl<'a> EslAnswer<'a> {
    /// Reads the answer to `uuid_getvar`.
    #[must_use]
    pub fn parse(body: &'a str) -> Self {
        match body.trim() {
            text if text.starts_with("-ERR No such channel") => Self::Gone,
            "" | "_undef_" => Self::Missing,
            text if text.starts_with('-') => Self::Missing,
            text => Self::Value(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_without_channels_has_no_rows() {
        assert_eq!(channel_rows("{\"row_count\": 0}"), Some(Vec::new()));
        assert_eq!(channel_rows("{\"row_count\": 1}"), None, "a list that broke off");
        assert_eq!(channel_rows("-ERR no such command"), None);
        let one =
            channel_rows("{\"row_count\":1,\"rows\":[{\"uuid\":\"u\",\"cid_num\":\"0398765432\"}]}").unwrap();
        assert_eq!(one[0].uuid, "u");
        assert!(!format!("{one:?}").contains("98765432"));
    }

    #[test]
    fn answers_are_values_or_none_or_say_that_the_channel_is_gone() {
        for (body, expected) in [
            ("true", EslAnswer::Value("true")),
            ("support@default\n", EslAnswer::Value("support@default")),
            ("_undef_", EslAnswer::Missing),
            ("", EslAnswer::Missing),
            ("-ERR No such channel!\n", EslAnswer::Gone),
            ("-USAGE: <uuid> <var>", EslAnswer::Missing),
        ] {
            assert_eq!(EslAnswer::parse(body), expected, "{body}");
        }
    }

    #[test]
    fn a_question_is_one_command() {
        let ask = EslAsk { channel: "u-1\nexit".into(), question: EslQuestion::Presentation };
        assert_eq!(ask.command("code"), "api uuid_getvar u-1exit privacy_hide_number");
        let ask = EslAsk { channel: "u-1".into(), question: EslQuestion::CustomerCode };
        assert_eq!(ask.command("code"), "api uuid_getvar u-1 code");
    }
}
