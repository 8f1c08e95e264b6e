//! Signatures of events: HMAC-SHA256 (RFC 2104) over time and body.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shared::text::hex;

use super::WebhookConfig;

/// The signature of a body, in hexadecimal; with a time, that of `TIME.BODY`.
#[must_use]
pub fn sign(secret: &str, timestamp: Option<&str>, body: &[u8]) -> String {
    let code = mac(secret, timestamp, body).map(|mac| mac.finalize().into_bytes().to_vec());
    hex(&code.unwrap_or_default())
}

/// Whether the signature is correct and the signed time is recent. Compares in constant time.
#[must_use]
pub fn verify(
    config: &WebhookConfig,
    body: &[u8],
    signature: Option<&str>,
    timestamp: Option<&str>,
    now: DateTime<Utc>,
) -> bool {
    let timed = !config.timestamp_header.is_empty();
    let timestamp = timestamp.filter(|_| timed);
    if timed && !timestamp.is_some_and(|text| is_recent(text, config.timestamp_skew_max_seconds, now)) {
        return false;
    }
    let Some(code) = signature.map(|s| s.trim()).and_then(|s| unhex(s.strip_prefix("sha256=").unwrap_or(s)))
    else {
        return false;
    };
    let secret = config.secret.expose();
    // With an empty secret anybody could sign.
    !secret.is_empty() && mac(secret, timestamp, body).is_some_and(|mac| mac.verify_slice(&code).is_ok())
}

fn mac(secret: &str, timestamp: Option<&str>, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    if let Some(timestamp) = timestamp {
        mac.update(timestamp.as_bytes());
        mac.update(b".");
    }
    mac.update(body);
    Some(mac)
}

fn is_recent(text: &str, skew_seconds: u32, now: DateTime<Utc>) -> bool {
    let signed = text.parse::<i64>().ok();
    signed.is_some_and(|at| now.timestamp().abs_diff(at) <= u64::from(skew_seconds))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..32).map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Secret;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
    }

    #[test]
    fn the_signature_matches_rfc_4231() {
        // RFC 4231, test case 2.
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(sign("Jefe", None, b"what do ya want for nothing?"), expected);
    }

    #[test]
    fn only_recent_signatures_with_the_secret_are_accepted() {
        let mut config = WebhookConfig { secret: Secret::new("key"), ..WebhookConfig::default() };
        let (time, body) = ("1795000000", b"{}");
        let right = sign("key", Some(time), body);
        let check = |config: &WebhookConfig, body: &[u8], signature: &str, time: Option<&str>, second| {
            verify(config, body, Some(signature), time, at(second))
        };
        assert!(check(&config, body, &right, Some(time), 0));
        assert!(check(&config, body, &format!("sha256={right}"), Some(time), 300));
        assert!(!check(&config, body, &right, Some(time), 301), "too old");
        assert!(!check(&config, body, &right, Some("1795000001"), 0), "another time");
        assert!(!check(&config, body, &right, None, 0), "no time");
        assert!(!check(&config, b"{ }", &right, Some(time), 0), "another body");
        assert!(!check(&config, body, &right[1..], Some(time), 0));
        assert!(!check(&config, body, &"é".repeat(32), Some(time), 0));
        assert!(!verify(&config, body, None, Some(time), at(0)), "none");
        config.timestamp_header.clear();
        assert!(check(&config, body, &sign("key", None, body), None, 9_999));
        config.secret = Secret::new("");
        assert!(!check(&config, body, &sign("", None, body), None, 0), "an empty secret signs nothing");
    }
}
