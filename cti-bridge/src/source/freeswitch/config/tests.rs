use shared::label::Lang;
use shared::settings_reader::{Mistake, read};

use super::*;

fn parse(text: &str) -> Result<FreeSwitchConfig, Vec<Mistake>> {
    read(text, |root| Some(FreeSwitchConfig::of(root)))
}

#[test]
fn the_defaults_of_the_file_are_those_of_the_code() {
    let read = parse("address = \"pbx:8021\"").unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", FreeSwitchConfig::new("pbx:8021", Secret::default())));
    assert_eq!(read.limits(), EslLimits::default());
}

#[test]
fn settings_that_could_inject_a_command_are_refused() {
    for (setting, value) in [
        ("customer_code_variable", "'a b'"),
        ("customer_code_variable", "''"),
        ("customer_code_variable", "'a]{b'"),
        ("dial_endpoint", "'user/201'"),
        ("dial_endpoint", "\"user/{extension}\\n\""),
        ("dial_endpoint", "\"user/{extension} 'x'\""),
        ("dial_destination", "'0312345678'"),
        ("dial_destination", "\"{number}\\nexit\""),
        ("dial_variables[0]", "['a']"),
        ("dial_variables[0]", "['=a']"),
        ("dial_variables[0]", "['a=b}user/202']"),
        ("dial_variables[1]", "['a={number}', 'a={extension},b=1']"),
        ("queue_agent", "'201'"),
        ("queue_agent", "'{extension} Available'"),
        ("queue_agent", "\"{extension}'\""),
        ("queue_agent", "\"{extension}\\n\""),
    ] {
        let key = setting.split('[').next().unwrap();
        let mistakes = parse(&format!("address = 'pbx:8021'\n{key} = {value}")).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert_eq!((mistakes[0].line, mistakes[0].key.as_str()), (2, setting), "{value}");
    }
}

#[test]
fn without_an_endpoint_nothing_is_dialled_and_no_destination_is_needed() {
    let text = "address = 'pbx:8021'\ndial_endpoint = ''\ndial_destination = ''\nqueue_agent = ''";
    let config = parse(text).unwrap();
    assert_eq!((config.dial_endpoint.as_str(), config.dial_destination.as_str()), ("", ""));
    let variable = format!("address = 'pbx:8021'\ncustomer_code_variable = '{}'", "v".repeat(64));
    assert!(parse(&variable).is_ok());
    assert!(parse(&variable.replace("'v", "'vv")).is_err());
}

#[test]
fn a_password_of_several_lines_is_refused_without_showing_it() {
    let config = |secret| FreeSwitchConfig::new("pbx:8021", Secret::new(secret));
    assert_eq!(config("secret").check_secret(), Ok(()));
    let why = config("tanuki\nexit").check_secret().unwrap_err();
    assert!(why.text(Lang::En).contains("CHAKUDEN_FREESWITCH_SECRET"), "{why:?}");
    assert!(!format!("{why:?}").contains("tanuki"));
}
