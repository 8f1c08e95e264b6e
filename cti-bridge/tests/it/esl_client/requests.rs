//! Requests to the PBX: dialling, and who is away.

use super::{Peer, accepted, in_memory, over_tcp, over_tcp_with};
use crate::esl_support::Leg;
use cti_bridge::source::{Destination, DialError, Order, OrderError, QueuePause, SourceRequest};
use shared::message;
use tokio::io::{AsyncRead, AsyncWrite};

/// A refusal with FreeSWITCH's own reason.
fn refused(reason: &str) -> DialError {
    DialError::Refused(message!("{reason}", "{reason}", reason = reason))
}

/// Reads the client's `originate`; returns the leg's identity.
async fn ordered<S: AsyncRead + AsyncWrite + Unpin>(peer: &mut Peer<S>) -> String {
    let command = peer.command().await;
    let (originate, leg) = command.split_once("\nJob-UUID: ").unwrap();
    assert_eq!(
        originate,
        format!(
            "bgapi originate {{origination_uuid={leg},chakuden_dialled_number=0312345678,originate_timeout=30}}\
             user/201 0312345678 XML default"
        )
    );
    leg.to_owned()
}

fn job(leg: &str, result: &str) -> Vec<u8> {
    let body = format!(
        "Event-Name: BACKGROUND_JOB\nJob-UUID: {leg}\nJob-Command: originate\nContent-Length: {}\n\n{result}",
        result.len()
    );
    format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{body}", body.len()).into_bytes()
}

#[tokio::test]
async fn a_dial_request_succeeds_when_the_phone_rings_and_fails_with_the_cause() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.until_up().await;
    bench.until_listed().await;

    let outcome = bench.dial("201", "0312345678").await;
    let leg = ordered(&mut peer).await;
    peer.reply(&format!("+OK Job-UUID: {leg}")).await;
    let l = Leg::outbound(&leg, "201", "").with("Other-Type", "");
    peer.write([l.create(), l.progress()].concat()).await;
    assert_eq!(outcome.await.unwrap(), Ok(()));

    let outcome = bench.dial("201", "0312345678").await;
    let leg = ordered(&mut peer).await;
    peer.reply(&format!("+OK Job-UUID: {leg}")).await;
    peer.write(job(&leg, "-ERR USER_NOT_REGISTERED\n")).await;
    assert_eq!(outcome.await.unwrap(), Err(refused("USER_NOT_REGISTERED")));

    let outcome = bench.dial("201", "0312345678").await;
    ordered(&mut peer).await;
    peer.reply("-ERR permission denied").await;
    assert_eq!(outcome.await.unwrap(), Err(refused("permission denied")));

    // An injection never reaches FreeSWITCH: the next command is the next valid request.
    let refused = bench.dial("201 &hangup", "0312345678").await.await.unwrap();
    assert!(matches!(refused, Err(DialError::Refused(_))));
    let outcome = bench.dial("201", "0312345678").await;
    ordered(&mut peer).await;
    drop(peer);
    assert_eq!(outcome.await.unwrap(), Err(DialError::Down), "the connection went before an answer");
    bench.down_reason().await;
}

#[tokio::test]
async fn queues_are_told_who_is_away_while_a_dial_request_is_pending() {
    let queue_agent = "{extension}@pbx.example".to_owned();
    let (mut bench, listener) = over_tcp_with(|config| config.queue_agent = queue_agent).await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.until_up().await;
    bench.until_listed().await;
    assert_eq!(peer.command().await, "api module_exists mod_callcenter");
    peer.api("true").await;
    let pause =
        |extension: &str, paused| QueuePause { extension: extension.to_owned(), paused, reason: None };
    let pauses = SourceRequest::Pause(vec![pause("201", true), pause("202", false)]);
    bench.requests.send(pauses).await.unwrap();
    let set = "api callcenter_config agent set status";
    assert_eq!(peer.command().await, format!("{set} 201@pbx.example 'On Break'"));
    assert_eq!(peer.command().await, format!("{set} 202@pbx.example 'Available'"));
    let outcome = bench.dial("201", "0312345678").await;
    ordered(&mut peer).await;
    peer.api("+OK\n").await;
    peer.api("-ERR Agent not found!\n").await;
    peer.reply("-ERR permission denied").await;
    assert_eq!(outcome.await.unwrap(), Err(refused("permission denied")));
}

#[tokio::test(start_paused = true)]
async fn a_dial_request_without_an_answer_times_out() {
    let (mut bench, mut streams) = in_memory();
    let early = bench.dial("201", "0312345678").await;
    let mut peer = Peer::new(streams.recv().await.unwrap());
    assert_eq!(early.await.unwrap(), Err(DialError::Down), "not signed in yet");
    peer.sign_in_idle().await;
    bench.until_up().await;
    let outcome = bench.dial("201", "0312345678").await;
    let leg = ordered(&mut peer).await;
    peer.reply(&format!("+OK Job-UUID: {leg}")).await;
    let asked_at = tokio::time::Instant::now();
    assert_eq!(outcome.await.unwrap(), Err(DialError::PhoneSilent));
    assert_eq!(asked_at.elapsed().as_millis(), 8_000, "dial_timeout_ms");
    assert_eq!(peer.command().await, format!("api uuid_kill {leg}"), "it does not ring later");
    peer.api("+OK\n").await;
    let outcome = bench.dial("201", "0312345678").await;
    ordered(&mut peer).await;
    assert_eq!(outcome.await.unwrap(), Err(DialError::Timeout), "FreeSWITCH itself does not answer");
}

#[tokio::test]
async fn orders_about_a_call_are_answered_with_what_freeswitch_says() {
    let (mut bench, listener) = over_tcp().await;
    let mut peer = accepted(&listener).await;
    peer.sign_in_idle().await;
    bench.until_up().await;
    bench.until_listed().await;
    let phone = || "ab-1".into();
    for (order, command, reply, expected) in [
        (Order::Hold { phone: phone(), held: true }, "api uuid_hold ab-1", "+OK Success\n", Ok(())),
        (Order::Hold { phone: phone(), held: false }, "api uuid_hold off ab-1", "+OK Success\n", Ok(())),
        (
            Order::Transfer { phone: phone(), to: Destination::Extension("202".to_owned()) },
            "api uuid_transfer ab-1 -bleg 202 XML default",
            "+OK\n",
            Ok(()),
        ),
        (
            Order::Hangup { phone: phone() },
            "api uuid_kill ab-1 NORMAL_CLEARING",
            "-ERR No such channel!\n",
            Err(OrderError::Gone),
        ),
    ] {
        let done = bench.order(order).await;
        assert_eq!(peer.command().await, command);
        peer.api(reply).await;
        assert_eq!(done.await.unwrap(), expected);
    }
    let done = bench.order(Order::Hangup { phone: phone() }).await;
    peer.command().await;
    drop(peer);
    assert!(matches!(done.await, Ok(Err(OrderError::Down)) | Err(_)), "the connection went before an answer");
}
