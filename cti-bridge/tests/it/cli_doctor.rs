//! `doctor` as a process: what a PBX does not let the bridge see, and what to change.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};

use serde_json::Value;
use test_support::Process;

fn program() -> Command {
    let mut command = test_support::command(env!("CARGO_BIN_EXE_cti-bridge"));
    command.env("CHAKUDEN_LOG", "off").env("CHAKUDEN_LANG", "en").env("CHAKUDEN_AMI_SECRET", "right");
    command
}

fn doctor(address: &str, more: &[&str]) -> Output {
    let mut command = program();
    command.args(["doctor", "--ami", address, "--ami-user", "bridge"]).args(more);
    command.output().expect("it runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// An Asterisk whose manager user may use these actions; it answers one client.
fn restricted(actions: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        // The client ends when it knows enough.
        let _ = serve(stream, actions);
    });
    address
}

fn serve(mut stream: TcpStream, actions: &[&str]) -> std::io::Result<()> {
    stream.write_all(b"Asterisk Call Manager/9.0.0\r\n")?;
    let (mut action, mut id) = (String::new(), String::new());
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?;
        match line.split_once(": ") {
            Some(("Action", name)) => action = name.to_owned(),
            Some(("ActionID", one)) => id = one.to_owned(),
            Some(_) => {}
            None => {
                let body = match action.as_str() {
                    "Challenge" => "Response: Success\r\nChallenge: 1".to_owned(),
                    "Login" => "Response: Success".to_owned(),
                    "ListCommands" => format!("Response: Success\r\n{}", actions.join(": x\r\n") + ": x"),
                    "CoreShowChannels" if actions.contains(&"CoreShowChannels") => {
                        "Response: Success\r\nEventList: start".to_owned()
                    }
                    _ => "Response: Error\r\nMessage: Permission denied".to_owned(),
                };
                stream.write_all(format!("{body}\r\nActionID: {id}\r\n\r\n").as_bytes())?;
            }
        }
    }
    Ok(())
}

#[test]
fn a_pbx_that_permits_everything_is_fine() {
    let mut simulate = program();
    simulate.args(["simulate", "--listen", "127.0.0.1:0", "--user", "bridge", "--pace-ms", "3600000"]);
    let simulator = Process::start(simulate);
    let found = doctor(&simulator.listening().to_string(), &[]);
    assert_eq!(
        (found.status.code(), stdout(&found).as_str()),
        (Some(0), "pbx: fine, the bridge may see and do all that it needs\n")
    );
}

#[test]
fn a_manager_user_without_rights_is_told_what_to_change() {
    let found = doctor(&restricted(&["Challenge", "Logoff", "CoreShowChannels"]), &["--format", "json"]);
    let lines: Vec<Value> = stdout(&found).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let words: Vec<_> = lines.iter().map(|line| line["problem"].as_str().unwrap()).collect();
    assert_eq!(words, ["numbers_refused"], "{found:?}");
    assert_eq!(lines[0]["change"], "manager.conf: write = reporting");
    assert_eq!(found.status.code(), Some(78));
    let found = doctor(&restricted(&["Challenge", "Logoff"]), &["--lang", "ja"]);
    let told = stdout(&found);
    assert!(told.contains("番号不明になります") && told.contains("通話中の一覧"), "{told}");
}

#[test]
fn a_pbx_that_cannot_be_reached_and_a_wrong_secret_are_told_apart() {
    let free =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("an address");
    let found = doctor(&free.to_string(), &[]);
    assert_eq!(found.status.code(), Some(69));
    assert!(
        stdout(&found).starts_with("pbx: not connected: ") && stdout(&found).contains("manager.conf"),
        "{found:?}"
    );
    let nothing = program().arg("doctor").output().expect("it runs");
    assert_eq!(nothing.status.code(), Some(64));
}
