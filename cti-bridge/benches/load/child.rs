//! `cti-bridge serve` as a process of its own, so that its memory is its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A bridge that runs until this is dropped.
pub(crate) struct Serve {
    pub(crate) address: SocketAddr,
    child: Child,
}

impl Serve {
    /// Starts it over the company in this folder, with room for this many sockets.
    pub(crate) fn start(folder: &Path, telephone: SocketAddr, sockets_max: usize) -> Self {
        let settings = folder.join("bridge.toml");
        let text =
            format!("[limits]\nsockets_max = {sockets_max}\nconnections_max = {}\n", sockets_max + 256);
        std::fs::write(&settings, text).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_cti-bridge"))
            .args(["serve", "--listen", "127.0.0.1:0", "--ami-user", "load"])
            .arg("--config")
            .arg(settings)
            .arg("--store")
            .arg(folder.join("company.db"))
            .arg("--ami")
            .arg(telephone.to_string())
            .env("CHAKUDEN_AMI_SECRET", "load")
            .stdout(Stdio::piped())
            // The log is not read: that must not stall the bridge.
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self { address: ready["listening"].as_str().unwrap().parse().unwrap(), child }
    }

    /// What it keeps in memory.
    pub(crate) fn resident(&self) -> super::Resident {
        super::resident(self.child.id())
    }

    /// A figure of `/metrics`, the sum over all labels.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET /metrics HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        let figures = text
            .lines()
            .filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
        figures
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .fold(0.0, |sum, figure| sum + figure)
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
