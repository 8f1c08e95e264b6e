//! Whether the bridge lives, and whether it is ready to serve.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::App;
use crate::bridge::health::{SourceTrouble, StoreHealth};
use crate::lookup::Asker;
use crate::popup::ProfileError;

/// Whether the bridge can do its work.
#[derive(Serialize)]
struct Ready {
    status: &'static str,
    /// `none`, `down`, `degraded` or `up`.
    source: &'static str,
    store: &'static str,
    /// A read of the store was answered in time.
    store_readable: bool,
    #[serde(flatten)]
    health: StoreHealth,
    /// Why a PBX is `degraded`.
    source_problems: Vec<SourceTrouble>,
    lookups_waiting: usize,
    writes_waiting: i64,
    call_records_waiting: i64,
    audit_waiting: i64,
}

/// Whether the bridge's loop turns.
#[derive(Serialize)]
struct Alive {
    status: &'static str,
}

fn status(fit: bool) -> (StatusCode, &'static str) {
    match fit {
        true => (StatusCode::OK, "ok"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "failing"),
    }
}

/// Readiness: the store can be read and written, and there is room beside it.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Response {
    let source_problems = app.health.problems();
    let source = match (app.has_source, app.metrics.source_up.get()) {
        (false, _) => "none",
        (true, 1) if !source_problems.is_empty() => "degraded",
        (true, 1) => "up",
        (true, _) => "down",
    };
    let store_readable =
        app.read(&Asker::Bridge, |reader| reader.change_no().map_err(ProfileError::from)).await.is_ok();
    let health = app.health.store(&app.metrics);
    let (code, status) = status(store_readable && health.fit);
    let ready = Ready {
        status,
        source,
        store: status,
        store_readable,
        health,
        source_problems,
        lookups_waiting: app.lookups.waiting(),
        writes_waiting: app.metrics.writes_waiting.get(),
        call_records_waiting: app.metrics.call_records_waiting.get(),
        audit_waiting: app.metrics.audit_waiting.get(),
    };
    (code, Json(ready)).into_response()
}

/// Liveness: a bridge that does not turn must be restarted; one whose store is held by another program must not.
pub(super) async fn alive(State(app): State<Arc<App>>) -> Response {
    let (code, status) = status(app.health.is_alive());
    (code, Json(Alive { status })).into_response()
}
