//! Refusals: why a request gets no data.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use shared::lang::Lang;
use shared::message;
use shared::message::Message;

use super::ErrorCode;

/// When to try again what was refused because others were served.
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// Why a request gets no data: a code for programs and a sentence for people, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: ErrorCode,
    /// The sentence.
    pub message: Message,
    /// When to try again, for clients that ask too often or at a busy moment.
    pub retry_after: Option<Duration>,
}

/// A refusal as it is written.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorBody<'a> {
    code: ErrorCode,
    message: &'a str,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: ErrorCode, message: impl Into<Message>) -> Self {
        let retry_after = (code == ErrorCode::Busy).then_some(BUSY_WAIT);
        Self { code, message: message.into(), retry_after }
    }

    /// The client asks too often; the next request may come after this wait.
    #[must_use]
    pub fn rate_limited(wait: Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1_000).max(1);
        let message = message!(
            "要求の回数が多すぎます。{seconds} 秒後にもう一度お試しください",
            "too many requests; try again in {seconds} s",
            seconds = seconds
        );
        Self { retry_after: Some(wait), ..Self::new(ErrorCode::RateLimited, message) }
    }

    /// The token is wrong, expired or revoked.
    pub(crate) fn invalid_token() -> Self {
        let message = message!(
            "トークンが正しくないか、有効期限が切れています。サインインし直してください",
            "this token is not valid"
        );
        Self::new(ErrorCode::Unauthorized, message)
    }

    /// Too many lookups wait.
    pub(crate) fn queue_full() -> Self {
        let message =
            message!("検索が混み合っています。もう一度お試しください", "the lookup queue is full; try again");
        Self::new(ErrorCode::Busy, message)
    }

    /// The store did not answer in time.
    pub(crate) fn timeout() -> Self {
        let message = message!(
            "元データの応答が間に合いませんでした。もう一度お試しください",
            "the store did not answer in time; try again"
        );
        Self::new(ErrorCode::Timeout, message)
    }

    /// A field that is missing or has a wrong value.
    pub(crate) fn field(name: &str, expected: &Message) -> Self {
        let message = message!(
            "`{name}` の値が正しくありません({expected})",
            "`{name}` must be {expected}",
            name = name,
            expected = *expected
        );
        Self::new(ErrorCode::BadRequest, message)
    }

    /// The refusal in a language, ready to be written.
    #[must_use]
    pub fn body(&self, lang: Lang) -> ErrorBody<'_> {
        ErrorBody { code: self.code, message: self.message.text(lang) }
    }
}
