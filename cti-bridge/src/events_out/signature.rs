//! Signatures as those of Standard Webhooks: HMAC-SHA256 over identity, time and body.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How a secret in base64 begins.
const BASE64_PREFIX: &str = "whsec_";
/// The shortest key, in bytes.
pub(super) const KEY_BYTES_MIN: usize = 24;

/// The key of an endpoint's signatures.
#[derive(Clone)]
pub struct SigningKey(Vec<u8>);

impl SigningKey {
    /// Reads a secret: base64 behind `whsec_`, or any other text as it is. `None`: it is too short, or no base64.
    #[must_use]
    pub fn parse(secret: &str) -> Option<Self> {
        let bytes = match secret.strip_prefix(BASE64_PREFIX) {
            Some(encoded) => STANDARD.decode(encoded.trim()).ok()?,
            None => secret.as_bytes().to_vec(),
        };
        (bytes.len() >= KEY_BYTES_MIN).then_some(Self(bytes))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// The header `webhook-signature`.
#[must_use]
pub fn sign(key: &SigningKey, event_id: &str, timestamp: i64, body: &str) -> String {
    // HMAC takes keys of every length.
    let code = Hmac::<Sha256>::new_from_slice(&key.0).map(|mut mac| {
        mac.update(format!("{event_id}.{timestamp}.{body}").as_bytes());
        mac.finalize().into_bytes().to_vec()
    });
    format!("v1,{}", STANDARD.encode(code.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of https://github.com/standard-webhooks/standard-webhooks.
        let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn short_secrets_and_broken_ones_are_refused() {
        assert!(SigningKey::parse(&"x".repeat(KEY_BYTES_MIN)).is_some());
        for secret in ["", "whsec_", "whsec_?", "whsec_MfKQ9r8=", &"x".repeat(KEY_BYTES_MIN - 1)] {
            assert!(SigningKey::parse(secret).is_none(), "{secret}");
        }
        assert_eq!(format!("{:?}", SigningKey::parse(&"x".repeat(32))), "Some(SigningKey(…))");
    }
}
