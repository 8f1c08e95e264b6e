//! Why a sign-in failed.

use super::state::PENDING_MINUTES;

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
    #[error(
        "this browser started no such sign-in, it was finished before, or it took longer than {PENDING_MINUTES} minutes"
    )]
    UnknownState,
    /// The provider or the person refused.
    #[error("the sign-on service refused")]
    Refused,
    /// The ID token is not valid here.
    #[error("the ID token is not valid: {0}")]
    Token(&'static str),
}
