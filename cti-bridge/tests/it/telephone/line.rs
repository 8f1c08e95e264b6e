//! A PBX over TCP that sends recorded messages when the test says so, and answers the bridge's questions.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::{Pbx, Scenario};

/// The PBX. Clones share it.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    pbx: Pbx,
    banner: String,
    presentation: &'static str,
    /// The signed-in connections, which all receive what is sent.
    clients: Vec<tokio::sync::mpsc::UnboundedSender<Vec<u8>>>,
    /// Cancelled, and replaced, to end all connections.
    up: CancellationToken,
    open: bool,
}

impl Line {
    /// Listens, in the initial state of the scenario.
    pub(crate) async fn start(scenario: &Scenario) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Inner {
            pbx: scenario.before.clone(),
            banner: scenario.banner.clone(),
            presentation: scenario.presentation(),
            clients: Vec::new(),
            up: CancellationToken::new(),
            open: true,
        };
        let line = Self { address: listener.local_addr().unwrap(), inner: Arc::new(Mutex::new(inner)) };
        let accepting = line.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (line, up) =
                    (accepting.clone(), accepting.with(|inner| inner.open.then(|| inner.up.clone())));
                // Cut off: connections are refused.
                let Some(up) = up else { continue };
                tokio::spawn(async move { up.run_until_cancelled(line.serve(stream)).await });
            }
        });
        line
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.inner.lock().unwrap())
    }

    /// Something happens in the PBX; every connection is told.
    pub(crate) fn say(&self, message: &str) {
        self.with(|inner| {
            inner.pbx.apply(message);
            inner.clients.retain(|client| client.send(message.as_bytes().to_vec()).is_ok());
        });
    }

    /// Ends every connection and refuses new ones until [`Self::restore`].
    pub(crate) fn cut(&self) {
        self.with(|inner| {
            inner.open = false;
            inner.clients.clear();
            std::mem::take(&mut inner.up).cancel();
        });
    }

    /// Accepts connections again.
    pub(crate) fn restore(&self) {
        self.with(|inner| inner.open = true);
    }

    async fn serve(self, stream: TcpStream) {
        stream.set_nodelay(true).unwrap();
        let (reader, writer) = stream.into_split();
        let (out, outgoing) = tokio::sync::mpsc::unbounded_channel();
        let _ = out.send(format!("{}\r\n", self.with(|inner| inner.banner.clone())).into_bytes());
        // When either side ends, the connection ends.
        tokio::select! {
            () = self.answer(reader, out) => {}
            () = write(writer, outgoing) => {}
        }
    }

    async fn answer(&self, reader: OwnedReadHalf, out: tokio::sync::mpsc::UnboundedSender<Vec<u8>>) {
        let mut lines = BufReader::new(reader).lines();
        let (mut action, mut id) = (String::new(), String::new());
        while let Ok(Some(line)) = lines.next_line().await {
            match line.split_once(": ") {
                Some(("Action", value)) => value.clone_into(&mut action),
                Some(("ActionID", value)) => value.clone_into(&mut id),
                Some(_) => {}
                None => self.reply(&action, &id, &out),
            }
        }
    }

    fn reply(&self, action: &str, id: &str, out: &tokio::sync::mpsc::UnboundedSender<Vec<u8>>) {
        let success = |rest: &str| format!("Response: Success\r\nActionID: {id}\r\n{rest}\r\n");
        self.with(|inner| {
            let text = match action {
                "Challenge" => success("Challenge: 840415273\r\n"),
                "Getvar" => {
                    success(&format!("Variable: CALLERID(num-pres)\r\nValue: {}\r\n", inner.presentation))
                }
                "CoreShowChannels" => inner.pbx.listing(id).concat(),
                _ => success(""),
            };
            let _ = out.send(text.into_bytes());
            // Events are sent after the sign-in.
            if action == "Login" {
                inner.clients.push(out.clone());
            }
        });
    }
}

async fn write(mut writer: OwnedWriteHalf, mut outgoing: tokio::sync::mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(bytes) = outgoing.recv().await {
        if writer.write_all(&bytes).await.is_err() {
            return;
        }
    }
}
