//! The sign-in of a socket.

use std::sync::Arc;

use futures_util::SinkExt;
use serde_json::value::RawValue;
use shared::message;
use shared::store::SignIn;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Message;

use super::{End, Session, SignedIn};
use crate::agent::ops::hello::Hello;
use crate::audit::Action;
use crate::bridge::command::{Command, Welcome};
use crate::lookup::Asker;
use crate::permission::{Permissions, SharedPermissions};
use crate::popup::ProfileError;
use crate::protocol::{self, CloseCode, ErrorCode, Refusal};

impl Session {
    /// Signs in: the token's agent comes from the store, the snapshot from the loop.
    pub(super) async fn hello(&mut self, id: &RawValue, hello: Hello) -> Result<(), End> {
        self.lang = hello.lang().unwrap_or(self.lang);
        let Hello { token, resume, .. } = hello;
        if let Err(refusal) = self.app.begin_sign_in(None, self.peer) {
            return self.refuse(Some(id), &refusal).await;
        }
        let SignIn { agent, token_id, kind, .. } = match self.agent_of(token).await {
            Ok(Some(signed_in)) => signed_in,
            Ok(None) => {
                let how = format!("token, from {}", self.peer);
                self.app.audit.note("unknown", Action::SignInRefused, None, Some(how));
                self.refuse(Some(id), &Refusal::invalid_token()).await?;
                return Err(End::Close(CloseCode::Unauthorized));
            }
            Err(refusal) => {
                // The token was not checked, so this is no failed sign-in.
                self.app.sign_in_succeeded(None, self.peer);
                return self.refuse(Some(id), &refusal).await;
            }
        };
        self.app.sign_in_succeeded(None, self.peer);
        let agent_code: Arc<str> = agent.agent_code.as_str().into();
        let how = format!("{}, from {}", kind.as_str(), self.peer);
        self.app.audit.note(&agent_code, Action::SignIn, None, Some(how));
        self.app.watch.add(token_id, self.handle.clone());
        let (reply, welcome) = oneshot::channel();
        let hello = Command::Hello { agent, resume, socket: self.handle.clone(), reply };
        // From here on the hub may know this socket, so that `leave` must tell it.
        self.agent = Some(SignedIn {
            agent_code,
            permissions: SharedPermissions::default(),
            refused: Permissions::NONE,
        });
        self.app.inbox.send(hello).await.map_err(|_| End::Close(CloseCode::Stopping))?;
        match welcome.await {
            Ok(Some(Welcome { data, permissions, missed })) => {
                if let Some(agent) = &mut self.agent {
                    agent.permissions = permissions;
                }
                self.ws.feed(Message::Text(protocol::answer(id, &data))).await.map_err(|_| End::Gone)?;
                for frame in missed {
                    self.ws.feed(Message::Text(frame)).await.map_err(|_| End::Gone)?;
                }
                self.ws.flush().await.map_err(|_| End::Gone)
            }
            Ok(None) => {
                let message = message!(
                    "開いている画面が多すぎます。使っていない画面を閉じてください",
                    "too many pages are open for this agent; close one"
                );
                self.refuse(Some(id), &Refusal::new(ErrorCode::Busy, message)).await?;
                Err(End::Close(CloseCode::TooMany))
            }
            Err(_) => Err(End::Close(CloseCode::Stopping)),
        }
    }

    async fn agent_of(&self, token: String) -> Result<Option<SignIn>, Refusal> {
        let now = self.app.clock.now();
        self.app
            .read(&Asker::Address(self.peer), move |reader| {
                reader.signed_in(&token, now).map_err(ProfileError::from)
            })
            .await
    }
}
