//! What `serve` tells systemd: ready, reloading, stopping, and that it is alive.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::common::company;
use test_support::Process;

/// Longer than any notification takes; only a broken program waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

struct Systemd {
    socket: UnixDatagram,
    folder: tempfile::TempDir,
}

impl Systemd {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = UnixDatagram::bind(folder.path().join("notify")).expect("a socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        Self { socket, folder }
    }

    /// The next notification that is no keep-alive.
    fn next(&self) -> String {
        loop {
            let state = self.any();
            if state != "WATCHDOG=1" {
                return state;
            }
        }
    }

    fn any(&self) -> String {
        let mut buffer = [0; 1024];
        let length = self.socket.recv(&mut buffer).expect("a notification");
        String::from_utf8_lossy(&buffer[..length]).trim_end().to_owned()
    }

    fn serve(&self, store: &std::path::Path, environment: &[(&str, &str)]) -> Process {
        let mut command = test_support::command(env!("CARGO_BIN_EXE_cti-bridge"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--store"]).arg(store);
        command.env("CHAKUDEN_LOG", "off").env("NOTIFY_SOCKET", self.folder.path().join("notify"));
        command.envs(environment.iter().copied());
        Process::start(command)
    }
}

#[test]
fn systemd_is_told_of_start_reload_and_stop() {
    let (company, systemd) = (company(), Systemd::new());
    let mut serving = systemd.serve(&company.path(), &[]);
    assert_eq!(systemd.next(), "READY=1");
    serving.listening();
    serving.signal("-HUP");
    let reloading = systemd.next();
    let (state, time) = reloading.split_once('\n').expect("two lines");
    assert_eq!(state, "RELOADING=1");
    let usec = time.strip_prefix("MONOTONIC_USEC=").expect("the time of the reload");
    assert!(usec.parse::<u64>().is_ok_and(|usec| usec > 0), "{time}");
    assert_eq!(systemd.next(), "READY=1");
    serving.signal("-TERM");
    assert_eq!(systemd.next(), "STOPPING=1");
    assert!(serving.ended_within(PATIENCE).is_some_and(|status| status.success()));
}

#[test]
fn the_watchdog_gets_keep_alives_until_the_stop() {
    let (company, systemd) = (company(), Systemd::new());
    let mut serving = systemd.serve(&company.path(), &[("WATCHDOG_USEC", "20000")]);
    assert_eq!(systemd.any(), "READY=1");
    for _ in 0..3 {
        assert_eq!(systemd.any(), "WATCHDOG=1");
    }
    serving.signal("-TERM");
    assert_eq!(systemd.next(), "STOPPING=1");
    assert!(serving.ended_within(PATIENCE).is_some());
}
