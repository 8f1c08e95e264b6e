//! Sign-ins from addresses of other machines, which no test can connect from: the address of the peer is given to the
//! routes as the listener does it.

use std::sync::Mutex;
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, RETRY_AFTER};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use shared::Clock as _;
use shared::store::{NewAgent, Store};
use test_support::FixedClock;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::*;
use crate::app::AgentRates;
use crate::app::places::Places;
use crate::app::refusals::Refusals;
use crate::audit::Auditor;
use crate::bridge::health::Health;
use crate::config::Config;
use crate::lookup::Lookups;
use crate::metrics::Metrics;
use crate::password::{Passwords, hash};
use crate::permission::Policy;
use crate::throttle::AddressRange;
use crate::web::router;

const HERE: &str = "127.0.0.1";
const ATTACKER: &str = "198.51.100.7";
const OTHER: &str = "203.0.113.9";
const OFFICE: &str = "192.0.2.1";
const PROXY: &str = "10.0.0.1";
const PASSWORD: &str = "正しい馬の電池と栓抜き";

struct Site {
    app: Arc<App>,
    clock: Arc<FixedClock>,
    _folder: tempfile::TempDir,
}

impl Site {
    /// An agent A201 with a password, and three failures of an address without a wait.
    fn new() -> Self {
        Self::with(|_| {})
    }

    /// The same with other settings.
    fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("s.db")).unwrap();
        let clock = Arc::new(FixedClock::new("2026-11-22T00:00:00Z".parse().unwrap()));
        let agent = NewAgent {
            agent_code: "A201".to_owned(),
            agent_name: "x".to_owned(),
            extension: None,
            role: shared::agent::AgentRole::Agent,
            token_expires_at: None,
        };
        let hash = hash(PASSWORD).unwrap();
        store
            .write(|tx| {
                tx.add_agent(&agent, clock.now())?;
                tx.set_password("A201", Some(&hash), clock.now())
            })
            .unwrap();
        let mut config = Config::default();
        config.sign_in.failures_per_address_max = 3;
        config.trusted_proxies = vec![AddressRange::parse(PROXY).unwrap()];
        change(&mut config);
        let app = Arc::new(app(store, &config, clock.clone()));
        Self { app, clock, _folder: folder }
    }

    async fn sign_in(&self, peer: &str, code: &str, password: &str) -> u16 {
        self.sign_in_with(peer, "", "", code, password).await.status().as_u16()
    }

    /// Through a proxy that says for whom, and with a cookie.
    async fn sign_in_with(
        &self,
        peer: &str,
        forwarded: &str,
        cookie: &str,
        code: &str,
        password: &str,
    ) -> Response {
        let body = format!("{{\"agent_code\":\"{code}\",\"password\":\"{password}\"}}");
        let request = Request::builder().method(Method::POST).uri("/v1/sign-in").header(CONTENT_TYPE, JSON);
        let request = request.header("x-forwarded-for", forwarded).header(COOKIE, cookie);
        self.ask(peer, request.body(Body::from(body)).unwrap()).await
    }

    /// A lookup by a program.
    async fn look_up(&self, peer: &str, token: &str) -> (u16, Option<String>) {
        let request = Request::builder().uri("/v1/customers/lookup?customer_code=C1");
        let request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        let answer = self.ask(peer, request.body(Body::empty()).unwrap()).await;
        let wait = answer.headers().get(RETRY_AFTER).map(|wait| wait.to_str().unwrap().to_owned());
        (answer.status().as_u16(), wait)
    }

    async fn ask(&self, peer: &str, mut request: Request) -> Response {
        request.headers_mut().insert(HOST, "cti.example".parse().unwrap());
        let peer = Peer(peer.parse().unwrap());
        let service = TowerToHyperService::new(router(self.app.clone()).layer(Extension(peer)));
        service.call(request).await.unwrap()
    }

    /// A session of A201 that ended an hour ago.
    fn ended_session(&self) -> String {
        let now = self.clock.now();
        let (begun, ended) = (now - TimeDelta::hours(13), now - TimeDelta::hours(1));
        self.app.store.write(|tx| tx.add_token("A201", TokenKind::Session, Some(ended), begun)).unwrap()
    }
}

fn app(store: Store, config: &Config, clock: Arc<FixedClock>) -> App {
    let metrics = Metrics::new();
    let limits = &config.limits;
    let lookups = Lookups::start(&store, limits.lookup(), &metrics).unwrap();
    let (audit, _) = Auditor::start(&store, clock.clone(), limits.audit(), metrics.clone()).unwrap();
    let health = Health::new(clock.clone(), store.location().to_owned(), limits.health());
    App {
        inbox: mpsc::channel(1).0,
        health: Arc::new(health),
        clock,
        limits: limits.socket(),
        stopping: CancellationToken::new(),
        tasks: TaskTracker::new(),
        http: limits.http(),
        places: Places::new(limits.places()),
        refusals: Refusals::new(metrics.clone()),
        trusted_proxies: config.trusted_proxies.clone(),
        allowed_origins: Vec::new(),
        policy: Policy::new(&config.permissions),
        tls: None,
        store,
        sign_in: config.sign_in.rules(),
        passwords: Passwords::new(Duration::from_secs(20)),
        oidc: None,
        watch: Arc::default(),
        audit,
        lookup_rates: AgentRates::new(limits.lookup_rate()),
        write_rates: AgentRates::new(limits.write_rate()),
        failed_sign_ins: Mutex::new(config.sign_in.limits()),
        has_source: false,
        metrics,
        webhooks: Default::default(),
        lookups,
    }
}

#[tokio::test]
async fn an_address_that_guesses_waits_across_agents() {
    let site = Site::new();
    for code in ["A1", "A2", "A3"] {
        assert_eq!(site.sign_in(ATTACKER, code, "wrong").await, 401);
    }
    assert_eq!(site.sign_in(ATTACKER, "A201", PASSWORD).await, 429, "the right password, but too soon");
    assert_eq!(site.sign_in(OTHER, "A201", PASSWORD).await, 200, "another address is not affected");
    site.clock.advance(TimeDelta::seconds(1));
    assert_eq!(site.sign_in(ATTACKER, "A4", "wrong").await, 401);
    site.clock.advance(TimeDelta::seconds(1));
    assert_eq!(site.sign_in(ATTACKER, "A201", PASSWORD).await, 429, "the second wait is longer");
    site.clock.advance(TimeDelta::seconds(1));
    assert_eq!(site.sign_in(ATTACKER, "A201", PASSWORD).await, 200);
    for code in ["A5", "A6", "A7"] {
        assert_eq!(site.sign_in(ATTACKER, code, "wrong").await, 401, "a success gives back everything");
    }
    assert_eq!(site.sign_in(ATTACKER, "A8", "wrong").await, 429);
}

#[tokio::test]
async fn loopback_has_no_address_limit() {
    let site = Site::new();
    for n in 0..6 {
        assert_eq!(site.sign_in(HERE, &format!("A{n}"), "wrong").await, 401);
    }
}

#[tokio::test]
async fn the_clients_of_a_trusted_proxy_are_told_apart() {
    let site = Site::new();
    let status = async |proxy, client, password| {
        site.sign_in_with(proxy, client, "", "A201", password).await.status().as_u16()
    };
    for code in ["A1", "A2", "A3"] {
        site.sign_in_with(PROXY, ATTACKER, "", code, "wrong").await;
    }
    let spoofed = format!("{OTHER}, {ATTACKER}");
    assert_eq!(status(PROXY, ATTACKER, PASSWORD).await, 429);
    assert_eq!(status(PROXY, &spoofed, PASSWORD).await, 429, "what the client itself wrote is not believed");
    assert_eq!(status(OTHER, ATTACKER, PASSWORD).await, 200, "nor what anybody but a proxy says");
    assert_eq!(status(PROXY, OTHER, PASSWORD).await, 200);
}

#[tokio::test]
async fn an_office_with_last_nights_sessions_does_not_lock_itself_out() {
    let site = Site::new();
    let now = site.clock.now();
    let valid = site.app.store.write(|tx| tx.add_token("A201", TokenKind::Token, None, now)).unwrap();
    // Seventy pages come back at once.
    for _ in 0..70 {
        assert_eq!(site.look_up(OFFICE, &site.ended_session()).await, (401, None));
    }
    // One page asks each second: from its fourth time it waits, and only itself.
    let stuck = site.ended_session();
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(site.look_up(OFFICE, &stuck).await);
        assert_eq!(site.look_up(OFFICE, &valid).await.0, 404, "a valid token is never refused");
    }
    let refused = (429, Some("1".to_owned()));
    assert_eq!(answers[..3], [(401, None), (401, None), (401, None)]);
    assert_eq!(answers[3..], [refused.clone(), refused]);
    site.clock.advance(TimeDelta::seconds(1));
    assert_eq!(site.look_up(OFFICE, &stuck).await, (401, None), "Retry-After was true");
    assert_eq!(site.look_up(OFFICE, &site.ended_session()).await, (401, None));
    assert_eq!(site.sign_in(OFFICE, "A201", PASSWORD).await, 200);
}

#[tokio::test]
async fn unknown_tokens_are_guesses_until_a_valid_one_comes() {
    let site = Site::new();
    let now = site.clock.now();
    let valid = site.app.store.write(|tx| tx.add_token("A201", TokenKind::Token, None, now)).unwrap();
    for n in 0..3 {
        assert_eq!(site.look_up(ATTACKER, &format!("guess {n}")).await.0, 401);
    }
    assert_eq!(site.look_up(ATTACKER, "guess").await, (429, Some("1".to_owned())));
    assert_eq!(site.look_up(OTHER, "guess").await.0, 401);
    assert_eq!(site.sign_in(ATTACKER, "A201", PASSWORD).await, 200, "passwords are counted apart");
    assert_eq!(site.look_up(ATTACKER, &valid).await.0, 404, "the token's agent may look up, there is no C1");
    assert_eq!(site.look_up(ATTACKER, "guess").await.0, 401, "afresh");
}

#[tokio::test]
async fn a_guesser_delays_itself_and_not_the_agents_own_device() {
    let site = Site::new();
    let first = site.sign_in_with(OFFICE, "", "", "A201", PASSWORD).await;
    let cookie = first.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(
        cookie.contains("; HttpOnly; SameSite=Strict") && cookie.contains("; Path=/v1/sign-in;"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();
    // From many addresses, so that only the agent's own limit counts.
    for n in 1..=5 {
        assert_eq!(site.sign_in(&format!("198.51.100.{n}"), "A201", "wrong").await, 401);
    }
    assert_eq!(site.sign_in(OTHER, "A201", PASSWORD).await, 429, "somewhere else even the agent has to wait");
    let own =
        async |code, password| site.sign_in_with(OFFICE, "", cookie, code, password).await.status().as_u16();
    assert_eq!(own("A201", PASSWORD).await, 200);
    assert_eq!(site.sign_in(OTHER, "A201", PASSWORD).await, 429, "which gives the guesser nothing back");
    for _ in 0..5 {
        assert_eq!(own("A201", "wrong").await, 401);
    }
    assert_eq!(own("A201", PASSWORD).await, 429, "the device has a gate of its own");
    site.clock.advance(TimeDelta::seconds(1));
    assert_eq!(own("A201", PASSWORD).await, 200);
}

#[tokio::test]
async fn one_address_cannot_fill_the_queue_of_sign_ins() {
    let site = Site::with(|config| {
        config.limits.lookup_threads = 1;
        config.limits.lookup_queue_max = 8;
    });
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (begun, running) = tokio::sync::oneshot::channel();
    let hold = move |_: &mut shared::store::Reader| {
        let _ = begun.send(());
        let _ = held.recv();
    };
    site.app.lookups.request(&Asker::Bridge, hold).unwrap();
    running.await.unwrap();
    // A quarter of the queue is two.
    let attack = futures_util::future::join_all((0..4).map(|_| site.sign_in(ATTACKER, "A1", "wrong")));
    let let_go = async {
        while site.app.lookups.waiting() < 3 {
            tokio::task::yield_now().await;
        }
        drop(release);
    };
    let (mut attack, other, ()) = tokio::join!(attack, site.sign_in(OTHER, "A201", PASSWORD), let_go);
    attack.sort_unstable();
    assert_eq!((attack.as_slice(), other), (&[401, 401, 429, 429][..], 200));
}
