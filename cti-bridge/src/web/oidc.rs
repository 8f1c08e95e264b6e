//! Single sign-on through the browser: there and back again.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::store::{Agent, AuditAction};

use super::accept::Peer;
use super::sign_in::open_session;
use crate::app::App;
use crate::lookup::Asker;
use crate::oidc::{Callback, Oidc, OidcError};
use crate::popup::ProfileError;
use crate::protocol::Refusal;

/// The cookie that ties a callback to the browser that began: without it a stranger's callback could sign an agent in
/// as somebody else.
const COOKIE_NAME: &str = "chakuden_oidc";

/// `GET /v1/oidc/start`: off to the provider.
pub(super) async fn start(State(app): State<Arc<App>>) -> Response {
    let Some(oidc) = &app.oidc else { return super::assets::not_found() };
    match oidc.start(app.clock.now()).await {
        Ok(started) => {
            let cookie = cookie(&app, &started.browser, 600);
            (StatusCode::SEE_OTHER, [(LOCATION, started.url), (SET_COOKIE, cookie)]).into_response()
        }
        Err(error) => failed(&error),
    }
}

fn cookie(app: &App, value: &str, seconds: u32) -> String {
    let secure = super::secure_attribute(app);
    format!("{COOKIE_NAME}={value}; Path=/v1/oidc; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// `GET /v1/oidc/callback`: back from the provider, on to the page with a session's token behind `#`, which no server
/// and no log ever sees.
pub(super) async fn callback(
    State(app): State<Arc<App>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    query: Result<Query<Callback>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let (Some(oidc), Ok(Query(callback))) = (&app.oidc, query) else { return super::assets::not_found() };
    match agent_of(&app, oidc, callback, super::cookie(&headers, COOKIE_NAME), peer).await {
        Ok(Ok(agent)) => {
            match open_session(&app, &agent.agent_code, &format!("single sign-on, from {peer}")).await {
                Ok(session) => {
                    let location = format!("/#token={}", session.token);
                    let gone = cookie(&app, "", 0);
                    (StatusCode::SEE_OTHER, [(LOCATION, location), (SET_COOKIE, gone)]).into_response()
                }
                Err(refusal) => super::refused(&app, &refusal, super::language::of(&headers)),
            }
        }
        Ok(Err(error)) => {
            let how = format!("single sign-on, from {peer}");
            app.audit.note("unknown", AuditAction::SignInRefused, None, Some(how));
            failed(&error)
        }
        Err(refusal) => super::refused(&app, &refusal, super::language::of(&headers)),
    }
}

async fn agent_of(
    app: &App,
    oidc: &Oidc,
    callback: Callback,
    browser: Option<&str>,
    peer: IpAddr,
) -> Result<Result<Agent, OidcError>, Refusal> {
    let code = match oidc.finish(callback, browser, app.clock.now()).await {
        Ok(code) => code,
        Err(error) => return Ok(Err(error)),
    };
    let agent = app
        .read(&Asker::at(peer), move |reader| reader.active_agent(&code).map_err(ProfileError::from))
        .await?;
    Ok(agent.ok_or(OidcError::Token("no agent has the code that its claim says")))
}

/// A page for a person; the cause is for the log.
fn failed(error: &OidcError) -> Response {
    tracing::warn!(%error, "nobody was signed in");
    let status = match error {
        OidcError::Provider { .. } => StatusCode::BAD_GATEWAY,
        _ => StatusCode::FORBIDDEN,
    };
    let page = "<!doctype html><meta charset=utf-8><title>サインインできませんでした</title>\
        <p>サインインできませんでした。管理者に確認してください。</p>\
        <p lang=en>You could not be signed in. Ask your administrator.</p><p><a href=\"/\">戻る / Back</a></p>\n";
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}
