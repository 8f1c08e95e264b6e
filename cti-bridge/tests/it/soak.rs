//! A short soak in every test run; the long one is a bench (`cargo bench --bench soak`).

#[path = "../../benches/load/mod.rs"]
mod load;

use std::sync::atomic::Ordering;
use std::time::Duration;

use load::{Load, NOT_PLACED};

/// Far longer than it takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_agents_get_every_pop_up_once_while_sockets_and_log_stall() {
    let load = Load {
        agents: 200,
        stuck_every: 10,
        calls_per_second: 60,
        length: Duration::from_secs(5),
        ring: Duration::from_millis(400),
        talk: Duration::from_millis(600),
    };
    // A bridge that waited for the reader of its log would hang.
    let soaked = tokio::time::timeout(PATIENCE, load::soak::soak(load)).await.expect("the bridge answers");
    let tally = &soaked.tally;
    assert_eq!((tally.calls, NOT_PLACED.load(Ordering::Relaxed)), (300, 0));
    assert!(tally.expected > 300, "some calls ring two phones: {tally:?}");
    assert_eq!((tally.lost, tally.doubled, tally.stayed), (0, 0, 0), "{tally:?}");
    assert_eq!((soaked.broken, soaked.records_lost), (0, 0.0));
    assert!(soaked.resident.iter().all(|resident| resident.own < 256 << 20), "{:?}", soaked.resident);
}
