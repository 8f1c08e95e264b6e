//! Sign-ins from addresses of other machines, which no test can connect from: the address of the peer is given to the
//! routes as the listener does it.

use std::sync::Mutex;
use std::time::Duration;

use axum::http::Method;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use shared::Clock as _;
use shared::store::{NewAgent, Store};
use test_support::FixedClock;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::*;
use crate::app::LookupRates;
use crate::audit::Auditor;
use crate::config::Config;
use crate::lookup::Lookups;
use crate::metrics::Metrics;
use crate::password::{Passwords, hash};
use crate::permission::Policy;
use crate::web::router;

const HERE: &str = "127.0.0.1";
const ATTACKER: &str = "198.51.100.7";
const OTHER: &str = "203.0.113.9";
const PASSWORD: &str = "正しい馬の電池と栓抜き";

struct Site {
    app: Arc<App>,
    clock: Arc<FixedClock>,
    _folder: tempfile::TempDir,
}

impl Site {
    /// An agent A201 with a password, and three failures of an address without a wait.
    fn new() -> Self {
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
        let app = Arc::new(app(store, &config, clock.clone()));
        Self { app, clock, _folder: folder }
    }

    async fn sign_in(&self, peer: &str, code: &str, password: &str) -> u16 {
        let peer = Peer(peer.parse().unwrap());
        let service = TowerToHyperService::new(router(self.app.clone()).layer(Extension(peer)));
        let body = format!("{{\"agent_code\":\"{code}\",\"password\":\"{password}\"}}");
        let request = Request::builder().method(Method::POST).uri("/v1/sign-in").header(CONTENT_TYPE, JSON);
        service.call(request.body(Body::from(body)).unwrap()).await.unwrap().status().as_u16()
    }
}

fn app(store: Store, config: &Config, clock: Arc<FixedClock>) -> App {
    let metrics = Metrics::new();
    let limits = &config.limits;
    let lookups = Lookups::start(&store, limits.lookup(), &metrics).unwrap();
    let (audit, _) = Auditor::start(&store, clock.clone(), limits.audit(), metrics.clone()).unwrap();
    App {
        inbox: mpsc::channel(1).0,
        clock,
        limits: limits.socket(),
        metrics,
        stopping: CancellationToken::new(),
        tasks: TaskTracker::new(),
        sockets: Arc::new(Semaphore::new(1)),
        allowed_origins: Vec::new(),
        policy: Policy::new(&config.permissions),
        tls: None,
        store,
        sign_in: config.sign_in.rules(),
        passwords: Passwords::new(Duration::from_secs(20)),
        oidc: None,
        watch: Arc::default(),
        audit,
        lookup_rates: LookupRates::new(limits.lookup_rate()),
        failed_sign_ins: Mutex::new(config.sign_in.limits()),
        has_source: false,
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
    assert_eq!(site.sign_in(ATTACKER, "A5", "wrong").await, 429, "a success gives back its own attempt only");
    site.clock.advance(TimeDelta::seconds(2));
    assert_eq!(site.sign_in(ATTACKER, "A5", "wrong").await, 401);
}

#[tokio::test]
async fn loopback_has_no_address_limit() {
    let site = Site::new();
    for n in 0..6 {
        assert_eq!(site.sign_in(HERE, &format!("A{n}"), "wrong").await, 401);
    }
}
