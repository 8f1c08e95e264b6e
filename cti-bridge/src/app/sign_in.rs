//! Tokens and passwords against the failures so far. A token is looked at before any limit, so that a valid one is never
//! refused because of what others did from the same address.

use std::net::IpAddr;
use std::sync::{MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use shared::store::{Reader, SignIn, StoreError};

use super::App;
use crate::lookup::Asker;
use crate::popup::ProfileError;
use crate::protocol::Refusal;
use crate::throttle::{Guess, SignIns};

/// A token that is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidToken {
    /// Its identity, if it was given out once.
    ended: Option<String>,
}

/// The agent of a token.
///
/// # Errors
/// The store failed; inside: the token is not valid.
pub(crate) fn holder(
    reader: &mut Reader,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Result<SignIn, InvalidToken>, StoreError> {
    match reader.signed_in(token, now)? {
        Some(signed_in) => Ok(Ok(signed_in)),
        None => Ok(Err(InvalidToken { ended: reader.known_token(token)? })),
    }
}

impl App {
    /// The agent of a token.
    ///
    /// # Errors
    /// `unauthorized`; `rate_limited` after too many of its kind; or the store cannot be read.
    pub(crate) async fn sign_in_with(&self, token: String, peer: IpAddr) -> Result<SignIn, Refusal> {
        let now = self.clock.now();
        let found = self
            .read(&Asker::at(peer), move |reader| holder(reader, &token, now).map_err(ProfileError::from))
            .await?;
        self.counted(found, peer)
    }

    /// What was found for a token, after it has been counted.
    ///
    /// # Errors
    /// `unauthorized`, or `rate_limited` after too many of its kind.
    pub(crate) fn counted<T>(&self, found: Result<T, InvalidToken>, peer: IpAddr) -> Result<T, Refusal> {
        match found {
            Ok(found) => {
                self.sign_ins().valid_token(peer);
                Ok(found)
            }
            Err(InvalidToken { ended }) => {
                let counted = self.sign_ins().invalid_token(ended.as_deref(), peer, self.clock.now());
                Err(counted.map_or_else(Refusal::rate_limited, |()| Refusal::invalid_token()))
            }
        }
    }

    /// Checks whether a password may be tried now.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn may_guess(&self, guess: Guess<'_>) -> Result<(), Refusal> {
        self.sign_ins().check(guess, self.clock.now()).map_err(Refusal::rate_limited)
    }

    /// Counts a password that was tried.
    pub(crate) fn guessed(&self, guess: Guess<'_>, right: bool) {
        let (now, mut sign_ins) = (self.clock.now(), self.sign_ins());
        match right {
            true => sign_ins.right_password(guess),
            false => sign_ins.wrong_password(guess, now),
        }
    }

    fn sign_ins(&self) -> MutexGuard<'_, SignIns> {
        // Nothing can panic while the lock is held.
        self.failed_sign_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
