//! Click-to-call: `originate` rings the agent's phone, and the dialplan dials the number once it is answered.

use std::time::Duration;

use shared::message;
use shared::message::Message;
use tokio::time::Instant;

use super::{EslMessage, FreeSwitchConfig};
use crate::source::connection::{DialReply, PendingDials, is_extension};
use crate::source::{Destination, DialError};

/// The channel variable that holds the number which one of our legs is about to dial.
pub(super) const DIALLED_VARIABLE: &str = "chakuden_dialled_number";
/// Longest reason that is passed on, in characters.
const REASON_CHARS_MAX: usize = 60;

/// Pending dial requests, by the identity that leg and job share.
#[derive(Debug)]
pub(super) struct Dials(PendingDials);

impl Dials {
    pub(super) fn new(max: usize) -> Self {
        Self(PendingDials::new(max))
    }

    /// The command for a request, and the leg it is about. A refused request is answered at once.
    pub(super) fn originate(
        &mut self,
        config: &FreeSwitchConfig,
        extension: &str,
        to: &Destination,
        reply: DialReply,
    ) -> Option<(String, String)> {
        let accepted = self.0.check_room().and_then(|()| {
            let leg = new_leg()?;
            let command = command(config, &leg, extension, to)?;
            Ok((leg, command))
        });
        match accepted {
            Ok((leg, command)) => {
                let deadline = Instant::now() + Duration::from_millis(config.dial_timeout_ms);
                self.0.insert(leg.clone(), deadline, reply);
                Some((leg, command))
            }
            Err(error) => {
                // The requester may have disconnected.
                let _ = reply.send(Err(error));
                None
            }
        }
    }

    /// The reply to the command itself, such as that `bgapi` is not permitted.
    pub(super) fn replied(&mut self, leg: &str, reply: &str) {
        match reply.starts_with("+OK") {
            true => self.0.accepted(leg, None),
            false => self.0.settle(leg, Err(DialError::Refused(refusal(reply)))),
        }
    }

    /// An event: the phone rings, or the job has ended.
    pub(super) fn event(&mut self, message: &EslMessage) {
        if self.0.is_empty() {
            return;
        }
        match message.event() {
            Some("BACKGROUND_JOB") => {
                let result = message.body();
                let outcome = match result.starts_with("+OK") {
                    true => Ok(()),
                    false => Err(DialError::Refused(refusal(result))),
                };
                self.0.settle(message.get("Job-UUID").unwrap_or_default(), outcome);
            }
            Some("CHANNEL_PROGRESS" | "CHANNEL_PROGRESS_MEDIA" | "CHANNEL_ANSWER") => {
                self.0.settle(message.get("Unique-ID").unwrap_or_default(), Ok(()));
            }
            _ => {}
        }
    }

    /// When the next request times out.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }

    /// Fails the requests that were not answered in time. Returns the commands that end the legs to phones that did not
    /// respond: they must not ring later, when the agent was told otherwise.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<String> {
        self.0.expire(now).into_iter().map(|leg| format!("api uuid_kill {leg}")).collect()
    }
}

/// The `originate` command for this phone and this number; the leg gets this identity.
///
/// # Errors
/// Dialling is not set up, or the extension or the number contains what FreeSWITCH could interpret.
fn command(
    config: &FreeSwitchConfig,
    leg: &str,
    extension: &str,
    to: &Destination,
) -> Result<String, DialError> {
    if config.dial_endpoint.is_empty() {
        return Err(DialError::NotSupported(message!(
            "[freeswitch] の dial_endpoint を設定してください",
            "set dial_endpoint in [freeswitch]",
        )));
    }
    if !is_extension(extension) || !to.is_safe() {
        return Err(DialError::Refused(message!(
            "内線番号または電話番号に使えない文字があります",
            "the extension or the number contains characters that cannot be dialled",
        )));
    }
    let number = to.digits();
    let fill = |template: &str| template.replace("{extension}", extension).replace("{number}", number);
    let mut variables = format!("origination_uuid={leg},{DIALLED_VARIABLE}={number}");
    if !config.dial_caller_number.is_empty() {
        // The agent's phone shows whom it calls; the carrier gets the company's number.
        variables.push_str(&format!(",origination_caller_id_number={number}"));
        variables.push_str(&format!(",effective_caller_id_number={}", config.dial_caller_number));
    }
    for variable in &config.dial_variables {
        variables.push(',');
        variables.push_str(&fill(variable));
    }
    let destination = match to {
        Destination::Extension(_) if !config.transfer_destination.is_empty() => {
            config.transfer_destination.replace("{extension}", number)
        }
        _ => fill(&config.dial_destination),
    };
    let endpoint = fill(&config.dial_endpoint);
    // The job gets the leg's identity, so that its result needs no table of its own.
    Ok(format!("bgapi originate {{{variables}}}{endpoint} {destination}\nJob-UUID: {leg}"))
}

/// The text of a refused request.
pub(super) fn refusal(result: &str) -> Message {
    match cause(result) {
        Some(cause) => message!("{cause}", "{cause}", cause = cause),
        None => message!("理由は示されていません", "no reason given"),
    }
}

/// The words of a result such as `-ERR USER_BUSY`, never a number.
pub(super) fn cause(result: &str) -> Option<String> {
    let text = result.trim().trim_start_matches("-ERR").trim_start_matches("-USAGE:");
    let is_word = |c: &char| c.is_ascii_alphabetic() || matches!(c, '_' | ' ' | '-');
    let words: String = text.chars().filter(is_word).take(REASON_CHARS_MAX).collect();
    let words = words.trim();
    (!words.is_empty()).then(|| words.to_owned())
}

/// A fresh identity for a leg, in the form of a random UUID.
///
/// # Errors
/// The operating system gives no randomness.
fn new_leg() -> Result<String, DialError> {
    let refused = |_| {
        DialError::Refused(message!(
            "OS から乱数を取得できません",
            "the operating system provides no random numbers",
        ))
    };
    let (high, low) = (getrandom::u64().map_err(refused)?, getrandom::u64().map_err(refused)?);
    Ok(format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        ((low >> 48) & 0x3fff) | 0x8000,
        low & 0xffff_ffff_ffff
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Secret;
    use crate::source::connection::DIALLED_CHARS_MAX;

    fn config() -> FreeSwitchConfig {
        FreeSwitchConfig::new("pbx:8021", Secret::new("s"))
    }

    fn number(digits: &str) -> Destination {
        Destination::Number(digits.to_owned())
    }

    #[test]
    fn an_extension_is_called_inside_without_the_digits_for_an_outside_line() {
        let mut config = config();
        config.dial_destination = "9{number} XML outgoing".to_owned();
        let to = Destination::Extension("202".to_owned());
        let inside = command(&config, "u", "201", &to).unwrap();
        assert!(inside.contains("user/201 202 XML default\n"), "{inside}");
        config.transfer_destination.clear();
        let only_way = command(&config, "u", "201", &to).unwrap();
        assert!(only_way.contains("user/201 9202 XML outgoing\n"), "{only_way}");
    }

    #[test]
    fn the_phone_rings_first_and_then_the_number_is_dialled() {
        let mut config = config();
        assert_eq!(
            command(&config, "u-1", "201", &number("0312345678")).unwrap(),
            "bgapi originate {origination_uuid=u-1,chakuden_dialled_number=0312345678,originate_timeout=30}\
             user/201 0312345678 XML default\nJob-UUID: u-1"
        );
        config.dial_endpoint = "user/{extension}@pbx.example".to_owned();
        config.dial_destination = "&bridge(sofia/gateway/carrier/{number})".to_owned();
        config.dial_variables = vec!["origination_caller_id_number={number}".to_owned()];
        assert_eq!(
            command(&config, "u-1", "front.desk", &number("+81312345678")).unwrap(),
            "bgapi originate {origination_uuid=u-1,chakuden_dialled_number=+81312345678,\
             origination_caller_id_number=+81312345678}user/front.desk@pbx.example \
             &bridge(sofia/gateway/carrier/+81312345678)\nJob-UUID: u-1"
        );
    }

    #[test]
    fn the_carrier_gets_the_companys_number_and_the_agents_phone_shows_the_customers() {
        let mut config = config();
        config.dial_caller_number = "0331112222".to_owned();
        let command = command(&config, "u-1", "201", &number("0312345678")).unwrap();
        assert!(
            command.contains(
                ",origination_caller_id_number=0312345678,effective_caller_id_number=0331112222,originate"
            ),
            "{command}"
        );
    }

    #[test]
    fn injection_is_refused() {
        let config = config();
        let long = "1".repeat(DIALLED_CHARS_MAX + 1);
        for extension in
            ["", "201 &hangup", "201,x", "201}", "2\n01", "{number}", "201@evil", "２０１", &long]
        {
            let refused = command(&config, "u", extension, &number("0312345678"));
            assert!(matches!(refused, Err(DialError::Refused(_))), "{extension}");
        }
        for digits in ["", "03 1", "031\nexit", "03)", "${a}", "03-1234-5678", "{extension}", "０３", &long]
        {
            let refused = command(&config, "u", "201", &number(digits));
            assert!(matches!(refused, Err(DialError::Refused(_))), "{digits}");
        }
        assert!(command(&config, "u", &long[1..], &number(&long[1..])).is_ok(), "the limit itself");
    }

    #[test]
    fn without_an_endpoint_there_is_no_dialling() {
        let mut config = config();
        config.dial_endpoint.clear();
        assert!(matches!(
            command(&config, "u", "201", &number("0312345678")),
            Err(DialError::NotSupported(_))
        ));
    }

    #[test]
    fn a_cause_names_no_number() {
        assert_eq!(cause("-ERR USER_BUSY\n").as_deref(), Some("USER_BUSY"));
        assert_eq!(cause("-ERR CHAN_NOT_IMPLEMENTED 0312345678").as_deref(), Some("CHAN_NOT_IMPLEMENTED"));
        assert_eq!(cause("-ERR \n"), None);
    }

    #[test]
    fn a_legs_identity_is_a_random_uuid() {
        let (a, b) = (new_leg().unwrap(), new_leg().unwrap());
        assert_ne!(a, b);
        let groups: Vec<_> = a.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert!(a[14..].starts_with('4') && a[19..].starts_with(['8', '9', 'a', 'b']), "{a}");
    }
}
