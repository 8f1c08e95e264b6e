//! Connecting, signing in and subscribing to an event socket.

use shared::message;
use shared::message::Label;

use super::session::EslSession;
use super::{EslDecodeError, EslDecoder, EslKind, EslMessage, FreeSwitchConfig};
use crate::source::SourceError;
use crate::source::connection::{Connection, ConnectionError, Decode, Link, Pbx, Stream, excerpt};

/// The events that the translator reads, and the results of background jobs. Whatever follows `CUSTOM` is a subclass.
const SUBSCRIPTION: &str = "event plain CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER \
     CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_CALLSTATE CHANNEL_HANGUP \
     CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY CHANNEL_UUID CALL_UPDATE RECORD_START HEARTBEAT BACKGROUND_JOB CUSTOM \
     callcenter::info";

impl Pbx for FreeSwitchConfig {
    type Decoder = EslDecoder;
    type Session<'a> = EslSession<'a>;

    const CONNECT_ADVICE: Label = Label::new(
        "FreeSWITCH が起動し、mod_event_socket がそのアドレスで待ち受けているか確認してください",
        "check that FreeSWITCH runs and mod_event_socket listens there",
    );

    fn link(&self) -> Link<'_> {
        Link {
            address: &self.address,
            connect_timeout_ms: self.connect_timeout_ms,
            login_timeout_ms: self.login_timeout_ms,
            ping_interval_ms: self.ping_interval_ms,
            reconnect_min_ms: self.reconnect_min_ms,
            reconnect_max_ms: self.reconnect_max_ms,
        }
    }

    fn decoder(&self) -> EslDecoder {
        EslDecoder::new(self.limits())
    }

    /// Waits for the greeting, sends the password and subscribes.
    async fn sign_in<S: Stream>(
        &self,
        connection: &mut Connection<'_, Self, S>,
    ) -> Result<(), ConnectionError> {
        connection.wait_for(|message| message.kind() == EslKind::AuthRequest).await?;
        let answer = command(connection, &format!("auth {}", self.secret.expose())).await?;
        if !answer.reply().starts_with("+OK") {
            let (address, reply) = (self.address.clone(), excerpt(answer.reply()));
            let advice = message!(
                "event_socket.conf.xml の password と一致しているか確認してください",
                "check the password against `password` in event_socket.conf.xml",
            );
            return Err(SourceError::SignInRefused { address, reply, advice }.into());
        }
        let answer = command(connection, SUBSCRIPTION).await?;
        if !answer.reply().starts_with("+OK") {
            let reply = excerpt(answer.reply());
            return Err(ConnectionError::Refused(message!(
                "イベントの受信を拒否されました: {reply}",
                "refused the subscription: {reply}",
                reply = reply
            )));
        }
        Ok(())
    }

    fn session(&self, _: &EslDecoder) -> EslSession<'_> {
        EslSession::new(self)
    }

    fn end_of_connection(message: &EslMessage) -> Option<ConnectionError> {
        match message.kind() {
            EslKind::DisconnectNotice => Some(ConnectionError::Closed),
            EslKind::Rejection => Some(ConnectionError::Refused(message!(
                "この IP アドレスからの接続は許可されていません。FreeSWITCH の event_socket.conf.xml の apply-inbound-acl を確認してください",
                "does not accept this address; check `apply-inbound-acl` in event_socket.conf.xml there"
            ))),
            _ => None,
        }
    }
}

impl Decode for EslDecoder {
    type Message = EslMessage;
    type Error = EslDecodeError;

    fn push(&mut self, bytes: &[u8]) {
        Self::push(self, bytes);
    }

    fn next_message(&mut self) -> Result<Option<EslMessage>, EslDecodeError> {
        Self::next_message(self)
    }
}

/// Sends a command and waits for its reply.
async fn command<S: Stream>(
    connection: &mut Connection<'_, FreeSwitchConfig, S>,
    text: &str,
) -> Result<EslMessage, ConnectionError> {
    connection.send(format!("{text}\n\n").as_bytes()).await?;
    connection.wait_for(|message| message.kind() == EslKind::CommandReply).await
}
