//! What every request passes first: a head that can be read in one way only, and the client's address and share.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, ORIGIN, SEC_WEBSOCKET_KEY, TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use axum::middleware::Next;
use axum::response::Response;
use shared::message::Label;

use super::accept::Peer;
use super::language;
use super::origin::{self, Refused};
use crate::app::App;
use crate::throttle::{AddressRange, is_in};

/// Headers by which something is decided; twice, another program could have decided by the other one.
const ONCE: [HeaderName; 5] = [HOST, ORIGIN, AUTHORIZATION, CONTENT_TYPE, SEC_WEBSOCKET_KEY];
/// Addresses of `X-Forwarded-For` that are read, from the right.
const HOPS_MAX: usize = 32;

const BAD_HOST: Label = Label::new(
    "Host ヘッダーを1つだけ送ってください",
    "send exactly one Host header, and no other host elsewhere",
);
const TWICE: Label =
    Label::new("同じヘッダーが2つ以上あります", "a header that may come once has come several times");
pub(super) const TOO_MANY_OF_ADDRESS: Label = Label::new(
    "このアドレスからの接続が上限に達しています。しばらくしてからもう一度お試しください",
    "too many connections from this address; try again later",
);

/// Refuses ambiguous heads, finds out who the client is, and takes its share.
pub(super) async fn admit(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let lang = language::of(request.headers());
    if let Err(refused) = check(&request) {
        return ended(origin::answer(refused, lang));
    }
    let peer = request.extensions().get::<Peer>().copied();
    let proxy = peer.filter(|Peer(peer)| is_in(*peer, &app.trusted_proxies));
    let mut held = None;
    if let Some(Peer(proxy)) = proxy {
        let client = client_of(proxy, request.headers(), &app.trusted_proxies);
        match app.places.share(client) {
            Ok(share) => {
                let share = Arc::new(share);
                request.extensions_mut().insert(share.clone());
                held = Some(share);
            }
            Err(full) => {
                app.refusals.note(full.setting(), client);
                return origin::answer((StatusCode::TOO_MANY_REQUESTS, TOO_MANY_OF_ADDRESS), lang);
            }
        }
        request.extensions_mut().insert(Peer(client));
    }
    let last = request.headers().contains_key(UPGRADE) || request.headers().contains_key(TRANSFER_ENCODING);
    let response = next.run(request).await;
    drop(held);
    match last && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        // Beyond such a request `client::heads` checks no further one.
        true => ended(response),
        false => response,
    }
}

/// The last response of its connection.
fn ended(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn check(request: &Request) -> Result<(), Refused> {
    let headers = request.headers();
    let bad_host = (StatusCode::BAD_REQUEST, BAD_HOST);
    // RFC 9112, section 3.2.
    if headers.get(HOST).is_none() && request.version() >= Version::HTTP_11 {
        return Err(bad_host);
    }
    if headers.get_all(HOST).iter().count() > 1 {
        return Err(bad_host);
    }
    // `GET http://host/path`: that host must be the same.
    let other = request.uri().authority().zip(headers.get(HOST));
    if other.is_some_and(|(named, host)| !host.as_bytes().eq_ignore_ascii_case(named.as_str().as_bytes())) {
        return Err(bad_host);
    }
    match ONCE.iter().any(|name| headers.get_all(name).iter().count() > 1) {
        true => Err((StatusCode::BAD_REQUEST, TWICE)),
        false => Ok(()),
    }
}

/// The client for whom a trusted proxy asks: of `X-Forwarded-For` the right-most address that is no trusted proxy, since
/// a client can write what it likes to the left of it.
fn client_of(proxy: IpAddr, headers: &HeaderMap, trusted: &[AddressRange]) -> IpAddr {
    let mut known = proxy;
    let values = headers.get_all("x-forwarded-for").iter().rev();
    let hops = values.flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    for hop in hops.take(HOPS_MAX) {
        let Some(address) = address(hop.trim()) else { return known };
        known = address;
        if !is_in(address, trusted) {
            return known;
        }
    }
    known
}

/// An address, with or without a port: some proxies add it.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let parsed: Option<IpAddr> = bare.parse().ok();
    parsed.or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|with_port| with_port.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_the_right_most_address_that_is_no_proxy() {
        let trusted = ["127.0.0.1", "10.0.0.0/8"].map(|range| AddressRange::parse(range).unwrap());
        for (lines, client) in [
            (&["203.0.113.9"][..], "203.0.113.9"),
            (&["198.51.100.7, 203.0.113.9"], "203.0.113.9"),
            (&["198.51.100.7, 203.0.113.9, 10.1.2.3"], "203.0.113.9"),
            (&["203.0.113.9", "10.1.2.3", "10.1.2.4"], "203.0.113.9"),
            (&["203.0.113.9:4711"], "203.0.113.9"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["10.9.9.9"], "10.9.9.9"),
            (&["203.0.113.9, unknown, 10.1.2.3"], "10.1.2.3"),
            (&["nonsense"], "127.0.0.1"),
            (&[""], "127.0.0.1"),
            (&[], "127.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let found = client_of("127.0.0.1".parse().unwrap(), &headers, &trusted);
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{lines:?}");
        }
    }
}
