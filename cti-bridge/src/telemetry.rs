//! Logs on stderr, as text or JSON. A log line never contains a telephone number, a memo or a token: calls are named by
//! their id, agents by their extension.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Lines that wait for a slow reader; further ones are dropped.
const LINES_MAX: usize = 16 * 1024;

/// Starts logging to stderr. `CHAKUDEN_LOG` chooses what (`info` by default; same syntax as `RUST_LOG`).
///
/// A separate thread writes, so that a reader of the log that stalls does not stall the program. Waiting lines are
/// written when the guard is dropped.
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

/// The subscriber; tests choose where it writes.
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
