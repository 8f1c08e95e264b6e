use shared::label::Lang;

use super::*;
use crate::source::Secret;
use crate::source::ami::AmiConfig;
use crate::source::freeswitch::FreeSwitchConfig;
use crate::source::webhook::WebhookConfig;

const EXAMPLE: &str = include_str!("../../bridge.example.toml");

#[test]
fn the_example_is_read_and_says_the_defaults() {
    let config = Config::parse(EXAMPLE).unwrap();
    let default = Limits { lookup_threads: config.limits.lookup_threads, ..Limits::default() };
    assert_eq!(format!("{:?}", config.limits), format!("{default:?}"));
    assert_eq!(config.permissions, PermissionSettings::default());
    assert_eq!(format!("{:?}", config.calls), format!("{:?}", CallSettings::default()));
    let source = |name| format!("{:?}", config.sources.get(name).unwrap());
    let plain = AmiConfig::new("127.0.0.1:5038", "chakuden", Secret::default());
    assert_eq!(source("hq"), format!("{plain:?}"));
    let plain = FreeSwitchConfig::new("127.0.0.1:8021", Secret::default());
    assert_eq!(source("osaka"), format!("{plain:?}"));
    assert_eq!(source("cloud"), format!("{:?}", WebhookConfig::default()));
}

#[test]
fn the_example_names_every_limit() {
    let Limits { .. } = Limits::default();
    let debug = format!("{:?}", Limits::default());
    let fields = debug.trim_start_matches("Limits { ").split(", ").filter_map(|f| f.split(':').next());
    for field in fields {
        assert!(EXAMPLE.contains(&format!("\n{field} = ")), "{field}");
    }
}

#[test]
fn an_unknown_key_is_an_error_that_names_it_and_its_line() {
    for (text, key, line) in [
        ("lisen = \"127.0.0.1:1\"", "lisen", "line 1"),
        ("[limits]\nagent_queue = 3", "agent_queue", "line 2"),
        ("[permissions.agent]\ncredit = false", "credit_read", "line 2"),
        ("[permissions.root]\nlookup = true", "root", "line 1"),
        ("\n\n[ami.hq]\naddress = \"a:1\"\nuser = \"u\"\nsecret = \"s\"", "secret", "line 6"),
    ] {
        let error = Config::parse(text).unwrap_err();
        let error = error.text(Lang::En);
        assert!(error.contains(key) && error.contains(line) && !error.contains('\n'), "{error}");
    }
}

#[test]
fn wrong_values_are_errors() {
    for text in [
        "listen = \"everywhere\"",
        "[limits]\nagent_queue_max = 0",
        "[limits]\nframe_bytes_max = 1023",
        "[limits]\nbad_frames_max = 0",
        "[limits]\nhello_timeout_ms = 0",
        "[limits]\nidle_timeout_ms = 86400001",
        "[limits]\nlookup_threads = -1",
        "[permissions.agent]\nlookup = 1",
        "store = 3",
        "[ami.\"a b\"]\naddress = \"a:1\"\nuser = \"u\"",
        "[ami.x]\naddress = \"a:1\"\nuser = \"u\"\n[webhook.x]",
        "[calls]\nafter_call_work_seconds = 86401",
        "[oidc]\nname = \"x\"",
        "[tls]\ncertificate = \"c.pem\"",
        "[[",
    ] {
        let error = Config::parse(text).unwrap_err();
        for error in [error.text(Lang::Ja), error.text(Lang::En)] {
            assert!(!error.is_empty() && !error.contains('\n'), "{text}: {error}");
        }
    }
    assert!(
        Config::parse("[limits]\nframe_bytes_max = 1024\nagent_queue_max = 1\nidle_timeout_ms = 86400000")
            .is_ok()
    );
}

#[test]
fn only_loopback_is_listened_on_without_tls_or_the_flag() {
    let tls = Some(TlsConfig { certificate: "c.pem".into(), key: "k.pem".into() });
    let encrypted = Config { listen: "0.0.0.0:1".parse().unwrap(), tls, ..Config::default() };
    assert!(encrypted.check_listen().is_ok());
    for (listen, plain, allowed) in [
        ("127.0.0.1:1", false, true),
        ("[::1]:1", false, true),
        ("127.8.8.8:1", false, true),
        ("0.0.0.0:1", false, false),
        ("[::]:1", false, false),
        ("192.168.0.1:1", false, false),
        ("192.168.0.1:1", true, true),
    ] {
        let config =
            Config { listen: listen.parse().unwrap(), allow_plaintext_remote: plain, ..Config::default() };
        assert_eq!(config.check_listen().is_ok(), allowed, "{listen}");
    }
}
