//! Signing in with a password, and out again (`docs/security.md`).

use std::net::IpAddr;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use shared::store::{SignIn, StoreError, TokenKind};

use super::accept::Peer;
use super::{JSON, bearer, origin, refused};
use crate::agent::protocol::{ErrorCode, Refusal, push_json_str, stamp};
use crate::audit::Action;
use crate::password::PASSWORD_BYTES_MAX;
use crate::popup::ProfileError;
use crate::server::App;

/// The largest body of a sign-in. Bytes.
const BODY_BYTES_MAX: usize = 4 * 1024;
/// The longest agent code.
const CODE_CHARS_MAX: usize = 64;

/// What a sign-in with a password says.
#[derive(Deserialize)]
struct Credentials {
    agent_code: String,
    password: String,
}

/// Which ways of signing in there are. Nobody is asked for a password who cannot have one.
pub(super) async fn options(State(app): State<Arc<App>>) -> Response {
    let any = app.read(|reader| reader.has_passwords().map_err(ProfileError::from)).await;
    let passwords = app.sign_in.passwords && any.unwrap_or(true);
    let mut oidc = String::new();
    match &app.oidc {
        Some(provider) => {
            oidc.push_str("{\"name\":");
            push_json_str(&mut oidc, provider.name());
            oidc.push_str(",\"url\":\"/v1/oidc/start\"}");
        }
        None => oidc.push_str("null"),
    }
    let body = format!("{{\"token\":true,\"password\":{passwords},\"oidc\":{oidc}}}");
    ([(CONTENT_TYPE, JSON)], body).into_response()
}

/// `POST /v1/sign-in`.
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(refused) = origin::check(&parts.headers, &app.allowed_origins) {
        return refused.into_response();
    }
    let credentials = match credentials(&parts.headers, body).await {
        Ok(credentials) => credentials,
        Err(refusal) => return refused(&app, &refusal),
    };
    match with_password(&app, peer, credentials).await {
        Ok(body) => ([(CONTENT_TYPE, JSON)], body).into_response(),
        Err(refusal) => refused(&app, &refusal),
    }
}

/// Only JSON that says so: a form of another site cannot send that without asking first.
async fn credentials(headers: &HeaderMap, body: Body) -> Result<Credentials, Refusal> {
    let bad = |message: &'static str| Refusal::new(ErrorCode::BadRequest, message);
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().is_none_or(|kind| !kind.trim().eq_ignore_ascii_case(JSON)) {
        return Err(bad("send `content-type: application/json`"));
    }
    let too_large = || Refusal::new(ErrorCode::TooLarge, "the body is over 4096 bytes, or broke off");
    let body = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| too_large())?;
    // The parser's own words may quote the password.
    let credentials: Credentials = serde_json::from_slice(&body)
        .map_err(|_| bad("send an object with the strings `agent_code` and `password`"))?;
    let code_fits = (1..=CODE_CHARS_MAX).contains(&credentials.agent_code.chars().count());
    if !code_fits || credentials.password.len() > PASSWORD_BYTES_MAX {
        return Err(bad("`agent_code` or `password` is empty or too long"));
    }
    Ok(credentials)
}

async fn with_password(app: &App, peer: IpAddr, credentials: Credentials) -> Result<String, Refusal> {
    let Credentials { agent_code, password } = credentials;
    if !app.sign_in.passwords {
        return Err(Refusal::new(ErrorCode::Forbidden, "passwords are switched off; sign in with a token"));
    }
    app.begin_sign_in(Some(&agent_code), peer)?;
    let code = agent_code.clone();
    let known = app.read(move |reader| {
        let hash = reader.password_hash(&code)?;
        Ok((reader.active_agent(&code)?.is_some(), hash))
    });
    let (is_agent, hash) = known.await?;
    if !app.passwords.check(password, hash).await? {
        // What is no agent's code may be anything, a password in the wrong field too, so it is not kept.
        let actor = if is_agent { agent_code.as_str() } else { "unknown" };
        app.audit.note(actor, Action::SignInRefused, None, Some(format!("password, from {peer}")));
        return Err(Refusal::new(ErrorCode::Unauthorized, "the agent code or the password is wrong"));
    }
    app.sign_in_succeeded(Some(&agent_code), peer);
    let session = open_session(app, &agent_code, &format!("password, from {peer}")).await?;
    let Session { token, expires_at } = session;
    Ok(format!("{{\"token\":\"{token}\",\"expires_at\":\"{}\"}}", stamp(expires_at)))
}

/// The token of a session that began, and when it ends.
pub(super) struct Session {
    pub(super) token: String,
    expires_at: DateTime<Utc>,
}

/// Makes the token of a session.
pub(super) async fn open_session(app: &App, agent_code: &str, how: &str) -> Result<Session, Refusal> {
    let now = app.clock.now();
    let expires_at = now + TimeDelta::hours(app.sign_in.session_hours.into());
    let code = agent_code.to_owned();
    let token = app.write(move |tx| tx.add_token(&code, TokenKind::Session, Some(expires_at), now)).await?;
    app.audit.note(agent_code, Action::SignIn, None, Some(how.to_owned()));
    Ok(Session { token, expires_at })
}

/// `POST /v1/sign-out`: ends a session and its sockets. A token that was given to somebody is that one's to keep: of
/// it only the sockets are closed.
pub(super) async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if let Err(refused) = origin::check(&headers, &app.allowed_origins) {
        return refused.into_response();
    }
    match end_session(&app, &headers).await {
        Ok(()) => (StatusCode::OK, [(CONTENT_TYPE, JSON)], "{}").into_response(),
        Err(refusal) => refused(&app, &refusal),
    }
}

async fn end_session(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    let token = bearer(headers)?;
    let now = app.clock.now();
    let found = app.read(move |reader| reader.signed_in(&token, now).map_err(ProfileError::from)).await?;
    let SignIn { agent, token_id, kind, .. } = found.ok_or_else(super::not_valid)?;
    if kind == TokenKind::Session {
        let id = token_id.clone();
        app.write(move |tx| tx.revoke_token(&id, now).map(|_| ())).await?;
    }
    app.watch.end(&[token_id]);
    app.audit.note(&agent.agent_code, Action::SignOut, None, None);
    Ok(())
}

impl App {
    /// Writes on a thread that may wait for the store.
    ///
    /// # Errors
    /// Busy, or our fault, which is logged.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut shared::store::Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let store = self.store.clone();
        let written = tokio::task::spawn_blocking(move || store.write(work)).await;
        let lost = |_| Refusal::new(ErrorCode::Internal, "the write was lost");
        written.map_err(lost)?.map_err(|error| ProfileError::from(error).refusal(""))
    }

    /// Begins a try to sign in.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub(crate) fn begin_sign_in(&self, agent_code: Option<&str>, peer: IpAddr) -> Result<(), Refusal> {
        let now = self.clock.now();
        self.sign_ins().begin(agent_code, peer, now).map_err(Refusal::rate_limited)
    }

    /// The try was the right one.
    pub(crate) fn sign_in_succeeded(&self, agent_code: Option<&str>, peer: IpAddr) {
        self.sign_ins().succeeded(agent_code, peer);
    }
}
