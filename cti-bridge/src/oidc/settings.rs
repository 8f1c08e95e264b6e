//! The `[oidc]` table of the settings.

use std::path::PathBuf;

use serde::Deserialize;
use shared::exit::Failure;
use shared::message;

use super::http::check_url;
use crate::source::Secret;

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

impl OidcConfig {
    /// Checks the addresses.
    pub(super) fn check(&self) -> Result<(), Failure> {
        for (key, url) in [("issuer", &self.issuer), ("redirect_url", &self.redirect_url)] {
            check_url(url).map_err(|_| wrong_url(key, url))?;
        }
        Ok(())
    }

    /// The client secret; `None` for a public client.
    pub(super) fn secret(&self) -> Result<Option<Secret>, Failure> {
        self.client_secret_env.as_deref().map(client_secret).transpose()
    }
}

fn default_claim() -> String {
    "preferred_username".to_owned()
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
