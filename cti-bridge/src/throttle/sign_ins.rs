//! Failed sign-ins, each kind counted apart, so that one cannot be made to cost another.
//!
//! Only what failed counts, after it failed. Whoever succeeds gets back everything of the kind.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{FailureRule, Failures, network};

/// A device on which an agent has signed in before, by its number.
pub type DeviceId = [u8; 16];

/// Who tries a password.
#[derive(Debug, Clone, Copy)]
pub struct Guess<'a> {
    /// Whose password.
    pub agent_code: &'a str,
    /// From which device, if this agent has signed in on it before.
    pub device: Option<DeviceId>,
    /// From where.
    pub address: IpAddr,
}

/// The failed sign-ins.
#[derive(Debug)]
pub struct SignIns {
    /// Wrong passwords of an agent, from devices that the agent has not used.
    agents: Failures<String>,
    /// Wrong passwords from an agent's own device: whoever guesses elsewhere does not delay the agent.
    devices: Failures<DeviceId>,
    /// Wrong passwords from an address.
    passwords: Failures<IpAddr>,
    /// Tokens from an address that nobody was ever given.
    tokens: Failures<IpAddr>,
    /// Tokens that have ended, by their identity: a page that comes back with last night's session is no guess.
    ended: Failures<String>,
}

impl SignIns {
    /// Nothing has failed yet.
    #[must_use]
    pub fn new(agent: FailureRule, address: FailureRule, keys_max: usize) -> Self {
        Self {
            agents: Failures::new(agent, keys_max),
            devices: Failures::new(agent, keys_max),
            passwords: Failures::new(address, keys_max),
            tokens: Failures::new(address, keys_max),
            ended: Failures::new(address, keys_max),
        }
    }

    /// Checks whether this password may be tried now.
    ///
    /// # Errors
    /// It may be after this wait.
    pub fn check(&self, guess: Guess<'_>, now: DateTime<Utc>) -> Result<(), Duration> {
        if let Some(device) = guess.device {
            return self.devices.check(&device, now);
        }
        let of_agent = self.agents.check(&guess.agent_code.to_owned(), now);
        let of_address = of(guess.address).map_or(Ok(()), |address| self.passwords.check(&address, now));
        match (of_agent, of_address) {
            (Ok(()), Ok(())) => Ok(()),
            (one, other) => Err(one.err().unwrap_or_default().max(other.err().unwrap_or_default())),
        }
    }

    /// The password was wrong.
    pub fn wrong_password(&mut self, guess: Guess<'_>, now: DateTime<Utc>) {
        if let Some(device) = guess.device {
            return self.devices.count(&device, now);
        }
        self.agents.count(&guess.agent_code.to_owned(), now);
        if let Some(address) = of(guess.address) {
            self.passwords.count(&address, now);
        }
    }

    /// The password was right. From the agent's own device only that is cleared: the guesses of others go on waiting.
    pub fn right_password(&mut self, guess: Guess<'_>) {
        if let Some(device) = guess.device {
            return self.devices.clear(&device);
        }
        self.agents.clear(&guess.agent_code.to_owned());
        if let Some(address) = of(guess.address) {
            self.passwords.clear(&address);
        }
    }

    /// A token was not valid. `ended` is its identity, if it was once.
    ///
    /// # Errors
    /// There were too many of its kind; the next counts after this wait.
    pub fn invalid_token(
        &mut self,
        ended: Option<&str>,
        address: IpAddr,
        now: DateTime<Utc>,
    ) -> Result<(), Duration> {
        if let Some(identity) = ended {
            return self.ended.try_count(&identity.to_owned(), now);
        }
        of(address).map_or(Ok(()), |address| self.tokens.try_count(&address, now))
    }

    /// A token was valid.
    pub fn valid_token(&mut self, address: IpAddr) {
        if let Some(address) = of(address) {
            self.tokens.clear(&address);
        }
    }
}

/// The network whose failures count together. `None` for this machine itself: behind a proxy on it that the settings do
/// not trust, everybody connects from there.
fn of(address: IpAddr) -> Option<IpAddr> {
    (!address.to_canonical().is_loopback()).then(|| network(address))
}
