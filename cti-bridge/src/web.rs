//! HTTP: the agent page, the WebSocket, the lookup for other systems, health and metrics.

pub(crate) mod accept;
mod admit;
mod assets;
mod body;
mod device;
mod events;
mod health;
mod language;
mod oidc;
mod origin;
mod sign_in;
mod upgrade;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, REFERRER_POLICY,
    RETRY_AFTER, STRICT_TRANSPORT_SECURITY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde::{Deserialize, Serialize};
use shared::lang::Lang;
use shared::message;
use shared::store::AuditAction;

use crate::app::App;
use crate::app::sign_in::holder;
use crate::lookup::Asker;
use crate::metrics::Kind;
use crate::permission::Permission;
use crate::popup::{self, SeenProfile, Subject};
use crate::protocol::{ErrorBody, ErrorCode, Refusal};
use accept::Peer;

/// Nothing but our own files and our own address; no frames around us, nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

const JSON: &str = "application/json";

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(|headers: HeaderMap| async move { assets::serve("index.html", &headers) }))
        .route(
            "/{*file}",
            get(|Path(file): Path<String>, headers: HeaderMap| async move { assets::serve(&file, &headers) }),
        )
        .route("/ws", get(upgrade::handle))
        .route("/v1/customers/lookup", get(lookup))
        .route("/v1/sign-in", post(sign_in::sign_in))
        .route("/v1/sign-in/options", get(sign_in::options))
        .route("/v1/oidc/start", get(oidc::start))
        .route("/v1/oidc/callback", get(oidc::callback))
        .route("/v1/sign-out", post(sign_in::sign_out))
        .route("/v1/events", post(events::only))
        .route("/v1/events/{name}", post(events::named))
        .route("/healthz", get(health::ready))
        .route("/livez", get(health::alive))
        .route("/metrics", get(metrics))
        .fallback(|| async { assets::not_found() })
        .layer(middleware::from_fn_with_state(app.clone(), admit::admit))
        .layer(middleware::from_fn_with_state(app.clone(), secure))
        .with_state(app)
}

/// Headers that every response has.
async fn secure(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers
        .insert("permissions-policy", HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    if app.tls.is_some() {
        // A browser that came encrypted once does so for a year, even if a link says otherwise.
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whom to look up.
#[derive(Deserialize)]
struct LookupQuery {
    number: Option<String>,
    customer_code: Option<String>,
}

async fn lookup(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    query: Result<Query<LookupQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    match answer_lookup(&app, peer, &headers, query.ok()).await {
        Ok(seen) => Json(seen).into_response(),
        Err(refusal) => refused(&app, &refusal, language::of(&headers)),
    }
}

async fn answer_lookup(
    app: &App,
    peer: IpAddr,
    headers: &HeaderMap,
    query: Option<Query<LookupQuery>>,
) -> Result<SeenProfile, Refusal> {
    let token = bearer(headers)?;
    let subject = match query.map(|Query(q)| (q.number, q.customer_code)) {
        Some((Some(number), None)) => Subject::Number(number),
        Some((None, Some(code))) => Subject::Customer(code),
        _ => {
            let message = message!(
                "`number` か `customer_code` のどちらか1つを指定してください",
                "either `number` or `customer_code` must be given"
            );
            return Err(Refusal::new(ErrorCode::BadRequest, message));
        }
    };
    let (now, today) = (app.clock.now(), app.clock.today());
    let (policy, audit, lookup_rates) = (app.policy, app.audit.clone(), app.lookup_rates.clone());
    // An agent without the permission is refused before anything is looked up.
    let found = app
        .read(&Asker::at(peer), move |reader| {
            let signed_in = match holder(reader, &token, now)? {
                Ok(signed_in) => signed_in,
                Err(invalid) => return Ok(Err(invalid)),
            };
            let (actor, permissions) = (signed_in.agent.agent_code, policy.of(signed_in.agent.role.as_str()));
            if let Err(refusal) = permissions.require(Permission::Lookup) {
                audit.note(&actor, AuditAction::Forbidden, None, Some(Permission::Lookup.word().to_owned()));
                return Ok(Ok(Err(refusal)));
            }
            if let Err(refusal) = lookup_rates.take(&actor, now) {
                return Ok(Ok(Err(refusal)));
            }
            let profile = match popup::by_subject(reader, &subject, today) {
                Ok(profile) => profile,
                Err(error) => return Ok(Ok(Err(error.refusal("")))),
            };
            audit.note(&actor, AuditAction::Lookup, profile.code(), Some("http".to_owned()));
            Ok(Ok(Ok((profile, permissions))))
        })
        .await?;
    let (profile, permissions) = app.counted(found, peer)??;
    app.metrics.lookups.get_or_create(&Kind { kind: profile.kind.word() }).inc();
    Ok(SeenProfile { profile, permissions })
}

/// The value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|value| value.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    pairs.find_map(|(known, value)| (known == name).then_some(value))
}

/// The attribute of a cookie that is sent over encrypted connections only, where the bridge itself encrypts. Where a proxy
/// does, the cookie is a little weaker, and still works.
fn secure_attribute(app: &App) -> &'static str {
    if app.tls.is_some() { "; Secure" } else { "" }
}

/// The token of `Authorization: Bearer TOKEN` (RFC 6750 section 2.1).
fn bearer(headers: &HeaderMap) -> Result<String, Refusal> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    value
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned())
        .ok_or_else(|| {
            let message = message!(
                "トークンを `Authorization: Bearer TOKEN` で送ってください",
                "send the token as `Authorization: Bearer TOKEN`"
            );
            Refusal::new(ErrorCode::Unauthorized, message)
        })
}

/// The body of a refusal.
#[derive(Serialize)]
struct ErrorAnswer<'a> {
    error: ErrorBody<'a>,
}

fn refused(app: &App, refusal: &Refusal, lang: Lang) -> Response {
    app.metrics.frames_refused.get_or_create(&Kind { kind: refusal.code.word() }).inc();
    let status = match refusal.code {
        ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Busy | ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Timeout | ErrorCode::Internal => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut response = (status, Json(ErrorAnswer { error: refusal.body(lang) })).into_response();
    if let Some(wait) = refusal.retry_after {
        let seconds = wait.as_millis().div_ceil(1_000).max(1).to_string();
        if let Ok(seconds) = HeaderValue::from_str(&seconds) {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
    }
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    app.health.store(&app.metrics);
    ([(CONTENT_TYPE, kind)], app.metrics.encode()).into_response()
}
