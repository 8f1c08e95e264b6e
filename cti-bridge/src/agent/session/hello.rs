//! The sign-in of a socket.

use std::sync::Arc;

use serde_json::value::RawValue;
use shared::message;
use shared::store::{AuditAction, SignIn};
use tokio::sync::oneshot;

use super::{End, Session, SignedIn};
use crate::agent::ops::hello::Hello;
use crate::bridge::command::{Command, Welcome};
use crate::permission::{Permissions, SharedPermissions};
use crate::protocol::{self, CloseCode, ErrorCode, Refusal};

impl Session {
    /// Signs in: the token's agent comes from the store, the snapshot from the loop.
    pub(super) async fn hello(&mut self, id: &RawValue, hello: Hello) -> Result<(), End> {
        self.lang = hello.lang().unwrap_or(self.lang);
        let Hello { token, resume, .. } = hello;
        let SignIn { agent, token_id, kind, .. } = match self.app.sign_in_with(token, self.peer).await {
            Ok(signed_in) => signed_in,
            Err(refusal) if refusal.code == ErrorCode::Unauthorized => {
                let how = format!("token, from {}", self.peer);
                self.app.audit.note("unknown", AuditAction::SignInRefused, None, Some(how));
                self.refuse(Some(id), &refusal).await?;
                return Err(End::Close(CloseCode::Unauthorized));
            }
            // Whoever guesses tokens does not keep the place until the time for `hello` is over.
            Err(refusal) if refusal.code == ErrorCode::RateLimited => {
                self.refuse(Some(id), &refusal).await?;
                return Err(End::Close(CloseCode::TooMany));
            }
            Err(refusal) => return self.refuse(Some(id), &refusal).await,
        };
        if let Err(full) = self.seat.sign_in(&self.app.places) {
            self.app.refusals.note(full.setting(), self.peer);
            let message = message!(
                "開いている WebSocket が上限に達しています。しばらくしてからもう一度お試しください",
                "too many sockets are open; try again later"
            );
            self.refuse(Some(id), &Refusal::new(ErrorCode::Busy, message)).await?;
            return Err(End::Close(CloseCode::TooMany));
        }
        let agent_code: Arc<str> = agent.agent_code.as_str().into();
        let how = format!("{}, from {}", kind.as_str(), self.peer);
        self.app.audit.note(&agent_code, AuditAction::SignIn, None, Some(how));
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
                self.send_all(std::iter::once(protocol::answer(id, &data)).chain(missed)).await
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
}
