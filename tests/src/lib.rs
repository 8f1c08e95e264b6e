//! Drives both programs as processes, as a user would. The end-to-end tests live in `tests/`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value as Json;
use shared::store::Store;

/// The built program of this name: in `CHAKUDEN_BIN_DIR`, else beside this test's own folder.
///
/// # Panics
/// When it was not built; `make test` builds it.
pub fn program(name: &str) -> PathBuf {
    let folder = std::env::var_os("CHAKUDEN_BIN_DIR").map_or_else(built_beside, PathBuf::from);
    let path = folder.join(name);
    assert!(path.exists(), "{} is missing: cargo build --release --workspace --bins", path.display());
    path
}

fn built_beside() -> PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    test.ancestors().nth(2).unwrap_or(Path::new(".")).to_owned()
}

/// A company in a folder of its own, thrown away at the end.
#[derive(Debug)]
pub struct Company {
    folder: tempfile::TempDir,
}

impl Company {
    /// An empty store.
    ///
    /// # Panics
    /// When `analytics init` fails.
    pub fn new() -> Self {
        let company = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        company.analytics_ok(&["init"]);
        company
    }

    /// A path inside the company's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The store file.
    pub fn store_path(&self) -> PathBuf {
        self.path("company.db")
    }

    /// The store, opened in this process.
    ///
    /// # Panics
    /// When it does not open.
    pub fn store(&self) -> Store {
        Store::open(&self.store_path()).expect("the store opens")
    }

    /// Writes a file for an import and gives its path.
    ///
    /// # Panics
    /// When the disk does not take it.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("the file is written");
        path.to_string_lossy().into_owned()
    }

    /// `analytics --store … ARGUMENTS`, not started yet.
    pub fn analytics(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program("analytics"));
        command.arg("--store").arg(self.store_path()).args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs `analytics` to its end, which must be a good one; gives its standard output.
    ///
    /// # Panics
    /// When it fails.
    pub fn analytics_ok(&self, arguments: &[&str]) -> String {
        stdout_of(&self.analytics(arguments).output().expect("analytics starts"), arguments)
    }

    /// Runs `analytics … --format json` and reads what it prints.
    ///
    /// # Panics
    /// When it fails or prints something else.
    pub fn analytics_json(&self, arguments: &[&str]) -> Json {
        let arguments = [arguments, &["--format", "json"]].concat();
        serde_json::from_str(&self.analytics_ok(&arguments)).expect("JSON on standard output")
    }

    /// `cti-bridge COMMAND… --store …`, not started yet.
    pub fn bridge(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program("cti-bridge"));
        command.args(arguments).arg("--store").arg(self.store_path()).stdin(Stdio::null());
        command
    }

    /// Runs `cti-bridge` to its end, which must be a good one; gives its standard output.
    ///
    /// # Panics
    /// When it fails.
    pub fn bridge_ok(&self, arguments: &[&str]) -> String {
        stdout_of(&self.bridge(arguments).output().expect("cti-bridge starts"), arguments)
    }

    /// Adds an agent and gives the token.
    ///
    /// # Panics
    /// When it fails.
    pub fn agent(&self, code: &str, extension: &str) -> String {
        let name = format!("Agent {extension}");
        let arguments =
            ["agent", "add", "--code", code, "--name", &name, "--extension", extension, "--role", "agent"];
        self.bridge_ok(&arguments).trim().to_owned()
    }
}

impl Default for Company {
    fn default() -> Self {
        Self::new()
    }
}

fn stdout_of(output: &Output, arguments: &[&str]) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?} ended with {}: {errors}", output.status);
    String::from_utf8(output.stdout.clone()).expect("UTF-8 on standard output")
}

/// A program that goes on until it is stopped; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Running {
    /// Starts a program whose standard output is read line by line.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(mut command: Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let output = child.stdout.take().expect("a pipe");
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

    /// The next line that the program prints within a minute.
    ///
    /// # Panics
    /// When none comes.
    pub fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(60)).expect("a line on standard output")
    }

    /// Whether the program ended by itself within this time.
    pub fn ended_within(&mut self, time: Duration) -> Option<ExitStatus> {
        // The reading thread ends with the program's output: its channel closing is what is waited for.
        let end = std::time::Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(std::time::Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(_) => {}
                Err(mpsc::RecvTimeoutError::Timeout) => return None,
                Err(mpsc::RecvTimeoutError::Disconnected) => return self.child.wait().ok(),
            }
        }
    }

    /// SIGKILL: the program gets no chance to tidy up.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The process's number, to send it signals.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes `rows` of comma-separated values under a header line.
///
/// # Panics
/// When memory runs out.
pub fn csv(header: &str, rows: impl Iterator<Item = String>) -> String {
    let mut text = Vec::new();
    writeln!(text, "{header}").expect("memory");
    for row in rows {
        writeln!(text, "{row}").expect("memory");
    }
    String::from_utf8(text).expect("UTF-8")
}
