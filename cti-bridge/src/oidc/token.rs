//! ID tokens (OpenID Connect Core 1.0, section 3.1.3.7): pure, the keys and the time are given.

use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::OidcError;
use super::signature::use_ring;

/// The largest ID token, in bytes.
const TOKEN_BYTES_MAX: usize = 32 * 1024;
/// How far two clocks may differ, in seconds.
const CLOCK_SKEW_MAX: i64 = 60;
/// Keys of a provider that are kept.
const KEYS_MAX: usize = 32;
/// The token names a key that is not known (yet).
pub(super) const UNKNOWN_KEY: &str = "no key of the provider has its id";

/// A key of the provider.
#[derive(Debug, Clone)]
struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// The keys of a provider.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys(Vec<Key>);

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl Keys {
    /// Reads a key set (RFC 7517). Keys of other kinds than RSA and P-256 are skipped.
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        use_ring();
        let set: KeySet = serde_json::from_slice(json).ok()?;
        let keys = set.keys.into_iter().take(KEYS_MAX);
        Some(Self(keys.filter_map(|key| key_of(&serde_json::from_value(key).ok()?)).collect()))
    }
}

fn key_of(jwk: &Jwk) -> Option<Key> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(parameters) if parameters.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        _ => return None,
    };
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let key = DecodingKey::from_jwk(jwk).ok()?;
    signs.then(|| Key { id: jwk.common.key_id.clone(), algorithm, key })
}

/// What an ID token must contain.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// The claim that is returned.
    pub(super) claim: &'a str,
    pub(super) now: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Claims {
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: String,
    azp: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    #[expect(dead_code, reason = "compared by jsonwebtoken")]
    One(String),
    Many(Vec<String>),
}

/// Checks signature, issuer, audience, times and nonce; returns the claim that is asked for.
pub(super) fn check(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<String, OidcError> {
    let claims = verified(token, keys, expected)?;
    check_claims(&claims, expected)?;
    let name = claims.others.get(expected.claim).and_then(Value::as_str).map(str::trim);
    name.filter(|name| !name.is_empty())
        .map(str::to_owned)
        .ok_or(OidcError::Token("the claim with the agent's code is missing; see oidc.claim"))
}

/// The claims of a token whose signature is the provider's. The algorithm is that of the key and never only what the
/// token says: `none` and HMAC have no keys.
fn verified(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, OidcError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(OidcError::Token("larger than 32 KiB"));
    }
    let header = decode_header(token)
        .ok()
        .filter(|header| matches!(header.alg, Algorithm::RS256 | Algorithm::ES256))
        .ok_or(OidcError::Token("not a token that is signed with RS256 or ES256"))?;
    let mut result = Err(OidcError::Token(UNKNOWN_KEY));
    for key in &keys.0 {
        let named = header.kid.is_none() || key.id.is_none() || key.id == header.kid;
        if !named || key.algorithm != header.alg {
            continue;
        }
        match decode(token, &key.key, &validation(key.algorithm, expected)) {
            Ok(data) => return Ok(data.claims),
            Err(error) => result = Err(OidcError::Token(reason(error.kind()))),
        }
    }
    result
}

/// The times are checked by [`check_claims`], with the clock that is given.
fn validation(algorithm: Algorithm, expected: &Expected<'_>) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    validation
}

fn reason(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidSignature => "its signature is not the provider's",
        ErrorKind::InvalidIssuer => "another issuer",
        ErrorKind::InvalidAudience => "for another client",
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => {
            "a claim is missing or has the wrong type"
        }
        _ => "it cannot be read",
    }
}

fn check_claims(claims: &Claims, expected: &Expected<'_>) -> Result<(), OidcError> {
    let wrong = |reason| Err(OidcError::Token(reason));
    let several = matches!(&claims.aud, Audience::Many(all) if all.len() > 1);
    let party_needed = several || claims.azp.is_some();
    if party_needed && claims.azp.as_deref() != Some(expected.client_id) {
        return wrong("for another authorised party");
    }
    let now = expected.now.timestamp();
    if claims.exp.saturating_add(CLOCK_SKEW_MAX) <= now {
        return wrong("expired");
    }
    if claims.iat.saturating_sub(CLOCK_SKEW_MAX) > now {
        return wrong("issued in the future; compare the clocks");
    }
    if claims.nbf.is_some_and(|from| from.saturating_sub(CLOCK_SKEW_MAX) > now) {
        return wrong("not valid yet; compare the clocks");
    }
    if claims.nonce != expected.nonce {
        return wrong("another nonce");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
