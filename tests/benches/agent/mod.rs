//! An agent's page, as a bench needs it: signs in, asks, waits for each answer.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value as Json, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ticks at a steady pace, the first time after one interval. What comes late is not made up for.
pub(crate) fn pace(between: Duration) -> Interval {
    let mut pace = interval_at(Instant::now() + between, between);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace
}

/// A WebSocket.
pub(crate) struct Agent {
    pub(crate) socket: WebSocketStream<TcpStream>,
    id: u64,
}

impl Agent {
    /// Opens a socket from an address of this machine.
    pub(crate) async fn connect(from: &str, to: SocketAddr) -> anyhow::Result<Self> {
        let own = TcpSocket::new_v4()?;
        own.bind(format!("{from}:0").parse()?)?;
        let mut request = format!("ws://{to}/ws").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "chakuden.v1".parse()?);
        let opened = async { tokio_tungstenite::client_async(request, own.connect(to).await?).await };
        let (socket, _) = tokio::time::timeout(PATIENCE, opened).await??;
        Ok(Self { socket, id: 0 })
    }

    /// Opens a socket and signs in.
    pub(crate) async fn sign_in(from: &str, to: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let mut agent = Self::connect(from, to).await?;
        let hello = agent.ask(json!({"op": "hello", "token": token})).await?;
        hello.map_err(anyhow::Error::msg)?;
        Ok(agent)
    }

    /// The data of the answer, or the code of the refusal. Pushes are dropped.
    ///
    /// # Errors
    /// The socket ended, or no answer came.
    pub(crate) async fn ask(&mut self, mut request: Json) -> anyhow::Result<Result<Json, String>> {
        self.id += 1;
        request["id"] = json!(self.id);
        self.socket.send(Message::text(request.to_string())).await?;
        loop {
            let next = tokio::time::timeout(PATIENCE, self.socket.next()).await?;
            let message = next.context("the socket ended")??;
            let Ok(frame) = serde_json::from_slice::<Json>(&message.into_data()) else { continue };
            match (&frame["re"], frame["ok"].as_bool()) {
                (re, _) if *re != request["id"] => {}
                (_, Some(true)) => return Ok(Ok(frame["data"].clone())),
                _ => return Ok(Err(frame["error"]["code"].as_str().unwrap_or("?").to_owned())),
            }
        }
    }
}
