//! The cookie of a device on which an agent has signed in with a password. It signs nobody in: it only keeps the device
//! out of the waits that somebody else's guesses cause.
//!
//! The cookie's key is the hash of the password, which nobody but the store knows. So nothing has to be stored, the cookie
//! outlives a restart, and it ends with the password.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ring::hmac;
use sha2::{Digest, Sha256};

use crate::throttle::DeviceId;

/// How long a device is remembered after its last sign-in. Browsers keep a cookie for at most 400 days.
const REMEMBERED_DAYS: i64 = 180;
/// Bytes of a device's number, of the time, and of the signature.
const ID: usize = 16;
const TIME: usize = 8;
const SIGNATURE: usize = 32;

/// A cookie of its own for each agent: several may share a machine.
fn name(agent_code: &str) -> String {
    let digest = Sha256::digest(agent_code.as_bytes());
    format!("chakuden_device_{}", URL_SAFE_NO_PAD.encode(&digest[..9]))
}

fn signed(agent_code: &str, known: &[u8]) -> Vec<u8> {
    [b"chakuden device\0", known, agent_code.as_bytes()].concat()
}

fn key(password_hash: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, password_hash.as_bytes())
}

/// The device that a request comes from, if this agent has signed in on it with this password.
pub(super) fn of(
    headers: &HeaderMap,
    agent_code: &str,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Option<DeviceId> {
    let bytes = URL_SAFE_NO_PAD.decode(super::cookie(headers, &name(agent_code))?).ok()?;
    let (known, signature) =
        bytes.split_at_checked(ID + TIME).filter(|_| bytes.len() == ID + TIME + SIGNATURE)?;
    hmac::verify(&key(password_hash), &signed(agent_code, known), signature).ok()?;
    let since = DateTime::from_timestamp(i64::from_be_bytes(known[ID..].try_into().ok()?), 0)?;
    (now < since + TimeDelta::days(REMEMBERED_DAYS)).then(|| known[..ID].try_into().ok()).flatten()
}

/// The `Set-Cookie` that remembers a device, a new one if it has no number yet. `None` without randomness: the device is
/// then not remembered.
pub(super) fn remember(
    device: Option<DeviceId>,
    agent_code: &str,
    password_hash: &str,
    now: DateTime<Utc>,
    secure: &str,
) -> Option<String> {
    let id = device.or_else(|| {
        let mut id = DeviceId::default();
        getrandom::fill(&mut id).ok().map(|()| id)
    })?;
    let known = [&id[..], &now.timestamp().to_be_bytes()].concat();
    let signature = hmac::sign(&key(password_hash), &signed(agent_code, &known));
    let value = URL_SAFE_NO_PAD.encode([&known[..], signature.as_ref()].concat());
    let (name, seconds) = (name(agent_code), REMEMBERED_DAYS * 86_400);
    Some(format!("{name}={value}; Path=/v1/sign-in; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"))
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::*;

    fn headers(set_cookie: &str) -> HeaderMap {
        let cookie = format!("other=1; {}", set_cookie.split(';').next().unwrap());
        HeaderMap::from_iter([(COOKIE, cookie.parse().unwrap())])
    }

    #[test]
    fn a_device_is_known_for_its_agent_its_password_and_its_time() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let cookie = remember(None, "A201", "hash", now, "").unwrap();
        let headers = headers(&cookie);
        let device = of(&headers, "A201", "hash", now).unwrap();
        assert_eq!(of(&headers, "A202", "hash", now), None, "another agent's");
        assert_eq!(of(&headers, "A201", "new hash", now), None, "the password has changed");
        let end = now + TimeDelta::days(REMEMBERED_DAYS);
        assert_eq!(of(&headers, "A201", "hash", end - TimeDelta::seconds(1)), Some(device));
        assert_eq!(of(&headers, "A201", "hash", end), None, "too long ago");
        let again = remember(Some(device), "A201", "hash", end, "").unwrap();
        assert_eq!(
            of(&self::headers(&again), "A201", "hash", end),
            Some(device),
            "the same device, for longer"
        );
        assert_ne!(
            of(&self::headers(&remember(None, "A201", "hash", now, "").unwrap()), "A201", "hash", now),
            Some(device)
        );
    }

    #[test]
    fn a_cookie_that_was_changed_is_no_device() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let cookie = remember(None, "A201", "hash", now, "").unwrap();
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(value).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = headers(&format!("{name}={}", URL_SAFE_NO_PAD.encode(changed)));
            assert_eq!(of(&changed, "A201", "hash", now), None, "{at}");
        }
        for wrong in ["", "x", &value[..20], &format!("{value}AAAA")] {
            assert_eq!(of(&headers(&format!("{name}={wrong}")), "A201", "hash", now), None, "{wrong}");
        }
    }
}
