//! How long agents wait for what they save: on a quiet store, and while a file is imported
//! (`docs/benchmarks.md#agents-writes`).
//!
//! The bridge and the import are processes of their own. `CHAKUDEN_BENCH_WRITES_LINES` (100,000) is the length of the
//! file.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod agent;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use agent::{Agent, pace};
use anyhow::{Context as _, ensure};
use serde_json::json;
use test_support::{Company, Process, add_agent};

/// Agents who save at the same time.
const AGENTS: usize = 8;
/// What an agent waits between two writes, as somebody quick at the keyboard would.
const BETWEEN: Duration = Duration::from_millis(150);
/// How long the quiet store is measured, and the other at least.
const QUIET: Duration = Duration::from_secs(10);

fn main() -> anyhow::Result<()> {
    // `cargo test --benches` runs this file too; there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let lines = std::env::var("CHAKUDEN_BENCH_WRITES_LINES").unwrap_or_else(|_| "100000".to_owned());
    let lines: usize = lines.trim().parse().with_context(|| format!("{lines} is not a number of lines"))?;
    let company = Company::new();
    let file = files(&company, lines);
    let tokens: Vec<String> = (0..AGENTS)
        .map(|at| add_agent(&company.store(), &format!("A{at}"), Some(&format!("{}", 300 + at)), "agent"))
        .collect();
    let settings = company.file("bridge.toml", "[limits]\nwrites_per_agent_per_second = 0\n");
    let bridge = Process::start(company.bridge(&["serve", "--config", &settings, "--listen", "127.0.0.1:0"]));
    let address = bridge.listening();
    let runtime = tokio::runtime::Runtime::new()?;

    let over = Arc::new(AtomicBool::new(false));
    let writing = runtime.spawn(writes(address, tokens.clone(), over.clone()));
    std::thread::park_timeout(QUIET);
    over.store(true, Ordering::Relaxed);
    let quiet = Waits::of(runtime.block_on(writing)??)?;

    let over = Arc::new(AtomicBool::new(false));
    let writing = runtime.spawn(writes(address, tokens, over.clone()));
    let begun = Instant::now();
    company.analytics_ok(&["import", &file]);
    let seconds = begun.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    let during = Waits::of(runtime.block_on(writing)??)?;

    println!("{:<40} {:>7} {:>9} {:>9} {:>9}", "agents' writes", "number", "p50 ms", "p99 ms", "most ms");
    quiet.print("quiet store");
    during.print(&format!("import of {lines} lines, {seconds:.1} s"));
    println!("writes during an import: ratio of p99 {:.1}", during.p99 / quiet.p99);
    Ok(())
}

/// Customers, imported, and a file of their sales.
fn files(company: &Company, lines: usize) -> String {
    let customers = (lines / 20).max(1);
    let mut text = "customer_code,customer_name\n".to_owned();
    (0..customers).for_each(|at| text += &format!("C{at},得意先{at}\n"));
    company.analytics_ok(&["import", "--no-cards", &company.file("customers.csv", &text)]);
    let mut text = "slip_no,line_no,sold_on,customer_code,product_code,quantity,amount\n".to_owned();
    for at in 0..lines {
        let (month, day) = (at * 12 / lines + 1, at % 28 + 1);
        // Customers in no order, as they buy.
        let customer = at * 7_919 % customers;
        text += &format!("S{at},1,2025-{month:02}-{day:02},C{customer},P{},2,{}\n", at % 500, at % 9_000);
    }
    let file = company.file("sales.csv", &text);
    assert!(Path::new(&file).exists());
    file
}

/// Every agent saves tasks until it is `over`; the waits for the answers in milliseconds.
async fn writes(
    address: std::net::SocketAddr,
    tokens: Vec<String>,
    over: Arc<AtomicBool>,
) -> anyhow::Result<Vec<f64>> {
    let mut agents = tokio::task::JoinSet::new();
    for (at, token) in tokens.into_iter().enumerate() {
        let over = over.clone();
        agents.spawn(async move {
            let mut agent = Agent::sign_in("127.0.0.1", address, &token).await?;
            let (mut waits, mut pace) = (Vec::new(), pace(BETWEEN));
            while !over.load(Ordering::Relaxed) {
                pace.tick().await;
                let task =
                    json!({"op": "task.create", "customer_code": format!("C{at}"), "title": "見積送付"});
                let begun = Instant::now();
                agent.ask(task).await?.map_err(anyhow::Error::msg)?;
                waits.push(begun.elapsed().as_secs_f64() * 1e3);
            }
            anyhow::Ok(waits)
        });
    }
    let mut waits = Vec::new();
    while let Some(done) = agents.join_next().await {
        waits.extend(done??);
    }
    Ok(waits)
}

/// What agents waited, in milliseconds.
struct Waits {
    number: usize,
    p50: f64,
    p99: f64,
    most: f64,
}

impl Waits {
    fn of(mut waits: Vec<f64>) -> anyhow::Result<Self> {
        ensure!(!waits.is_empty(), "nothing was written");
        waits.sort_by(f64::total_cmp);
        let at = |share: usize| waits[(waits.len() - 1) * share / 100];
        Ok(Self { number: waits.len(), p50: at(50), p99: at(99), most: at(100) })
    }

    fn print(&self, name: &str) {
        println!("{name:<40} {:>7} {:>9.1} {:>9.1} {:>9.1}", self.number, self.p50, self.p99, self.most);
    }
}
