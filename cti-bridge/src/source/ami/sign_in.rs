//! Connecting and signing in to a manager interface.

use md5::{Digest, Md5};
use shared::message;
use shared::message::Label;
use shared::text::hex;

use super::action::Action;
use super::session::AmiSession;
use super::{AmiConfig, AmiDecoder, AmiMessage, DecodeError};
use crate::source::SourceError;
use crate::source::connection::{Connection, ConnectionError, Decode, Link, Pbx, Stream, excerpt};

impl Pbx for AmiConfig {
    type Decoder = AmiDecoder;
    type Session<'a> = AmiSession<'a>;

    const CONNECT_ADVICE: Label = Label::new(
        "Asterisk が起動し、manager.conf が有効になっているか確認してください",
        "check that Asterisk runs and manager.conf is enabled there",
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

    fn decoder(&self) -> AmiDecoder {
        AmiDecoder::new(self.limits())
    }

    /// Challenge and response: the secret itself is never sent.
    async fn sign_in<S: Stream>(
        &self,
        connection: &mut Connection<'_, Self, S>,
    ) -> Result<(), ConnectionError> {
        let challenge = Action::new("Challenge", "login-1").with("AuthType", "MD5");
        let answer = ask(connection, challenge, "login-1").await?;
        let challenge = match (answer.response(), answer.known("Challenge")) {
            (Some("Success"), Some(challenge)) => challenge,
            _ => return Err(self.refused(&answer)),
        };
        let login = Action::new("Login", "login-2")
            .with("AuthType", "MD5")
            .with("Username", &self.user)
            .with("Key", &challenge_key(challenge, self.secret.expose()))
            .with("Events", "on");
        let answer = ask(connection, login, "login-2").await?;
        if answer.response() == Some("Success") { Ok(()) } else { Err(self.refused(&answer)) }
    }

    fn session(&self, decoder: &AmiDecoder) -> AmiSession<'_> {
        AmiSession::new(self, decoder.banner())
    }
}

impl Decode for AmiDecoder {
    type Message = AmiMessage;
    type Error = DecodeError;

    fn push(&mut self, bytes: &[u8]) {
        Self::push(self, bytes);
    }

    fn next_message(&mut self) -> Result<Option<AmiMessage>, DecodeError> {
        Self::next_message(self)
    }
}

impl AmiConfig {
    fn refused(&self, answer: &AmiMessage) -> ConnectionError {
        let reply = excerpt(answer.get("Message").unwrap_or("no reason given"));
        if !reply.contains("Authentication failed") && !reply.contains("Permission denied") {
            return ConnectionError::Refused(message!(
                "サインインを拒否されました: {reply}",
                "refused the sign-in: {reply}",
                reply = reply
            ));
        }
        SourceError::SignInRefused {
            address: self.address.clone(),
            reply,
            advice: message!(
                "マネージャーユーザー「{user}」のシークレットと、manager.conf の secret・permit・read の行を確認してください",
                "check the secret of the manager user `{user}`, and its `secret`, `permit` and `read` lines in manager.conf",
                user = self.user,
            ),
        }
        .into()
    }
}

/// Sends an action and waits for its answer.
async fn ask<S: Stream>(
    connection: &mut Connection<'_, AmiConfig, S>,
    action: Action,
    id: &str,
) -> Result<AmiMessage, ConnectionError> {
    let mut bytes = Vec::new();
    action.write_to(&mut bytes);
    connection.send(&bytes).await?;
    connection.wait_for(|message| message.response().is_some() && message.action_id() == Some(id)).await
}

/// The answer to a challenge: the MD5 of challenge and secret in hexadecimal (Asterisk `manager.c`,
/// `authenticate`).
pub(crate) fn challenge_key(challenge: &str, secret: &str) -> String {
    hex(&Md5::new().chain_update(challenge).chain_update(secret).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_md5_of_challenge_and_secret() {
        // printf '%s%s' 840415273 mysecret | md5sum
        assert_eq!(challenge_key("", ""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(challenge_key("a", "bc"), "900150983cd24fb0d6963f7d28e17f72");
    }
}
