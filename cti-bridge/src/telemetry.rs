//! Logs: to stderr, as text or JSON. What is logged never holds a number, a memo or a token: calls are named by
//! their id, agents by their extension.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Lines that wait for a slow reader; beyond them lines are lost.
const LINES_MAX: usize = 16 * 1024;

/// Starts logging to stderr. `CHAKUDEN_LOG` chooses what (`info` by default, else as in `RUST_LOG`).
///
/// A thread of its own writes, so that whoever reads the log and stops reading stalls nothing. What waits is written when
/// the guard is dropped.
pub fn start(format: LogFormat) -> WorkerGuard {
    let (stderr, guard) = NonBlockingBuilder::default().buffered_lines_limit(LINES_MAX).finish(io::stderr());
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .with_env_var("CHAKUDEN_LOG")
        .from_env_lossy();
    let subscriber = subscriber(format, filter, stderr);
    // A second start in one process (tests) keeps the first.
    let _ = tracing::subscriber::set_global_default(subscriber);
    guard
}

/// The subscriber, writing wherever a test wants it.
pub fn subscriber<W>(
    format: LogFormat,
    filter: EnvFilter,
    writer: W,
) -> Box<dyn tracing::Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false);
    match format {
        LogFormat::Text => Box::new(builder.finish()),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish()),
    }
}
