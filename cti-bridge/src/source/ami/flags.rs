//! Flags of `serve` that name an Asterisk.

use clap::Args;
use shared::exit::Failure;
use shared::message;

use super::AmiConfig;
use crate::source::Secret;

/// An Asterisk without a settings file.
#[derive(Debug, Args)]
pub(in crate::source) struct AmiFlags {
    /// Asterisk's manager interface. Without a PBX there are lookups only.
    #[arg(long, value_name = "HOST:PORT", requires = "ami_user")]
    ami: Option<String>,
    /// The manager user; the secret is taken from CHAKUDEN_AMI_SECRET.
    #[arg(long, value_name = "NAME")]
    ami_user: Option<String>,
}

impl AmiFlags {
    /// The settings that the flags give, on top of those of the settings file; `None` without flags.
    ///
    /// # Errors
    /// 64: a user without an address.
    pub(in crate::source) fn settings(
        &self,
        known: Option<&AmiConfig>,
    ) -> Result<Option<AmiConfig>, Failure> {
        match (&self.ami, &self.ami_user) {
            (Some(address), Some(user)) => {
                let mut settings = match known {
                    Some(known) => known.clone(),
                    None => AmiConfig::new(address, user, Secret::default()),
                };
                settings.address.clone_from(address);
                settings.user.clone_from(user);
                Ok(Some(settings))
            }
            (None, Some(_)) => Err(Failure::usage(message!(
                "--ami-user には --ami が必要です",
                "--ami-user is given without --ami",
            ))),
            _ => Ok(None),
        }
    }
}
