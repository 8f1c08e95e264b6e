//! Secrets of sources.

use std::fmt;

use serde::Deserialize;
use shared::exit::Failure;
use shared::message;

/// A secret that neither a log nor a debug print shows.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// Reads a secret from the environment: the command line is visible to every user of the machine.
    ///
    /// # Errors
    /// 78: the variable is not set or empty.
    pub fn from_env(variable: &str) -> Result<Self, Failure> {
        match std::env::var(variable) {
            Ok(secret) if !secret.is_empty() => Ok(Self::new(secret)),
            _ => Err(Failure::config(message!(
                "環境変数 {variable} が設定されていません。PBX のパスワードを設定してください",
                "{variable} is not set; put the PBX's secret there",
                variable = variable,
            ))),
        }
    }

    /// The secret itself, for the one place that needs it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
