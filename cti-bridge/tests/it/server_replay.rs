//! Each recording through the whole server: real bytes in over TCP, real sockets out to three agents.

use crate::common::log::Log;
use crate::common::{Company, company, soon};
use crate::telephone::Scenario;
use crate::telephone::agents::{Bridge, Page};
use crate::telephone::desk::Desk;
use crate::telephone::line::Line;
use cti_bridge::call::TrackerLimits;
use cti_bridge::config::Config;
use serde_json::json;
use test_support::files_below;

struct World {
    company: Company,
    scenario: Scenario,
    line: Line,
    bridge: Bridge,
    pages: Vec<Page>,
    /// What should be on the screens.
    desk: Desk,
}

impl World {
    async fn of(scenario: Scenario) -> Self {
        let company = company();
        let line = Line::start(&scenario).await;
        // The pages are there before the bridge hears of calls that run already: what it then pushes is checked.
        line.cut();
        let bridge = Bridge::start(&company.store, &line, Config::default()).await;
        let mut desk = Desk::new(&scenario, TrackerLimits::default());
        desk.connect(&scenario.before);
        let mut pages = Vec::new();
        for (extension, token) in ["201", "202", "203"].iter().zip(&company.tokens) {
            let mut page = Page::new(extension, token);
            soon(page.open(bridge.address)).await;
            pages.push(page);
        }
        line.restore();
        let mut world = Self { company, scenario, line, bridge, pages, desk };
        world.until_connected().await;
        world
    }

    async fn until_connected(&mut self) {
        for page in &mut self.pages {
            while !page.source_up {
                soon(page.take()).await;
            }
        }
        self.until_right().await;
    }

    /// Plays the whole recording, message by message; each push is awaited before the next message.
    async fn play(&mut self) {
        for message in self.scenario.messages.clone() {
            self.line.say(&message);
            self.desk.hear(message.as_bytes());
            self.desk.answer_asks();
            self.until_right().await;
        }
        for page in &mut self.pages {
            page.settle().await;
        }
    }

    async fn until_right(&mut self) {
        let right = self.desk.screens();
        for page in &mut self.pages {
            let right: Vec<_> = right.iter().filter(|s| s.extension == page.extension).cloned().collect();
            while page.screens() != right {
                soon(page.take()).await;
            }
        }
    }
}

/// Plays a recording and checks each agent's pushes, and the customers whose cards came.
async fn check(name: &'static str, expected: [&[&str]; 3], customer: Option<&str>) -> World {
    let mut world = World::of(Scenario::of(name)).await;
    world.play().await;
    for (page, expected) in world.pages.iter().zip(expected) {
        assert_eq!(page.history, expected, "{name}: {}", page.extension);
        assert_eq!(page.calls, [], "{name}: {}", page.extension);
        let internal = |at: &usize| name == "attended-transfer" && page.extension == "201" && *at == 0;
        let others = page.customers.iter().enumerate().filter(|(at, _)| !internal(at));
        for (_, shown) in others {
            assert_eq!(*shown, json!(customer), "{name}: {}", page.extension);
        }
    }
    world
}

const AKAGI_CODE: Option<&str> = Some("C00017");

#[tokio::test]
async fn ring_all_rings_both_and_one_answers() {
    let taken = ["ringing", "answered", "ended"];
    let lost = ["ringing", "dismissed answered_elsewhere"];
    check("ringall-answered", [&taken, &lost, &[]], AKAGI_CODE).await;
}

#[tokio::test]
async fn an_abandoned_call_is_dismissed_on_both_screens() {
    let gone: &[&str] = &["ringing", "dismissed caller_hung_up"];
    check("abandoned", [gone, gone, &[]], Some("C00018")).await;
}

#[tokio::test]
async fn a_call_that_rings_out_continues_at_the_next_phone() {
    let (first, next) = (["ringing", "dismissed no_answer"], ["ringing", "answered", "ended"]);
    check("no-answer-then-next", [&first, &[], &next], AKAGI_CODE).await;
}

#[tokio::test]
async fn a_payphone_has_no_customer() {
    check("payphone", [&[], &[], &["ringing", "answered", "ended"]], None).await;
}

#[tokio::test]
async fn a_blind_transfer_moves_the_pop_up() {
    let (from, to) = (["ringing", "answered", "dismissed transferred"], ["ringing", "answered", "ended"]);
    check("blind-transfer", [&to, &[], &from], AKAGI_CODE).await;
}

#[tokio::test]
async fn an_attended_transfer_ends_with_the_outside_caller() {
    let from = ["ringing", "answered", "held", "resumed", "dismissed transferred"];
    let to = ["ringing", "answered", "dismissed transferred", "ringing", "answered", "ended"];
    check("attended-transfer", [&to, &[], &from], AKAGI_CODE).await;
}

#[tokio::test]
async fn a_hold_is_pushed() {
    check("hold", [&[], &[], &["ringing", "answered", "held", "resumed", "ended"]], AKAGI_CODE).await;
}

#[tokio::test]
async fn a_running_call_is_shown_at_once() {
    // Found answered, so the pop-up comes with that state: it never rings.
    check("snapshot-mid-call", [&["updated", "ended"], &[], &[]], AKAGI_CODE).await;
}

#[tokio::test]
async fn a_withheld_number_is_in_no_frame_no_log_and_no_store() {
    let log = Log::start();
    let world = check("withheld-getvar", [&[], &[], &["ringing", "answered", "ended"]], None).await;
    let digits = "98765432";
    assert!(world.scenario.messages.iter().any(|m| m.contains(digits)), "the PBX sent it");
    for frame in world.pages.iter().flat_map(|page| &page.frames) {
        assert!(!frame.contains(digits), "{frame}");
    }
    // The record of the call is in the store: only then it tells what is not.
    let mut reader = world.company.store.reader().unwrap();
    let since = "2020-01-01T00:00:00Z".parse().unwrap();
    soon(async {
        while reader.calls_of_agent("A203", since, 10).unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    world.bridge.kill();
    let mut files = 0;
    for file in files_below(world.company.folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        files += 1;
        let found = bytes.windows(digits.len()).any(|window| window == digits.as_bytes());
        assert!(!found, "{}", file.display());
    }
    assert!(files > 0);
    let lines = log.text();
    assert!(lines.contains("\"caller\":\"withheld\""), "the call is in the log");
    assert!(!lines.contains(digits), "{lines}");
}
