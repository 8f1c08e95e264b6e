//! AMI bytes decoded and tracked per second, against the decoder of another Rust AMI crate on the same bytes.
//!
//! `cargo bench -p cti-bridge --bench ami`. The bytes are the recordings of `data/captures/ami`, again and again
//! with other channel identities, in memory, handed over in pieces of 64 KiB as a socket would. The other crate
//! (`asterisk-rs-ami`) cuts them into messages and makes its typed events of them; we cut, translate and follow the
//! calls. `CHAKUDEN_BENCH_AMI_MIB` (64) is how many bytes, `CHAKUDEN_BENCH_ROUNDS` (5) how often each.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench ends at the first error")]

use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use asterisk_rs_ami::{AmiCodec, AmiEvent};
use bytes::BytesMut;
use chrono::{DateTime, Utc};
use cti_bridge::call::{CallIds, CallTracker, TrackerLimits};
use cti_bridge::source::Secret;
use cti_bridge::source::ami::{AmiConfig, AmiDecoder, AmiLimits, AmiTranslator, Parties, PresentationPolicy};
use tokio_util::codec::Decoder;

/// The most bytes that one read of a socket returns.
const PIECE: usize = 64 * 1024;

const RECORDINGS: [&str; 9] = [
    "ringall-answered",
    "abandoned",
    "no-answer-then-next",
    "withheld-getvar",
    "payphone",
    "blind-transfer",
    "attended-transfer",
    "hold",
    "snapshot-mid-call",
];

/// Reads all bytes and gives how many messages there were, or how many calls ended.
type Work = fn(&[u8]) -> u64;

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    // `cargo test --benches` runs benches too; they are built there, not measured.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let bytes = stream(setting("CHAKUDEN_BENCH_AMI_MIB", 64) * 1024 * 1024);
    let works: [(&str, Work); 4] = [
        ("asterisk-rs-ami: messages", their_messages),
        ("asterisk-rs-ami: typed events", their_events),
        ("ours: messages", our_messages),
        ("ours: messages, signals, calls", our_calls),
    ];
    let mut best = [Duration::MAX; 4];
    let mut counts = [0; 4];
    // In turns, so that whatever else the machine does meets all alike.
    for _ in 0..setting("CHAKUDEN_BENCH_ROUNDS", 5) {
        for (n, (_, work)) in works.iter().enumerate() {
            let begun = cpu_time();
            counts[n] = black_box(work(black_box(&bytes)));
            best[n] = best[n].min(cpu_time() - begun);
        }
    }
    assert!(counts[0] == counts[2] && counts[3] > 0, "both read the same messages: {counts:?}");
    println!("{:.0} MiB of AMI, {} messages, {} calls ended", mib(bytes.len()), counts[2], counts[3]);
    println!("{:<34} {:>10} {:>14} {:>8}", "", "MiB/s", "messages/s", "ratio");
    for (n, (name, _)) in works.iter().enumerate() {
        // Messages against messages, all we do against typed events.
        let ratio = best[n % 2].as_secs_f64() / best[n].as_secs_f64();
        let seconds = best[n].as_secs_f64();
        let messages = counts[2] as f64 / seconds;
        println!("{name:<34} {:>10.0} {messages:>14.0} {ratio:>8.2}", mib(bytes.len()) / seconds);
    }
}

/// What this thread has had of a processor: other programs that run meanwhile do not count. Linux tells it; elsewhere
/// the time that passed has to do.
fn cpu_time() -> Duration {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    let begun = BEGUN.get_or_init(Instant::now);
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .map_or_else(|| begun.elapsed(), Duration::from_nanos)
}

fn mib(bytes: usize) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// One connection's bytes: a banner, then the recordings again and again. The identities of the recordings begin
/// with the second in which their Asterisk was started; each repetition gets another one, of as many digits.
fn stream(bytes_min: usize) -> Vec<u8> {
    let texts = RECORDINGS.map(|name| {
        let path = format!("{}/../data/captures/ami/{name}.ami", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    });
    let rests: Vec<&str> = texts.iter().map(|text| text.split_once("\r\n").unwrap().1).collect();
    let mut out = b"Asterisk Call Manager/13.0.0\r\n".to_vec();
    let mut round = 1_000_u32;
    while out.len() < bytes_min {
        for rest in &rests {
            out.extend_from_slice(rest.replace("17952", &format!("{round:05}")).as_bytes());
            round += 1;
        }
        assert!(round < 99_000, "more bytes than identities");
    }
    out
}

fn their_messages(bytes: &[u8]) -> u64 {
    their(bytes, |message| {
        black_box(&message);
    })
}

fn their_events(bytes: &[u8]) -> u64 {
    their(bytes, |message| {
        black_box(AmiEvent::from_raw(&message));
    })
}

fn their(bytes: &[u8], mut each: impl FnMut(asterisk_rs_ami::RawAmiMessage)) -> u64 {
    let (mut codec, mut buffer, mut count) = (AmiCodec::new(), BytesMut::new(), 0);
    for piece in bytes.chunks(PIECE) {
        buffer.extend_from_slice(piece);
        while let Some(message) = codec.decode(&mut buffer).unwrap() {
            count += 1;
            each(message);
        }
    }
    count
}

fn our_messages(bytes: &[u8]) -> u64 {
    let (mut decoder, mut count) = (AmiDecoder::new(AmiLimits::default()), 0);
    for piece in bytes.chunks(PIECE) {
        decoder.push(piece);
        while let Some(message) = decoder.next_message().unwrap() {
            count += 1;
            black_box(&message);
        }
    }
    count
}

/// Everything up to the changes on agents' screens; returns how many calls ended.
fn our_calls(bytes: &[u8]) -> u64 {
    let mut decoder = AmiDecoder::new(AmiLimits::default());
    let parties = Parties::from(&AmiConfig::new("pbx:5038", "chakuden", Secret::new("s")));
    let mut translator = AmiTranslator::new(parties, PresentationPolicy::AssumeAllowed, 20_000);
    let mut tracker = CallTracker::new(TrackerLimits::default(), CallIds::seeded(1));
    let now: DateTime<Utc> = "2026-11-21T01:00:00Z".parse().unwrap();
    let (mut signals, mut asks, mut ended) = (Vec::new(), Vec::new(), 0);
    for piece in bytes.chunks(PIECE) {
        decoder.push(piece);
        while let Some(message) = decoder.next_message().unwrap() {
            translator.translate(&message, &mut signals, &mut asks);
            for signal in signals.drain(..) {
                let changes = black_box(tracker.apply(now, signal));
                ended += changes
                    .iter()
                    .filter(|change| matches!(change, cti_bridge::call::CallChange::Ended(_)))
                    .count() as u64;
            }
        }
    }
    ended
}
