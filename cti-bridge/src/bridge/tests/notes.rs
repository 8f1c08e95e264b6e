//! Notes that change quickly.

use super::*;
use crate::bridge::write::Worker;
use crate::permission::Permissions;

fn worker() -> Worker {
    Worker {
        agent_code: "A201".to_owned(),
        agent_name: "x".to_owned(),
        permissions: Permissions::ALL,
        now: at(5),
    }
}

#[tokio::test]
async fn quick_notes_are_pushed_together_as_the_last_one() {
    let mut desk = Desk::new();
    let call = akagi();
    desk.ring(&call, "201");
    desk.ring(&call, "202");
    desk.finish_lookup().await;
    desk.answer(&call, "201");
    let _ = (desk.seen(0), desk.seen(1));
    let id = call.call_id.to_string();
    for at in 0..1_000 {
        desk.bridge.tell_note(&id, format!("{at}"), &worker());
    }
    assert_eq!(desk.seen(1), ["call.note"], "the first at once");
    desk.bridge.apply(Input::NotesDue);
    let texts = desk.notes(1);
    assert_eq!(texts, ["999"], "the others as one");
    desk.bridge.apply(Input::NotesDue);
    assert_eq!(desk.notes(1), Vec::<String>::new(), "nothing waits any more");
    desk.clock.advance(TimeDelta::milliseconds(250));
    desk.bridge.tell_note(&id, "later".to_owned(), &worker());
    assert_eq!(desk.notes(1), ["later"]);
}
