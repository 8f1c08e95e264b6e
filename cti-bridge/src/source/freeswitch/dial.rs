//! Click-to-call: the command that has an agent's phone ring and then dials.

use super::FreeSwitchConfig;
use crate::source::DialError;
use crate::source::connection::requests::{is_dialled, is_extension};

/// The channel variable that says which number a leg of ours is about to dial.
pub(super) const DIALLED_VARIABLE: &str = "chakuden_dialled_number";

/// The `originate` command for this phone and this number; the leg gets this identity.
///
/// # Errors
/// Dialling is not set up, or the extension or the number has anything that could mean something to FreeSWITCH.
pub(super) fn command(
    config: &FreeSwitchConfig,
    leg: &str,
    extension: &str,
    number: &str,
) -> Result<String, DialError> {
    if config.dial_endpoint.is_empty() {
        return Err(DialError::NotSupported("set dial_endpoint".to_owned()));
    }
    if !is_extension(extension) {
        return Err(DialError::Refused("the extension is not one that can be dialled".to_owned()));
    }
    if !is_dialled(number) {
        return Err(DialError::Refused("the number is not one that can be dialled".to_owned()));
    }
    let fill = |template: &str| template.replace("{extension}", extension).replace("{number}", number);
    let mut variables = format!("origination_uuid={leg},{DIALLED_VARIABLE}={number}");
    for variable in &config.dial_variables {
        variables.push(',');
        variables.push_str(&fill(variable));
    }
    let (endpoint, destination) = (fill(&config.dial_endpoint), fill(&config.dial_destination));
    // The job has the leg's identity too, so that its result needs no table of its own.
    Ok(format!("bgapi originate {{{variables}}}{endpoint} {destination}\nJob-UUID: {leg}"))
}

/// Checks the templates of the settings.
pub(super) fn check_templates(config: &FreeSwitchConfig) -> Result<(), String> {
    let is_one_line = |text: &str| !text.chars().any(char::is_control);
    let endpoint = &config.dial_endpoint;
    if !endpoint.contains("{extension}") || endpoint.contains([' ', '\'']) || !is_one_line(endpoint) {
        return Err("dial_endpoint must name the phone by {extension}, without blanks, such as \
             `user/{extension}@pbx.example`; empty for no dialling"
            .to_owned());
    }
    if !config.dial_destination.contains("{number}") || !is_one_line(&config.dial_destination) {
        return Err(
            "dial_destination must have the number as {number}, such as `{number} XML default`".to_owned()
        );
    }
    for variable in &config.dial_variables {
        let has_name = variable.split_once('=').is_some_and(|(name, _)| !name.is_empty());
        let rest = variable.replace("{extension}", "").replace("{number}", "");
        if !has_name || rest.contains(['{', '}', ',']) || !is_one_line(variable) {
            return Err(
                "dial_variables must each be `name=value`, without `,`, and with no braces but those of \
                 {extension} and {number}"
                    .to_owned(),
            );
        }
    }
    Ok(())
}

/// What a result such as `-ERR USER_BUSY` may tell an agent: the cause in words, never a number.
pub(super) fn cause(result: &str) -> String {
    let text = result.trim().trim_start_matches("-ERR").trim_start_matches("-USAGE:");
    let words: String =
        text.chars().filter(|c| c.is_ascii_alphabetic() || matches!(c, '_' | ' ' | '-')).take(60).collect();
    let words = words.trim();
    if words.is_empty() { "no reason given".to_owned() } else { words.to_owned() }
}

/// A fresh identity for a leg, in the form of a random UUID.
///
/// # Errors
/// The operating system gives no randomness.
pub(super) fn new_leg() -> Result<String, DialError> {
    let refused = |_| DialError::Refused("the operating system gives no randomness".to_owned());
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
    use crate::source::connection::requests::DIALLED_MAX;

    fn config() -> FreeSwitchConfig {
        FreeSwitchConfig::new("pbx:8021", Secret::new("s"))
    }

    #[test]
    fn the_phone_rings_first_and_then_the_number_is_dialled() {
        let mut config = config();
        assert_eq!(
            command(&config, "u-1", "201", "0312345678").unwrap(),
            "bgapi originate {origination_uuid=u-1,chakuden_dialled_number=0312345678,originate_timeout=30}\
             user/201 0312345678 XML default\nJob-UUID: u-1"
        );
        config.dial_endpoint = "user/{extension}@pbx.example".to_owned();
        config.dial_destination = "&bridge(sofia/gateway/carrier/{number})".to_owned();
        config.dial_variables = vec!["origination_caller_id_number={number}".to_owned()];
        assert_eq!(
            command(&config, "u-1", "front.desk", "+81312345678").unwrap(),
            "bgapi originate {origination_uuid=u-1,chakuden_dialled_number=+81312345678,\
             origination_caller_id_number=+81312345678}user/front.desk@pbx.example \
             &bridge(sofia/gateway/carrier/+81312345678)\nJob-UUID: u-1"
        );
    }

    #[test]
    fn nothing_can_be_injected() {
        let config = config();
        let long = "1".repeat(DIALLED_MAX + 1);
        for extension in
            ["", "201 &hangup", "201,x", "201}", "2\n01", "{number}", "201@evil", "２０１", &long]
        {
            let refused = command(&config, "u", extension, "0312345678");
            assert!(matches!(refused, Err(DialError::Refused(_))), "{extension}");
        }
        for number in ["", "03 1", "031\nexit", "03)", "${a}", "03-1234-5678", "{extension}", "０３", &long]
        {
            let refused = command(&config, "u", "201", number);
            assert!(matches!(refused, Err(DialError::Refused(_))), "{number}");
        }
        assert!(command(&config, "u", &long[1..], &long[1..]).is_ok(), "the limit itself");
    }

    #[test]
    fn without_an_endpoint_there_is_no_dialling() {
        let mut config = config();
        config.dial_endpoint.clear();
        assert!(matches!(command(&config, "u", "201", "0312345678"), Err(DialError::NotSupported(_))));
    }

    #[test]
    fn a_cause_names_no_number() {
        assert_eq!(cause("-ERR USER_BUSY\n"), "USER_BUSY");
        assert_eq!(cause("-ERR CHAN_NOT_IMPLEMENTED 0312345678"), "CHAN_NOT_IMPLEMENTED");
        assert_eq!(cause("-ERR \n"), "no reason given");
    }

    #[test]
    fn a_leg_s_identity_is_a_random_uuid() {
        let (a, b) = (new_leg().unwrap(), new_leg().unwrap());
        assert_ne!(a, b);
        let groups: Vec<_> = a.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert!(a[14..].starts_with('4') && a[19..].starts_with(['8', '9', 'a', 'b']), "{a}");
    }
}
