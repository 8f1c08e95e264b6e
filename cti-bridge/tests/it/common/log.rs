//! Everything that the program can log, down to the last detail, from all tests of this process: logging is global.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use cti_bridge::telemetry::{LogFormat, subscriber};
use tracing_subscriber::EnvFilter;

#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Starts logging, once for the process.
    pub fn start() -> &'static Log {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Log::default();
            let sink = log.clone();
            let filter = EnvFilter::new("info,cti_bridge=trace,shared=trace");
            let logging = subscriber(LogFormat::Json, filter, move || sink.clone());
            tracing::subscriber::set_global_default(logging).unwrap();
            log
        })
    }

    /// What was logged until now.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
