//! The program as a process: output, exit codes, and one line for each failure.

use std::path::Path;
use std::process::{Command, Output};

use crate::common::{AKAGI, company, put};
use serde_json::{Value, json};
use test_support::Process;

fn program() -> Command {
    let mut command = test_support::command(env!("CARGO_BIN_EXE_cti-bridge"));
    command.env("CHAKUDEN_LOG", "off").env("CHAKUDEN_LANG", "en");
    command
}

pub(crate) fn run(args: &[&str]) -> Output {
    program().args(args).output().expect("it runs")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// The exit code, after a look at the complaint: one line on stderr that says all of `words`.
#[track_caller]
pub(crate) fn complaint(output: &Output, words: &[&str]) -> i32 {
    let stderr = String::from_utf8(output.stderr.clone()).expect("text");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word}: {stderr}");
    }
    assert_eq!(stdout(output), "");
    output.status.code().expect("it ended by itself")
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

#[test]
fn an_agent_is_added_listed_and_revoked() {
    let company = company();
    let store = company.path();
    let store = text(&store);
    let add = [
        "agent",
        "add",
        "--store",
        store,
        "--code",
        "A301",
        "--name",
        "Agent 301",
        "--extension",
        "301",
        "--role",
        "agent",
    ];
    let added = run(&add);
    assert!(added.status.success());
    let token = stdout(&added);
    assert!(
        token.ends_with('\n') && token.trim().len() >= 32 && token.lines().count() == 1,
        "the token, alone"
    );
    assert_ne!(stdout(&run(&add)), token, "a further token");
    let listed: Value =
        serde_json::from_str(&stdout(&run(&["agent", "list", "--store", store, "--format", "json"])))
            .expect("JSON");
    assert!(listed.as_array().expect("a list").iter().any(|agent| agent["agent_code"] == "A301"));
    assert!(run(&["agent", "revoke", "--store", store, "--code", "A301"]).status.success());
    assert_eq!(complaint(&run(&["agent", "revoke", "--store", store, "--code", "A999"]), &["A999"]), 65);
    let taken = ["agent", "add", "--store", store, "--code", "A302", "--name", "x", "--extension", "201"];
    assert_eq!(complaint(&run(&taken), &["201"]), 65);
}

#[test]
fn commands_note_who_ran_them() {
    let company = company();
    let store = company.path();
    let store = text(&store);
    let added = ["--actor", "高橋", "--store", store, "--code", "A301", "--name", "Agent 301"];
    assert!(run(&[&["agent", "add"], &added[..]].concat()).status.success());
    assert!(run(&["agent", "revoke", "--store", store, "--code", "A301"]).status.success());
    let audit = stdout(&run(&["audit", "--store", store, "--action", "agent.", "--format", "json"]));
    let audit: Value = serde_json::from_str(&audit).expect("JSON");
    let user = stdout(&Command::new("id").arg("-un").output().expect("it runs"));
    let noted = audit.as_array().expect("a list").iter().filter(|entry| entry["subject"] == "A301");
    let noted: Vec<_> = noted.map(|entry| (&entry["action"], &entry["actor"])).collect();
    let expected = [(json!("agent.add"), json!("高橋")), (json!("agent.revoke"), json!(user.trim()))];
    assert_eq!(noted, expected.each_ref().map(|(action, actor)| (action, actor)));
    let wrong = ["agent", "--actor", "a\u{202e}b", "revoke", "--store", store, "--code", "A301"];
    assert_eq!(run(&wrong).status.code(), Some(64));
}

#[test]
fn a_lookup_prints_what_the_protocol_answers() {
    let company = company();
    let store = company.path();
    let store = text(&store);
    let by_number = run(&["lookup", "--store", store, AKAGI, "--format", "json"]);
    let popup: Value = serde_json::from_str(&stdout(&by_number)).expect("JSON");
    assert_eq!((&popup["call"], &popup["match"]), (&Value::Null, &json!("one")));
    assert_eq!(popup["customer"]["customer_code"], "C00017");
    let by_code = run(&["lookup", "--store", store, "C00017", "--format", "json"]);
    let other: Value = serde_json::from_str(&stdout(&by_code)).expect("JSON");
    assert_eq!(popup["customer"], other["customer"]);
    let table = stdout(&run(&["lookup", "--store", store, AKAGI]));
    assert!(table.contains("Match: one") && table.contains("株式会社赤木電機"), "{table}");
    assert_eq!(complaint(&run(&["lookup", "--store", store, "nobody"]), &["nobody"]), 65);
    assert!(run(&["verify", "--store", store]).status.success());
}

#[test]
fn an_unusable_store_is_named_with_a_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing.db");
    for command in [
        &["lookup", "--store", text(&missing), AKAGI][..],
        &["serve", "--store", text(&missing), "--listen", "127.0.0.1:0"],
    ] {
        assert_eq!(complaint(&run(command), &["missing.db", "init"]), 66);
    }
    assert!(!missing.exists(), "nothing is written");
    let other = folder.path().join("other.db");
    std::fs::write(&other, "this is no store, only text that somebody put here").expect("written");
    assert_eq!(complaint(&run(&["lookup", "--store", text(&other), AKAGI]), &["other.db"]), 65);
    let kept = std::fs::read_to_string(&other).expect("still there");
    assert!(kept.starts_with("this is no store"));
}

#[test]
fn a_store_of_a_newer_version_is_left_alone() {
    let company = company();
    let (folder, path) = (company.folder, company.store.location().to_owned());
    drop(company.store);
    // Bytes 60 to 63 of a SQLite file are its user version (sqlite.org/fileformat2.html#user_version_number).
    let mut bytes = std::fs::read(&path).expect("readable");
    bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    let newer = folder.path().join("newer.db");
    std::fs::write(&newer, &bytes).expect("written");
    assert_eq!(complaint(&run(&["lookup", "--store", text(&newer), AKAGI]), &["9999", "upgrade"]), 65);
    assert_eq!(std::fs::read(&newer).expect("readable"), bytes);
}

#[test]
fn a_locked_store_exits_with_try_again() {
    let company = company();
    let add = company
        .store
        .write(|_| {
            Ok::<_, shared::store::StoreError>(run(&[
                "agent",
                "revoke",
                "--store",
                text(&company.path()),
                "--code",
                "A201",
            ]))
        })
        .expect("a transaction");
    assert_eq!(complaint(&add, &["locked", "try again"]), 75);
    let listed = stdout(&run(&["agent", "list", "--store", text(&company.path()), "--format", "json"]));
    assert!(!listed.contains("revoked_at"), "nothing was written: {listed}");
}

#[test]
fn settings_that_are_wrong_are_named() {
    let company = company();
    let (store, file) = (company.path(), company.folder.path().join("bridge.toml"));
    let serve = |config: &Path| run(&["serve", "--store", text(&store), "--config", text(config)]);
    std::fs::write(&file, "listen = \"127.0.0.1:0\"\n[limits]\nagent_queue = 5\n").expect("written");
    assert_eq!(complaint(&serve(&file), &["bridge.toml", "line 3", "agent_queue"]), 78);
    std::fs::write(&file, "lisen = 1\n[webhook.cloud]\nsecret = \"tanuki\"\ncalls_max = 0\n")
        .expect("written");
    for (lang, lines) in [
        (
            "en",
            [
                "1: lisen: there is no such setting; did you mean listen?",
                "3: webhook.cloud.secret: there is no such setting; did you mean secret_env?",
                "4: webhook.cloud.calls_max = 0: must be a whole number from 1 to 10000000",
            ],
        ),
        (
            "ja",
            [
                "1行目: lisen: この設定はありません。listen の誤りではありませんか",
                "3行目: webhook.cloud.secret: この設定はありません。secret_env の誤りではありませんか",
                "4行目: webhook.cloud.calls_max = 0: 1から10000000までの整数を書いてください",
            ],
        ),
    ] {
        let wrong = run(&["--lang", lang, "serve", "--store", text(&store), "--config", text(&file)]);
        let line = if lang == "en" { "line " } else { "" };
        let expected = lines.map(|what| format!("cti-bridge: {}: {line}{what}\n", file.display()));
        assert_eq!(String::from_utf8_lossy(&wrong.stderr), expected.concat());
        assert_eq!(wrong.status.code(), Some(78));
    }
    assert_eq!(complaint(&serve(Path::new("/no/such/file.toml")), &["file.toml"]), 66);
    let open = run(&["serve", "--store", text(&store), "--listen", "0.0.0.0:0"]);
    assert_eq!(complaint(&open, &["0.0.0.0:0", "--allow-plaintext-remote"]), 78);
    let no_secret = run(&[
        "serve",
        "--store",
        text(&store),
        "--listen",
        "127.0.0.1:0",
        "--ami",
        "127.0.0.1:1",
        "--ami-user",
        "x",
    ]);
    assert_eq!(complaint(&no_secret, &["CHAKUDEN_AMI_SECRET"]), 78);
    assert_eq!(run(&["serve", "--nonsense"]).status.code(), Some(64));
    assert_eq!(run(&["--help"]).status.code(), Some(0));
}

#[test]
fn a_port_in_use_is_named() {
    let company = company();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let second = run(&["serve", "--store", text(&company.path()), "--listen", &address]);
    assert_eq!(complaint(&second, &[&address, "in use", "--listen"]), 69);
}

#[test]
fn a_wrong_secret_ends_the_program_with_one_line() {
    let company = company();
    let mut simulate = program();
    simulate.args(["simulate", "--listen", "127.0.0.1:0", "--user", "bridge", "--pace-ms", "3600000"]);
    simulate.env("CHAKUDEN_AMI_SECRET", "right");
    let simulator = Process::start(simulate);
    let ami = simulator.listening().to_string();
    let store = company.path();
    let mut serve = program();
    serve.args(["serve", "--store", text(&store), "--listen", "127.0.0.1:0", "--ami", &ami]);
    let output = serve.args(["--ami-user", "bridge"]).env("CHAKUDEN_AMI_SECRET", "wrong").output();
    let output = output.expect("it runs");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), stderr.lines().count()), (Some(78), 1), "{stderr}");
    assert!(
        stderr.contains("bridge") && stderr.contains("manager.conf") && !stderr.contains("wrong"),
        "{stderr}"
    );
}

#[test]
fn sigterm_and_sigint_stop_it_cleanly() {
    let company = company();
    for signal in ["-INT", "-TERM"] {
        let mut serve = program();
        serve.args(["serve", "--store", text(&company.path()), "--listen", "127.0.0.1:0"]);
        let mut serving = Process::start(serve);
        let address = serving.listening();
        assert!(std::net::TcpStream::connect(address).is_ok());
        serving.signal(signal);
        let ended = serving.ended_within(std::time::Duration::from_secs(2));
        assert_eq!(ended.and_then(|status| status.code()), Some(0), "{signal}");
        assert!(std::net::TcpStream::connect(address).is_err());
    }
}

#[test]
fn the_demo_prints_the_page_and_a_sign_in_link() {
    let company = company();
    let mut demo = program();
    demo.args(["demo", "--store", text(&company.path()), "--pace-ms", "20"]);
    let demo = Process::start(demo);
    let (page, sign_in) = (demo.line(), demo.line());
    demo.kill();
    assert!(page.contains("http://127.0.0.1:"), "{page}");
    let token = sign_in.rsplit_once("/#token=").expect("a sign-in").1.to_owned();
    let now = shared::Clock::now(&shared::SystemClock);
    let signed_in = company.store.reader().expect("a reader").signed_in(&token, now).expect("readable");
    assert_eq!(signed_in.map(|by| by.agent.agent_code), Some("A201".to_owned()));
}

#[test]
fn the_masters_are_listed_changed_and_hidden() {
    let company = company();
    let store = company.path();
    let master = |command: &str, args: &[&str]| {
        let mut all = vec!["master", command, "--store", text(&store)];
        all.extend(args);
        run(&all)
    };
    let code = |output: &Output| output.status.code().expect("it ended by itself");
    let new = ["--kind", "category", "--code", "sample", "--label", "見本依頼"];
    assert_eq!(code(&master("set", &new)), 0);
    assert_eq!(code(&master("hide", &["--kind", "category", "--code", "silent"])), 0);
    let listed = master("list", &["--kind", "category", "--format", "json"]);
    let all: Vec<Value> = serde_json::from_str(&stdout(&listed)).expect("JSON");
    let last = all.last().expect("some");
    assert_eq!((&last["label"], &last["label_en"]), (&json!("見本依頼"), &json!("見本依頼")));
    assert!(all.iter().any(|entry| entry["code"] == "silent" && entry["hidden"] == true));
    let wrong = ["--kind", "category", "--code", "New", "--label", "x"];
    assert_eq!(code(&master("set", &wrong)), 64);
    assert_eq!(complaint(&master("set", &["--kind", "result", "--code", "new"]), &["--label"]), 64);
    assert_eq!(complaint(&master("hide", &["--kind", "result", "--code", "none"]), &["master list"]), 65);
}

#[test]
fn prune_counts_what_is_older_than_the_settings_keep_it_and_removes_it_only_when_told_to() {
    let company = company();
    company
        .store
        .write(|tx| {
            for (number, year) in [("A1", "2001"), ("A2", "2002"), ("A3", "2199")] {
                let at = format!("{year}-01-01T00:00:00.000Z");
                let activity = [("activity_no", number), ("customer_code", "C00017"), ("happened_at", &at)];
                put(tx, &shared::dataset::ACTIVITIES, &activity);
            }
            Ok::<_, shared::store::StoreError>(())
        })
        .expect("written");
    let (store, settings) = (company.path(), company.folder.path().join("bridge.toml"));
    std::fs::write(&settings, "[retention]\nactivities_days = 30\naudit_days = 30\n").expect("written");
    let log = shared::audit_log::folder_of(&store);
    std::fs::create_dir(&log).expect("made");
    for name in ["2001-01.jsonl", "2001-12.jsonl", "2199-01.jsonl", "notes.jsonl", "2001-01.txt"] {
        std::fs::write(log.join(name), "").expect("written");
    }
    let files = || std::fs::read_dir(&log).expect("readable").count();
    let command = [
        "prune",
        "--config",
        text(&settings),
        "--store",
        text(&store),
        "--actor",
        "高橋",
        "--format",
        "json",
    ];
    let prune = |more: &[&str]| -> Value {
        serde_json::from_str(&stdout(&run(&[&command, more].concat()))).expect("JSON")
    };
    let left = || {
        let total =
            company.store.reader().and_then(|mut r| r.control_total(&shared::dataset::ACTIVITIES, None));
        total.expect("readable").rows
    };
    let counted = prune(&[]);
    assert_eq!(counted.as_array().expect("a list").len(), 2, "what is kept for good is left out: {counted}");
    assert_eq!((&counted[0]["what"], &counted[0]["count"]), (&json!("activities"), &json!(2)));
    assert_eq!((&counted[1]["what"], &counted[1]["count"], files()), (&json!("audit"), &json!(2), 5));
    assert_eq!((&counted[0]["removed"], left()), (&json!(false), 3));
    let removed = prune(&["--yes"]);
    assert_eq!((&removed[0]["count"], &removed[0]["removed"], left()), (&json!(2), &json!(true), 1));
    assert_eq!((&removed[1]["count"], files()), (&json!(2), 3));
    assert!(log.join("2199-01.jsonl").exists() && log.join("notes.jsonl").exists());
    let audit = run(&["audit", "--store", text(&store), "--action", "prune", "--format", "json"]);
    let audit: Value = serde_json::from_str(&stdout(&audit)).expect("JSON");
    assert_eq!(audit[0]["actor"], "高橋");
    let detail = audit[0]["detail"].as_str().expect("a detail");
    assert!(detail.starts_with("activities before ") && detail.ends_with(": 2 rows"), "{detail}");
    assert_eq!(prune(&["--yes"])[0]["count"], 0);
}
