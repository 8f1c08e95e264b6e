//! Random lookups over WebSocket against bare tokio-tungstenite servers that move as many bytes.
//!
//! `cargo bench -p cti-bridge --bench lookup`. The store is built once, into `CHAKUDEN_BENCH_DIR` or the user's
//! cache folder. `CHAKUDEN_BENCH_CUSTOMERS` (1,000,000), `CHAKUDEN_BENCH_SECONDS` (3) and
//! `CHAKUDEN_BENCH_CLIENTS` (64) change the size of a run.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench ends at the first error"
)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cti_bridge::config::Config;
use cti_bridge::server::{Parts, Server};
use futures_util::{SinkExt, StreamExt};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use shared::dataset;
use shared::store::{Store, StoreError, Transaction};
use shared::{Clock, SystemClock};
use test_support::{add_agent, put};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_util::sync::CancellationToken;

/// Rows of one transaction while the store is built.
const BATCH: u64 = 20_000;
/// Part of a run that is not measured: connections settle, pages come into memory.
const WARM_UP: Duration = Duration::from_millis(500);
/// The bridge's first lookups, reported by themselves.
const FIRST: Duration = Duration::from_secs(8);
/// How often each is run.
const ROUNDS: usize = 3;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    // `cargo test --benches` runs benches too; they are built there, not measured.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let customers = setting("CHAKUDEN_BENCH_CUSTOMERS", 1_000_000);
    let clients = usize::try_from(setting("CHAKUDEN_BENCH_CLIENTS", 64)).unwrap();
    let length = Duration::from_secs(setting("CHAKUDEN_BENCH_SECONDS", 3));
    let (store, token) = prepare(customers);
    let load = Load { clients, length, customers };

    let bridge = bridge(store);
    let by_number = |n: u64| format!(r#"{{"id":1,"op":"lookup","number":"{}"}}"#, number(n));
    let by_code = |n: u64| format!(r#"{{"id":1,"op":"lookup","customer_code":"{}"}}"#, code(n));
    // A bridge runs for weeks; its first seconds, in which the system maps the store's pages into the process, are
    // told apart and not mixed into the rest.
    let mut first = Load { length: FIRST, ..load }.run(bridge.address, &token, by_number);
    first.latencies_us.sort_unstable();
    let bytes = first.bytes_mean();
    let frame = "x".repeat(bytes);
    let plain = bare(None, WebSocketConfig::default());
    let echo = bare(None, small_buffers());
    let constant = bare(Some(bytes), small_buffers());
    let mut runs: [Run; 5] = Default::default();
    // In turns, so that whatever else the machine does meets all alike.
    for _ in 0..ROUNDS {
        let frames = [frame.clone(), frame.clone()];
        let [first, second] = frames;
        runs[0].add(load.run(plain.address, "", move |_| first.clone()));
        runs[1].add(load.run(echo.address, "", move |_| second.clone()));
        runs[2].add(load.run(constant.address, "", by_number));
        runs[3].add(load.run(bridge.address, &token, by_number));
        runs[4].add(load.run(bridge.address, &token, by_code));
    }
    drop((plain, echo, constant, bridge));

    println!(
        "{customers} customers, {clients} clients, {bytes} bytes an answer, {ROUNDS} times {} s each",
        length.as_secs()
    );
    println!(
        "{:<50} {:>10} {:>8} {:>8} {:>8} {:>8}",
        "", "messages/s", "p50 µs", "p99 µs", "to (a)", "to (b)"
    );
    let names = [
        "(a) bare echo of as many bytes",
        "(b) the same, read buffers as small as ours",
        "(c) as (b), small request, as many bytes back",
        "lookup by number",
        "lookup by customer code",
    ];
    let (plain, small) = (runs[0].rate(), runs[1].rate());
    let cold = (first.rate(), first.percentile(50), first.percentile(99));
    for (name, run) in names.iter().zip(&mut runs) {
        run.latencies_us.sort_unstable();
        let (rate, p50, p99) = (run.rate(), run.percentile(50), run.percentile(99));
        println!("{name:<50} {rate:>10.0} {p50:>8} {p99:>8} {:>8.2} {:>8.2}", rate / plain, rate / small);
    }
    let (rate, p50, p99) = cold;
    let name = format!("lookup by number, the first {} s", FIRST.as_secs());
    println!("{name:<50} {rate:>10.0} {p50:>8} {p99:>8} {:>8.2} {:>8.2}", rate / plain, rate / small);
}

/// tungstenite clears its whole read buffer before each read, and its default is 128 KiB: with frames as small as
/// these that alone costs as much as everything else.
fn small_buffers() -> WebSocketConfig {
    WebSocketConfig::default().read_buffer_size(8 * 1024)
}

/// The n-th customer's number.
fn number(n: u64) -> String {
    format!("090{:08}", 10_000_000 + n)
}

fn code(n: u64) -> String {
    format!("C{n:07}")
}

/// Opens the store with this many customers, building it the first time.
fn prepare(customers: u64) -> (Store, String) {
    let folder = std::env::var_os("CHAKUDEN_BENCH_DIR").map(PathBuf::from).unwrap_or_else(|| {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap();
        std::env::var_os("XDG_CACHE_HOME").map_or(home.join(".cache"), PathBuf::from).join("chakuden/bench")
    });
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("lookup-{customers}.db"));
    let store = match path.exists() {
        true => Store::open(&path).unwrap(),
        false => {
            // Built beside and renamed, so that an interrupted build is not taken for a whole one.
            let unfinished = folder.join(format!("lookup-{customers}.{}.unfinished.db", std::process::id()));
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{suffix}", unfinished.display()));
            }
            drop(build(&unfinished, customers));
            std::fs::rename(&unfinished, &path).unwrap();
            Store::open(&path).unwrap()
        }
    };
    let token = add_agent(&store, "B1", None, "integration");
    (store, token)
}

fn build(path: &std::path::Path, customers: u64) -> Store {
    let store = Store::create(path).unwrap();
    let begun = Instant::now();
    for first in (0..customers).step_by(usize::try_from(BATCH).unwrap()) {
        store
            .write(|tx| {
                (first..(first + BATCH).min(customers)).for_each(|n| customer(tx, n));
                Ok::<_, StoreError>(())
            })
            .unwrap();
        let built = (first + BATCH).min(customers);
        while store.refresh_stale_cards(SystemClock.today(), 50_000).unwrap() > 0 {}
        eprint!("\rbuilding the store: {built} of {customers} customers, {} s", begun.elapsed().as_secs());
    }
    eprintln!();
    store
}

/// One customer as they are: a contact, a slip of two lines, an activity.
fn customer(tx: &mut Transaction<'_>, n: u64) {
    let code = code(n);
    let slip = format!("S{n}");
    let phone = number(n);
    put(
        tx,
        &dataset::CUSTOMERS,
        &[
            ("customer_code", &code),
            ("customer_name", "株式会社赤木電機"),
            ("name_kana", "カブシキガイシャアカギデンキ"),
            ("customer_type", "corporate"),
            ("industry", "家電卸"),
            ("rank", "B"),
            ("sales_area", "関東"),
            ("account_owner", "高橋 次郎"),
            ("internal_memo", "値引きは部長決裁"),
        ],
    );
    put(
        tx,
        &dataset::CONTACTS,
        &[("customer_code", &code), ("person_name", "赤木 良子"), ("purpose", "sales"), ("phone", &phone)],
    );
    for line in ["1", "2"] {
        put(
            tx,
            &dataset::SALES,
            &[
                ("slip_no", &slip),
                ("line_no", line),
                ("sold_on", "2026-10-01"),
                ("customer_code", &code),
                ("product_code", "P1"),
                ("product_name", "LED照明 40W"),
                ("quantity", "240000"),
                ("amount", "1296000000"),
            ],
        );
    }
    put(
        tx,
        &dataset::ACTIVITIES,
        &[
            ("activity_no", &slip),
            ("customer_code", &code),
            ("happened_at", "2026-10-02T03:00:00Z"),
            ("channel", "phone_in"),
            ("subject", "納期の確認"),
            ("agent", "鈴木 一郎"),
        ],
    );
}

/// A server on a runtime of its own; dropped, it ends.
struct Served {
    address: SocketAddr,
    stopping: CancellationToken,
    _runtime: Runtime,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

fn bridge(store: Store) -> Served {
    let runtime = Runtime::new().unwrap();
    let stopping = CancellationToken::new();
    let mut config = Config::default();
    // Measured is how fast a lookup is, not how often one agent may ask.
    config.limits.lookups_per_agent_per_second = 0;
    config.limits.sockets_per_agent_max = 10_000;
    let address = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let clock = Arc::new(SystemClock);
        let parts = Parts { store, listener, sources: Vec::new(), clock, stopping: stopping.clone() };
        let server = Server::start(parts, &config).unwrap();
        let address = server.address();
        tokio::spawn(server.wait());
        address
    });
    Served { address, stopping, _runtime: runtime }
}

/// The least that a WebSocket server can do: echo, or answer with this many bytes.
fn bare(answer_bytes: Option<usize>, config: WebSocketConfig) -> Served {
    let runtime = Runtime::new().unwrap();
    let stopping = CancellationToken::new();
    let answer = answer_bytes.map(|bytes| Message::text("x".repeat(bytes)));
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut ws = tokio_tungstenite::accept_async_with_config(stream, Some(config)).await.unwrap();
                while let Some(Ok(message)) = ws.next().await {
                    if message.is_text() && ws.send(answer.clone().unwrap_or(message)).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    Served { address, stopping, _runtime: runtime }
}

/// What was measured.
#[derive(Default)]
struct Run {
    latencies_us: Vec<u32>,
    bytes: u64,
    seconds: f64,
}

impl Run {
    fn add(&mut self, other: Self) {
        self.latencies_us.extend(other.latencies_us);
        self.bytes += other.bytes;
        self.seconds += other.seconds;
    }

    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    fn rate(&self) -> f64 {
        self.latencies_us.len() as f64 / self.seconds
    }

    fn bytes_mean(&self) -> usize {
        usize::try_from(self.bytes / self.latencies_us.len().max(1) as u64).unwrap()
    }

    fn percentile(&self, percent: usize) -> u32 {
        self.latencies_us[(self.latencies_us.len() - 1) * percent / 100]
    }
}

#[derive(Clone, Copy)]
struct Load {
    clients: usize,
    length: Duration,
    customers: u64,
}

impl Load {
    /// All clients ask one thing after the other, each for itself; a runtime of their own serves them.
    fn run(
        self,
        address: SocketAddr,
        token: &str,
        frame: impl Fn(u64) -> String + Send + Sync + 'static,
    ) -> Run {
        let runtime = Runtime::new().unwrap();
        let frame = Arc::new(frame);
        let mut all = Run { seconds: self.length.as_secs_f64(), ..Run::default() };
        runtime.block_on(async {
            let mut sockets = Vec::new();
            for _ in 0..self.clients {
                sockets.push(open(address, token).await);
            }
            let begun = Instant::now();
            let tasks: Vec<_> = sockets
                .into_iter()
                .zip(1..)
                .map(|(ws, seed)| tokio::spawn(self.one(ws, seed, begun, frame.clone())))
                .collect();
            for task in tasks {
                let run = task.await.unwrap();
                all.latencies_us.extend(run.latencies_us);
                all.bytes += run.bytes;
            }
        });
        all
    }

    async fn one(
        self,
        mut ws: WebSocketStream<TcpStream>,
        seed: u64,
        begun: Instant,
        frame: Arc<impl Fn(u64) -> String + Send + Sync>,
    ) -> Run {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut run = Run::default();
        loop {
            let request = Message::text(frame(rng.random_range(0..self.customers)));
            let sent = Instant::now();
            ws.send(request).await.unwrap();
            let answer = ws.next().await.unwrap().unwrap();
            let received = Instant::now();
            if received - begun > WARM_UP + self.length {
                return run;
            }
            if received - begun > WARM_UP {
                run.latencies_us.push(u32::try_from((received - sent).as_micros()).unwrap_or(u32::MAX));
                run.bytes += answer.len() as u64;
                let text = answer.into_text().unwrap();
                assert!(!text.starts_with(r#"{"re":1,"ok":false"#), "{text}");
            }
        }
    }
}

async fn open(address: SocketAddr, token: &str) -> WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let url = format!("ws://{address}/ws");
    let opened = tokio_tungstenite::client_async_with_config(url, stream, Some(small_buffers())).await;
    let (mut ws, _) = opened.unwrap();
    if !token.is_empty() {
        ws.send(Message::text(format!(r#"{{"id":0,"op":"hello","token":"{token}"}}"#))).await.unwrap();
        let welcome = ws.next().await.unwrap().unwrap().into_text().unwrap();
        assert!(welcome.contains(r#""ok":true"#), "{welcome}");
    }
    ws
}
