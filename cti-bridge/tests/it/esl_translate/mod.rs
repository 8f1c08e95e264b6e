//! FreeSWITCH events that no recording contains, as observed or as its source code describes them.

mod legs;
mod lists;
mod moves;
mod privacy;

use crate::ami_support::{apply, check_contract, lines, tracker};
use crate::esl_support::{config, messages};
use cti_bridge::call::CallSignal;
use cti_bridge::source::freeswitch::{EslAnswer, EslQuestion, EslTranslator, FreeSwitchConfig, channel_rows};

/// A translator and a tracker behind it.
struct Bench {
    translator: EslTranslator,
    signals: Vec<CallSignal>,
    questions: Vec<EslQuestion>,
}

impl Bench {
    fn new() -> Self {
        Self::with(&config())
    }

    fn with(config: &FreeSwitchConfig) -> Self {
        Self { translator: EslTranslator::new(config), signals: Vec::new(), questions: Vec::new() }
    }

    /// Translates events; returns the signals that they add.
    fn take(&mut self, events: &[Vec<u8>]) -> Vec<CallSignal> {
        let mut out = Vec::new();
        for message in messages(&events.concat(), &[usize::MAX]) {
            self.translator.translate(&message, &mut out);
        }
        self.signals.extend(out.iter().cloned());
        out
    }

    /// Applies a list of live channels, given as the rows of its JSON.
    fn list(&mut self, rows: &[&str]) {
        let json = format!("{{\"row_count\":{},\"rows\":[{}]}}", rows.len(), rows.join(","));
        self.signals.push(CallSignal::ChannelListBegin);
        self.translator.channel_list(channel_rows(&json).unwrap(), &mut self.signals, &mut self.questions);
    }

    /// Answers the open questions in order.
    fn answer(&mut self, how: impl Fn(&EslQuestion) -> EslAnswer<'static>) {
        for question in std::mem::take(&mut self.questions) {
            self.translator.answer(&question, how(&question), &mut self.signals);
        }
        self.signals.push(CallSignal::ChannelListEnd);
    }

    /// The changes that agents see from all signals so far.
    fn lines(&self) -> Vec<String> {
        let changes = apply(&mut tracker(), self.signals.clone());
        check_contract(&changes);
        lines(&changes)
    }
}
