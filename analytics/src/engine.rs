//! The query engine, DuckDB: a connection in memory, with its limits. The mirror and the warehouse use it.

use duckdb::{Config, Connection};

/// Limits of the engine.
#[derive(Debug, Clone)]
pub struct EngineLimits {
    /// Memory in MiB; beyond it the engine spills to disk.
    pub memory_max_mb: u32,
    /// Threads; 0 means one per processor.
    pub threads_max: u16,
}

impl Default for EngineLimits {
    fn default() -> Self {
        Self { memory_max_mb: 4096, threads_max: 0 }
    }
}

/// A connection to an engine of its own. What exceeds its memory goes to the system's temporary folder.
pub(crate) fn connect(limits: &EngineLimits) -> Result<Connection, duckdb::Error> {
    let spill = std::env::temp_dir().join("chakuden-spill");
    let mut config = Config::default()
        .enable_autoload_extension(false)?
        .max_memory(&format!("{}MiB", limits.memory_max_mb))?
        .with("preserve_insertion_order", "true")?
        .with("temp_directory", spill.to_string_lossy())?;
    if limits.threads_max > 0 {
        config = config.threads(i64::from(limits.threads_max))?;
    }
    Connection::open_in_memory_with_flags(config)
}

/// A string as an SQL literal.
pub(crate) fn quoted(text: &str) -> String {
    // NUL would end the statement's text in C; no stored text contains one.
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}
