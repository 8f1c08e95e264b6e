//! The provider: its addresses and keys, and the requests to it.
//!
//! No lock is held while a request is under way. Whoever needs the addresses and keys while they are read waits for that
//! one reading, and learns its result at the same time as everybody else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use serde::Deserialize;
use shared::exit::Failure;

use super::error::OidcError;
use super::form::{encoded, form};
use super::settings::OidcConfig;
use super::token::Keys;
use crate::outgoing::{Http, check_url};
use crate::source::{Connector, Secret};

/// How long the provider's addresses and keys are kept, in minutes.
const METADATA_MINUTES: i64 = 60;
/// Time-out of a request to the provider.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// The provider's addresses and keys.
#[derive(Debug, Clone)]
pub(super) struct Metadata {
    pub(super) authorization: String,
    token: String,
    jwks: String,
    pub(super) keys: Keys,
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

/// A reading of the addresses and keys that is under way.
type Reading = Shared<BoxFuture<'static, Result<Metadata, OidcError>>>;

/// What is known of the provider.
#[derive(Default)]
struct Known {
    metadata: Option<Metadata>,
    reading: Option<Reading>,
}

/// A provider and our registration with it.
pub(super) struct Provider {
    pub(super) config: OidcConfig,
    secret: Option<Secret>,
    remote: Arc<Remote>,
    known: Arc<Mutex<Known>>,
}

/// Where the provider is.
struct Remote {
    issuer: String,
    http: Http,
}

impl Provider {
    /// Sends no request yet.
    pub(super) fn new(config: OidcConfig) -> Result<Self, Failure> {
        let secret = config.secret()?;
        let http = Http::new(Connector::new(config.ca.as_deref())?, REQUEST_TIMEOUT);
        let remote = Arc::new(Remote { issuer: config.issuer.clone(), http });
        Ok(Self { config, secret, remote, known: Arc::default() })
    }

    /// Exchanges the code for the ID token.
    pub(super) async fn exchange(
        &self,
        metadata: &Metadata,
        code: &str,
        verifier: &str,
    ) -> Result<String, OidcError> {
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
        let body = self.remote.http.post_form(&metadata.token, &form(&fields), basic.as_deref()).await;
        let body = body.map_err(|cause| OidcError::Provider { place, cause })?;
        let answer: TokenAnswer = serde_json::from_slice(&body)
            .map_err(|_| OidcError::Provider { place, cause: "no id_token in the answer".to_owned() })?;
        Ok(answer.id_token)
    }

    /// The provider's addresses and keys, read again when they are old.
    pub(super) async fn metadata(&self, now: DateTime<Utc>) -> Result<Metadata, OidcError> {
        let reading = {
            let mut known = lock(&self.known);
            let fresh = |metadata: &&Metadata| metadata.read_at + TimeDelta::minutes(METADATA_MINUTES) > now;
            if let Some(metadata) = known.metadata.as_ref().filter(fresh) {
                return Ok(metadata.clone());
            }
            known.reading.get_or_insert_with(|| self.read(now)).clone()
        };
        reading.await
    }

    /// Begins to read, in a task of its own: it goes on when the one who asked first has gone.
    fn read(&self, now: DateTime<Utc>) -> Reading {
        let (remote, known) = (self.remote.clone(), self.known.clone());
        let reading = tokio::spawn(async move {
            let read = remote.discover(now).await;
            let mut known = lock(&known);
            known.reading = None;
            if let Ok(metadata) = &read {
                known.metadata = Some(metadata.clone());
            }
            read
        });
        let broken = |error: tokio::task::JoinError| {
            Err(OidcError::Provider { place: "(discovery)", cause: error.to_string() })
        };
        reading.map(move |read| read.unwrap_or_else(broken)).boxed().shared()
    }

    /// The same with the keys read again: the provider may have changed them.
    pub(super) async fn with_new_keys(&self, metadata: Metadata) -> Result<Metadata, OidcError> {
        let keys = self.remote.keys(&metadata.jwks).await?;
        let metadata = Metadata { keys, ..metadata };
        lock(&self.known).metadata = Some(metadata.clone());
        Ok(metadata)
    }
}

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    // Nothing can panic while the lock is held.
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Remote {
    async fn discover(&self, now: DateTime<Utc>) -> Result<Metadata, OidcError> {
        let failed = |cause: String| OidcError::Provider { place: "(discovery)", cause };
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let body = self.http.get(&url).await.map_err(failed)?;
        let found: Discovered = serde_json::from_slice(&body)
            .map_err(|e| failed(format!("not a discovery document, from column {}", e.column())))?;
        if found.issuer != self.issuer {
            return Err(failed(
                "its issuer is another one; oidc.issuer must equal it to the letter".to_owned(),
            ));
        }
        for url in [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri] {
            check_url(url).map_err(failed)?;
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

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_provider_that_hangs_makes_everybody_wait_at_the_same_time() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = OidcConfig {
            name: "x".to_owned(),
            issuer: format!("http://{}", silent.local_addr().unwrap()),
            client_id: "x".to_owned(),
            client_secret_env: None,
            redirect_url: "http://127.0.0.1:1/".to_owned(),
            claim: "x".to_owned(),
            ca: None,
        };
        let (provider, now) = (Provider::new(config).unwrap(), DateTime::UNIX_EPOCH);
        let began = Instant::now();
        let all = futures_util::future::join_all((0..20).map(|_| provider.metadata(now))).await;
        assert!(all.iter().all(Result::is_err));
        assert!(began.elapsed() < 2 * REQUEST_TIMEOUT, "{:?}", began.elapsed());
        assert!(lock(&provider.known).reading.is_none(), "the next one asks again");
    }
}
