//! The built programs, run as processes.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Longer than any program here takes; only a broken one waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command for a program, free of this project's environment variables and of `LANG`, with nothing on standard input.
pub fn command(path: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(path);
    for variable in
        ["CHAKUDEN_ACTOR", "CHAKUDEN_AMI_SECRET", "CHAKUDEN_LANG", "CHAKUDEN_LOG", "CHAKUDEN_STORE", "LANG"]
    {
        command.env_remove(variable);
    }
    // No settings of the user who runs the tests.
    command.env("XDG_CONFIG_HOME", "/nonexistent");
    command.stdin(Stdio::null());
    command
}

/// A command for a program of another crate: from `CHAKUDEN_BIN_DIR`, else from the folder above the running test's.
///
/// # Panics
/// When the program is not built; `make test` builds it.
pub fn program(name: &str) -> Command {
    let test = std::env::current_exe().expect("the path of the test program");
    let beside = || test.ancestors().nth(2).unwrap_or(Path::new(".")).to_owned();
    let path = std::env::var_os("CHAKUDEN_BIN_DIR").map_or_else(beside, PathBuf::from).join(name);
    assert!(path.exists(), "{} is missing: cargo build --release --workspace --bins", path.display());
    command(path)
}

/// The standard output of a command that succeeded.
pub fn stdout_of(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    String::from_utf8(output.stdout.clone()).expect("UTF-8 on standard output")
}

/// A program that runs until it is stopped; killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Process {
    /// Starts a program whose standard output is read line by line; its standard error is dropped.
    pub fn start(mut command: Command) -> Self {
        let started = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = started.expect("the program starts");
        let output = child.stdout.take().expect("standard output is piped");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// The next line that the program prints, within a minute.
    pub fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line on standard output")
    }

    /// The address in the line that a server prints when it is ready.
    pub fn listening(&self) -> SocketAddr {
        let ready: serde_json::Value = serde_json::from_str(&self.line()).expect("a line of JSON");
        let address = ready["listening"].as_str().and_then(|address| address.parse().ok());
        address.unwrap_or_else(|| panic!("no address in {ready}"))
    }

    /// How the program ended, if it ended by itself within this time.
    pub fn ended_within(&mut self, time: Duration) -> Option<ExitStatus> {
        // The reading thread ends with the program's output: its channel closing is what is waited for.
        let end = Instant::now() + time;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().ok(),
            }
        }
    }

    /// Sends a signal such as `-HUP`.
    pub fn signal(&self, name: &str) {
        let sent =
            Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill starts");
        assert!(sent.success(), "{name} could not be sent");
    }

    /// The number of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: the program gets no chance to tidy up.
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
