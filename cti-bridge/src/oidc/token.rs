//! ID tokens (OpenID Connect Core 1.0, section 3.1.3.7): pure, the keys and the time are given.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use super::OidcError;

/// The largest ID token. Bytes.
const TOKEN_BYTES_MAX: usize = 32 * 1024;
/// How far two clocks may differ. Seconds.
const CLOCKS_DIFFER_MAX: i64 = 60;
/// Keys of a provider that are kept.
const KEYS_MAX: usize = 32;
/// The key is none of those that are known.
pub(super) const UNKNOWN_KEY: &str = "no key of the provider has its id";

/// One key that checks signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
}

/// A provider's keys, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Keys(Vec<(Option<String>, Key)>);

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Reads a set of keys (RFC 7517). Keys of other kinds are passed over.
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        let set: KeySet = serde_json::from_slice(json).ok()?;
        let keys = set.keys.into_iter().take(KEYS_MAX);
        Some(Self(keys.filter_map(|key| key_of(serde_json::from_value(key).ok()?)).collect()))
    }
}

fn key_of(jwk: Jwk) -> Option<(Option<String>, Key)> {
    if jwk.usage.is_some_and(|usage| usage != "sig") {
        return None;
    }
    let bytes = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
    let key = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => Key::Rsa { n: bytes(jwk.n)?, e: bytes(jwk.e)? },
        ("EC", Some("P-256")) => {
            let (x, y) = (bytes(jwk.x)?, bytes(jwk.y)?);
            // SEC 1 section 2.3.3: 4, then both coordinates in full.
            Key::P256([vec![4], x, y].concat())
        }
        _ => return None,
    };
    Some((jwk.kid, key))
}

/// What an ID token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// The claim that is wanted.
    pub(super) claim: &'a str,
    pub(super) now: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

/// Checks signature, issuer, audience, times and nonce; gives the claim that is wanted.
pub(super) fn check(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<String, OidcError> {
    let wrong = OidcError::Token;
    if token.len() > TOKEN_BYTES_MAX {
        return Err(wrong("larger than 32 KiB"));
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(wrong("not three parts"))?;
    let (header, claims) = signed.split_once('.').ok_or(wrong("not three parts"))?;
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| wrong("not base64url"));
    let header: Header =
        serde_json::from_slice(&decoded(header)?).map_err(|_| wrong("its header is none"))?;
    check_signature(&header, keys, signed.as_bytes(), &decoded(signature)?)?;
    let claims: Value =
        serde_json::from_slice(&decoded(claims)?).map_err(|_| wrong("its claims are none"))?;
    check_claims(&claims, expected)?;
    let name = claims[expected.claim].as_str().map(str::trim).filter(|name| !name.is_empty());
    name.map(str::to_owned).ok_or(wrong("the claim with the agent's code is missing; see oidc.claim"))
}

/// The kind of signature is the key's, never only what the token says: `none` and HMAC are no kinds.
fn check_signature(header: &Header, keys: &Keys, signed: &[u8], signature: &[u8]) -> Result<(), OidcError> {
    let kind = |key: &Key| match key {
        Key::Rsa { .. } => "RS256",
        Key::P256(_) => "ES256",
    };
    if !["RS256", "ES256"].contains(&header.alg.as_str()) {
        return Err(OidcError::Token("signed in a way other than RS256 and ES256"));
    }
    let fits = |(kid, key): &&(Option<String>, Key)| {
        kind(key) == header.alg && (header.kid.is_none() || kid.is_none() || *kid == header.kid)
    };
    let mut candidates = keys.0.iter().filter(fits).peekable();
    if candidates.peek().is_none() {
        return Err(OidcError::Token(UNKNOWN_KEY));
    }
    let verified = candidates.any(|(_, key)| match key {
        Key::Rsa { n, e } => {
            RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok()
        }
        Key::P256(point) => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature).is_ok()
        }
    });
    if verified { Ok(()) } else { Err(OidcError::Token("its signature is not the provider's")) }
}

fn check_claims(claims: &Value, expected: &Expected<'_>) -> Result<(), OidcError> {
    let wrong = |reason| Err(OidcError::Token(reason));
    if claims["iss"] != expected.issuer {
        return wrong("another issuer");
    }
    let several = claims["aud"].as_array();
    let for_us = match several {
        Some(all) => all.iter().any(|one| one == expected.client_id),
        None => claims["aud"] == expected.client_id,
    };
    if !for_us {
        return wrong("for another client");
    }
    let party = &claims["azp"];
    if (several.is_some_and(|all| all.len() > 1) || !party.is_null()) && party != expected.client_id {
        return wrong("for another authorised party");
    }
    let now = expected.now.timestamp();
    if claims["exp"].as_i64().is_none_or(|exp| exp.saturating_add(CLOCKS_DIFFER_MAX) <= now) {
        return wrong("over");
    }
    if claims["iat"].as_i64().is_none_or(|iat| iat.saturating_sub(CLOCKS_DIFFER_MAX) > now) {
        return wrong("issued in the future; compare the clocks");
    }
    if claims["nonce"] != expected.nonce {
        return wrong("another nonce");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
