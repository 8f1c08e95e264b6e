//! A wall clock that is set while agents work.

use super::*;
use crate::protocol::Presence;

fn presence(desk: &Desk) -> Option<Presence> {
    desk.bridge.hub.presence("A201").map(|state| state.presence)
}

#[tokio::test]
async fn after_call_work_takes_its_time_whatever_the_wall_clock_is_set_to() {
    for hours in [-1, 1] {
        let mut desk = Desk::new();
        desk.ring(&akagi(), "201");
        desk.finish_lookup().await;
        desk.answer(&akagi(), "201");
        desk.end(&akagi(), CallOutcome::Completed, &["201"]);
        desk.clock.adjust(TimeDelta::hours(hours));
        desk.clock.advance(TimeDelta::seconds(29));
        desk.bridge.end_due_after_call_work();
        assert_eq!(presence(&desk), Some(Presence::AfterCallWork), "{hours} h");
        desk.clock.advance(TimeDelta::seconds(1));
        desk.bridge.end_due_after_call_work();
        assert_eq!(presence(&desk), Some(Presence::Ready), "{hours} h");
        let kept = desk.records("A201").await;
        assert_eq!(kept[0].acw_seconds, Some(30), "{hours} h");
    }
}
