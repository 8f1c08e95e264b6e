//! Stays connected to a PBX.
//!
//! What happened while the connection was down is unknown, so a reconnect is never hidden: the bridge receives `Down`
//! and `Up`, and the list of live channels settles the state of the calls.

use tracing::info;

use super::backoff::backoff;
use super::events::Events;
use super::protocol::Pbx;
use super::requests::Requests;
use super::session;
use super::transport::Connect;
use super::{Connection, ConnectionError};
use crate::source::{SourceChannels, SourceEvent};

/// Connects, and reconnects after every loss, until it is stopped or until reconnecting is useless.
///
/// Only refused credentials are fatal. Everything else counts as a loss, bytes of another protocol included: a box
/// in between may be at fault, and calls must come through again as soon as that is repaired.
pub(in crate::source) async fn run<P: Pbx>(pbx: &P, connect: &impl Connect, channels: SourceChannels) {
    let SourceChannels { clock, events, requests, stopping } = channels;
    let events = Events::new(clock.as_ref(), &events);
    let connected = stay_connected(pbx, connect, &events, Requests::new(requests));
    if let Some(ConnectionError::Fatal(error)) = stopping.run_until_cancelled(connected).await {
        // After the bridge has ended there is no receiver.
        let _ = events.send(SourceEvent::Fatal(error)).await;
    }
}

/// Returns the error that makes reconnecting useless.
async fn stay_connected<P: Pbx>(
    pbx: &P,
    connect: &impl Connect,
    events: &Events<'_>,
    mut requests: Requests,
) -> ConnectionError {
    let link = pbx.link();
    let mut attempts: u32 = 0;
    loop {
        let mut is_up = false;
        let Err(error) = connect_once(pbx, connect, events, &mut requests, &mut is_up).await;
        if error.is_final() {
            return error;
        }
        if is_up {
            attempts = 0;
        }
        if let Err(error) = events.down(&error, link.address, is_up).await {
            return error;
        }
        let random = getrandom::u32().unwrap_or_default();
        let wait = backoff(link.reconnect_min_ms, link.reconnect_max_ms, attempts, random);
        requests.refuse_during(tokio::time::sleep(wait)).await;
        attempts = attempts.saturating_add(1);
    }
}

/// Connects, signs in and runs a session until the connection ends. `is_up` becomes true once signed in.
async fn connect_once<P: Pbx>(
    pbx: &P,
    connect: &impl Connect,
    events: &Events<'_>,
    requests: &mut Requests,
    is_up: &mut bool,
) -> Result<std::convert::Infallible, ConnectionError> {
    let mut connection = requests
        .refuse_during(async {
            let mut connection = Connection::open(pbx, connect).await?;
            pbx.sign_in(&mut connection).await?;
            Ok::<_, ConnectionError>(connection)
        })
        .await?;
    *is_up = true;
    info!(address = %pbx.link().address, "signed in to the PBX");
    events.send(SourceEvent::Up).await?;
    session::run(pbx, &mut connection, events, requests).await
}
