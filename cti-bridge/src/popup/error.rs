//! Why there is no profile.

use shared::message;
use shared::message::{Explain, Message};
use shared::phone::PhoneError;
use shared::store::StoreError;

use crate::protocol::{ErrorCode, Refusal};

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No customer, or no lead, has this code.
    #[error("no customer or lead has this code")]
    NotFound,
    /// The text is no number.
    #[error("{0}")]
    InvalidNumber(#[from] PhoneError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored card lacks a section or is no JSON.
    #[error("a stored card cannot be read ({0}); run: cti-bridge verify")]
    Card(#[from] serde_json::Error),
}

impl Explain for ProfileError {
    fn message(&self) -> Message {
        match self {
            Self::NotFound => {
                message!("このコードの顧客・見込顧客はありません", "no customer or lead has this code")
            }
            Self::InvalidNumber(reason) => reason.message(),
            Self::Store(StoreError::Busy { .. }) => {
                message!("元データが使用中です。もう一度お試しください", "the store is busy; try again")
            }
            Self::Store(_) | Self::Card(_) => {
                message!("元データを読み取れませんでした", "the store could not be read")
            }
        }
    }
}

impl ProfileError {
    /// The refusal that a client gets; the cause of an internal error goes into the log alone.
    #[must_use]
    pub fn refusal(&self, request_id: &str) -> Refusal {
        let code = match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::InvalidNumber(_) => ErrorCode::InvalidNumber,
            Self::Store(StoreError::Busy { .. }) => ErrorCode::Busy,
            Self::Store(_) | Self::Card(_) => {
                tracing::error!(request_id, error = %self, "a request failed");
                ErrorCode::Internal
            }
        };
        Refusal::new(code, self.message())
    }
}
