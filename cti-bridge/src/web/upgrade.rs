//! From an HTTP request to a WebSocket (RFC 6455 section 4.2).
//!
//! The handshake is done here and not by axum's extractor, because the session wants the stream itself:
//! a large frame is then read to its end after it was refused, so that the client sees why.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use shared::lang::Lang;
use shared::message::Label;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::accept::Peer;
use super::admit::TOO_MANY_OF_ADDRESS;
use super::language;
use super::origin::{self, Refused};
use crate::agent::session;
use crate::app::App;
use crate::app::places::{Full, Place, Seat, Share};
use crate::client::Connection;
use crate::protocol::SUBPROTOCOL;

const TOO_MANY: Label = Label::new(
    "開いている WebSocket が上限に達しています。しばらくしてからもう一度お試しください",
    "too many sockets are open; try again later",
);
const NO_RESPONSE: Label = Label::new("応答を作成できません", "no response could be made");
const NOT_A_SOCKET: Label =
    Label::new("このアドレスでは WebSocket だけを使えます", "this address speaks WebSocket");
const OTHER_VERSION: Label =
    Label::new("WebSocket のバージョンは 13 だけを使えます", "only WebSocket version 13 is spoken");
const NO_KEY: Label = Label::new("sec-websocket-key がありません", "sec-websocket-key is missing");
const OTHER_PROTOCOL: Label =
    Label::new("サブプロトコルは chakuden.v1 だけを使えます", "the only subprotocol is chakuden.v1");

pub(super) async fn handle(
    State(app): State<Arc<App>>,
    Extension(place): Extension<Place>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Response {
    let lang = language::of(request.headers());
    open(app, place, peer, request).unwrap_or_else(|refused| origin::answer(refused, lang))
}

fn open(app: Arc<App>, place: Place, peer: Peer, mut request: Request) -> Result<Response, Refused> {
    let headers = request.headers();
    let accept = check_handshake(headers)?;
    origin::check(headers, &app.allowed_origins)?;
    let chosen = choose_protocol(headers)?;
    let proxied = request.extensions().get::<Arc<Share>>().cloned();
    let seat = app.places.seat(place, proxied, peer.0).map_err(|full| {
        app.refusals.note(full.setting(), peer.0);
        match full {
            Full::SocketsOfAddress => (StatusCode::TOO_MANY_REQUESTS, TOO_MANY_OF_ADDRESS),
            _ => (StatusCode::SERVICE_UNAVAILABLE, TOO_MANY),
        }
    })?;
    let upgrade = hyper::upgrade::on(&mut request);
    let (tasks, lang) = (app.tasks.clone(), language::of(request.headers()));
    tasks.spawn(run(upgrade, app, peer, lang, seat));
    let mut response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_ACCEPT, accept);
    if chosen {
        response = response.header(SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
    }
    response.body(Body::empty()).map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, NO_RESPONSE))
}

async fn run(upgrade: OnUpgrade, app: Arc<App>, Peer(peer): Peer, lang: Lang, seat: Seat) {
    let upgraded = tokio::select! {
        upgraded = upgrade => upgraded,
        () = app.stopping.cancelled() => return,
    };
    let Ok(upgraded) = upgraded else { return };
    // The stream that `accept` passed in, and what the client has sent ahead.
    let Ok(parts) = upgraded.downcast::<TokioIo<Connection>>() else { return };
    let (stream, ahead) = (parts.io.into_inner(), parts.read_buf.to_vec());
    let ws = WebSocketStream::from_partially_read(stream, ahead, Role::Server, Some(app.limits.wire())).await;
    session::serve(ws, app, seat, peer, lang).await;
}

/// The key's answer, when the request is a WebSocket's.
fn check_handshake(headers: &HeaderMap) -> Result<String, Refused> {
    if !has_token(headers, &CONNECTION, "upgrade") || !has_token(headers, &UPGRADE, "websocket") {
        return Err((StatusCode::UPGRADE_REQUIRED, NOT_A_SOCKET));
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err((StatusCode::UPGRADE_REQUIRED, OTHER_VERSION));
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).ok_or((StatusCode::BAD_REQUEST, NO_KEY))?;
    Ok(derive_accept_key(key.as_bytes()))
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let mut values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.any(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
}

/// Whether the client offered our subprotocol; one that offered only others uses another protocol.
fn choose_protocol(headers: &HeaderMap) -> Result<bool, Refused> {
    if headers.get(SEC_WEBSOCKET_PROTOCOL).is_none() {
        return Ok(false);
    }
    if has_token(headers, &SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Ok(true);
    }
    Err((StatusCode::BAD_REQUEST, OTHER_PROTOCOL))
}
