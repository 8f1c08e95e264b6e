//! The requests of a socket: who may ask, and the steps that each request takes.

use std::time::Duration;

use serde_json::value::RawValue;
use shared::message;
use shared::store::{AuditAction, Reader};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::{End, Pending, Session, SignedIn};
use crate::agent::ops::Request;
use crate::agent::ops::step::{Context, ReadKind, Task};
use crate::bridge::command::Command;
use crate::hub::reply::{Answered, Reply, ReplyTo};
use crate::lookup::Asker;
use crate::metrics::Kind;
use crate::permission::Permission;
use crate::popup::ProfileError;
use crate::protocol::{self, CloseCode, ErrorCode, Refusal, WriteKey};

/// How long a client waits for what is written: longer than the store waits for another writer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

impl Session {
    pub(super) async fn on_request(
        &mut self,
        id: &RawValue,
        key: Option<WriteKey>,
        request: Request,
    ) -> Result<(), End> {
        let Some(agent) = self.agent.clone() else {
            return match request {
                Request::Hello(hello) => self.hello(id, hello).await,
                _ => {
                    let message = message!("先に `hello` を送ってください", "send `hello` first");
                    self.refuse(Some(id), &Refusal::new(ErrorCode::HelloRequired, message)).await
                }
            };
        };
        let task = match self.admit(&agent, &request) {
            Ok(()) => request.handle(id, &self.context(&agent, key)),
            Err(refusal) => Err(refusal),
        };
        match task {
            Ok(task) => self.carry_out(id, task).await,
            Err(refusal) => self.refuse(Some(id), &refusal).await,
        }
    }

    /// Whether the agent may ask this now.
    fn admit(&mut self, agent: &SignedIn, request: &Request) -> Result<(), Refusal> {
        if let Some(needed) = request.op().permission()
            && let Err(refusal) = agent.permissions.get().require(needed)
        {
            self.note_refused(needed);
            return Err(refusal);
        }
        let (cost, now) = (request.cost(), self.app.clock.now());
        if cost.write {
            self.app.write_rates.take(&agent.agent_code, now)?;
        }
        if cost.card {
            self.app.lookup_rates.take(&agent.agent_code, now)?;
        }
        Ok(())
    }

    fn context(&self, agent: &SignedIn, key: Option<WriteKey>) -> Context {
        Context {
            agent_code: agent.agent_code.clone(),
            key,
            permissions: agent.permissions.get(),
            socket_id: self.handle.id(),
            now: self.app.clock.now(),
            today: self.app.clock.today(),
            audit: self.app.audit.clone(),
            search_max: self.app.limits.search_max,
            lookups: self.app.metrics.lookups.clone(),
        }
    }

    async fn carry_out(&mut self, id: &RawValue, task: Task) -> Result<(), End> {
        match task {
            Task::Answer(frame) => self.send(Message::Text(frame)).await,
            Task::Tell(command, frame) => {
                self.tell(command).await?;
                self.send(Message::Text(frame)).await
            }
            Task::Ask(command) => {
                let reply = Reply::new(self.reply_to(id, WRITE_TIMEOUT));
                self.tell(command(reply)).await
            }
            Task::Read(kind, work) => self.read(id, kind, work).await,
        }
    }

    /// Writes a missing permission into the audit log, once a socket: a page that asks again and again is one fact.
    fn note_refused(&mut self, needed: Permission) {
        let Some(agent) = self.agent.as_mut().filter(|agent| !agent.refused.has(needed)) else { return };
        agent.refused = agent.refused.with(needed, true);
        self.app.audit.note(&agent.agent_code, AuditAction::Forbidden, None, Some(needed.word().to_owned()));
    }

    /// Hands work to a lookup thread; the answer comes back through the queue.
    async fn read(
        &mut self,
        id: &RawValue,
        kind: ReadKind,
        work: impl FnOnce(&mut Reader) -> Result<Utf8Bytes, ProfileError> + Send + 'static,
    ) -> Result<(), End> {
        let asker = match &self.agent {
            Some(agent) => Asker::Agent(agent.agent_code.clone()),
            None => Asker::at(self.peer),
        };
        let ReplyTo { answers, key, id: request_id, lang, refused } =
            self.reply_to(id, self.app.lookups.timeout());
        let work = move |reader: &mut Reader| {
            let frame = work(reader).unwrap_or_else(|error| {
                let refusal = error.refusal(request_id.get());
                refused.get_or_create(&Kind { kind: refusal.code.word() }).inc();
                protocol::refuse(Some(&request_id), &refusal, lang)
            });
            // The session may have ended.
            let _ = answers.try_send(Answered { key, frame });
        };
        let asked = match kind {
            ReadKind::Request => self.app.lookups.request(&asker, work),
            ReadKind::Search => self.app.lookups.search(&asker, work),
        };
        if asked.is_err() {
            self.pending.retain(|pending| pending.key != key);
            return self.refuse(Some(id), &Refusal::queue_full()).await;
        }
        Ok(())
    }

    /// Where the answer to a request goes that is made elsewhere, within this time.
    fn reply_to(&mut self, id: &RawValue, wait: Duration) -> ReplyTo {
        let key = self.next_key;
        self.next_key += 1;
        let expires = Instant::now() + wait;
        self.pending.push(Pending { key, id: id.to_owned(), expires });
        if self.timer.deadline() > expires {
            self.timer.as_mut().reset(expires);
        }
        ReplyTo {
            answers: self.answers_tx.clone(),
            key,
            id: id.to_owned(),
            lang: self.lang,
            refused: self.app.metrics.frames_refused.clone(),
        }
    }

    async fn tell(&mut self, command: Command) -> Result<(), End> {
        self.app.inbox.send(command).await.map_err(|_| End::Close(CloseCode::Stopping))
    }
}
