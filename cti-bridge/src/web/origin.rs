//! Web pages of other sites must not act in an agent's name.

use axum::http::header::{HOST, ORIGIN, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use shared::lang::Lang;
use shared::message::Label;

/// Why a request is refused before anything else: a status and a sentence.
pub(super) type Refused = (StatusCode, Label);

const NOT_ALLOWED: Refused = (
    StatusCode::FORBIDDEN,
    Label::new(
        "このページからの接続は許可されていません。設定 allowed_origins を確認してください",
        "this origin is not allowed; see allowed_origins",
    ),
);

/// The answer in the client's language.
pub(super) fn answer((status, message): Refused, lang: Lang) -> Response {
    let mut response = (status, format!("{}\n", message.text(lang))).into_response();
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// Accepts our own pages, pages of `allowed` origins, and programs, which send no origin.
pub(super) fn check(headers: &HeaderMap, allowed: &[String]) -> Result<(), Refused> {
    let Some(origin) = headers.get(ORIGIN) else { return check_site(headers) };
    let origin = origin.to_str().map_err(|_| NOT_ALLOWED)?;
    let same_host = origin
        .split_once("://")
        .zip(headers.get(HOST).and_then(|host| host.to_str().ok()))
        .is_some_and(|((_, ours), host)| ours.eq_ignore_ascii_case(host));
    let listed = allowed.iter().any(|known| known.eq_ignore_ascii_case(origin));
    if same_host || listed { Ok(()) } else { Err(NOT_ALLOWED) }
}

/// The browser tells whether another site's page asks (Fetch Metadata); a page cannot change that.
fn check_site(headers: &HeaderMap) -> Result<(), Refused> {
    match headers.get("sec-fetch-site").map(|site| site.as_bytes()) {
        Some(b"cross-site" | b"same-site") => Err(NOT_ALLOWED),
        _ => Ok(()),
    }
}
