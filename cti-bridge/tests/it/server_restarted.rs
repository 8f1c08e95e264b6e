//! What an agent said during a call outlives the bridge and is never replaced by the call's own record.

use std::sync::mpsc;

use crate::common::work::{World, id_of, number, until};
use crate::common::{Client, Company, SHARED_NUMBER, company, soon};
use crate::server_sources::{SECRET, event};
use crate::telephone::System;
use crate::telephone::agents::{Bridge, Page};
use crate::telephone::line::Line;
use crate::telephone::story::{Story, stories};
use cti_bridge::config::Config;
use serde_json::{Value, json};
use shared::store::{CallRecord, Store, StoreError};
use test_support::Process;

/// Holds the store as another program that writes, until it is dropped.
pub(crate) struct Lock(Option<mpsc::Sender<()>>, Option<std::thread::JoinHandle<()>>);

impl Lock {
    pub(crate) fn take(company: &Company) -> Self {
        let store = Store::open(&company.path()).unwrap();
        let (release, released) = mpsc::channel::<()>();
        let (locked, has_locked) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let held: Result<(), StoreError> = store.write(|_| {
                locked.send(()).unwrap();
                // The other end is dropped, never used.
                let _ = released.recv();
                Ok(())
            });
            held.unwrap();
        });
        has_locked.recv().unwrap();
        Self(Some(release), Some(thread))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.0.take());
        let _ = self.1.take().map(std::thread::JoinHandle::join);
    }
}

/// Waits for the call's record with its end.
async fn ended(company: &Company, call_id: &str) -> CallRecord {
    let mut reader = company.store.reader().unwrap();
    soon(async {
        loop {
            match reader.call(call_id).unwrap() {
                Some(call) if call.ended_at.is_some() && !call.uncertain => return call,
                _ => tokio::task::yield_now().await,
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_choice_survives_the_note_and_the_end_of_the_call_right_behind_it() {
    let mut world = World::new().await;
    let mut agent = world.agent(0).await;
    world.rings("in", number(SHARED_NUMBER), &["201"]).await;
    let call_id = id_of(&until(&mut agent, "call.ringing").await);
    world.answers("in", "201").await;
    until(&mut agent, "call.answered").await;
    let lock = Lock::take(&world.company);
    let choose = json!({"id": "choose", "op": "call.choose", "call_id": call_id, "customer_code": "C00020"});
    let note = json!({"id": "note", "op": "call.note", "call_id": call_id, "text": "明日また電話"});
    agent.send_text(&choose.to_string()).await;
    agent.send_text(&note.to_string()).await;
    // The loop answers this after it has taken both.
    agent.ask(json!({"op": "presence", "state": "ready"})).await.unwrap();
    world.ends("in", &["201"]).await;
    until(&mut agent, "call.ended").await;
    drop(lock);
    for id in ["choose", "note"] {
        let answer = loop {
            let frame = agent.frame().await.unwrap();
            if frame.get("ev").is_none() {
                break frame;
            }
        };
        assert_eq!((&answer["re"], &answer["ok"]), (&json!(id), &json!(true)), "{answer}");
    }
    let kept = ended(&world.company, call_id.as_str().unwrap()).await;
    assert_eq!((kept.customer_code.as_deref(), kept.note.as_deref()), (Some("C00020"), Some("明日また電話")));
    world.server.stop().await;
}

/// `cti-bridge serve` with a webhook, as a process of its own.
pub(crate) fn serve(company: &Company) -> Process {
    let settings = company.folder.path().join("bridge.toml");
    std::fs::write(&settings, "[webhook.cloud]\nsecret_env = \"CHAKUDEN_WEBHOOK_SECRET\"\n").unwrap();
    let mut command = test_support::command(env!("CARGO_BIN_EXE_cti-bridge"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(settings);
    command.arg("--store").arg(company.path());
    command.env("CHAKUDEN_WEBHOOK_SECRET", SECRET).env("CHAKUDEN_LOG", "off");
    Process::start(command)
}

/// Posts an event of the call `42`.
pub(crate) async fn posted(address: std::net::SocketAddr, id: &str, fields: Value) {
    let mut all = json!({"event_id": id, "call_id": "42", "extension": "201"});
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    assert_eq!(event(address, "/v1/events/cloud", all, SECRET).await.0, 202);
}

#[tokio::test]
async fn choice_and_note_of_a_webhooks_call_come_back_after_a_kill() {
    let company = company();
    let serving = serve(&company);
    let address = serving.listening();
    let (mut agent, _) = Client::sign_in(address, &company.tokens[0]).await;
    let caller = json!({"event": "ringing", "caller_number": SHARED_NUMBER, "called_number": "0120111111"});
    posted(address, "e1", caller).await;
    let call_id = id_of(&until(&mut agent, "call.ringing").await);
    posted(address, "e2", json!({"event": "answered", "caller_number": SHARED_NUMBER})).await;
    let choose =
        json!({"op": "call.choose", "call_id": call_id, "customer_code": "C00020", "remember": false});
    agent.ask(choose).await.unwrap();
    agent.ask(json!({"op": "call.note", "call_id": call_id, "text": "見積の件"})).await.unwrap();
    serving.kill();
    let serving = serve(&company);
    let address = serving.listening();
    let (mut agent, _) = Client::sign_in(address, &company.tokens[0]).await;
    posted(address, "e3", json!({"event": "answered", "caller_number": SHARED_NUMBER})).await;
    // Answered before its lookup ends: the first push of the call.
    let popup = until(&mut agent, "call.updated").await;
    assert_eq!((id_of(&popup), &popup["call"]["note"]), (call_id.clone(), &json!("見積の件")));
    assert_eq!(popup["call"]["chosen"]["by"], "Agent 201");
    assert_eq!((&popup["match"], &popup["customer"]["customer_code"]), (&json!("chosen"), &json!("C00020")));
    posted(address, "e4", json!({"event": "ended"})).await;
    until(&mut agent, "call.ended").await;
    let kept = ended(&company, call_id.as_str().unwrap()).await;
    assert_eq!((kept.customer_code.as_deref(), kept.note.as_deref()), (Some("C00020"), Some("見積の件")));
    assert_eq!(kept.caller_e164.as_deref(), Some("+81611112222"));
    serving.kill();
}

/// The first step of a recording after which an agent talks, and that agent's extension.
fn first_talk(story: &Story) -> Option<(usize, String)> {
    story.least.iter().enumerate().find_map(|(step, screens)| {
        let talking = screens.iter().find(|screen| !screen.ringing)?;
        Some((step, talking.extension.clone()))
    })
}

#[tokio::test]
async fn choice_and_note_come_back_when_the_list_of_channels_has_the_call() {
    let company = company();
    let asterisk = |story: &&Story| story.scenario.system == System::Asterisk;
    for story in stories().iter().filter(asterisk).filter(|story| story.scenario.name == "hold") {
        let (talk, extension) = first_talk(story).unwrap();
        let token = &company.tokens[["201", "202", "203"].iter().position(|e| *e == extension).unwrap()];
        let line = Line::start(&story.scenario).await;
        let bridge = Bridge::start(&company.store, &line, Config::default()).await;
        let mut page = Page::new(&extension, token);
        soon(page.open(bridge.address)).await;
        soon(async {
            while !page.source_up {
                page.settle().await;
            }
        })
        .await;
        story.scenario.messages[..talk].iter().for_each(|message| line.say(message));
        soon(async {
            while page.screens().iter().all(|screen| screen.ringing) {
                page.settle().await;
            }
        })
        .await;
        let call_id = page.calls[0].0.clone();
        let (mut agent, _) = Client::sign_in(bridge.address, token).await;
        let choose =
            json!({"op": "call.choose", "call_id": call_id, "customer_code": "C00018", "remember": false});
        agent.ask(choose).await.unwrap();
        agent.ask(json!({"op": "call.note", "call_id": call_id, "text": "在庫の件"})).await.unwrap();
        bridge.kill();
        let bridge = Bridge::start(&company.store, &line, Config::default()).await;
        let mut page = Page::new(&extension, token);
        soon(page.open(bridge.address)).await;
        soon(async {
            while page.calls.is_empty() {
                page.settle().await;
            }
        })
        .await;
        let popup = &page.calls[0].1;
        assert_eq!(popup["call"]["note"], "在庫の件");
        assert_eq!(popup["call"]["chosen"]["by"], format!("Agent {extension}"));
        assert_eq!(popup["customer"]["customer_code"], "C00018");
        story.scenario.messages[talk..].iter().for_each(|message| line.say(message));
        let mut reader = company.store.reader().unwrap();
        soon(async {
            while reader.call(&call_id).unwrap().is_none_or(|call| call.talk_seconds.is_none()) {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let kept = reader.call(&call_id).unwrap().unwrap();
        assert_eq!((kept.customer_code.as_deref(), kept.note.as_deref()), (Some("C00018"), Some("在庫の件")));
    }
}
