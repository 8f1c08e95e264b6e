//! Hostile and slow clients: what the bridge keeps of what they send, and what others notice.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::SinkExt as _;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::agent::{Agent, pace};
use crate::world::World;

/// The attacker's address: another one of this machine.
const ATTACKER: &str = "127.0.0.66";
/// How long an attack lasts, and how many clients it has.
const LENGTH: Duration = Duration::from_secs(4);
/// Between two sign-ins of those who behave.
const BETWEEN_SIGN_INS: Duration = Duration::from_millis(100);
const CLIENTS: usize = 64;
/// Sign-ins of agents who behave during each attack.
const SIGN_INS: u64 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Attack {
    /// Pings, and nothing is read.
    Pings,
    /// Requests whose body never comes.
    Bodies,
    /// WebSockets without `hello`.
    NoHello,
    /// Wrong tokens.
    Tokens,
    /// An agent's searches without a hit.
    Searches,
    /// An agent's writes.
    Writes,
}

/// What an attack did.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Bytes that the attacker sent, and by how much the bridge grew.
    pub(crate) sent: u64,
    pub(crate) kept: u64,
    /// Sign-ins of others that were tried, and that succeeded.
    pub(crate) tried: u64,
    pub(crate) signed_in: u64,
    /// The slowest sign-in.
    pub(crate) slowest: Duration,
    /// Pop-ups by how long they took, as the bridge's metrics count them: the bucket's limit in seconds.
    pub(crate) popups: Vec<(f64, u64)>,
}

impl Attack {
    pub(crate) const ALL: [Self; 6] =
        [Self::Pings, Self::Bodies, Self::NoHello, Self::Tokens, Self::Searches, Self::Writes];
}

impl Outcome {
    pub(crate) fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.kept += other.kept;
        self.tried += other.tried;
        self.signed_in += other.signed_in;
        self.slowest = self.slowest.max(other.slowest);
        if self.popups.is_empty() {
            self.popups.clone_from(&other.popups);
        } else {
            self.popups.iter_mut().zip(&other.popups).for_each(|(all, one)| all.1 += one.1);
        }
    }

    /// The limit under which 99 % of the pop-ups were, in milliseconds; `None` when there were none.
    pub(crate) fn popup_p99_ms(&self) -> Option<f64> {
        let all = self.popups.last().map(|(_, count)| *count).filter(|all| *all > 0)?;
        let under = self.popups.iter().find(|(_, count)| *count * 100 >= all * 99);
        under.map(|(limit, _)| limit * 1e3)
    }
}

/// Attacks the bridge, while others sign in.
pub(crate) async fn under_attack(world: &Arc<World>, attack: Attack) -> anyhow::Result<Outcome> {
    let sent = Arc::new(AtomicU64::new(0));
    let (before, popups) = (world.resident(), popup_counts(world.address).await?);
    let mut attackers = JoinSet::new();
    let end = Instant::now() + LENGTH;
    for _ in 0..CLIENTS {
        let (world, sent) = (world.clone(), sent.clone());
        attackers.spawn(async move {
            while Instant::now() < end {
                // Whatever the bridge does to an attacker, the next one comes.
                let one = one_client(&world, attack, &sent, end);
                let _ = tokio::time::timeout_at(end.into(), one).await;
            }
        });
    }
    let (mut seen, mut pace) = (Outcome::default(), pace(BETWEEN_SIGN_INS));
    for at in 0..SIGN_INS {
        let token = &world.tokens[usize::try_from(at)? % world.tokens.len()];
        let begun = Instant::now();
        seen.tried += 1;
        if Agent::sign_in("127.0.0.1", world.address, token).await.is_ok() {
            seen.signed_in += 1;
        }
        seen.slowest = seen.slowest.max(begun.elapsed());
        pace.tick().await;
    }
    seen.kept = world.resident().saturating_sub(before);
    while attackers.join_next().await.is_some() {}
    seen.sent = sent.load(Ordering::Relaxed);
    let after = popup_counts(world.address).await?;
    // The buckets are the same ones in the same order.
    let counted =
        after.iter().zip(&popups).map(|((limit, now), (_, earlier))| (*limit, now - earlier.min(now)));
    seen.popups = counted.collect();
    Ok(seen)
}

async fn one_client(world: &World, attack: Attack, sent: &AtomicU64, end: Instant) -> anyhow::Result<()> {
    let count = |bytes: usize| sent.fetch_add(bytes as u64, Ordering::Relaxed);
    match attack {
        Attack::Pings => {
            let mut agent = Agent::connect(ATTACKER, world.address).await?;
            loop {
                agent.socket.send(Message::Ping(vec![7; 125].into())).await?;
                count(131);
            }
        }
        Attack::Bodies => {
            let mut stream = raw(world.address).await?;
            let head = "POST /v1/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{";
            stream.write_all(head.as_bytes()).await?;
            count(head.len());
            tokio::time::sleep_until(end.into()).await;
        }
        Attack::NoHello => {
            let _open = Agent::connect(ATTACKER, world.address).await?;
            count(200);
            tokio::time::sleep_until(end.into()).await;
        }
        Attack::Tokens => {
            let mut agent = Agent::connect(ATTACKER, world.address).await?;
            count(300);
            let _refused = agent.ask(json!({"op": "hello", "token": "wrong"})).await?;
        }
        Attack::Searches | Attack::Writes => {
            let mut agent = Agent::sign_in(ATTACKER, world.address, &world.hostile).await?;
            loop {
                let request = match attack {
                    Attack::Searches => json!({"op": "search", "q": "ない名前"}),
                    _ => json!({"op": "task.create", "customer_code": "C2", "title": "x"}),
                };
                count(request.to_string().len());
                let _answer = agent.ask(request).await?;
            }
        }
    }
    Ok(())
}

async fn raw(to: SocketAddr) -> anyhow::Result<TcpStream> {
    let own = TcpSocket::new_v4()?;
    own.bind(format!("{ATTACKER}:0").parse()?)?;
    Ok(own.connect(to).await?)
}

/// How many pop-ups took at most how many seconds, from the bridge's metrics.
async fn popup_counts(address: SocketAddr) -> anyhow::Result<Vec<(f64, u64)>> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    let bucket = |line: &str| -> Option<(f64, u64)> {
        let rest = line.strip_prefix("chakuden_ring_to_push_seconds_bucket{le=\"")?;
        let (limit, count) = rest.split_once("\"} ")?;
        Some((limit.parse().unwrap_or(f64::INFINITY), count.trim().parse().ok()?))
    };
    let found: Vec<_> = text.lines().filter_map(bucket).collect();
    (!found.is_empty()).then_some(found).context("the metrics have no ring_to_push_seconds")
}
