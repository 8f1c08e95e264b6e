//! Sign-ins in progress, which nothing stores: everything about one is derived from its state and the browser's cookie with
//! a key that only this process has. Any number of them may be in progress, and none pushes out another.
//!
//! Only a sign-in that succeeded is remembered until its end, because its callback must not succeed again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ring::hmac;

/// How long a sign-in may take at the provider, in minutes.
pub(super) const PENDING_MINUTES: i64 = 10;
/// Succeeded sign-ins that are remembered; of more, those that end first are forgotten.
const USED_MAX: usize = 10_000;
/// Bytes of a sign-in's number, and of its number with its end.
const ID: usize = 16;
const KNOWN: usize = ID + 8;

/// A sign-in in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Begun {
    id: [u8; ID],
    expires: DateTime<Utc>,
    /// What the ID token must contain.
    pub(super) nonce: String,
    /// The secret of PKCE.
    pub(super) verifier: String,
}

/// A sign-in that starts: what the browser takes along.
#[derive(Debug)]
pub(super) struct Start {
    /// Through the provider.
    pub(super) state: String,
    /// In a cookie.
    pub(super) browser: String,
    pub(super) begun: Begun,
}

/// Makes and checks states.
pub(super) struct States {
    key: hmac::Key,
    used: Mutex<HashMap<[u8; ID], DateTime<Utc>>>,
}

impl States {
    /// A new key: sign-ins in progress end with the process.
    pub(super) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0_u8; 32];
        getrandom::fill(&mut key)?;
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, &key), used: Mutex::default() })
    }

    /// Starts a sign-in, which must be finished within [`PENDING_MINUTES`].
    pub(super) fn start(&self, now: DateTime<Utc>) -> Result<Start, getrandom::Error> {
        let (mut id, mut browser) = ([0_u8; ID], [0_u8; 32]);
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut browser)?;
        let browser = URL_SAFE_NO_PAD.encode(browser);
        let expires = now + TimeDelta::minutes(PENDING_MINUTES);
        let known = [&id[..], &expires.timestamp().to_be_bytes()].concat();
        let signature = hmac::sign(&self.key, &said("state", &known, &browser));
        let state = URL_SAFE_NO_PAD.encode([&known[..], signature.as_ref()].concat());
        Ok(Start { state, begun: self.begun(id, expires, &browser), browser })
    }

    /// The sign-in of a state that this browser started and that has not ended.
    pub(super) fn find(&self, state: &str, browser: Option<&str>, now: DateTime<Utc>) -> Option<Begun> {
        let bytes = URL_SAFE_NO_PAD.decode(state).ok()?;
        let (known, signature) = bytes.split_at_checked(KNOWN)?;
        let browser = browser?;
        hmac::verify(&self.key, &said("state", known, browser), signature).ok()?;
        let expires = DateTime::from_timestamp(i64::from_be_bytes(known[ID..].try_into().ok()?), 0)?;
        (now < expires).then(|| Some(self.begun(known[..ID].try_into().ok()?, expires, browser))).flatten()
    }

    /// Uses up a sign-in that succeeded; returns whether it was the first time.
    pub(super) fn use_up(&self, begun: &Begun, now: DateTime<Utc>) -> bool {
        // Nothing can panic while the lock is held.
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= USED_MAX {
            used.retain(|_, expires| *expires > now);
        }
        if used.len() >= USED_MAX {
            let first = used.iter().min_by_key(|(_, expires)| **expires).map(|(id, _)| *id);
            first.and_then(|id| used.remove(&id));
        }
        used.insert(begun.id, begun.expires).is_none()
    }

    fn begun(&self, id: [u8; ID], expires: DateTime<Utc>, browser: &str) -> Begun {
        let derived = |what| URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, &said(what, &id, browser)));
        Begun { id, expires, nonce: derived("nonce"), verifier: derived("verifier") }
    }
}

fn said(what: &str, known: &[u8], browser: &str) -> Vec<u8> {
    [what.as_bytes(), b"\0", known, browser.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_state_is_valid_for_its_browser_its_time_and_its_process() {
        let states = States::new().unwrap();
        let (one, other) = (states.start(at(0)).unwrap(), states.start(at(0)).unwrap());
        assert_eq!(states.find(&one.state, Some(&one.browser), at(0)), Some(one.begun.clone()));
        for browser in [None, Some(""), Some(other.browser.as_str())] {
            assert_eq!(states.find(&one.state, browser, at(0)), None, "{browser:?}");
        }
        let end = PENDING_MINUTES * 60;
        assert!(states.find(&one.state, Some(&one.browser), at(end - 1)).is_some());
        assert!(states.find(&one.state, Some(&one.browser), at(end)).is_none());
        assert!(States::new().unwrap().find(&one.state, Some(&one.browser), at(0)).is_none());
        assert!(one.begun.verifier.len() >= 43 && one.begun.verifier != one.begun.nonce);
        assert!(one.begun.nonce != other.begun.nonce && one.begun.verifier != other.begun.verifier);
    }

    #[test]
    fn a_state_that_was_changed_is_none() {
        let states = States::new().unwrap();
        let Start { state, browser, .. } = states.start(at(0)).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&state).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(states.find(&URL_SAFE_NO_PAD.encode(changed), Some(&browser), at(0)).is_none(), "{bit}");
        }
        for wrong in ["", "x", &state[..40], &format!("{state}AA")] {
            assert!(states.find(wrong, Some(&browser), at(0)).is_none(), "{wrong}");
        }
    }

    #[test]
    fn starts_throw_nobody_out_and_a_success_counts_once() {
        let states = States::new().unwrap();
        let first = states.start(at(0)).unwrap();
        for _ in 0..2_000 {
            states.start(at(0)).unwrap();
        }
        let begun = states.find(&first.state, Some(&first.browser), at(1)).unwrap();
        assert!(states.use_up(&begun, at(1)) && !states.use_up(&begun, at(1)));
        for _ in 0..USED_MAX {
            assert!(states.use_up(&states.start(at(2)).unwrap().begun, at(2)));
        }
        assert_eq!(states.used.lock().unwrap().len(), USED_MAX, "memory is bounded");
        assert!(
            !states.used.lock().unwrap().contains_key(&begun.id),
            "the one that ends first was forgotten"
        );
    }
}
