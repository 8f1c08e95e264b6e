//! Every command in the `console` blocks of both READMEs works, in order, in a folder with the sample company's files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;
use test_support::{Process, program};

static BLOCK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)```console\n(.*?)```").unwrap());
static MAKE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^make ([a-z-]+)").unwrap());
/// A program that runs until it is stopped, and the port that it would take.
static SERVES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bcti-bridge (serve|demo|simulate)\b").unwrap());
static PORT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"127\.0\.0\.1:\d+").unwrap());

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The commands of a page: the lines after `$ `, continued after a backslash.
fn commands(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(page)).unwrap().replace("\\\n", " ");
    let blocks = BLOCK.captures_iter(&text).map(|block| block[1].to_owned());
    blocks.flat_map(|block| block.lines().filter_map(command).collect::<Vec<_>>()).collect()
}

fn command(line: &str) -> Option<String> {
    line.strip_prefix("$ ").map(str::to_owned)
}

/// A folder with the sample company's files and, as in a checkout, `data/`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("data"), folder.path().join("data")).unwrap();
    for entry in std::fs::read_dir(root().join("data/sample")).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    folder
}

/// A line of the shell, with the built programs in the path.
fn shell(folder: &Path, line: &str) -> Command {
    let built = program("analytics");
    let bin = Path::new(built.get_program()).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut shell = test_support::command("bash");
    shell.current_dir(folder).env("PATH", path).args(["-c", line]);
    shell
}

fn must_succeed(folder: &Path, line: &str) {
    let output = shell(folder, line).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}\nended with {}: {errors}", output.status);
}

/// Starts a server on a port that is free, waits until it is ready and stops it.
fn must_serve(folder: &Path, line: &str) {
    // With `exec` a signal to the shell is a signal to the program.
    let line = PORT.replace_all(line, "127.0.0.1:0").replace("cti-bridge", "exec cti-bridge");
    let mut server = Process::start(shell(folder, &line));
    server.line();
    server.signal("-TERM");
    let ended = server.ended_within(Duration::from_secs(20));
    assert!(ended.is_some_and(|status| status.success()), "{line}\ndid not end well: {ended:?}");
}

fn check(page: &str) {
    let makefile = std::fs::read_to_string(root().join("Makefile")).unwrap();
    let folder = folder();
    let folder = folder.path();
    let commands = commands(page);
    for line in &commands {
        if let Some(target) = MAKE.captures(line) {
            assert!(makefile.contains(&format!("\n{}:", &target[1])), "{page}: no target for {line}");
        } else if SERVES.is_match(line) {
            must_serve(folder, line);
        } else {
            must_succeed(folder, line);
        }
        // The examples import a few files; later ones ask about the whole sample company.
        if line.contains(" import ") {
            must_succeed(folder, "analytics --store company.db import .");
        }
    }
    let of = |name: &str| commands.iter().filter(|line| line.contains(name)).count();
    assert!(
        of("analytics ") > 5 && of("cti-bridge ") > 2 && of("make ") > 1,
        "{page} was not read: {commands:?}"
    );
}

#[test]
fn the_commands_of_the_english_readme_work() {
    check("README.md");
}

#[test]
fn the_commands_of_the_japanese_readme_work() {
    check("README.ja.md");
}
