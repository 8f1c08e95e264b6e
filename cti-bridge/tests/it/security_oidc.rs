//! Single sign-on against a small provider with real signatures, through the whole server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::common::{Client, Company, Running, company, http_raw, start};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cti_bridge::config::Config;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::{Clock, SystemClock};
use tokio::net::TcpListener;

struct Provider {
    issuer: String,
    /// The key in use; changed by a test that rotates it.
    key: Mutex<(String, EcdsaKeyPair)>,
    /// For the next code: the PKCE challenge, and the claims of the ID token.
    next: Mutex<Option<(String, Value)>>,
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap()
}

async fn provider() -> Arc<Provider> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let key = Mutex::new(("one".to_owned(), new_key()));
    let provider = Arc::new(Provider { issuer, key, next: Mutex::new(None) });
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(description))
        .route("/keys", get(keys))
        .route("/token", post(token))
        .with_state(provider.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    provider
}

async fn description(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let issuer = &provider.issuer;
    Json(json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys")}))
}

async fn keys(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let key = provider.key.lock().unwrap();
    let point = key.1.public_key().as_ref();
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Json(json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "kid": key.0,
        "x": text(&point[1..33]), "y": text(&point[33..65])}]}))
}

async fn token(State(provider): State<Arc<Provider>>, body: String) -> Result<Json<Value>, StatusCode> {
    // None of the values has a character that is escaped, but for the code's space.
    let form: HashMap<&str, &str> = body.split('&').filter_map(|field| field.split_once('=')).collect();
    let (challenge, claims) = provider.next.lock().unwrap().take().ok_or(StatusCode::BAD_REQUEST)?;
    let verified = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    if form["code"] != "the%20code" || verified != challenge || form["grant_type"] != "authorization_code" {
        return Err(StatusCode::BAD_REQUEST);
    }
    let key = provider.key.lock().unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": "ES256", "kid": key.0})), part(&claims));
    let signature = key.1.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    Ok(Json(json!({"access_token": "x", "token_type": "Bearer",
        "id_token": format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))})))
}

async fn bridge(company: &Company, issuer: &str) -> Running {
    let settings = format!(
        "[oidc]\nname = \"会社\"\nissuer = \"{issuer}\"\nclient_id = \"chakuden\"\n\
         redirect_url = \"http://127.0.0.1:1/v1/oidc/callback\"\n"
    );
    start(company, &Config::parse(&settings).unwrap(), None).await
}

/// A `GET`: status, and the headers that matter.
async fn get_page(server: &Running, path: &str, cookie: &str) -> (u16, HashMap<String, String>) {
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: other=1; {cookie}\r\nconnection: close\r\n\r\n",
        server.address
    );
    let response = http_raw(server.address, &request).await;
    let (head, _) = response.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    (status, headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect())
}

/// A sign-in that has begun: the browser's cookie, and what was sent to the provider.
struct Begun {
    cookie: String,
    query: HashMap<String, String>,
}

async fn begin(server: &Running) -> Begun {
    let (status, headers) = get_page(server, "/v1/oidc/start", "").await;
    assert_eq!(status, 303);
    assert!(headers["set-cookie"].contains("HttpOnly; SameSite=Lax"), "{headers:?}");
    let cookie = headers["set-cookie"].split(';').next().unwrap().to_owned();
    let (_, query) = headers["location"].split_once("/authorize?").unwrap();
    let fields = query.split('&').filter_map(|field| field.split_once('='));
    Begun { cookie, query: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect() }
}

impl Begun {
    fn claims(&self, provider: &Provider, agent_code: &str) -> Value {
        let now = SystemClock.now().timestamp();
        json!({"iss": provider.issuer, "aud": "chakuden", "sub": "7", "iat": now, "exp": now + 300,
            "nonce": self.query["nonce"], "preferred_username": agent_code})
    }

    fn prepare(&self, provider: &Provider, claims: Value) {
        *provider.next.lock().unwrap() = Some((self.query["code_challenge"].clone(), claims));
    }

    fn path(&self) -> String {
        format!("/v1/oidc/callback?code=the%20code&state={}", self.query["state"])
    }
}

#[tokio::test]
async fn single_sign_on_opens_a_session() {
    let (company, provider) = (company(), provider().await);
    let server = bridge(&company, &provider.issuer).await;
    let options: Value = serde_json::from_str(&server.get("/v1/sign-in/options").await).unwrap();
    assert_eq!(options["oidc"], json!({"name": "会社", "url": "/v1/oidc/start"}));

    let begun = begin(&server).await;
    assert_eq!(begun.query["code_challenge_method"], "S256");
    assert_eq!(
        (begun.query["response_type"].as_str(), begun.query["client_id"].as_str()),
        ("code", "chakuden")
    );
    begun.prepare(&provider, begun.claims(&provider, "A202"));
    let (status, headers) = get_page(&server, &begun.path(), &begun.cookie).await;
    assert_eq!(status, 303, "{headers:?}");
    let token = headers["location"].strip_prefix("/#token=").unwrap();
    let (_client, hello) = Client::sign_in(server.address, token).await;
    assert_eq!(hello["agent"]["agent_code"], "A202");

    // A callback is good for once.
    begun.prepare(&provider, begun.claims(&provider, "A202"));
    assert_eq!(get_page(&server, &begun.path(), &begun.cookie).await.0, 403);
    server.stop().await;
}

#[tokio::test]
async fn a_callback_of_another_sign_in_is_refused() {
    let (company, provider) = (company(), provider().await);
    let server = bridge(&company, &provider.issuer).await;
    let other = begin(&server).await;
    for cookie in ["", "chakuden_oidc=", other.cookie.as_str()] {
        let begun = begin(&server).await;
        begun.prepare(&provider, begun.claims(&provider, "A201"));
        assert_eq!(
            get_page(&server, &begun.path(), cookie).await.0,
            403,
            "another browser's callback: {cookie}"
        );
    }
    for (name, value) in [
        ("nonce", json!("another")),
        ("iss", json!("https://another.example")),
        ("aud", json!("another")),
        ("exp", json!(1_000_000_000)),
        ("preferred_username", json!("A999")),
        ("preferred_username", Value::Null),
    ] {
        let begun = begin(&server).await;
        let mut claims = begun.claims(&provider, "A201");
        claims[name] = value;
        begun.prepare(&provider, claims);
        assert_eq!(get_page(&server, &begun.path(), &begun.cookie).await.0, 403, "{name}");
    }
    for path in
        ["/v1/oidc/callback", "/v1/oidc/callback?state=x&code=y", "/v1/oidc/callback?error=access_denied"]
    {
        assert_eq!(get_page(&server, path, &other.cookie).await.0, 403, "{path}");
    }
    let begun = begin(&server).await;
    let denied = format!("/v1/oidc/callback?error=access_denied&state={}", begun.query["state"]);
    assert_eq!(get_page(&server, &denied, &begun.cookie).await.0, 403);
    server.stop().await;
}

#[tokio::test]
async fn a_provider_may_rotate_its_key_or_be_down() {
    let (company, provider) = (company(), provider().await);
    let server = bridge(&company, &provider.issuer).await;
    let begun = begin(&server).await;
    *provider.key.lock().unwrap() = ("two".to_owned(), new_key());
    begun.prepare(&provider, begun.claims(&provider, "A201"));
    assert_eq!(get_page(&server, &begun.path(), &begun.cookie).await.0, 303);
    server.stop().await;

    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let server = bridge(&company, &issuer).await;
    assert_eq!(get_page(&server, "/v1/oidc/start", "").await.0, 502, "the bridge itself runs");
    server.stop().await;

    let server = start(&company, &Config::default(), None).await;
    assert_eq!(get_page(&server, "/v1/oidc/start", "").await.0, 404, "not set");
    server.stop().await;
}
