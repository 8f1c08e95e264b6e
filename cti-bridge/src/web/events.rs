//! `POST /v1/events/NAME`: events of cloud telephony (`docs/webhook.md`).

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::JSON;
use crate::metrics::Kind;
use crate::server::App;
use crate::source::webhook::{Taken, WebhookError, WebhookSource};

/// To the sender of this name.
pub(super) async fn named(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let source = app.webhooks.get(&name).cloned();
    answer(&app, source, request).await
}

/// To the only sender that there is.
pub(super) async fn only(State(app): State<Arc<App>>, request: Request) -> Response {
    let mut all = app.webhooks.values();
    let source = all.next().filter(|_| all.next().is_none()).cloned();
    answer(&app, source, request).await
}

async fn answer(app: &App, source: Option<Arc<WebhookSource>>, request: Request) -> Response {
    let Some(source) = source else {
        return refuse(StatusCode::NOT_FOUND, "not_found", "no webhook of this name is set");
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, source.body_bytes_max()).await else {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is over body_bytes_max");
    };
    let (signature, timestamp) = source.header_names();
    let taken = source.take(&body, header(&parts.headers, signature), header(&parts.headers, timestamp));
    let outcome = match &taken {
        Ok(Taken::New) => "new",
        Ok(Taken::Ignored) => "ignored",
        Err(WebhookError::Unauthorized) => "unauthorized",
        Err(WebhookError::BadRequest(_)) => "bad_request",
        Err(WebhookError::Busy) => "busy",
    };
    app.metrics.webhook_events.get_or_create(&Kind { kind: outcome }).inc();
    match taken {
        Ok(taken) => {
            let word = if taken == Taken::New { "taken" } else { "ignored" };
            (StatusCode::ACCEPTED, [(CONTENT_TYPE, JSON)], format!("{{\"status\":\"{word}\"}}"))
                .into_response()
        }
        Err(error) => {
            let (status, code) = match error {
                WebhookError::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
                WebhookError::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad_request"),
                WebhookError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            };
            let mut response = refuse(status, code, &error.to_string());
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

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    let mut body = format!("{{\"error\":{{\"code\":\"{code}\",\"message\":");
    crate::agent::protocol::push_json_str(&mut body, message);
    body.push_str("}}");
    (status, [(CONTENT_TYPE, JSON)], body).into_response()
}
