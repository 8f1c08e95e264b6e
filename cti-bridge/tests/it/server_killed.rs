//! The telephone connection, the bridge and the browsers are cut at any step of each recording: within 2 s of the
//! return every screen is right, to the end of the recording.

use std::time::Duration;

use crate::common::{Company, company};
use crate::telephone::agents::{Bridge, Page};
use crate::telephone::ami_support::RECORDINGS;
use crate::telephone::line::Line;
use crate::telephone::story::{Story, stories};
use crate::telephone::{Screen, between};
use cti_bridge::config::Config;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

/// How long screens may be wrong after the return.
const DEADLINE: Duration = Duration::from_secs(2);

/// What is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Telephone,
    Bridge,
    /// The pages of these agents, one bit each.
    Browsers(u8),
    /// The bridge, and the telephone connection until the new one runs.
    BridgeAndTelephone,
}

/// One case: what is cut after which step, how much happens meanwhile, and whether the steps before and after are
/// sent without waiting for the screens.
#[derive(Debug, Clone)]
struct Case {
    which: usize,
    at: Index,
    missed: usize,
    cut: Cut,
    hurried: bool,
}

fn case() -> impl Strategy<Value = Case> {
    let cut = prop_oneof![
        3 => Just(Cut::Telephone),
        3 => Just(Cut::Bridge),
        3 => (1_u8..8).prop_map(Cut::Browsers),
        1 => Just(Cut::BridgeAndTelephone),
    ];
    (0..RECORDINGS.len(), any::<Index>(), 0_usize..30, cut, any::<bool>())
        .prop_map(|(which, at, missed, cut, hurried)| Case { which, at, missed, cut, hurried })
}

struct World<'a> {
    story: &'a Story,
    company: &'a Company,
    line: Line,
    bridge: Option<Bridge>,
    pages: Vec<Page>,
    step: usize,
}

impl<'a> World<'a> {
    async fn start(story: &'a Story, company: &'a Company) -> Self {
        let line = Line::start(&story.scenario).await;
        let bridge = Bridge::start(&company.store, &line, Config::default()).await;
        let pages =
            ["201", "202", "203"].iter().zip(&company.tokens).map(|(e, token)| Page::new(e, token)).collect();
        let mut world = Self { story, company, line, bridge: Some(bridge), pages, step: 0 };
        world.open().await;
        world.until_right().await;
        world
    }

    fn bridge(&self) -> &Bridge {
        self.bridge.as_ref().expect("the bridge runs")
    }

    /// Opens every page that is not.
    async fn open(&mut self) {
        let address = self.bridge().address;
        for page in self.pages.iter_mut().filter(|page| !page.is_open()) {
            page.open(address).await;
        }
    }

    /// The next steps happen in the PBX.
    async fn play(&mut self, to: usize, hurried: bool) {
        while self.step < to {
            self.line.say(&self.story.scenario.messages[self.step]);
            self.step += 1;
            if !hurried {
                self.until_right().await;
            }
        }
    }

    /// Waits until all pages show what they should after this step.
    async fn until_right(&mut self) {
        let waited = tokio::time::timeout(DEADLINE, async {
            loop {
                let mut right = true;
                for page in self.pages.iter_mut().filter(|page| page.is_open()) {
                    page.settle().await;
                    right &= page.source_up && is_right(page, self.story, self.step);
                }
                if right {
                    return;
                }
                tokio::task::yield_now().await;
            }
        });
        if waited.await.is_err() {
            let shown: Vec<_> = self.pages.iter().map(|page| (page.screens(), page.source_up)).collect();
            panic!(
                "{} after step {}: after 2 s the pages show {shown:?}, not {:?}",
                self.story.scenario.name, self.step, self.story.most[self.step]
            );
        }
    }

    /// Waits until each page shows what one shows that is opened only now: what the bridge itself holds for true.
    async fn until_alike(&mut self) {
        let address = self.bridge().address;
        let waited = tokio::time::timeout(DEADLINE, async {
            for page in &mut self.pages {
                while page.fresh(address).await != page.views() {
                    page.settle().await;
                }
            }
        });
        if waited.await.is_err() {
            for page in &self.pages {
                let calls =
                    |views: Vec<(String, Value)>| views.into_iter().map(|(_, popup)| popup["call"].clone());
                let (shown, held) = (calls(page.views()), calls(page.fresh(address).await));
                assert!(
                    shown.eq(held),
                    "after 2 s {} shows another state than the bridge has",
                    page.extension
                );
            }
        }
    }

    async fn cut(&mut self, cut: Cut, missed: usize) {
        let back = (self.step + missed).min(self.story.steps());
        match cut {
            Cut::Telephone => self.line.cut(),
            Cut::Bridge => self.end_bridge(),
            Cut::BridgeAndTelephone => {
                self.line.cut();
                self.end_bridge();
            }
            Cut::Browsers(which) => {
                let chosen = self.pages.iter_mut().enumerate().filter(|(n, _)| which >> n & 1 == 1);
                chosen.for_each(|(_, page)| page.cut());
            }
        }
        while self.step < back {
            self.line.say(&self.story.scenario.messages[self.step]);
            self.step += 1;
        }
        if self.bridge.is_none() {
            self.bridge = Some(Bridge::start(&self.company.store, &self.line, Config::default()).await);
        }
        self.line.restore();
        self.open().await;
    }

    fn end_bridge(&mut self) {
        self.bridge.take().expect("the bridge runs").kill();
        self.pages.iter_mut().for_each(Page::cut);
    }
}

/// Whether a page shows all it must and nothing that it may not.
fn is_right(page: &Page, story: &Story, step: usize) -> bool {
    let own = |screens: &[Screen]| -> Vec<Screen> {
        screens.iter().filter(|s| s.extension == page.extension).cloned().collect()
    };
    let (least, most) = (own(&story.least[step]), own(&story.most[step]));
    let mut shown = page.screens();
    // A caller who had hung up before it was known whether the number may be shown stays unknown. Then the list of
    // channels does not name the caller either, so that the pop-up is not among those that must be there.
    for screen in shown.iter_mut().filter(|screen| screen.caller == "unknown") {
        let known = most.iter().find(|m| m.ringing == screen.ringing && !least.contains(m));
        screen.caller = known.map_or_else(String::new, |m| m.caller.clone());
    }
    between(&least, &shown, &most)
}

async fn run(case: &Case, company: &Company) {
    let story = &stories()[case.which];
    let mut world = World::start(story, company).await;
    world.play(case.at.index(story.steps() + 1), case.hurried).await;
    world.cut(case.cut, case.missed).await;
    world.until_right().await;
    world.until_alike().await;
    world.play(story.steps(), case.hurried).await;
    world.until_right().await;
}

/// Half of the cases (`CHAKUDEN_KILL_CASES`, 520), in turn on one thread of the test; the bridges have their own.
fn run_half() {
    let cases =
        std::env::var("CHAKUDEN_KILL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(520_u32);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let company = company();
    let config = ProptestConfig { cases: cases / 2, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(case in case())| {
        runtime.block_on(run(&case, &company));
    });
}

#[test]
fn screens_recover_within_two_seconds_of_a_kill_first_half() {
    run_half();
}

#[test]
fn screens_recover_within_two_seconds_of_a_kill_second_half() {
    run_half();
}
