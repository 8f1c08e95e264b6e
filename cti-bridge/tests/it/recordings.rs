//! Recordings: the files that a PBX names, kept with the call and opened by permission.

use std::ops::ControlFlow;
use std::sync::Arc;

use cti_bridge::call::{CallChange, CallSignal};
use cti_bridge::config::Config;
use cti_bridge::source::SourceEvent;
use cti_bridge::source::freeswitch::EslTranslator;
use serde_json::{Value, json};
use shared::store::{AuditEntry, AuditFilter, Expiring};
use tokio::sync::mpsc;

use crate::ami_numbers;
use crate::ami_support::{apply, tracker};
use crate::common::work::{World, id_of, number, seen, until};
use crate::common::{AKAGI, Client, add_agent_as, company, soon, start_dialling};
use crate::esl_support;
use cti_bridge::call::{Party, Role};

fn recorded(channel: &str, file: &str) -> CallSignal {
    CallSignal::Recorded { channel: channel.into(), file: file.to_owned() }
}

async fn world(settings: &str) -> (World, String) {
    let company = company();
    let supervisor = add_agent_as(&company.store, "900", "supervisor");
    let (events, source) = mpsc::channel(64);
    let (requests, _) = mpsc::channel(8);
    let config = Config::parse(settings).unwrap();
    let server = start_dialling(&company, &config, source, requests, Arc::new(shared::SystemClock)).await;
    events.send(SourceEvent::Up).await.unwrap();
    (World::of(company, server, events), supervisor)
}

/// The newest call once its end is stored.
async fn ended(client: &mut Client) -> Value {
    // The recorded calls are of another day.
    let all = json!({"op": "calls.all", "since": "2020-01-01T00:00:00Z"});
    soon(async {
        loop {
            let calls = client.ask(all.clone()).await.unwrap();
            if calls["calls"][0]["ended_at"].is_string() {
                return calls["calls"][0].clone();
            }
        }
    })
    .await
}

#[tokio::test]
async fn recordings_are_kept_with_the_call_and_opened_by_permission() {
    let settings =
        "[permissions.agent]\nrecordings_listen = true\n[permissions.supervisor]\ncalls_listen = true";
    let (mut world, supervisor) = world(settings).await;
    let (mut agent, mut colleague) = (world.agent(0).await, world.agent(1).await);
    world.rings("in", number(AKAGI), &["201"]).await;
    let call_id = id_of(&until(&mut agent, "call.ringing").await);
    world.answers("in", "201").await;
    until(&mut agent, "call.answered").await;
    world.tell(vec![recorded("in", "/var/spool/a 1.wav"), recorded("in-201", "b.wav")]).await;
    world.tell(vec![recorded("in", "b.wav")]).await;
    world.ends("in", &["201"]).await;
    until(&mut agent, "call.ended").await;
    let (mut supervisor, _) = Client::sign_in(world.server.address, &supervisor).await;
    let stored = ended(&mut supervisor).await;
    assert_eq!(stored["recordings"], json!(["/var/spool/a 1.wav", "b.wav"]));
    assert_eq!(stored["pbx_call_id"], "in");
    let open = json!({"op": "call.recordings", "call_id": call_id});
    let expected = json!({"recordings": [
        {"file": "/var/spool/a 1.wav", "url": "https://pbx.example/rec/a%201.wav?call=in"},
        {"file": "b.wav", "url": "https://pbx.example/rec/b.wav?call=in"},
    ]});
    assert_eq!(agent.ask(open.clone()).await, Ok(expected.clone()), "the own call");
    assert_eq!(colleague.ask(open.clone()).await, Err("forbidden".to_owned()), "somebody else's");
    assert_eq!(supervisor.ask(open.clone()).await, Ok(expected), "calls.all");
    let unknown = json!({"op": "call.recordings", "call_id": "c-0000000000000001"});
    assert_eq!(supervisor.ask(unknown).await, Err("conflict".to_owned()));
    let store = world.company.store.clone();
    world.server.stop().await;
    let mut opened = Vec::new();
    let mut each = |entry: AuditEntry| {
        if entry.action.as_str() == "call.recordings" {
            opened.push((entry.actor, entry.subject, entry.detail.map(Value::from)));
        }
        ControlFlow::Continue(())
    };
    shared::audit_log::trail(&store, &AuditFilter::default(), &mut each).unwrap();
    let by = |agent: &str| (agent.to_owned(), Some("C00017".to_owned()), Some(call_id.clone()));
    assert_eq!(opened, [by("A201"), by("A900")]);
    // Their names go with the call's details.
    let later = shared::Clock::now(&shared::SystemClock) + chrono::Duration::days(3_650);
    while store.write(|tx| tx.remove_expired(Expiring::CallDetails, later, 9)).unwrap() > 0 {}
    let call = store.reader().unwrap().call(call_id.as_str().unwrap()).unwrap().unwrap();
    assert_eq!((call.recordings, call.pbx_call_id.as_deref()), (Vec::new(), Some("in")));
}

#[tokio::test]
async fn without_the_permission_no_recording_is_named_or_opened() {
    let (mut world, _) = world("[permissions.agent]\ncalls_listen = true").await;
    let mut agent = world.agent(0).await;
    world.rings("in", number(AKAGI), &["201"]).await;
    let call_id = id_of(&until(&mut agent, "call.ringing").await);
    world.tell(vec![recorded("in", "a.wav")]).await;
    world.ends("in", &["201"]).await;
    until(&mut agent, "call.dismissed").await;
    let open = json!({"op": "call.recordings", "call_id": call_id});
    assert_eq!(agent.ask(open).await, Err("forbidden".to_owned()));
    let call = ended(&mut agent).await;
    assert_eq!((&call["call_id"], &call["recordings"]), (&call_id, &json!([])));
    world.server.stop().await;
}

#[test]
fn asterisk_and_freeswitch_name_the_file() {
    let heard = |variable: &str, value: &str| {
        let text =
            format!("Event: VarSet\r\nUniqueid: 1.1\r\nVariable: {variable}\r\nValue: {value}\r\n\r\n");
        ami_numbers::heard(&mut ami_numbers::translator(), text.as_bytes())
    };
    assert_eq!(heard("MIXMONITOR_FILENAME", "/rec/1.wav"), [recorded("1.1", "/rec/1.wav")]);
    for (variable, value) in [("MIXMONITOR_FILENAME", ""), ("OTHER", "/rec/1.wav")] {
        assert_eq!(heard(variable, value), [], "{variable}");
    }
    assert_eq!(heard("MIXMONITOR_FILENAME", &"x".repeat(501)), []);

    let mut esl = EslTranslator::new(&esl_support::config());
    let body = "Event-Name: RECORD_START\nUnique-ID: ab-1\nRecord-File-Path: %2Frec%2F1.wav\n\n";
    let event = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{body}", body.len());
    let mut out = Vec::new();
    for message in esl_support::messages(event.as_bytes(), &[usize::MAX]) {
        esl.translate(&message, &mut out);
    }
    assert_eq!(out, [recorded("ab-1", "/rec/1.wav")]);
}

#[test]
fn a_call_keeps_each_file_once_and_those_of_a_call_that_becomes_a_part_of_it() {
    let outside = |channel: &str| seen(channel, Party::Outside, Role::Origin, Some(number(AKAGI)));
    let inside = |channel: &str, extension: &str| {
        seen(channel, Party::Agent { extension: extension.to_owned() }, Role::Origin, None)
    };
    let gone = |channel: &str| CallSignal::Gone {
        channel: channel.into(),
        cause: cti_bridge::call::GoneCause::Normal,
    };
    let mut signals = vec![outside("t"), recorded("t", "1.wav"), recorded("t", "1.wav")];
    signals.extend([inside("p", "203"), recorded("p", "2.wav")]);
    signals.push(CallSignal::Linked { channel: "p".into(), linked: "t".into() });
    signals.extend((0..40).map(|n| recorded("t", &format!("more-{n}.wav"))));
    signals.extend([gone("p"), gone("t")]);
    let changes = apply(&mut tracker(), signals);
    let ended = changes.iter().find_map(|change| match change {
        CallChange::Ended(ended) => Some(ended),
        _ => None,
    });
    let ended = ended.unwrap();
    assert_eq!(ended.pbx_call_id.as_deref(), Some("t"));
    assert_eq!(ended.recordings[..3], ["1.wav", "2.wav", "more-0.wav"]);
    assert_eq!(ended.recordings.len(), 20);
}
