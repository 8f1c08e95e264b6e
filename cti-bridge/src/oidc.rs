//! Single sign-on by OpenID Connect: authorization code with PKCE, state and nonce (`docs/security.md`).
//!
//! The bridge is a relying party only: the provider says who somebody is, and the bridge finds the agent of that name.
//! `http` sends requests to the provider, `token` checks ID tokens without any I/O, and this file connects the two.

mod http;
mod signature;
mod token;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::exit::Failure;
use shared::message;

use crate::source::{Connector, Secret};
use http::Http;
use token::{Expected, Keys};

/// Sign-ins in progress; when there are more, the oldest is dropped.
const PENDING_MAX: usize = 1_000;
/// How long a sign-in may take at the provider, in minutes.
const PENDING_MINUTES: i64 = 10;
/// How long the provider's addresses and keys are kept, in minutes.
const METADATA_MINUTES: i64 = 60;
/// Time-out of a request to the provider.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// The provider, and how the bridge is registered with it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// Its name on the sign-in page.
    pub name: String,
    /// The provider's issuer identifier: `https://login.example.com`.
    pub issuer: String,
    /// Our id with the provider.
    pub client_id: String,
    /// The environment variable with the client secret; without it the client is public.
    #[serde(default)]
    pub client_secret_env: Option<String>,
    /// Our callback as registered with the provider: `https://cti.example.com/v1/oidc/callback`.
    pub redirect_url: String,
    /// The claim that contains the agent's code.
    #[serde(default = "default_claim")]
    pub claim: String,
    /// The authorities of the provider's certificate (PEM); without it the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

fn default_claim() -> String {
    "preferred_username".to_owned()
}

/// Why a sign-in failed. The text is for the log and names no person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The provider cannot be reached, or its answer is invalid.
    #[error("the sign-on service {place} failed: {cause}")]
    Provider {
        /// Which request.
        place: &'static str,
        /// The cause.
        cause: String,
    },
    /// The callback belongs to no sign-in that this browser started.
    #[error("this browser started no such sign-in, or it took longer than {PENDING_MINUTES} minutes")]
    UnknownState,
    /// The provider or the person refused.
    #[error("the sign-on service refused")]
    Refused,
    /// The ID token is not valid here.
    #[error("the ID token is not valid: {0}")]
    Token(&'static str),
}

/// The provider's addresses and keys.
#[derive(Debug, Clone)]
struct Metadata {
    authorization: String,
    token: String,
    jwks: String,
    keys: Keys,
    read_at: DateTime<Utc>,
}

/// The provider's discovery document.
#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

/// A sign-in in progress.
#[derive(Debug)]
struct Pending {
    browser: String,
    nonce: String,
    verifier: String,
    expires: DateTime<Utc>,
}

/// The start of a sign-in.
#[derive(Debug)]
pub(crate) struct Started {
    /// Where the browser is sent.
    pub(crate) url: String,
    /// The cookie that binds the callback to this browser.
    pub(crate) browser: String,
}

/// The provider's answer, which comes through the browser.
#[derive(Debug, Deserialize)]
pub(crate) struct Callback {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// The relying party.
pub(crate) struct Oidc {
    config: OidcConfig,
    secret: Option<Secret>,
    http: Http,
    metadata: tokio::sync::Mutex<Option<Metadata>>,
    pending: Mutex<HashMap<String, Pending>>,
}

impl Oidc {
    /// Sends no request yet: the bridge starts even when the provider is down.
    ///
    /// # Errors
    /// 78: an address is invalid, the secret is not set, or the authorities cannot be read.
    pub(crate) fn new(config: OidcConfig) -> Result<Self, Failure> {
        for (key, url) in [("issuer", &config.issuer), ("redirect_url", &config.redirect_url)] {
            http::check_url(url).map_err(|_| wrong_url(key, url))?;
        }
        let secret = config.client_secret_env.as_deref().map(client_secret).transpose()?;
        let http = Http::new(Connector::new(config.ca.as_deref())?, REQUEST_TIMEOUT);
        Ok(Self { config, secret, http, metadata: tokio::sync::Mutex::new(None), pending: Mutex::default() })
    }

    /// The provider's name on the sign-in page.
    pub(crate) fn name(&self) -> &str {
        &self.config.name
    }

    /// Starts a sign-in.
    pub(crate) async fn start(&self, now: DateTime<Utc>) -> Result<Started, OidcError> {
        let metadata = self.metadata(now).await?;
        let [state, nonce, verifier, browser] = [random()?, random()?, random()?, random()?];
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let fields = [
            ("response_type", "code"),
            ("client_id", &self.config.client_id),
            ("redirect_uri", &self.config.redirect_url),
            ("scope", "openid profile email"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let joint = if metadata.authorization.contains('?') { '&' } else { '?' };
        let url = format!("{}{joint}{}", metadata.authorization, form(&fields));
        let expires = now + TimeDelta::minutes(PENDING_MINUTES);
        self.remember(state, Pending { browser: browser.clone(), nonce, verifier, expires }, now);
        Ok(Started { url, browser })
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<String, Pending>> {
        // Nothing can panic while the lock is held.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, state: String, begun: Pending, now: DateTime<Utc>) {
        let mut pending = self.pending();
        if pending.len() >= PENDING_MAX {
            pending.retain(|_, pending| pending.expires > now);
        }
        if pending.len() >= PENDING_MAX {
            let oldest =
                pending.iter().min_by_key(|(_, pending)| pending.expires).map(|(state, _)| state.clone());
            oldest.and_then(|state| pending.remove(&state));
        }
        pending.insert(state, begun);
    }

    /// Finishes a sign-in: the value of the claim that contains the agent's code.
    pub(crate) async fn finish(
        &self,
        callback: Callback,
        browser: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<String, OidcError> {
        // A state is valid for one callback, whether that succeeds or not.
        let begun = callback.state.and_then(|state| self.pending().remove(&state));
        let begun = begun
            .filter(|pending| pending.expires > now && browser == Some(pending.browser.as_str()))
            .ok_or(OidcError::UnknownState)?;
        let (None, Some(code)) = (callback.error, callback.code) else { return Err(OidcError::Refused) };
        let metadata = self.metadata(now).await?;
        let id_token = self.exchange(&metadata, &code, &begun.verifier).await?;
        let expected = Expected {
            issuer: &self.config.issuer,
            client_id: &self.config.client_id,
            nonce: &begun.nonce,
            claim: &self.config.claim,
            now,
        };
        match token::check(&id_token, &metadata.keys, &expected) {
            // The provider may have changed its keys.
            Err(OidcError::Token(token::UNKNOWN_KEY)) => {
                let keys = self.keys(&metadata.jwks).await?;
                let checked = token::check(&id_token, &keys, &expected);
                *self.metadata.lock().await = Some(Metadata { keys, ..metadata });
                checked
            }
            checked => checked,
        }
    }

    /// Exchanges the code for the ID token.
    async fn exchange(&self, metadata: &Metadata, code: &str, verifier: &str) -> Result<String, OidcError> {
        let place = "(token endpoint)";
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.config.redirect_url),
            ("client_id", &self.config.client_id),
            ("code_verifier", verifier),
        ];
        let basic = self.secret.as_ref().map(|secret| {
            // RFC 6749 section 2.3.1: both are form-encoded before they are joined.
            let (id, secret) = (encoded(&self.config.client_id), encoded(secret.expose()));
            base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"))
        });
        let body = self.http.post_form(&metadata.token, &form(&fields), basic.as_deref()).await;
        let body = body.map_err(|cause| OidcError::Provider { place, cause })?;
        let answer: TokenAnswer = serde_json::from_slice(&body)
            .map_err(|_| OidcError::Provider { place, cause: "no id_token in the answer".to_owned() })?;
        Ok(answer.id_token)
    }

    async fn metadata(&self, now: DateTime<Utc>) -> Result<Metadata, OidcError> {
        let mut known = self.metadata.lock().await;
        if let Some(metadata) =
            known.as_ref().filter(|m| m.read_at + TimeDelta::minutes(METADATA_MINUTES) > now)
        {
            return Ok(metadata.clone());
        }
        let metadata = self.discover(now).await?;
        *known = Some(metadata.clone());
        Ok(metadata)
    }

    async fn discover(&self, now: DateTime<Utc>) -> Result<Metadata, OidcError> {
        let failed = |cause: String| OidcError::Provider { place: "(discovery)", cause };
        let url = format!("{}/.well-known/openid-configuration", self.config.issuer.trim_end_matches('/'));
        let body = self.http.get(&url).await.map_err(failed)?;
        let found: Discovered = serde_json::from_slice(&body)
            .map_err(|e| failed(format!("not a discovery document, from column {}", e.column())))?;
        if found.issuer != self.config.issuer {
            return Err(failed(
                "its issuer is another one; oidc.issuer must equal it to the letter".to_owned(),
            ));
        }
        for url in [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri] {
            http::check_url(url).map_err(failed)?;
        }
        let keys = self.keys(&found.jwks_uri).await?;
        let Discovered {
            authorization_endpoint: authorization, token_endpoint: token, jwks_uri: jwks, ..
        } = found;
        Ok(Metadata { authorization, token, jwks, keys, read_at: now })
    }

    async fn keys(&self, url: &str) -> Result<Keys, OidcError> {
        let failed = |cause: String| OidcError::Provider { place: "(keys)", cause };
        let body = self.http.get(url).await.map_err(failed)?;
        Keys::parse(&body).ok_or_else(|| failed("not a set of keys".to_owned()))
    }
}

fn wrong_url(key: &str, url: &str) -> Failure {
    Failure::config(message!(
        "[oidc] の {key} = {url} は使えません。https://ホスト名/… の形で指定してください",
        "oidc.{key} is {url}; write an encrypted address: https://host/path",
        key = key,
        url = url,
    ))
}

fn client_secret(variable: &str) -> Result<Secret, Failure> {
    match std::env::var(variable) {
        Ok(secret) if !secret.is_empty() => Ok(Secret::new(secret)),
        _ => Err(Failure::config(message!(
            "環境変数 {variable} が設定されていません。シングルサインオンのクライアントシークレットを設定してください",
            "{variable} is not set; put the client secret of the single sign-on there",
            variable = variable,
        ))),
    }
}

/// 32 random bytes as text that is valid in a URL.
fn random() -> Result<String, OidcError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|e| OidcError::Provider { place: "(randomness)", cause: e.to_string() })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// `application/x-www-form-urlencoded`.
fn form(fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    fields.join("&")
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
