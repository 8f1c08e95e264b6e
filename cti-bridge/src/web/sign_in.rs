//! Signing in with a password, and out again (`docs/security.md`).

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use shared::message;
use shared::store::{AuditAction, SignIn, StoreError, TokenKind};

use super::accept::Peer;
use super::{JSON, bearer, body, device, language, origin, refused, secure_attribute};
use crate::app::App;
use crate::lookup::Asker;
use crate::password::PASSWORD_BYTES_MAX;
use crate::popup::ProfileError;
use crate::protocol::{ErrorCode, Refusal, Stamp};
use crate::throttle::Guess;

/// The largest body of a sign-in. Bytes.
const BODY_BYTES_MAX: usize = 4 * 1024;
/// The longest agent code.
const CODE_CHARS_MAX: usize = 64;

/// The body of a sign-in with a password.
#[derive(Deserialize)]
struct Credentials {
    agent_code: String,
    password: String,
}

/// The ways to sign in.
#[derive(Serialize)]
struct SignInOptions<'a> {
    token: bool,
    password: bool,
    oidc: Option<OidcOption<'a>>,
}

/// Single sign-on.
#[derive(Serialize)]
struct OidcOption<'a> {
    name: &'a str,
    url: &'a str,
}

/// `GET /v1/sign-in/options`. The password is offered only if some agent has one.
pub(super) async fn options(State(app): State<Arc<App>>, Extension(Peer(peer)): Extension<Peer>) -> Response {
    let any = app.read(&Asker::at(peer), |reader| reader.has_passwords().map_err(ProfileError::from)).await;
    let passwords = app.sign_in.passwords && any.unwrap_or(true);
    let oidc = app.oidc.as_ref();
    let oidc = oidc.map(|provider| OidcOption { name: provider.name(), url: "/v1/oidc/start" });
    Json(SignInOptions { token: true, password: passwords, oidc }).into_response()
}

/// `POST /v1/sign-in`.
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Response {
    let (parts, unread) = request.into_parts();
    let lang = language::of(&parts.headers);
    if let Err(refused) = origin::check(&parts.headers, &app.allowed_origins) {
        return origin::answer(refused, lang);
    }
    if let Err(refusal) = check_kind(&parts.headers) {
        return refused(&app, &refusal, lang);
    }
    let body = match body::read(&app, peer, unread, BODY_BYTES_MAX, lang).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let signed_in = match credentials(&body) {
        Ok(credentials) => with_password(&app, peer.0, &parts.headers, credentials).await,
        Err(refusal) => Err(refusal),
    };
    match signed_in {
        Ok((session, Some(device))) => ([(SET_COOKIE, device)], Json(session)).into_response(),
        Ok((session, None)) => Json(session).into_response(),
        Err(refusal) => refused(&app, &refusal, lang),
    }
}

/// Only JSON with its content type: a form on another site cannot send that without a preflight request.
fn check_kind(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().is_none_or(|kind| !kind.trim().eq_ignore_ascii_case(JSON)) {
        let message = message!(
            "`content-type: application/json` で送ってください",
            "send `content-type: application/json`"
        );
        return Err(Refusal::new(ErrorCode::BadRequest, message));
    }
    Ok(())
}

fn credentials(body: &[u8]) -> Result<Credentials, Refusal> {
    let bad = |message| Refusal::new(ErrorCode::BadRequest, message);
    // The parser's message may quote the password.
    let credentials: Credentials = serde_json::from_slice(body).map_err(|_| {
        bad(message!(
            "文字列 `agent_code` と `password` を持つオブジェクトを送ってください",
            "send an object with the strings `agent_code` and `password`"
        ))
    })?;
    let code_fits = (1..=CODE_CHARS_MAX).contains(&credentials.agent_code.chars().count());
    if !code_fits || credentials.password.len() > PASSWORD_BYTES_MAX {
        return Err(bad(message!(
            "オペレーターコードまたはパスワードが空か、長すぎます",
            "`agent_code` or `password` is empty or too long"
        )));
    }
    Ok(credentials)
}

/// The session, and the cookie that remembers the device.
async fn with_password(
    app: &App,
    peer: IpAddr,
    headers: &HeaderMap,
    credentials: Credentials,
) -> Result<(Session, Option<String>), Refusal> {
    let Credentials { agent_code, password } = credentials;
    if !app.sign_in.passwords {
        let message = message!(
            "パスワードでのサインインは無効になっています。トークンでサインインしてください",
            "passwords are switched off; sign in with a token"
        );
        return Err(Refusal::new(ErrorCode::Forbidden, message));
    }
    let code = agent_code.clone();
    let asker = Asker::at(peer);
    let known = app.read(&asker, move |reader| {
        let hash = reader.password_hash(&code)?;
        Ok((reader.active_agent(&code)?.is_some(), hash))
    });
    let (is_agent, hash) = known.await?;
    let kept = hash.clone().unwrap_or_default();
    let device = device::of(headers, &agent_code, &kept, app.clock.now());
    let guess = Guess { agent_code: &agent_code, device, address: peer };
    app.may_guess(guess)?;
    let turn = app.passwords.turn().await?;
    // Others may have failed meanwhile, and have been counted.
    app.may_guess(guess)?;
    let right = turn.check(password, hash).await?;
    app.guessed(guess, right);
    if !right {
        // An unknown code may be anything, also a password in the wrong field, so it is not kept.
        let actor = if is_agent { agent_code.as_str() } else { "unknown" };
        app.audit.note(actor, AuditAction::SignInRefused, None, Some(format!("password, from {peer}")));
        let message = message!(
            "オペレーターコードまたはパスワードが違います",
            "the agent code or the password is wrong"
        );
        return Err(Refusal::new(ErrorCode::Unauthorized, message));
    }
    let session = open_session(app, &agent_code, &format!("password, from {peer}")).await?;
    Ok((session, device::remember(device, &agent_code, &kept, app.clock.now(), secure_attribute(app))))
}

/// The token of a session, and when it ends.
#[derive(Serialize)]
pub(super) struct Session {
    pub(super) token: String,
    expires_at: Stamp,
}

/// Makes the token of a session.
pub(super) async fn open_session(app: &App, agent_code: &str, how: &str) -> Result<Session, Refusal> {
    let now = app.clock.now();
    let expires_at = now + TimeDelta::hours(app.sign_in.session_hours.into());
    let code = agent_code.to_owned();
    let token = app.write(move |tx| tx.add_token(&code, TokenKind::Session, Some(expires_at), now)).await?;
    app.audit.note(agent_code, AuditAction::SignIn, None, Some(how.to_owned()));
    Ok(Session { token, expires_at: Stamp(expires_at) })
}

/// `POST /v1/sign-out`: ends a session and its sockets. Of a token that an administrator issued only the sockets are
/// closed.
pub(super) async fn sign_out(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = origin::check(&headers, &app.allowed_origins) {
        return origin::answer(refused, language::of(&headers));
    }
    match end_session(&app, peer, &headers).await {
        Ok(()) => (StatusCode::OK, [(CONTENT_TYPE, JSON)], "{}").into_response(),
        Err(refusal) => refused(&app, &refusal, language::of(&headers)),
    }
}

async fn end_session(app: &App, peer: IpAddr, headers: &HeaderMap) -> Result<(), Refusal> {
    let token = bearer(headers)?;
    let now = app.clock.now();
    let found = app
        .read(&Asker::at(peer), move |reader| reader.signed_in(&token, now).map_err(ProfileError::from))
        .await?;
    let SignIn { agent, token_id, kind, .. } = found.ok_or_else(Refusal::invalid_token)?;
    if kind == TokenKind::Session {
        let id = token_id.clone();
        app.write(move |tx| tx.revoke_token(&id, now).map(|_| ())).await?;
    }
    app.watch.end(&[token_id]);
    app.audit.note(&agent.agent_code, AuditAction::SignOut, None, None);
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
        let lost =
            |_| Refusal::new(ErrorCode::Internal, message!("保存できませんでした", "it could not be saved"));
        written.map_err(lost)?.map_err(|error| ProfileError::from(error).refusal(""))
    }
}

#[cfg(test)]
mod tests;
