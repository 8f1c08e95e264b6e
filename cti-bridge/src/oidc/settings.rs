//! The `[oidc]` table of the settings.

use std::path::PathBuf;

use shared::exit::Failure;
use shared::message;
use shared::message::Label;
use shared::settings_reader::{Table, Value};

use crate::outgoing::check_url;
use crate::source::{Secret, secret_variable};

const URL: Label =
    Label::new("https://ホスト名/… の形で書いてください", "must be an encrypted address: https://host/path");

/// The provider, and how the bridge is registered with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcConfig {
    /// Its name on the sign-in page.
    pub name: String,
    /// The provider's issuer identifier: `https://login.example.com`.
    pub issuer: String,
    /// Our id with the provider.
    pub client_id: String,
    /// The environment variable with the client secret; without it the client is public.
    pub client_secret_env: Option<String>,
    /// Our callback as registered with the provider: `https://cti.example.com/v1/oidc/callback`.
    pub redirect_url: String,
    /// The claim that contains the agent's code.
    pub claim: String,
    /// The authorities of the provider's certificate (PEM); without it the system's.
    pub ca: Option<PathBuf>,
}

impl OidcConfig {
    /// Reads `[oidc]`; `None` where a mistake was noted.
    pub(crate) fn read(table: &Table<'_>) -> Option<Self> {
        table.fields(|fields| {
            let name = fields.needed("name", Value::name);
            let issuer = fields.needed("issuer", url);
            let client_id = fields.needed("client_id", Value::name);
            let redirect_url = fields.needed("redirect_url", url);
            let (mut client_secret_env, mut claim, mut ca) = (None, "preferred_username".to_owned(), None);
            fields.set("client_secret_env", &mut client_secret_env, |value| secret_variable(value).map(Some));
            fields.set("claim", &mut claim, Value::name);
            fields.set("ca", &mut ca, |value| value.file().map(Some));
            Some(Self {
                name: name?,
                issuer: issuer?,
                client_id: client_id?,
                client_secret_env,
                redirect_url: redirect_url?,
                claim,
                ca,
            })
        })
    }

    /// The client secret; `None` for a public client.
    pub(super) fn secret(&self) -> Result<Option<Secret>, Failure> {
        self.client_secret_env.as_deref().map(client_secret).transpose()
    }
}

fn url(value: &Value<'_>) -> Option<String> {
    value.parsed(URL, |text| check_url(text).ok().map(|_| text.to_owned()))
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
