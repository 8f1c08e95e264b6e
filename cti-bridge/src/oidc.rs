//! Single sign-on by OpenID Connect: authorization code with PKCE, state and nonce (`docs/security.md`).
//!
//! The bridge is a relying party only: the provider identifies the user, and the bridge finds the agent with that code.
//! `provider` sends requests, `token` checks ID tokens without any I/O, and this file connects the two.

mod error;
mod form;
mod provider;
mod settings;
mod signature;
mod state;
mod token;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::exit::Failure;
use shared::message;

pub use error::OidcError;
use form::form;
use provider::Provider;
pub use settings::OidcConfig;
use state::{Start, States};
use token::Expected;

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
    provider: Provider,
    states: States,
}

impl Oidc {
    /// Sends no request yet: the bridge starts even when the provider is down.
    ///
    /// # Errors
    /// 78: an address is invalid, the secret is not set, or the authorities cannot be read. 70: the system gives no
    /// randomness.
    pub(crate) fn new(config: OidcConfig) -> Result<Self, Failure> {
        let states = States::new().map_err(|error| {
            Failure::software(message!(
                "乱数を取得できません({error})",
                "the system gives no random numbers: {error}",
                error = error
            ))
        })?;
        Ok(Self { provider: Provider::new(config)?, states })
    }

    /// The provider's name on the sign-in page.
    pub(crate) fn name(&self) -> &str {
        &self.provider.config.name
    }

    /// Starts a sign-in.
    pub(crate) async fn start(&self, now: DateTime<Utc>) -> Result<Started, OidcError> {
        let metadata = self.provider.metadata(now).await?;
        let config = &self.provider.config;
        let started = self.states.start(now);
        let Start { state, browser, begun } =
            started.map_err(|e| OidcError::Provider { place: "(randomness)", cause: e.to_string() })?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(begun.verifier.as_bytes()));
        let fields = [
            ("response_type", "code"),
            ("client_id", &config.client_id),
            ("redirect_uri", &config.redirect_url),
            ("scope", "openid profile email"),
            ("state", &state),
            ("nonce", &begun.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let joint = if metadata.authorization.contains('?') { '&' } else { '?' };
        let url = format!("{}{joint}{}", metadata.authorization, form(&fields));
        Ok(Started { url, browser })
    }

    /// Finishes a sign-in: the value of the claim that contains the agent's code.
    pub(crate) async fn finish(
        &self,
        callback: Callback,
        browser: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<String, OidcError> {
        let begun = callback.state.and_then(|state| self.states.find(&state, browser, now));
        let begun = begun.ok_or(OidcError::UnknownState)?;
        let (None, Some(code)) = (callback.error, callback.code) else { return Err(OidcError::Refused) };
        let metadata = self.provider.metadata(now).await?;
        let id_token = self.provider.exchange(&metadata, &code, &begun.verifier).await?;
        let config = &self.provider.config;
        let expected = Expected {
            issuer: &config.issuer,
            client_id: &config.client_id,
            nonce: &begun.nonce,
            claim: &config.claim,
            now,
        };
        let claim = match token::check(&id_token, &metadata.keys, &expected) {
            Err(OidcError::Token(token::UNKNOWN_KEY)) => {
                let metadata = self.provider.with_new_keys(metadata).await?;
                token::check(&id_token, &metadata.keys, &expected)
            }
            checked => checked,
        }?;
        self.states.use_up(&begun, now).then_some(claim).ok_or(OidcError::UnknownState)
    }
}
