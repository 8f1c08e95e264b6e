use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
}

fn rsa() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(include_bytes!("../../../tests/keys/rsa-of-the-tests.pk8")).unwrap()
}

fn p256() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap()
}

fn jwk_of_rsa(key: &RsaKeyPair, kid: &str) -> Value {
    let parts = PublicKeyComponents::<Vec<u8>>::from(key.public());
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": text(&parts.n), "e": text(&parts.e)})
}

fn jwk_of_p256(key: &EcdsaKeyPair, kid: &str) -> Value {
    let point = key.public_key().as_ref();
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": text(&point[1..33]), "y": text(&point[33..65])})
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed_by_rsa(key: &RsaKeyPair, header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn signed_by_p256(key: &EcdsaKeyPair, header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn signed_by_hmac(key: &[u8], claims: &Value) -> String {
    let signed = format!("{}.{}", part(&json!({"alg": "HS256", "kid": "r"})), part(claims));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
    let signature = ring::hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

fn claims() -> Value {
    json!({
        "iss": "https://login.example", "aud": "chakuden", "sub": "7", "nonce": "n",
        "exp": at(300).timestamp(), "iat": at(0).timestamp(), "preferred_username": "A201"
    })
}

fn expected(seconds: i64) -> Expected<'static> {
    let (issuer, client_id, nonce, claim) = ("https://login.example", "chakuden", "n", "preferred_username");
    Expected { issuer, client_id, nonce, claim, now: at(seconds) }
}

#[test]
fn a_token_of_either_kind_of_key_gives_its_claim() {
    let (rsa, p256) = (rsa(), p256());
    let other = json!({"kty": "OKP", "crv": "Ed25519", "kid": "x"});
    let set = json!({"keys": [other, {"nonsense": 1}, jwk_of_rsa(&rsa, "r"), jwk_of_p256(&p256, "p")]});
    let keys = Keys::parse(set.to_string().as_bytes()).unwrap();
    assert_eq!(keys.0.len(), 2);
    let one = signed_by_rsa(&rsa, &json!({"alg": "RS256", "kid": "r"}), &claims());
    let two = signed_by_p256(&p256, &json!({"alg": "ES256", "kid": "p"}), &claims());
    let without_kid = signed_by_p256(&p256, &json!({"alg": "ES256"}), &claims());
    for token in [&one, &two, &without_kid] {
        assert_eq!(check(token, &keys, &expected(0)).as_deref(), Ok("A201"));
    }
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let (key, stranger) = (p256(), p256());
    let set = json!({"keys": [jwk_of_p256(&key, "p"), jwk_of_rsa(&rsa(), "r")]});
    let keys = Keys::parse(set.to_string().as_bytes()).unwrap();
    let header = json!({"alg": "ES256", "kid": "p"});
    let good = signed_by_p256(&key, &header, &claims());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let mut changed = claims();
    changed["preferred_username"] = json!("A999");
    let swapped = format!("{}.{}.{signature}", part(&header), part(&changed));
    let rsa_public = rsa().public().as_ref().to_vec();
    let unsigned = |alg: &str| format!("{}.{}.", part(&json!({"alg": alg, "kid": "p"})), part(&claims()));
    for token in [
        signed_by_p256(&stranger, &header, &claims()),
        swapped,
        format!("{signed}."),
        unsigned("none"),
        unsigned("HS256"),
        unsigned("ES256"),
        // A key of one kind is never used for the other.
        signed_by_p256(&key, &json!({"alg": "RS256", "kid": "p"}), &claims()),
        // The key that everyone knows is no secret of HMAC.
        signed_by_hmac(&rsa_public, &claims()),
        "..".to_owned(),
        String::new(),
        "x".repeat(TOKEN_BYTES_MAX + 1),
    ] {
        assert!(check(&token, &keys, &expected(0)).is_err(), "{token}");
    }
    let unknown = signed_by_p256(&key, &json!({"alg": "ES256", "kid": "new"}), &claims());
    assert_eq!(check(&unknown, &keys, &expected(0)), Err(OidcError::Token(UNKNOWN_KEY)));
}

#[test]
fn each_claim_is_checked_at_its_boundary() {
    let key = p256();
    let keys = Keys::parse(json!({"keys": [jwk_of_p256(&key, "p")]}).to_string().as_bytes()).unwrap();
    let check_with = |name: &str, value: Value, now: i64| {
        let mut claims = claims();
        claims[name] = value;
        check(&signed_by_p256(&key, &json!({"alg": "ES256"}), &claims), &keys, &expected(now)).is_ok()
    };
    for (name, value, now, good) in [
        ("iss", json!("https://login.example"), 0, true),
        ("iss", json!("https://login.example/"), 0, false),
        ("aud", json!(["chakuden"]), 0, true),
        ("aud", json!(["chakuden", "other"]), 0, false),
        ("aud", json!("other"), 0, false),
        ("aud", Value::Null, 0, false),
        ("azp", json!("chakuden"), 0, true),
        ("azp", json!("other"), 0, false),
        ("exp", json!(at(300).timestamp()), 359, true),
        ("exp", json!(at(300).timestamp()), 360, false),
        ("exp", json!(at(300).timestamp().to_string()), 0, false),
        ("exp", Value::Null, 0, false),
        ("nbf", json!(at(60).timestamp()), 0, true),
        ("nbf", json!(at(61).timestamp()), 0, false),
        ("nbf", json!("x"), 0, false),
        ("iat", json!(at(60).timestamp()), 0, true),
        ("iat", json!(at(61).timestamp()), 0, false),
        ("nonce", json!("m"), 0, false),
        ("nonce", Value::Null, 0, false),
        ("preferred_username", json!(" "), 0, false),
        ("preferred_username", json!(201), 0, false),
        ("preferred_username", Value::Null, 0, false),
    ] {
        assert_eq!(check_with(name, value.clone(), now), good, "{name} {value} {now}");
    }
    let both = |claims: &mut Value| {
        claims["aud"] = json!(["other", "chakuden"]);
        claims["azp"] = json!("chakuden");
    };
    let mut claims = claims();
    both(&mut claims);
    let token = signed_by_p256(&key, &json!({"alg": "ES256"}), &claims);
    assert!(check(&token, &keys, &expected(0)).is_ok());
}
