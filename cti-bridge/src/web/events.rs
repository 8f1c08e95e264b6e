//! `POST /v1/events/NAME`: events of cloud telephony (`docs/webhook.md`).

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use shared::message;
use shared::message::Explain as _;

use super::accept::Peer;
use super::{body, language, origin};
use crate::app::App;
use crate::metrics::Kind;
use crate::source::webhook::{Receipt, WebhookError, WebhookSource};

/// What happened to an event.
#[derive(Serialize)]
struct EventAnswer {
    status: &'static str,
    /// Why it was ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// Events of the webhook with this name.
pub(super) async fn named(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let source = app.webhooks.get(&name).cloned();
    answer(&app, peer, source, request).await
}

/// Events of the only webhook.
pub(super) async fn only(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Response {
    let mut all = app.webhooks.values();
    let source = all.next().filter(|_| all.next().is_none()).cloned();
    answer(&app, peer, source, request).await
}

async fn answer(app: &App, peer: Peer, source: Option<Arc<WebhookSource>>, request: Request) -> Response {
    let (parts, unread) = request.into_parts();
    let lang = language::of(&parts.headers);
    if let Err((status, message)) = origin::check(&parts.headers, &app.allowed_origins) {
        return refuse(status, "forbidden", message.text(lang));
    }
    let Some(source) = source else {
        let message = message!("この名前の Webhook はありません", "there is no webhook of this name");
        return refuse(StatusCode::NOT_FOUND, "not_found", message.text(lang));
    };
    let body = match body::read(app, peer, unread, source.body_bytes_max(), lang).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let (signature, timestamp) = source.header_names();
    let taken = source.receive(&body, header(&parts.headers, signature), header(&parts.headers, timestamp));
    let outcome = match &taken {
        Ok(Receipt::Accepted) => "new",
        Ok(Receipt::Ignored(_)) => "ignored",
        Err(WebhookError::Unauthorized) => "unauthorized",
        Err(WebhookError::BadRequest(_)) => "bad_request",
        Err(WebhookError::Busy) => "busy",
    };
    app.metrics.webhook_events.get_or_create(&Kind { kind: outcome }).inc();
    match taken {
        Ok(taken) => {
            let answer = match taken {
                Receipt::Accepted => EventAnswer { status: "taken", reason: None },
                Receipt::Ignored(why) => EventAnswer { status: "ignored", reason: Some(why.word()) },
            };
            (StatusCode::ACCEPTED, Json(answer)).into_response()
        }
        Err(error) => {
            let (status, code) = match error {
                WebhookError::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
                WebhookError::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad_request"),
                WebhookError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            };
            let mut response = refuse(status, code, error.message().text(lang));
            if status == StatusCode::SERVICE_UNAVAILABLE {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            response
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|_| !name.is_empty())
}

/// The body of a refusal.
#[derive(Serialize)]
struct ErrorAnswer<'a> {
    error: EventError<'a>,
}

#[derive(Serialize)]
struct EventError<'a> {
    code: &'a str,
    message: &'a str,
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(ErrorAnswer { error: EventError { code, message } })).into_response()
}
