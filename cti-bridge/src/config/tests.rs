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
    assert_eq!(config.retention, RetentionSettings::default());
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
fn numbers_begin_with_a_few_plain_characters() {
    let read =
        |text: &str| Config::parse(&format!("number_prefix = {text:?}")).map(|config| config.number_prefix);
    for prefix in ["A", "CK-", "OSAKA-01"] {
        assert_eq!(read(prefix).unwrap().as_deref(), Some(prefix));
    }
    for prefix in ["", "OSAKA-001", "ck-", "CK/", "大阪"] {
        assert!(read(prefix).is_err(), "{prefix}");
    }
    assert_eq!(Config::parse("").unwrap().number_prefix, None, "that of the store");
}

/// Line, setting and shown value of each mistake.
fn mistakes(text: &str) -> Vec<(usize, String, String)> {
    let mistakes = Config::parse(text).unwrap_err();
    mistakes.into_iter().map(|mistake| (mistake.line, mistake.key, mistake.value)).collect()
}

fn at(line: usize, key: &str, value: &str) -> (usize, String, String) {
    (line, key.to_owned(), value.to_owned())
}

#[test]
fn every_mistake_is_reported_with_its_line_and_value() {
    let text = "lisen = \"127.0.0.1:1\"\nlisten = \"everywhere\"\nstore = 3\nallowed_origins = \"https://a.example\"\n\
                [calls]\nafter_call_work_seconds = 86401\n[limits]\nagent_queue = 3\nframe_bytes_max = 1023\n\
                lookup_threads = -1\n[permissions.agent]\ncredit = false\nlookup = 1\n[permissions.root]\n\
                [tls]\ncertificate = \"c.pem\"\n[oidc]\nname = \"x\"\nissuer = \"http://a.example\"\n[ami.hq]\n\
                user = \"u\"\nconnect_timeout_ms = 0\nextensions = [201, true]\n";
    let expected = [
        at(1, "lisen", ""),
        at(2, "listen", "\"everywhere\""),
        at(3, "store", "3"),
        at(4, "allowed_origins", "\"https://a.example\""),
        at(6, "calls.after_call_work_seconds", "86401"),
        at(8, "limits.agent_queue", ""),
        at(9, "limits.frame_bytes_max", "1023"),
        at(10, "limits.lookup_threads", "-1"),
        at(12, "permissions.agent.credit", ""),
        at(13, "permissions.agent.lookup", "1"),
        at(14, "permissions.root", ""),
        at(15, "tls.key", ""),
        at(17, "oidc.client_id", ""),
        at(17, "oidc.redirect_url", ""),
        at(19, "oidc.issuer", "\"http://a.example\""),
        at(20, "ami.hq.address", ""),
        at(22, "ami.hq.connect_timeout_ms", "0"),
        at(23, "ami.hq.extensions[1]", "true"),
    ];
    let mut found = mistakes(text);
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn the_setting_that_was_meant_is_named_in_both_languages() {
    for (text, meant) in [
        ("lisen = 1", "listen"),
        ("[limits]\nhello_timeout = 1", "hello_timeout_ms"),
        ("[permissions.agent]\ncredit = false", "credit_read"),
        ("[webhook.cloud]\nsecret = \"x\"", "secret_env"),
        ("[sign_in]\nsesion_hours = 1", "session_hours"),
    ] {
        let mistakes = Config::parse(text).unwrap_err();
        let (ja, en) = (format!("{meant} の誤りではありませんか"), format!("did you mean {meant}?"));
        assert!(mistakes[0].message.text(Lang::Ja).contains(&ja), "{mistakes:?}");
        assert!(mistakes[0].message.text(Lang::En).contains(&en), "{mistakes:?}");
    }
}

#[test]
fn no_mistake_shows_what_could_be_a_secret() {
    for (text, key, value) in [
        ("[ami.hq]\naddress = 'a:1'\nuser = 'u'\nsecret = 'tanuki'", "ami.hq.secret", ""),
        ("[ami.hq]\naddress = 'a:1'\nuser = 'u'\npasword = 'tanuki'", "ami.hq.pasword", ""),
        ("[ami.hq]\naddress = 'a:1'\nuser = 'u'\nsecret_env = 'tanuki!'", "ami.hq.secret_env", "***"),
        ("[ami.hq]\naddress = 'a:1'\nuser = 'u'\nsecret_env = ['tanuki']", "ami.hq.secret_env", "***"),
        ("[ami]\nsecret = 'tanuki'", "ami.secret", ""),
        ("ami = 'tanuki'", "ami", ""),
        ("tokens = ['tanuki']", "tokens", ""),
        ("[webhook.cloud]\nsecret_env = 5551234", "webhook.cloud.secret_env", "***"),
        ("[sign_in]\npasswords = 'tanuki'", "sign_in.passwords", "***"),
        (
            "[tls]\ncertificate = 'c'\nkey = \"\"\"\n-----BEGIN PRIVATE KEY-----\ntanuki\"\"\"",
            "tls.key",
            "***",
        ),
        ("listen = { password = 'tanuki' }", "listen", ""),
        ("allowed_origins = [{ password = 'tanuki' }]", "allowed_origins[0]", ""),
        ("[webhook.cloud]\ncalls_max = [[{ password = 'tanuki' }]]", "webhook.cloud.calls_max", ""),
        ("secret = 'tanuki", "", ""),
        ("password = 'tanuki'\npassword = 'tanuki'", "", ""),
    ] {
        let found = Config::parse(text).unwrap_err();
        assert_eq!((found[0].key.as_str(), found[0].value.as_str()), (key, value), "{text}");
        let said = format!("{found:?}");
        assert!(!said.contains("tanuki") && !said.contains("5551234"), "{said}");
    }
}

#[test]
fn numbers_at_their_limits_are_accepted_and_beyond_them_refused() {
    for (table, key, least, most) in [
        ("limits", "frame_bytes_max", 1_024, 1_i64 << 30),
        ("limits", "agent_queue_max", 1, 10_000_000),
        ("limits", "bad_frames_max", 1, 1_000_000),
        ("limits", "idle_timeout_ms", 1, 86_400_000),
        ("limits", "lookups_per_agent_per_second", 0, 1_000_000),
        ("calls", "after_call_work_seconds", 0, 86_400),
        ("sign_in", "session_hours", 1, 8_760),
        ("sign_in", "wait_max_seconds", 0, 86_400),
        ("webhook.cloud", "body_bytes_max", 1, 1 << 30),
        ("webhook.cloud", "timestamp_skew_max_seconds", 0, 31_536_000),
    ] {
        let parse = |number: i64| Config::parse(&format!("[{table}]\n{key} = {number}"));
        assert!(parse(least).is_ok() && parse(most).is_ok(), "{key}");
        for wrong in [least - 1, most + 1, i64::MAX] {
            let mistakes = parse(wrong).unwrap_err();
            let said = mistakes[0].located();
            let expected =
                format!("line 2: {table}.{key} = {wrong}: must be a whole number from {least} to {most}");
            assert_eq!(said.text(Lang::En), expected);
            let expected =
                format!("2行目: {table}.{key} = {wrong}: {least}から{most}までの整数を書いてください");
            assert_eq!(said.text(Lang::Ja), expected);
        }
    }
}

#[test]
fn trusted_proxies_are_addresses_or_ranges_of_them() {
    let config = Config::parse("trusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\", \"fd00::/8\"]").unwrap();
    assert_eq!(config.trusted_proxies.len(), 3);
    let wrong = mistakes("trusted_proxies = [\n\"10.0.0.0/8\",\n\"10.0.0.1/8\",\n\"proxy.example\"]");
    assert_eq!(
        wrong,
        [at(3, "trusted_proxies[1]", "\"10.0.0.1/8\""), at(4, "trusted_proxies[2]", "\"proxy.example\""),]
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

#[test]
fn lines_are_named_by_their_numbers() {
    let config = Config::parse(
        "[lines.\"0120-111-111\"]\nname = \"ご注文専用\"\ngreeting = \"お電話ありがとうございます。\"\n\
         [lines.\"0331112222\"]\nname = \"代表\"",
    )
    .unwrap();
    let line = config.lines.of("+81120111111").unwrap();
    assert_eq!(
        (line.name.as_str(), line.greeting.as_deref()),
        ("ご注文専用", Some("お電話ありがとうございます。"))
    );
    assert_eq!(config.lines.of("0331112222").unwrap().greeting, None);
    let long = "あ".repeat(201);
    let wrong = format!(
        "[lines.\"0120-111-111\"]\nname = \"a\"\n[lines.\"0120111111\"]\nname = \"b\"\n\
         [lines.\"0331112222\"]\ngreeting = \"{long}\""
    );
    let keys: Vec<String> = mistakes(&wrong).into_iter().map(|(_, key, _)| key).collect();
    assert_eq!(keys, ["lines.0120111111", "lines.0331112222.name", "lines.0331112222.greeting"]);
}

#[test]
fn lines_have_opening_hours_of_their_own_or_the_companys() {
    let config = Config::parse(
        "[calls]\nhours = \"office\"\n\
         [hours.office]\nmonday = [\"09:00-12:00\", \"13:00-17:30\"]\nholidays = [\"2026-12-28\"]\n\
         [hours.always]\nmonday = [\"00:00-24:00\"]\n\
         [lines.\"0120-111-111\"]\nname = \"緊急\"\nhours = \"always\"\n\
         [lines.\"0331112222\"]\nname = \"代表\"",
    )
    .unwrap();
    // A Monday before the office opens; the next Monday is a holiday.
    let opens = |called: Option<&str>, at: &str| {
        let at = format!("{at}:00+09:00").parse().unwrap();
        config
            .lines
            .opens_after(called, at)
            .map(|at| shared::clock::japan_time(at).format("%FT%R").to_string())
    };
    assert_eq!(opens(Some("+81120111111"), "2026-12-21T08:00"), None);
    for called in [Some("0331112222"), Some("06-1111-2222"), None] {
        assert_eq!(opens(called, "2026-12-21T08:00").as_deref(), Some("2026-12-21T09:00"));
        assert_eq!(opens(called, "2026-12-21T17:30").as_deref(), Some("2027-01-04T09:00"));
    }
    assert_eq!(Config::default().lines.opens_after(None, "2026-12-21T08:00:00Z".parse().unwrap()), None);
    let wrong = "[calls]\nhours = \"offize\"\n[hours.office]\nmonday = [\"9-17\"]\nmoonday = []\n\
         holidays = [\"12/29\"]\n[hours.twice]\nfriday = [\"09:00-12:00\", \"11:00-13:00\"]";
    let mut keys: Vec<String> = mistakes(wrong).into_iter().map(|(_, key, _)| key).collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "calls.hours",
            "hours.office",
            "hours.office.holidays[0]",
            "hours.office.monday[0]",
            "hours.office.moonday",
            "hours.twice.friday"
        ]
    );
}
