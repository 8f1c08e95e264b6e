//! The company, its bridge and its PBX, as processes.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use test_support::{Company, Process, add_agent, program};

/// Agents who behave.
const AGENTS: usize = 12;
/// Agents whose phones the simulated PBX rings.
const PHONES: [&str; 3] = ["201", "202", "203"];
/// How long a bridge takes to end at most.
const ENDS_WITHIN: Duration = Duration::from_secs(40);

pub(crate) struct World {
    pub(crate) company: Company,
    pub(crate) address: SocketAddr,
    /// Of the agents who behave, and of one who does not.
    pub(crate) tokens: Vec<String>,
    pub(crate) hostile: String,
    settings: String,
    bridge: Mutex<Option<Process>>,
    pbx: SocketAddr,
    _simulator: Mutex<Process>,
}

impl World {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let company = Company::new();
        let customers = "customer_code,customer_name\nC1,株式会社一\nC2,株式会社二\n";
        company.analytics_ok(&["import", &company.file("customers.csv", customers)]);
        let store = company.store();
        let phones = PHONES.iter().map(|phone| (format!("A{phone}"), (*phone).to_owned()));
        let others = (0..AGENTS).map(|at| (format!("B{at}"), (300 + at).to_string()));
        let mut tokens: Vec<String> = phones
            .chain(others)
            .map(|(code, extension)| add_agent(&store, &code, Some(&extension), "agent"))
            .collect();
        let hostile = add_agent(&store, "Z1", Some("399"), "agent");
        tokens.truncate(PHONES.len() + AGENTS);
        drop(store);
        let settings = company.file("bridge.toml", "[limits]\nagents_refresh_ms = 500\n");
        let mut command = program("cti-bridge");
        command.env("CHAKUDEN_AMI_SECRET", "secret");
        command.args(["simulate", "--listen", "127.0.0.1:0", "--user", "test", "--pace-ms", "100"]);
        let simulator = Process::start(command);
        let pbx = simulator.listening();
        // Every bridge listens on the same port, so that pages find the next one.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let (bridge, _simulator) = (Mutex::new(None), Mutex::new(simulator));
        let world = Self { company, address, tokens, hostile, settings, bridge, pbx, _simulator };
        let backup = world.beside("-backup").display().to_string();
        world.company.analytics_ok(&["store", "backup", &backup]);
        world.start()?;
        Ok(world)
    }

    /// `cti-bridge serve`, not started yet.
    pub(crate) fn serve(&self) -> Command {
        let (listen, pbx) = (self.address.to_string(), self.pbx.to_string());
        let mut command = self.company.bridge(&[
            "serve",
            "--config",
            &self.settings,
            "--listen",
            &listen,
            "--ami",
            &pbx,
            "--ami-user",
            "test",
        ]);
        command.env("CHAKUDEN_AMI_SECRET", "secret").env("CHAKUDEN_LOG", "error");
        command
    }

    fn bridge(&self) -> MutexGuard<'_, Option<Process>> {
        self.bridge.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the bridge, and waits until it listens.
    pub(crate) fn start(&self) -> anyhow::Result<()> {
        self.start_as(self.serve())
    }

    /// Starts the bridge where no file can grow beyond `kib`.
    pub(crate) fn start_with_room(&self, kib: u64) -> anyhow::Result<()> {
        let command = self.serve();
        let mut shell = test_support::command("bash");
        shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"")]);
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.arg(command.get_program()).args(command.get_args());
        self.start_as(shell)
    }

    fn start_as(&self, command: Command) -> anyhow::Result<()> {
        let process = Process::start(command);
        process.listening();
        *self.bridge() = Some(process);
        Ok(())
    }

    /// SIGKILL.
    pub(crate) fn kill(&self) {
        if let Some(bridge) = self.bridge().take() {
            bridge.kill();
        }
    }

    /// SIGTERM, and waits for the end.
    pub(crate) fn stop(&self) -> anyhow::Result<()> {
        if let Some(bridge) = &*self.bridge() {
            bridge.signal("-TERM");
        }
        self.ended().map(drop)
    }

    /// Waits until the bridge has ended by itself; its exit code.
    pub(crate) fn ended(&self) -> anyhow::Result<Option<i32>> {
        let mut bridge = self.bridge().take().context("a bridge runs")?;
        let ended = bridge.ended_within(ENDS_WITHIN);
        ensure!(ended.is_some(), "the bridge did not end");
        Ok(ended.and_then(|status| status.code()))
    }

    /// The memory of the bridge that is its own, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let Some(pid) = self.bridge().as_ref().map(Process::pid) else { return 0 };
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kib: Option<u64> = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        kib.unwrap_or_default() * 1024
    }

    /// The store's file.
    pub(crate) fn store(&self) -> PathBuf {
        self.company.store_path()
    }

    /// What lies beside the store.
    pub(crate) fn beside(&self, ending: &str) -> PathBuf {
        self.company.path(&format!("company.db{ending}"))
    }
}
