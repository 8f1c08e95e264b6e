//! The production client against the simulated PBX and against misbehaving servers.
//!
//! The clock is tokio's paused one: it jumps when every task waits, so no test waits for real. A socket would race
//! with that clock (the kernel delivers bytes a little later), so connections are in memory; `ami_socket.rs` goes
//! over real sockets.

mod scripted;
mod simulated;

use crate::ami_support::start;
use crate::client_bench::{Bench, InMemory};
use cti_bridge::simulator::{SimulatedAgent, Simulator, SimulatorOptions};
use cti_bridge::source::Secret;
use cti_bridge::source::ami::{self, AmiConfig};
use test_support::FixedClock;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;

fn options() -> SimulatorOptions {
    let agents = [("201", "佐藤 花子"), ("202", "鈴木 一郎"), ("203", "高橋 次郎")];
    let agents =
        agents.map(|(extension, name)| SimulatedAgent { extension: extension.into(), name: name.into() });
    SimulatorOptions::new("chakuden", Secret::new("secret"), agents.to_vec())
}

/// A client of the server whose ends of connections are sent to `server`.
fn connect(server: mpsc::Sender<DuplexStream>, secret: &str) -> Bench {
    let mut config = AmiConfig::new("pbx:5038", "chakuden", Secret::new(secret));
    config.queue_interface = "PJSIP/{extension}".to_owned();
    config.transfer_context = "internal".to_owned();
    let mut bench = Bench::start(|channels| {
        tokio::spawn(ami::run_over(InMemory(server), config, channels));
    });
    bench.may_go_down = true;
    bench
}

/// A client of this simulator.
fn client_of(simulator: &Simulator, secret: &str) -> Bench {
    let (server, mut streams) = mpsc::channel(1);
    let simulator = simulator.clone();
    tokio::spawn(async move {
        while let Some(stream) = streams.recv().await {
            simulator.attend(stream).await;
        }
    });
    connect(server, secret)
}

async fn with_simulator() -> (Bench, Simulator) {
    let simulator = Simulator::new(options(), &FixedClock::new(start()));
    let mut bench = client_of(&simulator, "secret");
    bench.until_up().await;
    bench.until_listed().await;
    (bench, simulator)
}
