//! Agents who behave: each writes, repeats what was not answered with its key, and remembers what was acknowledged.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::agent::{Agent, pace};
use crate::world::World;

/// What an agent waits between two writes, and before it tries again.
const BETWEEN: Duration = Duration::from_millis(100);
/// Attempts at a write after the end: by then the bridge runs undisturbed.
const LAST_ATTEMPTS: u32 = 600;

/// Refusals that only ask to try again.
const LATER: [&str; 3] = ["busy", "timeout", "internal"];

pub(crate) struct Honest {
    agents: JoinSet<Said>,
    over: Arc<AtomicBool>,
}

/// What the agents were told.
#[derive(Default)]
pub(crate) struct Said {
    /// The subjects that were acknowledged.
    pub(crate) acknowledged: Vec<String>,
    /// How often each refusal came.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Connections that ended, and writes that were never acknowledged.
    pub(crate) cut: u64,
    pub(crate) open: Vec<String>,
}

impl Said {
    /// Refusals that nobody who behaves should get.
    pub(crate) fn turned_away(&self) -> u64 {
        self.refused.iter().filter(|(code, _)| !LATER.contains(&code.as_str())).map(|(_, count)| count).sum()
    }
}

impl Honest {
    /// Lets every agent of the world work, in the runtime of the caller.
    pub(crate) fn begin(world: &Arc<World>) -> Self {
        let (mut agents, over) = (JoinSet::new(), Arc::new(AtomicBool::new(false)));
        for (at, token) in world.tokens.iter().cloned().enumerate() {
            agents.spawn(work(world.clone(), at, token, over.clone()));
        }
        Self { agents, over }
    }

    /// Waits until each agent's last write was answered.
    pub(crate) async fn end(mut self) -> anyhow::Result<Said> {
        self.over.store(true, Ordering::Relaxed);
        let mut all = Said::default();
        while let Some(said) = self.agents.join_next().await {
            let said = said?;
            all.acknowledged.extend(said.acknowledged);
            all.open.extend(said.open);
            all.cut += said.cut;
            said.refused.into_iter().for_each(|(code, count)| *all.refused.entry(code).or_default() += count);
        }
        Ok(all)
    }
}

async fn work(world: Arc<World>, at: usize, token: String, over: Arc<AtomicBool>) -> Said {
    let (mut said, mut agent, mut number) = (Said::default(), None, 0_u64);
    let mut pace = pace(BETWEEN);
    while !over.load(Ordering::Relaxed) {
        number += 1;
        let subject = format!("agent {at}, write {number}");
        let request = json!({
            "op": "inquiry.create", "key": subject, "customer_code": "C1", "kind": "inquiry", "subject": subject,
        });
        let mut attempts = 0;
        loop {
            let mut open = match agent.take() {
                Some(open) => Some(open),
                None => Agent::sign_in("127.0.0.1", world.address, &token).await.ok(),
            };
            let answer = match &mut open {
                Some(open) => Some(open.ask(request.clone()).await),
                None => None,
            };
            match answer {
                Some(Ok(Ok(_))) => {
                    agent = open;
                    said.acknowledged.push(subject);
                    break;
                }
                Some(Ok(Err(code))) => {
                    agent = open;
                    *said.refused.entry(code).or_default() += 1;
                }
                Some(Err(_)) => said.cut += 1,
                None => {}
            }
            attempts += u32::from(over.load(Ordering::Relaxed));
            if attempts > LAST_ATTEMPTS {
                said.open.push(subject);
                break;
            }
            pace.tick().await;
        }
        pace.tick().await;
    }
    said
}
