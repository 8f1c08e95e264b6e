//! What a connected PBX does not let the bridge see: as its source found out, and as its calls show.

use std::collections::HashSet;

use shared::lang::Lang;
use shared::message::Explain;

use super::{Bridge, Source};
use crate::call::{CallSignal, Party, Role};
use crate::hub::push::{Push, SourceState};
use crate::hub::view::{ProblemView, SourceView};
use crate::metrics::SourceProblem;
use crate::source::problem::{Problem, Problems};

/// Calls after which an agent's phone should have been seen.
const CALLS_WITHOUT_PHONE_MAX: u32 = 20;
/// Endpoints without an agent that the log names.
const STRANGERS_MAX: usize = 1_000;

/// How well one PBX is seen.
#[derive(Debug, Default)]
pub(crate) struct Blindness {
    /// What the source found out.
    found: Problems,
    /// Calls until an agent's phone was seen.
    calls: u32,
    phone_seen: bool,
    /// Endpoints without an agent that were named in the log.
    strangers: HashSet<String>,
}

impl Blindness {
    /// All problems.
    pub(crate) fn problems(&self) -> Problems {
        let unseen = self.calls >= CALLS_WITHOUT_PHONE_MAX && !self.phone_seen;
        let unseen = unseen.then_some(Problem::PhonesNeverSeen);
        self.found.iter().copied().chain(unseen).collect()
    }

    /// All problems for clients.
    pub(crate) fn views(&self) -> Vec<ProblemView> {
        self.problems().into_iter().map(ProblemView::from).collect()
    }

    /// A channel was seen: a new call, or a phone. Returns an endpoint that no agent has, once.
    fn observe<'s>(
        &mut self,
        signal: &'s CallSignal,
        has_agent: impl FnOnce(&str) -> bool,
    ) -> Option<&'s str> {
        let CallSignal::ChannelSeen { party, role, .. } = signal else { return None };
        if *role == Role::Origin {
            self.calls = self.calls.saturating_add(1);
        }
        let Party::Agent { extension } = party else { return None };
        if has_agent(extension) {
            self.phone_seen = true;
            return None;
        }
        let is_new = self.strangers.len() < STRANGERS_MAX && self.strangers.insert(extension.clone());
        is_new.then_some(extension.as_str())
    }
}

impl Bridge {
    /// Learns from a signal how well a PBX is seen.
    pub(super) fn observe(&mut self, at: usize, signal: &CallSignal) {
        let Some(source) = self.sources.get_mut(at) else { return };
        let before = source.blindness.problems();
        let hub = &self.hub;
        let stranger = source.blindness.observe(signal, |extension| hub.agent_of(extension).is_some());
        if let Some(endpoint) = stranger {
            tracing::info!(
                source = source.name,
                endpoint,
                "no agent has this extension: for a phone add an agent with it; for a gateway or a trunk name it in \
                 trunk_prefixes, otherwise its callers are taken for colleagues"
            );
        }
        if source.blindness.problems() != before {
            self.problems_changed(at, &before);
        }
    }

    /// A source has looked what it can see.
    pub(super) fn checked(&mut self, at: usize, found: Problems) {
        let Some(source) = self.sources.get_mut(at) else { return };
        let before = source.blindness.problems();
        source.blindness.found = found;
        if source.blindness.problems() != before {
            self.problems_changed(at, &before);
        }
    }

    /// Tells the log, the metrics, those who ask for the health, and the screens.
    fn problems_changed(&mut self, at: usize, before: &Problems) {
        let Some(source) = self.sources.get(at) else { return };
        let now = source.blindness.problems();
        for problem in now.difference(before) {
            tracing::warn!(
                source = source.name,
                problem = problem.word(),
                "{}",
                problem.message().text(Lang::En)
            );
        }
        for problem in before.difference(&now) {
            tracing::info!(
                source = source.name,
                problem = problem.word(),
                "the PBX is seen better than before"
            );
        }
        for problem in Problem::ALL {
            let of_source =
                self.sources.iter().filter(|source| source.blindness.problems().contains(&problem));
            let count = i64::try_from(of_source.count()).unwrap_or(i64::MAX);
            self.metrics.source_problems.get_or_create(&SourceProblem { kind: problem.word() }).set(count);
        }
        self.recorder.health().set_problems(&source.name, now);
        self.push_source(at);
    }

    /// All PBXs.
    pub(super) fn source_views(&self) -> Vec<SourceView> {
        let view = |source: &Source| SourceView {
            name: source.name.clone(),
            up: source.up,
            problems: source.blindness.views(),
        };
        self.sources.iter().map(view).collect()
    }

    /// Tells all screens how one PBX is.
    pub(super) fn push_source(&mut self, at: usize) {
        let Some(source) = self.sources.get(at) else { return };
        let push = Push::SourceState(SourceState {
            up: self.sources_up(),
            source: &source.name,
            source_up: source.up,
            degraded: source.up && !source.blindness.problems().is_empty(),
            problems: source.blindness.views(),
        });
        self.hub.push_all(self.clock.now(), &push);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::ChannelState;

    fn seen(extension: Option<&str>, role: Role) -> CallSignal {
        CallSignal::ChannelSeen {
            channel: "1".into(),
            linked: None,
            party: extension.map_or(Party::Outside, |one| Party::Agent { extension: one.to_owned() }),
            role,
            state: ChannelState::Idle,
            dialled: None,
            caller: None,
            uncertain: false,
        }
    }

    #[test]
    fn an_endpoint_without_an_agent_is_named_once() {
        let mut blindness = Blindness::default();
        let signal = seen(Some("701"), Role::Origin);
        let has_agent = |extension: &str| extension == "201";
        assert_eq!(blindness.observe(&signal, has_agent), Some("701"));
        assert_eq!(blindness.observe(&signal, has_agent), None);
        assert_eq!(blindness.observe(&seen(Some("201"), Role::Destination), has_agent), None);
        assert_eq!(blindness.observe(&seen(None, Role::Origin), has_agent), None);
    }

    #[test]
    fn calls_without_any_agents_phone_are_a_problem_until_one_is_seen() {
        let mut blindness = Blindness::default();
        let has_agent = |extension: &str| extension == "201";
        for _ in 0..19 {
            blindness.observe(&seen(None, Role::Origin), has_agent);
            blindness.observe(&seen(Some("x1"), Role::Destination), has_agent);
        }
        assert_eq!(blindness.problems(), Problems::new());
        blindness.observe(&seen(None, Role::Origin), has_agent);
        assert_eq!(blindness.problems(), Problems::from([Problem::PhonesNeverSeen]));
        blindness.observe(&seen(Some("201"), Role::Destination), has_agent);
        assert_eq!(blindness.problems(), Problems::new());
    }
}
