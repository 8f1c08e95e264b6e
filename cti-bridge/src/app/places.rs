//! Places: how many connections and sockets there may be, and how many of them may belong to one address.
//!
//! Whoever has not signed in is a guest. Guests never take the places that are kept for agents' sockets
//! (`sockets_max`), and one address has only a share of the guests' places. A socket whose agent has signed in is no
//! guest, so that an office behind one address may be as large as it likes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::throttle::network;

/// How many places there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlaceLimits {
    /// Connections.
    pub(crate) connections_max: usize,
    /// Connections of one address that have not signed in.
    pub(crate) connections_per_address_max: usize,
    /// Sockets that have signed in.
    pub(crate) sockets_max: usize,
    /// Sockets of one address before `hello`.
    pub(crate) waiting_per_address_max: usize,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    Connections,
    ConnectionsOfAddress,
    Sockets,
    SocketsOfAddress,
}

impl Full {
    /// The setting that says how many there may be.
    pub(crate) fn setting(self) -> &'static str {
        match self {
            Self::Connections => "connections_max",
            Self::ConnectionsOfAddress => "connections_per_address_max",
            Self::Sockets => "sockets_max",
            Self::SocketsOfAddress => "sockets_waiting_per_address_max",
        }
    }
}

/// All places.
#[derive(Debug)]
pub(crate) struct Places {
    connections: Arc<Semaphore>,
    guests: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
    of_address: Shares,
    waiting: Shares,
}

impl Places {
    pub(crate) fn new(limits: PlaceLimits) -> Self {
        let PlaceLimits { connections_max, sockets_max, .. } = limits;
        // Where the settings leave no room for guests beside the agents, they get half of it.
        let guests = match connections_max.saturating_sub(sockets_max) {
            0 => connections_max.div_ceil(2),
            rest => rest,
        };
        let places = |most: usize| Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        Self {
            connections: places(connections_max),
            guests: places(guests),
            sockets: places(sockets_max),
            of_address: Shares::new(limits.connections_per_address_max),
            waiting: Shares::new(limits.waiting_per_address_max),
        }
    }

    /// A guest's place for a connection. A proxy's connections carry many clients, so that they have no share.
    pub(crate) fn connection(&self, peer: IpAddr, is_proxy: bool) -> Result<Place, Full> {
        let share = if is_proxy { None } else { Some(self.share(peer)?) };
        let free =
            |places: &Arc<Semaphore>| places.clone().try_acquire_owned().map_err(|_| Full::Connections);
        let guest = Guest { _place: free(&self.guests)?, _share: share };
        let held = Held { _connection: free(&self.connections)?, guest: Mutex::new(Some(guest)) };
        Ok(Place(Arc::new(held)))
    }

    /// The share that a proxy's client takes for a request, as large as that of a client with connections of its own.
    pub(crate) fn share(&self, client: IpAddr) -> Result<Share, Full> {
        self.of_address.take(client).ok_or(Full::ConnectionsOfAddress)
    }

    /// A seat for a socket that has not said `hello`.
    pub(crate) fn seat(
        &self,
        place: Place,
        proxied: Option<Arc<Share>>,
        client: IpAddr,
    ) -> Result<Seat, Full> {
        if self.sockets.available_permits() == 0 {
            return Err(Full::Sockets);
        }
        let waiting = self.waiting.take(client).ok_or(Full::SocketsOfAddress)?;
        Ok(Seat { place, waiting: Some((waiting, proxied)), socket: None })
    }
}

/// A connection's place. It is freed when the last clone is gone, the upgraded socket's included.
#[derive(Debug, Clone)]
pub(crate) struct Place(Arc<Held>);

#[derive(Debug)]
struct Held {
    _connection: OwnedSemaphorePermit,
    guest: Mutex<Option<Guest>>,
}

#[derive(Debug)]
struct Guest {
    _place: OwnedSemaphorePermit,
    _share: Option<Share>,
}

/// A socket's place.
#[derive(Debug)]
pub(crate) struct Seat {
    place: Place,
    waiting: Option<(Share, Option<Arc<Share>>)>,
    socket: Option<OwnedSemaphorePermit>,
}

impl Seat {
    /// The socket's agent has signed in: from now on it takes an agent's place and no guest's.
    pub(crate) fn sign_in(&mut self, places: &Places) -> Result<(), Full> {
        let socket = places.sockets.clone().try_acquire_owned().map_err(|_| Full::Sockets)?;
        self.socket = Some(socket);
        self.waiting = None;
        // Nothing can panic while the lock is held.
        self.place.0.guest.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(())
    }
}

/// How many each address has; at most `most`.
#[derive(Debug)]
struct Shares {
    most: usize,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One of an address; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    network: IpAddr,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

fn lock(taken: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    // Nothing can panic while the lock is held.
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shares {
    fn new(most: usize) -> Self {
        Self { most, taken: Arc::default() }
    }

    fn take(&self, address: IpAddr) -> Option<Share> {
        let network = network(address);
        let mut all = lock(&self.taken);
        let taken = all.entry(network).or_default();
        if *taken >= self.most {
            return None;
        }
        *taken += 1;
        Some(Share { network, taken: self.taken.clone() })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut all = lock(&self.taken);
        if let Some(taken) = all.get_mut(&self.network) {
            *taken = taken.saturating_sub(1);
            if *taken == 0 {
                all.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: PlaceLimits = PlaceLimits {
        connections_max: 6,
        connections_per_address_max: 3,
        sockets_max: 2,
        waiting_per_address_max: 2,
    };

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_gets_its_share_and_guests_leave_the_agents_places_free() {
        let (places, here, there) = (Places::new(LIMITS), address("192.0.2.1"), address("192.0.2.2"));
        let mut held: Vec<Place> = (0..3).map(|_| places.connection(here, false).unwrap()).collect();
        assert_eq!(places.connection(here, false).unwrap_err(), Full::ConnectionsOfAddress);
        held.push(places.connection(there, false).unwrap());
        assert_eq!(places.connection(there, false).unwrap_err(), Full::Connections, "the rest is for agents");
        held.remove(0);
        assert!(places.connection(here, false).is_ok());
    }

    #[test]
    fn an_agent_who_has_signed_in_is_no_guest() {
        let (places, here) = (Places::new(LIMITS), address("192.0.2.1"));
        let mut seats = Vec::new();
        for _ in 0..2 {
            let place = places.connection(here, false).unwrap();
            let mut seat = places.seat(place, None, here).unwrap();
            seat.sign_in(&places).unwrap();
            seats.push(seat);
        }
        let guests: Vec<Place> = (0..3).map(|_| places.connection(here, false).unwrap()).collect();
        assert_eq!(places.seat(guests[0].clone(), None, here).unwrap_err(), Full::Sockets);
        seats.pop();
        let _waiting = [0, 1].map(|n: usize| places.seat(guests[n].clone(), None, here).unwrap());
        assert_eq!(places.seat(guests[2].clone(), None, here).unwrap_err(), Full::SocketsOfAddress);
    }

    #[test]
    fn a_proxys_clients_have_the_shares() {
        let (places, proxy, client) = (Places::new(LIMITS), address("127.0.0.1"), address("192.0.2.1"));
        let _open: Vec<Place> = (0..4).map(|_| places.connection(proxy, true).unwrap()).collect();
        let shares: Vec<Share> = (0..3).map(|_| places.share(client).unwrap()).collect();
        assert_eq!(places.share(client).unwrap_err(), Full::ConnectionsOfAddress);
        drop(shares);
        assert!(places.share(client).is_ok() && lock(&places.of_address.taken).is_empty());
    }

    #[test]
    fn guests_have_places_although_the_settings_leave_none() {
        let limits = PlaceLimits { connections_max: 4, sockets_max: 1_000, ..LIMITS };
        let (places, here) = (Places::new(limits), address("192.0.2.1"));
        let _two = [0, 1].map(|_| places.connection(here, false).unwrap());
        assert_eq!(places.connection(here, false).unwrap_err(), Full::Connections);
    }
}
