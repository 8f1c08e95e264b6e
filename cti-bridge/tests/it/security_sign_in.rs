//! Passwords, sessions, expiring tokens, rate limits and the audit log, through the whole server and the command line.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::process::{Output, Stdio};
use std::sync::Arc;

use crate::common::{AKAGI, Client, Company, Ended, Running, company, http, post, soon, start, start_with};
use chrono::TimeDelta;
use cti_bridge::config::Config;
use serde_json::{Value, json};
use shared::store::{AuditEntry, AuditFilter, TokenKind};
use shared::{Clock, SystemClock};
use test_support::{FixedClock, files_below};

const PASSWORD: &str = "正しい馬の電池と栓抜き";

fn command(company: &Company, args: &[&str], stdin: &str) -> Output {
    let mut child = test_support::command(env!("CARGO_BIN_EXE_cti-bridge"))
        .args(args)
        .env("CHAKUDEN_STORE", company.path())
        .env("CHAKUDEN_LANG", "en")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command may end before it reads its input.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

fn set_password(company: &Company) {
    let set = command(company, &["agent", "password", "A201"], &format!("{PASSWORD}\n"));
    assert!(set.status.success() && set.stdout.is_empty() && set.stderr.is_empty(), "{set:?}");
}

const AS_JSON: &str = "content-type: application/json\r\n";

async fn sign_in(server: &Running, code: &str, password: &str) -> (u16, String, Value) {
    let body = json!({"agent_code": code, "password": password}).to_string();
    let (status, head, body) = post(server.address, "/v1/sign-in", AS_JSON, &body).await;
    (status, head, serde_json::from_str(&body).unwrap())
}

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

/// Settings under which a revocation takes effect quickly.
fn quick() -> Config {
    let mut config = Config::default();
    config.limits.agents_refresh_ms = 10;
    config.limits.audit_flush_ms = 1;
    config
}

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(SystemClock.now()))
}

fn audit_log(company: &Company) -> Vec<AuditEntry> {
    let mut found = Vec::new();
    let mut each = |entry| {
        found.push(entry);
        ControlFlow::Continue(())
    };
    shared::audit_log::trail(&company.store, &AuditFilter::default(), &mut each).unwrap();
    found
}

#[tokio::test]
async fn a_password_opens_a_session_that_a_sign_out_ends() {
    let company = company();
    let server = start(&company, &quick(), None).await;
    assert!(server.get("/v1/sign-in/options").await.contains("\"password\":false"), "nobody has one");
    set_password(&company);
    let options: Value = serde_json::from_str(&server.get("/v1/sign-in/options").await).unwrap();
    assert_eq!(options, json!({"token": true, "password": true, "oidc": null}));

    let (status, _, session) = sign_in(&server, "A201", PASSWORD).await;
    assert_eq!(status, 200, "{session}");
    let token = session["token"].as_str().unwrap().to_owned();
    let (mut client, hello) = Client::sign_in(server.address, &token).await;
    assert_eq!(hello["agent"]["agent_code"], "A201");
    let path = "/v1/customers/lookup?customer_code=C00017";
    assert_eq!(http(server.address, path, &bearer(&token)).await.0, 200);

    let (status, _, body) = post(server.address, "/v1/sign-out", &bearer(&token), "").await;
    assert_eq!((status, body.as_str()), (200, "{}"));
    assert_eq!(client.end().await, Ended::Closed(4401));
    assert_eq!(http(server.address, path, &bearer(&token)).await.0, 401);
    assert_eq!(post(server.address, "/v1/sign-out", &bearer(&token), "").await.0, 401);
    server.stop().await;

    for file in files_below(company.folder.path()) {
        let bytes = std::fs::read(file).unwrap();
        for secret in [&token, PASSWORD] {
            assert!(
                !bytes.windows(secret.len()).any(|part| part == secret.as_bytes()),
                "stored in plain text"
            );
        }
    }
}

#[tokio::test]
async fn signing_out_does_not_revoke_a_personal_token() {
    let company = company();
    let server = start(&company, &quick(), None).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    assert_eq!(post(server.address, "/v1/sign-out", &bearer(&company.tokens[0]), "").await.0, 200);
    assert_eq!(client.end().await, Ended::Closed(4401));
    let _again = Client::sign_in(server.address, &company.tokens[0]).await;
    server.stop().await;
}

#[tokio::test]
async fn a_refusal_gives_no_reason_and_each_guess_waits_longer() {
    let company = company();
    set_password(&company);
    let clock = clock();
    let server = start_with(&company, &quick(), None, clock.clone()).await;
    let (_, _, nobody) = sign_in(&server, "A999", PASSWORD).await;
    for _ in 0..5 {
        let (status, _, wrong) = sign_in(&server, "A201", "wrong").await;
        assert_eq!((status, &wrong), (401, &nobody));
    }
    for wait in ["1", "2", "4"] {
        let (status, head, body) = sign_in(&server, "A201", PASSWORD).await;
        assert_eq!((status, &body["error"]["code"]), (429, &json!("rate_limited")), "right, but too soon");
        assert!(head.contains(&format!("retry-after: {wait}\r\n")), "{head}");
        clock.advance(TimeDelta::seconds(wait.parse().unwrap()));
        assert_eq!(sign_in(&server, "A201", "wrong").await.0, 401);
    }
    // Other agents, and a token of the same agent, are not affected.
    assert_eq!(sign_in(&server, "A202", "wrong").await.0, 401);
    let _ = Client::sign_in(server.address, &company.tokens[0]).await;
    clock.advance(TimeDelta::seconds(8));
    assert_eq!(sign_in(&server, "A201", PASSWORD).await.0, 200);
    assert_eq!(sign_in(&server, "A201", "wrong").await.0, 401, "afresh");
    server.stop().await;
}

#[tokio::test]
async fn pages_of_other_sites_cannot_sign_in_or_out() {
    let company = company();
    set_password(&company);
    let mut config = quick();
    config.allowed_origins = vec!["https://crm.example.com".to_owned()];
    let server = start(&company, &config, None).await;
    let body = json!({"agent_code": "A201", "password": PASSWORD}).to_string();
    let own = format!("{AS_JSON}origin: http://{}\r\n", server.address);
    for (headers, status) in [
        (own.as_str(), 200),
        ("content-type: application/json; charset=utf-8\r\norigin: https://crm.example.com\r\n", 200),
        ("content-type: application/json\r\norigin: https://evil.example\r\n", 403),
        ("content-type: application/json\r\norigin: null\r\n", 403),
        ("content-type: application/json\r\nsec-fetch-site: cross-site\r\n", 403),
        ("content-type: application/json\r\nsec-fetch-site: same-origin\r\n", 200),
        ("content-type: text/plain\r\n", 400),
        ("content-type: application/x-www-form-urlencoded\r\n", 400),
        ("", 400),
    ] {
        assert_eq!(post(server.address, "/v1/sign-in", headers, &body).await.0, status, "{headers}");
    }
    let headers = format!("{}origin: https://evil.example\r\n", bearer(&company.tokens[0]));
    assert_eq!(post(server.address, "/v1/sign-out", &headers, "").await.0, 403);
    server.stop().await;
}

#[tokio::test]
async fn invalid_bodies_are_refused() {
    let company = company();
    let server = start(&company, &quick(), None).await;
    let long = json!({"agent_code": "x".repeat(65), "password": ""}).to_string();
    let large = json!({"agent_code": "A201", "password": "x".repeat(5_000)}).to_string();
    let wide = json!({"agent_code": "A201", "password": "x".repeat(257)}).to_string();
    for (body, status) in [
        ("", 400),
        ("[]", 400),
        ("{\"agent_code\":\"A201\"}", 400),
        ("{\"agent_code\":1,\"password\":\"x\"}", 400),
        ("{\"agent_code\":\"\",\"password\":\"x\"}", 400),
        (&long, 400),
        (&wide, 400),
        (&large, 413),
    ] {
        let (got, _, answer) = post(server.address, "/v1/sign-in", AS_JSON, body).await;
        assert_eq!(got, status, "{body}: {answer}");
        assert!(!answer.contains("xxx"), "what was sent is not repeated");
    }
    server.stop().await;
    set_password(&company);
    let off = Config::parse("[sign_in]\npasswords = false").unwrap();
    let server = start(&company, &off, None).await;
    assert_eq!(sign_in(&server, "A201", PASSWORD).await.0, 403);
    assert!(server.get("/v1/sign-in/options").await.contains("\"password\":false"));
    server.stop().await;
}

#[tokio::test]
async fn a_revoked_or_expired_token_closes_its_open_sockets_and_no_others() {
    let company = company();
    let clock = clock();
    let end = clock.now() + TimeDelta::hours(1);
    let add = |expires| {
        company.store.write(|tx| tx.add_token("A201", TokenKind::Token, expires, clock.now())).unwrap()
    };
    let (ending, revoked) = (add(Some(end)), add(None));
    let server = start_with(&company, &quick(), None, clock.clone()).await;
    let (mut first, _) = Client::sign_in(server.address, &ending).await;
    let (mut second, _) = Client::sign_in(server.address, &revoked).await;
    let (mut third, _) = Client::sign_in(server.address, &company.tokens[0]).await;

    let id = company.store.reader().unwrap().signed_in(&revoked, clock.now()).unwrap().unwrap().token_id;
    let shown = &id[..12];
    let listed = command(&company, &["agent", "token", "list", "--code", "A201"], "");
    assert!(String::from_utf8(listed.stdout).unwrap().contains(shown));
    assert!(command(&company, &["agent", "token", "revoke", "--id", shown], "").status.success());
    assert_eq!(second.end().await, Ended::Closed(4401));

    assert!(first.ask(json!({"op": "ping"})).await.is_ok(), "not yet");
    clock.set(end);
    assert_eq!(first.end().await, Ended::Closed(4401));
    let mut again = Client::connect(server.address).await;
    assert_eq!(again.ask(json!({"op": "hello", "token": ending})).await, Err("unauthorized".to_owned()));
    assert!(third.ask(json!({"op": "ping"})).await.is_ok());
    server.stop().await;
}

#[tokio::test]
async fn sockets_and_http_share_an_agents_lookup_rate() {
    let company = company();
    let mut config = quick();
    config.limits.lookups_per_agent_max = 3;
    config.limits.lookups_per_agent_per_second = 1;
    let clock = clock();
    let server = start_with(&company, &config, None, clock.clone()).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    let (mut other, _) = Client::sign_in(server.address, &company.tokens[1]).await;
    let lookup = json!({"op": "lookup", "number": AKAGI});
    let path = "/v1/customers/lookup?customer_code=C00017";
    assert!(client.ask(lookup.clone()).await.is_ok());
    assert!(client.ask(json!({"op": "search", "q": "赤木"})).await.is_ok());
    assert_eq!(http(server.address, path, &bearer(&company.tokens[0])).await.0, 200);
    assert_eq!(client.ask(lookup.clone()).await, Err("rate_limited".to_owned()));
    let (status, body) = http(server.address, path, &bearer(&company.tokens[0])).await;
    assert!(status == 429 && body.contains("rate_limited"), "{body}");
    assert!(client.ask(json!({"op": "calls"})).await.is_ok(), "other requests go on");
    assert!(other.ask(lookup.clone()).await.is_ok(), "another agent's rate is another's");
    clock.advance(TimeDelta::seconds(1));
    assert!(client.ask(lookup.clone()).await.is_ok());
    assert_eq!(client.ask(lookup).await, Err("rate_limited".to_owned()));
    server.stop().await;
}

#[tokio::test]
async fn the_audit_log_records_who_looked_at_whom_and_never_a_number() {
    let company = company();
    set_password(&company);
    let config = Config::parse("[permissions.agent]\ncalls_own = false").unwrap();
    let server = start(&company, &config, None).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    client.ask(json!({"op": "lookup", "number": AKAGI})).await.unwrap();
    client.ask(json!({"op": "lookup", "number": "03-9999-9999"})).await.unwrap();
    client.ask(json!({"op": "history", "customer_code": "09012345678"})).await.unwrap();
    client.ask(json!({"op": "search", "q": "0312345678"})).await.unwrap();
    for _ in 0..3 {
        assert_eq!(client.ask(json!({"op": "calls"})).await, Err("forbidden".to_owned()));
    }
    let path = "/v1/customers/lookup?number=0312345678";
    http(server.address, path, &bearer(&company.tokens[1])).await;
    sign_in(&server, "A201", "wrong").await;
    sign_in(&server, "0312345678", "wrong").await;
    sign_in(&server, "A201", PASSWORD).await;
    let mut stranger = Client::connect(server.address).await;
    assert!(stranger.ask(json!({"op": "hello", "token": "0312345678"})).await.is_err());
    server.stop().await;

    let all = audit_log(&company);
    let seen: Vec<(&str, &str, Option<&str>)> = all
        .iter()
        .filter(|entry| !entry.action.as_str().starts_with("agent."))
        .map(|entry| (entry.actor.as_str(), entry.action.as_str(), entry.subject.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            ("A201", "sign_in", None),
            ("A201", "customer.lookup", Some("C00017")),
            ("A201", "customer.lookup", None),
            ("A201", "customer.search", None),
            ("A201", "forbidden", None),
            ("A202", "customer.lookup", Some("C00017")),
            ("A201", "sign_in.refused", None),
            ("unknown", "sign_in.refused", None),
            ("A201", "sign_in", None),
            ("unknown", "sign_in.refused", None),
        ]
    );
    // Without the times, whose digits may be any.
    let told = all.iter().map(|entry| (&entry.actor, &entry.action, &entry.subject, &entry.detail));
    let text = format!("{:?}", told.collect::<Vec<_>>());
    for secret in ["1234-5678", "12345678", "9999", "赤木", PASSWORD, "wrong"] {
        assert!(!text.contains(secret), "{secret}");
    }

    let printed = command(&company, &["audit", "--customer", "C00017", "--format", "json"], "");
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let actors: Vec<&str> =
        printed.as_array().unwrap().iter().map(|entry| entry["actor"].as_str().unwrap()).collect();
    assert_eq!(actors, ["A201", "A202"], "newest last");
    let last = command(&company, &["audit", "--action", "sign_in.", "--limit", "1", "--format", "csv"], "");
    let last = String::from_utf8(last.stdout).unwrap();
    assert!(
        last.lines().count() == 2 && last.contains(",unknown,sign_in.refused,,\"token, from 127.0.0.1\""),
        "{last}"
    );
    assert_eq!(command(&company, &["audit", "--since", "tomorrow"], "").status.code(), Some(64));
}

#[test]
fn passwords_are_set_and_removed_and_short_ones_refused() {
    let company = company();
    let refused = |args: &[&str], stdin: &str, words: &str| {
        let output = command(&company, args, stdin);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), complaint.lines().count()), (Some(65), 1), "{complaint}");
        assert!(complaint.contains(words) && !complaint.contains("hunter"), "{complaint}");
    };
    refused(&["agent", "password", "A201"], "hunter2\n", "shorter than 10");
    refused(&["agent", "password", "A201"], "", "shorter than 10");
    refused(&["agent", "password", "A201"], &"hunter".repeat(50), "longer than 256");
    refused(&["agent", "password", "A999"], PASSWORD, "A999");
    set_password(&company);
    let hash = company.store.reader().unwrap().password_hash("A201").unwrap().unwrap();
    assert!(hash.starts_with("$argon2id$"));
    assert!(command(&company, &["agent", "password", "A201", "--remove"], "").status.success());
    assert_eq!(company.store.reader().unwrap().password_hash("A201").unwrap(), None);
    // Never as an argument.
    let argument = command(&company, &["agent", "password", "A201", PASSWORD], "");
    assert_eq!(argument.status.code(), Some(64));
}

#[test]
fn tokens_expire_after_their_last_day() {
    let company = company();
    let expires = |args: &[&str]| {
        let whole = [&["agent", "token", "add", "--code", "A202"], args].concat();
        let output = command(&company, &whole, "");
        assert!(output.status.success(), "{output:?}");
        let token = String::from_utf8(output.stdout).unwrap();
        let mut reader = company.store.reader().unwrap();
        reader.signed_in(token.trim(), SystemClock.now()).unwrap().unwrap().expires_at
    };
    assert_eq!(expires(&[]), None);
    assert_eq!(expires(&["--expires", "2099-01-31"]), Some("2099-01-31T15:00:00Z".parse().unwrap()));
    let left = expires(&["--expires-in", "90d"]).unwrap() - SystemClock.now();
    assert!(left <= TimeDelta::days(90) && left > TimeDelta::days(90) - TimeDelta::minutes(5));
    for wrong in [
        &["--expires", "2020-01-31"][..],
        &["--expires-in", "0d"],
        &["--expires-in", "90"],
        &["--expires-in", "九d"],
        &["--expires-in", "999999999999d"],
        &["--expires", "31.1."],
    ] {
        let whole = [&["agent", "token", "add", "--code", "A202"], wrong].concat();
        assert_eq!(command(&company, &whole, "").status.code(), Some(64), "{wrong:?}");
    }
}

#[tokio::test]
async fn the_audit_log_is_written_while_the_bridge_runs() {
    let company = company();
    let server = start(&company, &quick(), None).await;
    let (mut client, _) = Client::sign_in(server.address, &company.tokens[0]).await;
    client.ask(json!({"op": "lookup", "customer_code": "C00017"})).await.unwrap();
    // The server is not stopped: the entry is written while it runs.
    soon(async {
        while !audit_log(&company).iter().any(|entry| entry.action.as_str() == "customer.lookup") {
            tokio::task::yield_now().await;
        }
    })
    .await;
    server.stop().await;
}
