//! The provider: its addresses and keys, and the requests to it.

use std::time::Duration;

use base64::Engine as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use shared::exit::Failure;
use tokio::sync::Mutex;

use super::error::OidcError;
use super::form::{encoded, form};
use super::http::{Http, check_url};
use super::settings::OidcConfig;
use super::token::Keys;
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

/// A provider and our registration with it.
pub(super) struct Provider {
    pub(super) config: OidcConfig,
    secret: Option<Secret>,
    http: Http,
    metadata: Mutex<Option<Metadata>>,
}

impl Provider {
    /// Sends no request yet.
    pub(super) fn new(config: OidcConfig) -> Result<Self, Failure> {
        let secret = config.secret()?;
        let http = Http::new(Connector::new(config.ca.as_deref())?, REQUEST_TIMEOUT);
        Ok(Self { config, secret, http, metadata: Mutex::new(None) })
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
        let body = self.http.post_form(&metadata.token, &form(&fields), basic.as_deref()).await;
        let body = body.map_err(|cause| OidcError::Provider { place, cause })?;
        let answer: TokenAnswer = serde_json::from_slice(&body)
            .map_err(|_| OidcError::Provider { place, cause: "no id_token in the answer".to_owned() })?;
        Ok(answer.id_token)
    }

    /// The provider's addresses and keys, read again when they are old.
    pub(super) async fn metadata(&self, now: DateTime<Utc>) -> Result<Metadata, OidcError> {
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

    /// The same with the keys read again: the provider may have changed them.
    pub(super) async fn with_new_keys(&self, metadata: Metadata) -> Result<Metadata, OidcError> {
        let keys = self.keys(&metadata.jwks).await?;
        let metadata = Metadata { keys, ..metadata };
        *self.metadata.lock().await = Some(metadata.clone());
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
