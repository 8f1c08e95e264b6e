use chrono::{DateTime, TimeDelta};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::socket::Closer;
use super::*;

fn agent(extension: &str) -> Agent {
    Agent {
        phones: Vec::new(),
        agent_code: format!("A{extension}"),
        agent_name: "x".to_owned(),
        extension: Some(extension.to_owned()),
        role: shared::agent::AgentRole::Agent,
        revoked_at: None,
    }
}

fn limits(replay_max: usize) -> HubLimits {
    HubLimits { replay_max, replay_age: TimeDelta::seconds(300), sockets_per_agent_max: 2 }
}

fn hub(replay_max: usize) -> Hub {
    let mut hub = Hub::new(limits(replay_max), Metrics::new()).unwrap();
    hub.set_agents(vec![agent("201"), agent("202")]);
    hub
}

struct Socket {
    handle: SocketHandle,
    closer: Closer,
    frames: mpsc::Receiver<Utf8Bytes>,
}

fn socket(queue_max: usize) -> Socket {
    let closer = Closer::new(&CancellationToken::new());
    let (handle, frames) = SocketHandle::new(closer.clone(), queue_max);
    Socket { handle, closer, frames }
}

impl Socket {
    fn seqs(&mut self) -> Vec<u64> {
        std::iter::from_fn(|| self.frames.try_recv().ok()).map(|frame| seq(&frame)).collect()
    }
}

fn seq(frame: &str) -> u64 {
    serde_json::from_str::<serde_json::Value>(frame).unwrap()["seq"].as_u64().unwrap()
}

fn push(hub: &mut Hub, agent: &str) {
    hub.push(agent, DateTime::UNIX_EPOCH, &Push::RingMoved(RingMoved { socket: None }));
}

fn resume(hub: &Hub, seq: u64) -> Resume {
    Resume { epoch: hub.epoch().to_owned(), seq }
}

#[test]
fn sockets_of_one_agent_share_a_sequence_and_other_agents_see_nothing() {
    let mut hub = hub(8);
    let (mut one, mut two, mut other) = (socket(8), socket(8), socket(8));
    hub.join("A201", None, one.handle.clone()).unwrap();
    hub.join("A201", None, two.handle.clone()).unwrap();
    hub.join("A202", None, other.handle.clone()).unwrap();
    push(&mut hub, "A201");
    push(&mut hub, "A201");
    hub.push_all(DateTime::UNIX_EPOCH, &Push::RingMoved(RingMoved { socket: None }));
    assert_eq!((one.seqs(), two.seqs(), other.seqs()), (vec![1, 2, 3], vec![1, 2, 3], vec![1]));
}

#[test]
fn a_full_queue_closes_only_its_socket() {
    let mut hub = hub(8);
    let (slow, mut fast) = (socket(2), socket(3));
    hub.join("A201", None, slow.handle.clone()).unwrap();
    hub.join("A201", None, fast.handle.clone()).unwrap();
    (0..3).for_each(|_| push(&mut hub, "A201"));
    assert_eq!(fast.seqs(), vec![1, 2, 3]);
    let code = futures_util::FutureExt::now_or_never(slow.closer.asked());
    assert_eq!(code, Some(CloseCode::TooSlow));
    assert_eq!(futures_util::FutureExt::now_or_never(fast.closer.asked()), None);
}

#[test]
fn resuming_sends_what_was_missed_or_reports_that_it_cannot() {
    let mut hub = hub(3);
    (0..5).for_each(|_| push(&mut hub, "A201"));
    // 3, 4 and 5 are kept.
    for (seen, missed) in
        [(0, None), (1, None), (2, Some(3)), (3, Some(2)), (5, Some(0)), (6, None), (u64::MAX - 1, None)]
    {
        let resume = resume(&hub, seen);
        let place = socket(1);
        let joined = hub.join("A201", Some(&resume), place.handle.clone()).unwrap();
        hub.leave("A201", place.handle.id(), DateTime::UNIX_EPOCH);
        assert_eq!((joined.resumed, joined.seq), (missed.is_some(), 5), "{seen}");
        assert_eq!(joined.missed.len(), missed.unwrap_or(0), "{seen}");
    }
    let foreign = Resume { epoch: "other".to_owned(), seq: 5 };
    assert!(!hub.join("A201", Some(&foreign), socket(1).handle).unwrap().resumed);
}

#[test]
fn pushes_that_every_socket_acknowledged_are_dropped() {
    let mut hub = hub(8);
    let (one, two) = (socket(8), socket(8));
    hub.join("A201", None, one.handle.clone()).unwrap();
    hub.join("A201", None, two.handle.clone()).unwrap();
    (0..4).for_each(|_| push(&mut hub, "A201"));
    hub.ack("A201", one.handle.id(), 4);
    assert_eq!(hub.streams["A201"].replay.len(), 4, "the other has not");
    hub.ack("A201", two.handle.id(), 2);
    assert_eq!(hub.streams["A201"].replay.len(), 2);
    hub.ack("A201", two.handle.id(), u64::MAX);
    assert_eq!(hub.streams["A201"].replay.len(), 0);
    hub.leave("A201", one.handle.id(), DateTime::UNIX_EPOCH);
    let again = resume(&hub, 4);
    assert!(hub.join("A201", Some(&again), one.handle).unwrap().resumed, "nothing was missed");
}

#[test]
fn unacknowledged_pushes_are_dropped_after_a_while() {
    let mut hub = hub(8);
    let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
    hub.push("A201", at(0), &Push::RingMoved(RingMoved { socket: None }));
    hub.push("A201", at(1), &Push::RingMoved(RingMoved { socket: None }));
    hub.forget_old_pushes(at(300));
    let all = resume(&hub, 0);
    assert_eq!(hub.join("A201", Some(&all), socket(8).handle).unwrap().missed.len(), 2);
    hub.forget_old_pushes(at(301));
    assert!(!hub.join("A201", Some(&all), socket(8).handle).unwrap().resumed, "the snapshot says all");
    hub.forget_old_pushes(at(302));
    assert_eq!(hub.streams["A201"].replay.len(), 0);
    let newest = resume(&hub, 2);
    hub.leave("A201", 0, at(302));
    assert_eq!(hub.streams["A201"].after(newest.seq).map(|missed| missed.len()), Some(0));
}

#[test]
fn a_revoked_agent_loses_sockets_and_extension() {
    let mut hub = hub(8);
    let place = socket(8);
    hub.join("A201", None, place.handle.clone()).unwrap();
    let revoked = Agent { revoked_at: Some(DateTime::UNIX_EPOCH), ..agent("201") };
    hub.set_agents(vec![revoked, agent("202")]);
    assert_eq!(hub.agent_of("201"), None);
    assert_eq!(hub.agent_of("202"), Some("A202"));
    let code = futures_util::FutureExt::now_or_never(place.closer.asked());
    assert_eq!(code, Some(CloseCode::Unauthorized));
}

#[test]
fn agents_missing_from_a_list_stay_and_moved_agents_are_reached_at_their_phone() {
    let mut hub = hub(8);
    let place = socket(8);
    hub.join("A201", None, place.handle.clone()).unwrap();
    hub.set_agents(vec![Agent { extension: Some("299".to_owned()), ..agent("202") }]);
    assert_eq!((hub.agent_of("202"), hub.agent_of("299")), (None, Some("A202")));
    assert_eq!(hub.agent_of("201"), Some("A201"), "added just after the list was read");
    assert_eq!(futures_util::FutureExt::now_or_never(place.closer.asked()), None);
}

#[test]
fn a_phone_of_the_first_system_may_be_written_with_its_name() {
    let mut hub = hub(8).with_first_system("tokyo");
    hub.set_agent(Agent { phones: vec!["tokyo/301".to_owned(), "osaka/201".to_owned()], ..agent("202") });
    assert_eq!((hub.agent_of("301"), hub.agent_of("osaka/201")), (Some("A202"), Some("A202")));
    assert_eq!(hub.agent_of("201"), Some("A201"));
    assert_eq!(hub.main_phone("osaka/201".to_owned()), "202");
}

#[test]
fn the_number_of_sockets_of_an_agent_is_limited() {
    let mut hub = hub(8);
    assert!(hub.join("A201", None, socket(1).handle).is_ok());
    assert!(hub.join("A201", None, socket(1).handle).is_ok());
    assert!(hub.join("A201", None, socket(1).handle).is_err());
    assert!(hub.join("A202", None, socket(1).handle).is_ok());
}

proptest::proptest! {
    /// Against a naive model that keeps everything: a resume gives the model's tail, whole, or nothing.
    #[test]
    fn a_resume_never_has_a_gap(replay_max in 0_usize..6, pushes in 0_u64..12, acked in 0_u64..12, seen in 0_u64..14) {
        let mut hub = Hub::new(limits(replay_max), Metrics::new()).unwrap();
        hub.set_agents(vec![agent("201")]);
        let place = socket(64);
        hub.join("A201", None, place.handle.clone()).unwrap();
        (0..pushes).for_each(|_| push(&mut hub, "A201"));
        hub.ack("A201", place.handle.id(), acked);
        let asked = resume(&hub, seen);
        let joined = hub.join("A201", Some(&asked), socket(1).handle).unwrap();
        let missed: Vec<u64> = joined.missed.iter().map(|frame| seq(frame)).collect();
        if joined.resumed {
            proptest::prop_assert_eq!(missed, (seen + 1..=pushes).collect::<Vec<_>>());
        } else {
            proptest::prop_assert!(missed.is_empty());
            let kept = pushes.min(replay_max as u64);
            let kept = if acked > pushes - kept { pushes.saturating_sub(acked) } else { kept };
            proptest::prop_assert!(seen > pushes || seen < pushes - kept, "it could have resumed");
        }
    }
}
