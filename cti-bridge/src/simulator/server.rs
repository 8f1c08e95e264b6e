//! The manager interface of the simulated PBX.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::debug;

use super::channel::Channel;
use super::exchange::{Exchange, Outgoing};
use super::outgoing::{self, Originate};
use super::text::Text;
use crate::source::ami::{AmiDecoder, AmiLimits, AmiMessage, challenge_key};

const BANNER: &[u8] = b"Asterisk Call Manager/13.0.0\r\n";

/// A client that reads nothing for this long is disconnected.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// Accepts clients without end. Dropping the future closes their connections.
pub(super) async fn serve(listener: TcpListener, exchange: Arc<Exchange>) {
    let mut clients = JoinSet::new();
    let free = Arc::new(Semaphore::new(exchange.options.clients_max));
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (Ok((stream, _)), Ok(permit)) = (accepted, Arc::clone(&free).try_acquire_owned()) else {
                    continue;
                };
                let exchange = Arc::clone(&exchange);
                clients.spawn(async move {
                    // Without this option small messages are merely delayed.
                    let _ = stream.set_nodelay(true);
                    attend(stream, exchange).await;
                    drop(permit);
                });
            }
            Some(_) = clients.join_next() => {}
        }
    }
}

/// Serves one client until the connection ends.
pub(super) async fn attend(stream: impl AsyncRead + AsyncWrite + Unpin, exchange: Arc<Exchange>) {
    let mut client = Client::new(exchange);
    if let Err(error) = client.run(stream).await {
        debug!(%error, "a manager client's connection ended");
    }
    client.forget();
}

/// One connection.
struct Client {
    exchange: Arc<Exchange>,
    /// Until sign-in. Afterwards only the exchange keeps the queue open, so that it can disconnect the client.
    own_queue: Option<mpsc::Sender<Outgoing>>,
    queue: mpsc::WeakSender<Outgoing>,
    waiting: mpsc::Receiver<Outgoing>,
    challenge: Option<String>,
    /// The key among the clients that receive events, once signed in.
    signed_in: Option<u64>,
}

/// What happens to the connection after an action.
#[derive(PartialEq, Eq)]
enum Next {
    Continue,
    Close,
}

impl Client {
    fn new(exchange: Arc<Exchange>) -> Self {
        let (queue, waiting) = mpsc::channel(exchange.options.client_queue_max.max(1));
        let weak = queue.downgrade();
        Self { exchange, own_queue: Some(queue), queue: weak, waiting, challenge: None, signed_in: None }
    }

    fn forget(&self) {
        if let Some(id) = self.signed_in {
            self.exchange.remove_client(id);
        }
    }

    async fn run(&mut self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<()> {
        stream.write_all(BANNER).await?;
        let mut decoder = AmiDecoder::without_banner(AmiLimits::default());
        let mut chunk = vec![0; 4 * 1024];
        loop {
            tokio::select! {
                text = self.waiting.recv() => {
                    // The client was disconnected.
                    let Some(text) = text else { return Ok(()) };
                    timeout(WRITE_TIMEOUT, stream.write_all(text.as_bytes())).await??;
                }
                read = stream.read(&mut chunk) => {
                    let length = read?;
                    if length == 0 {
                        return Ok(());
                    }
                    decoder.push(chunk.get(..length).unwrap_or_default());
                    while let Some(action) = decoder.next_message().map_err(std::io::Error::other)? {
                        if self.act(&action) == Next::Close {
                            return self.drain(&mut stream).await;
                        }
                    }
                }
            }
        }
    }

    /// Writes what is still waiting, then lets the connection close.
    async fn drain(&mut self, stream: &mut (impl AsyncWrite + Unpin)) -> std::io::Result<()> {
        while let Ok(text) = self.waiting.try_recv() {
            stream.write_all(text.as_bytes()).await?;
        }
        stream.shutdown().await
    }

    fn act(&mut self, action: &AmiMessage) -> Next {
        let id = action.action_id();
        let name = action.get("Action").unwrap_or_default().to_ascii_lowercase();
        let success = || Text::response("Success", id);
        let error = |message: &str| Text::response("Error", id).with("Message", message);
        match name.as_str() {
            "challenge" => {
                let challenge = getrandom::u32().unwrap_or_default().to_string();
                let text = success().with("Challenge", &challenge);
                self.challenge = Some(challenge);
                self.send(text)
            }
            "login" => self.login(action),
            "logoff" => {
                let text = Text::response("Goodbye", id).with("Message", "Thanks for all the fish.");
                self.send(text);
                Next::Close
            }
            _ if self.signed_in.is_none() => self.send(error("Permission denied")),
            "ping" => self.send(success().with("Ping", "Pong").with("Timestamp", "0.000000")),
            "listcommands" => self.list_commands(id),
            "getvar" => self.getvar(action),
            "coreshowchannels" => self.core_show_channels(id),
            "queuestatus" => self.queue_status(id),
            "originate" => self.originate(action),
            _ => self.send(error("Invalid/unknown command")),
        }
    }

    /// A client whose queue is full is too slow and is disconnected.
    fn send(&self, text: Text) -> Next {
        let sent = self.queue.upgrade().is_some_and(|queue| queue.try_send(text.finish().into()).is_ok());
        if sent { Next::Continue } else { Next::Close }
    }

    fn send_list(&self, make: impl FnOnce(&[Channel]) -> Vec<String>) -> Next {
        let sent = self.queue.upgrade().is_some_and(|queue| self.exchange.answer_with(&queue, make));
        if sent { Next::Continue } else { Next::Close }
    }

    fn login(&mut self, action: &AmiMessage) -> Next {
        let id = action.action_id();
        let options = &self.exchange.options;
        let is_right = self.challenge.take().is_some_and(|challenge| {
            let key = challenge_key(&challenge, options.secret.expose());
            action.get("Username") == Some(&options.user)
                && action.get("Key").is_some_and(|k| k.eq_ignore_ascii_case(&key))
        });
        if !is_right {
            self.send(Text::response("Error", id).with("Message", "Authentication failed"));
            return Next::Close;
        }
        let greeting = vec![
            Text::response("Success", id).with("Message", "Authentication accepted").finish(),
            Text::event("FullyBooted", "system")
                .with("Uptime", 60)
                .with("LastReload", 60)
                .with("Status", "Fully Booted")
                .finish(),
        ];
        if let Some(queue) = self.own_queue.take() {
            self.signed_in = Some(self.exchange.add_client(queue, greeting));
        }
        Next::Continue
    }

    /// What a client may do here: everything that there is.
    fn list_commands(&self, id: Option<&str>) -> Next {
        let mut text = Text::response("Success", id);
        for action in COMMANDS {
            text = text.with(action, "(Priv: <none>)");
        }
        self.send(text)
    }

    fn getvar(&self, action: &AmiMessage) -> Next {
        let id = action.action_id();
        let variable = action.get("Variable").unwrap_or_default();
        let Some(presentation) = self.exchange.presentation(action.get("Channel").unwrap_or_default()) else {
            return self.send(Text::response("Error", id).with("Message", "No such channel"));
        };
        let value = if variable == "CALLERID(num-pres)" { presentation } else { "" };
        self.send(Text::response("Success", id).with("Variable", variable).with("Value", value))
    }

    fn core_show_channels(&self, id: Option<&str>) -> Next {
        let make = |channels: &[Channel]| {
            let mut texts = vec![list_start(id, "Channels will follow")];
            texts.extend(channels.iter().map(|channel| {
                let seconds = channel.since.elapsed().as_secs();
                let duration = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
                Text::entry("CoreShowChannel")
                    .with("ActionID", id.unwrap_or_default())
                    .channel("", channel)
                    .with("Application", channel.application.0)
                    .with("ApplicationData", &channel.application.1)
                    .with("Duration", duration)
                    .with("BridgeId", channel.bridge.as_deref().unwrap_or_default())
                    .finish()
            }));
            texts.push(list_end("CoreShowChannelsComplete", id, channels.len()));
            texts
        };
        self.send_list(make)
    }

    fn originate(&self, action: &AmiMessage) -> Next {
        let id = action.action_id();
        let extension = action.get("Channel").and_then(|channel| channel.rsplit('/').next());
        let order = extension.zip(action.get("Exten")).map(|(extension, number)| Originate {
            extension: extension.to_owned(),
            number: number.to_owned(),
            channel_id: action.get("ChannelId").map(str::to_owned),
        });
        let accepted = order.is_some_and(|order| outgoing::place(&self.exchange, order));
        let text = match accepted {
            true => Text::response("Success", id).with("Message", "Originate successfully queued"),
            false => Text::response("Error", id).with("Message", "Originate failed"),
        };
        self.send(text)
    }

    /// The simulated queues keep no statistics: the list is always empty.
    fn queue_status(&self, id: Option<&str>) -> Next {
        let make = |_: &[Channel]| {
            vec![list_start(id, "Queue status will follow"), list_end("QueueStatusComplete", id, 0)]
        };
        self.send_list(make)
    }
}

/// The actions that there are.
const COMMANDS: [&str; 8] =
    ["Challenge", "Login", "Logoff", "Ping", "Getvar", "CoreShowChannels", "Originate", "QueueStatus"];

fn list_start(id: Option<&str>, message: &str) -> String {
    Text::response("Success", id).with("EventList", "start").with("Message", message).finish()
}

fn list_end(event: &str, id: Option<&str>, items: usize) -> String {
    Text::entry(event)
        .with("ActionID", id.unwrap_or_default())
        .with("EventList", "Complete")
        .with("ListItems", items)
        .finish()
}
