//! Reads the body of a request: limited in size and in time.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::StatusCode;
use axum::response::Response;
use shared::lang::Lang;
use shared::message;
use tokio::time::timeout;

use super::accept::Peer;
use crate::app::App;
use crate::protocol::{ErrorCode, Refusal};

/// Reads a whole body, or makes the answer that says why not.
#[expect(clippy::disallowed_methods, reason = "this is where the time is limited")]
pub(super) async fn read(
    app: &App,
    Peer(peer): Peer,
    body: Body,
    bytes_max: usize,
    lang: Lang,
) -> Result<Bytes, Response> {
    match timeout(app.http.body_timeout, to_bytes(body, bytes_max)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => {
            let message = message!(
                "本文が {max} バイトを超えているか、途中で切れています",
                "the body is over {max} bytes, or was cut off",
                max = bytes_max
            );
            Err(super::refused(app, &Refusal::new(ErrorCode::TooLarge, message), lang))
        }
        Err(_) => {
            app.refusals.note("http_body_timeout_ms", peer);
            let message =
                message!("本文の送信に時間がかかりすぎています", "the body took too long to arrive");
            let mut answer = super::refused(app, &Refusal::new(ErrorCode::Timeout, message), lang);
            *answer.status_mut() = StatusCode::REQUEST_TIMEOUT;
            Err(answer)
        }
    }
}
