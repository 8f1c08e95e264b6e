//! Decoder and translator of one connection, whatever the make of the PBX.

use cti_bridge::call::CallSignal;
use cti_bridge::source::Secret;
use cti_bridge::source::ami::{
    AmiConfig, AmiDecoder, AmiLimits, AmiTranslator, Parties, Presentation, PresentationPolicy,
    PresentationQuestion,
};
use cti_bridge::source::freeswitch::{
    EslDecoder, EslKind, EslLimits, EslQuestion, EslTranslator, channel_rows,
};

use super::{Pbx, Scenario, System, esl_support, freeswitch};

/// Bytes in, signals out.
pub(crate) trait Receiver {
    /// Appends bytes, cut anywhere.
    fn push(&mut self, bytes: &[u8]);

    /// Reads the next message; returns whether there was one.
    fn next(&mut self, out: &mut Vec<CallSignal>) -> bool;

    /// The PBX, in this state, answers the open questions.
    fn answer(&mut self, pbx: &Pbx, out: &mut Vec<CallSignal>);
}

/// A receiver for a new connection, and the signals with which it begins.
pub(crate) fn connected(scenario: &Scenario) -> (Box<dyn Receiver>, Vec<CallSignal>) {
    match scenario.system {
        System::Asterisk => (Box::new(AmiReceiver::new(scenario)), Vec::new()),
        // The list of live channels begins with the connection.
        System::FreeSwitch => (Box::new(EslReceiver::new()), vec![CallSignal::ChannelListBegin]),
    }
}

struct AmiReceiver {
    decoder: AmiDecoder,
    translator: AmiTranslator,
    questions: Vec<PresentationQuestion>,
    presentation: Presentation,
}

impl AmiReceiver {
    fn new(scenario: &Scenario) -> Self {
        let parties = Parties::from(&AmiConfig::new("pbx:5038", "chakuden", Secret::new("s")));
        let mut decoder = AmiDecoder::new(AmiLimits::default());
        decoder.push(format!("{}\r\n", scenario.banner).as_bytes());
        Self {
            decoder,
            translator: AmiTranslator::new(parties, PresentationPolicy::Ask, 1_000),
            questions: Vec::new(),
            presentation: Presentation::parse(scenario.presentation()),
        }
    }
}

impl Receiver for AmiReceiver {
    fn push(&mut self, bytes: &[u8]) {
        self.decoder.push(bytes);
    }

    fn next(&mut self, out: &mut Vec<CallSignal>) -> bool {
        let Some(message) = self.decoder.next_message().unwrap() else { return false };
        if message.response() == Some("Success") && message.action_id() == Some("snap-1") {
            out.push(CallSignal::ChannelListBegin);
            return true;
        }
        self.translator.translate(&message, out, &mut self.questions);
        if message.event() == Some("CoreShowChannelsComplete") {
            out.push(CallSignal::ChannelListEnd);
        }
        true
    }

    fn answer(&mut self, _: &Pbx, out: &mut Vec<CallSignal>) {
        for question in std::mem::take(&mut self.questions) {
            self.translator.presentation(&question, self.presentation, out);
        }
    }
}

struct EslReceiver {
    decoder: EslDecoder,
    translator: EslTranslator,
    questions: Vec<EslQuestion>,
    /// The list has arrived; the answers about its channels have not.
    is_asking: bool,
}

impl EslReceiver {
    fn new() -> Self {
        Self {
            decoder: EslDecoder::new(EslLimits::default()),
            translator: EslTranslator::new(&esl_support::config()),
            questions: Vec::new(),
            is_asking: false,
        }
    }
}

impl Receiver for EslReceiver {
    fn push(&mut self, bytes: &[u8]) {
        self.decoder.push(bytes);
    }

    fn next(&mut self, out: &mut Vec<CallSignal>) -> bool {
        let Some(message) = self.decoder.next_message().unwrap() else { return false };
        match (message.kind(), channel_rows(message.body())) {
            (EslKind::ApiResponse, Some(rows)) => {
                self.translator.channel_list(rows, out, &mut self.questions);
                self.is_asking = true;
            }
            (EslKind::ApiResponse, None) => {
                self.translator.channel_list_failed();
                out.push(CallSignal::ChannelListAborted);
            }
            _ => self.translator.translate(&message, out),
        }
        true
    }

    fn answer(&mut self, pbx: &Pbx, out: &mut Vec<CallSignal>) {
        for question in std::mem::take(&mut self.questions) {
            self.translator.answer(&question, freeswitch::answer(pbx, &question), out);
        }
        if std::mem::take(&mut self.is_asking) {
            out.push(CallSignal::ChannelListEnd);
        }
    }
}
