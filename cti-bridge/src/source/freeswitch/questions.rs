//! Questions about live channels, and the answers.

use super::ChannelRow;
use crate::call::ChannelId;

/// A question about a live channel: the value of one of its variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EslQuestion {
    /// The channel.
    pub channel: ChannelId,
    /// What is asked.
    pub topic: EslTopic,
}

/// What can be asked about a channel of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EslTopic {
    /// Whether its number is withheld.
    Presentation,
    /// What the caller's SIP `Privacy` header says about it.
    Privacy,
    /// The queue in which it waits or waited.
    Queue,
    /// The customer code that the caller entered.
    CustomerCode,
    /// The caller on whose behalf a queue rings this agent's leg. The leg is introduced with the answer.
    Owner(Box<ChannelRow>),
}

impl EslQuestion {
    /// The command that asks this. The identity comes from FreeSWITCH's own list; still, a line end in it must not start
    /// another command.
    #[must_use]
    pub fn command(&self, customer_code_variable: &str) -> String {
        let variable = match self.topic {
            EslTopic::Presentation => "privacy_hide_number",
            EslTopic::Privacy => "sip_Privacy",
            EslTopic::Queue => "cc_queue",
            EslTopic::CustomerCode => customer_code_variable,
            EslTopic::Owner(_) => "cc_member_session_uuid",
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
    /// It has no value, or there was no answer.
    Missing,
    /// The channel no longer exists.
    Gone,
}

impl<'a> EslAnswer<'a> {
    /// Reads the reply to `uuid_getvar`.
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
    fn an_answer_is_a_value_missing_or_a_gone_channel() {
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
        let question = EslQuestion { channel: "u-1\nexit".into(), topic: EslTopic::Presentation };
        assert_eq!(question.command("code"), "api uuid_getvar u-1exit privacy_hide_number");
        let question = EslQuestion { channel: "u-1".into(), topic: EslTopic::CustomerCode };
        assert_eq!(question.command("code"), "api uuid_getvar u-1 code");
    }
}
