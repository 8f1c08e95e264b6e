//! A scenario with what agents see after each step, according to two models.

use cti_bridge::call::TrackerLimits;

use super::desk::Desk;
use super::{Scenario, Screen, asterisk, between, common, either, freeswitch};

/// A scenario, what must be on the screens after each step, and what may be: the list of channels and an undisturbed
/// tracker differ only briefly.
pub(crate) struct Story {
    pub(crate) scenario: Scenario,
    pub(crate) least: Vec<Vec<Screen>>,
    pub(crate) most: Vec<Vec<Screen>>,
    pub(crate) rung: Vec<(String, String)>,
    pub(crate) answered: Vec<(String, String)>,
}

impl Story {
    fn of(scenario: Scenario) -> Self {
        let mut desk = Desk::new(&scenario, TrackerLimits::default());
        let mut pbx = scenario.before.clone();
        desk.connect(&pbx);
        let (mut least, mut most) = (Vec::new(), Vec::new());
        for step in 0..=scenario.messages.len() {
            let (seen, listed) = (desk.screens(), pbx.screens());
            least.push(common(&seen, &listed));
            most.push(either(&either(&seen, &listed), &pbx.lingering()));
            if let Some(message) = scenario.messages.get(step) {
                desk.hear(message.as_bytes());
                desk.answer_asks();
                pbx.apply(message);
            }
        }
        assert!(desk.screens().is_empty() && pbx.len() == 0, "{} ends: {:?}", scenario.name, desk.screens());
        Self { scenario, least, most, rung: desk.rung, answered: desk.answered }
    }

    pub(crate) fn steps(&self) -> usize {
        self.scenario.messages.len()
    }

    #[track_caller]
    pub(crate) fn check(&self, desk: &Desk, step: usize) {
        let shown = desk.screens();
        let (least, most) = (&self.least[step], &self.most[step]);
        assert!(
            between(least, &shown, most),
            "{:?} {} at {step}: shown {shown:?}\nat least {least:?}\nat most {most:?}\nafter {:?}",
            self.scenario.system,
            self.scenario.name,
            step.checked_sub(1).map(|s| self.scenario.messages[s].chars().take(120).collect::<String>()),
        );
    }
}

/// Every scenario, Asterisk's recordings first. Built once: a case replays only what it damages.
pub(crate) fn stories() -> &'static [Story] {
    static STORIES: std::sync::OnceLock<Vec<Story>> = std::sync::OnceLock::new();
    STORIES.get_or_init(|| asterisk::scenarios().chain(freeswitch::scenarios()).map(Story::of).collect())
}
