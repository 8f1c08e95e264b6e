//! Decoder and translator of one connection, whatever the make of the telephone system.

use cti_bridge::call::CallSignal;
use cti_bridge::source::Secret;
use cti_bridge::source::ami::{
    AmiConfig, AmiDecoder, AmiLimits, AmiTranslator, Parties, Presentation, PresentationAsk,
    PresentationPolicy,
};
use cti_bridge::source::freeswitch::{EslAsk, EslDecoder, EslKind, EslLimits, EslTranslator, channel_rows};

use super::{Pbx, Scenario, System, esl_support, freeswitch};

/// Bytes in, signals out.
pub(crate) trait Ear {
    /// Takes bytes, cut anywhere.
    fn push(&mut self, bytes: &[u8]);

    /// Reads the next message, if there is a whole one.
    fn next(&mut self, out: &mut Vec<CallSignal>) -> bool;

    /// The telephone system, as it is, answers what was asked about its channels.
    fn answer(&mut self, pbx: &Pbx, out: &mut Vec<CallSignal>);
}

/// An ear for a new connection, and the signals with which one begins.
pub(crate) fn connected(scenario: &Scenario) -> (Box<dyn Ear>, Vec<CallSignal>) {
    match scenario.system {
        System::Asterisk => (Box::new(AmiEar::new(scenario)), Vec::new()),
        // The list of live channels begins with the connection.
        System::FreeSwitch => (Box::new(EslEar::new()), vec![CallSignal::SnapshotBegin]),
    }
}

struct AmiEar {
    decoder: AmiDecoder,
    translator: AmiTranslator,
    asks: Vec<PresentationAsk>,
    presentation: Presentation,
}

impl AmiEar {
    fn new(scenario: &Scenario) -> Self {
        let parties = Parties::from(&AmiConfig::new("pbx:5038", "chakuden", Secret::new("s")));
        let mut decoder = AmiDecoder::new(AmiLimits::default());
        decoder.push(format!("{}\r\n", scenario.banner).as_bytes());
        Self {
            decoder,
            translator: AmiTranslator::new(parties, PresentationPolicy::Ask, 1_000),
            asks: Vec::new(),
            presentation: Presentation::parse(scenario.presentation()),
        }
    }
}

impl Ear for AmiEar {
    fn push(&mut self, bytes: &[u8]) {
        self.decoder.push(bytes);
    }

    fn next(&mut self, out: &mut Vec<CallSignal>) -> bool {
        let Some(message) = self.decoder.next_message().unwrap() else { return false };
        if message.response() == Some("Success") && message.action_id() == Some("snap-1") {
            out.push(CallSignal::SnapshotBegin);
            return true;
        }
        self.translator.translate(&message, out, &mut self.asks);
        if message.event() == Some("CoreShowChannelsComplete") {
            out.push(CallSignal::SnapshotEnd);
        }
        true
    }

    fn answer(&mut self, _: &Pbx, out: &mut Vec<CallSignal>) {
        for ask in std::mem::take(&mut self.asks) {
            self.translator.presentation(&ask, self.presentation, out);
        }
    }
}

struct EslEar {
    decoder: EslDecoder,
    translator: EslTranslator,
    asks: Vec<EslAsk>,
    /// The list is here; what has to be asked about its channels is not.
    is_asking: bool,
}

impl EslEar {
    fn new() -> Self {
        Self {
            decoder: EslDecoder::new(EslLimits::default()),
            translator: EslTranslator::new(&esl_support::config()),
            asks: Vec::new(),
            is_asking: false,
        }
    }
}

impl Ear for EslEar {
    fn push(&mut self, bytes: &[u8]) {
        self.decoder.push(bytes);
    }

    fn next(&mut self, out: &mut Vec<CallSignal>) -> bool {
        let Some(message) = self.decoder.next_message().unwrap() else { return false };
        match (message.kind(), channel_rows(message.body())) {
            (EslKind::ApiResponse, Some(rows)) => {
                self.translator.snapshot(rows, out, &mut self.asks);
                self.is_asking = true;
            }
            (EslKind::ApiResponse, None) => {
                self.translator.snapshot_failed();
                out.push(CallSignal::SnapshotAborted);
            }
            _ => self.translator.translate(&message, out),
        }
        true
    }

    fn answer(&mut self, pbx: &Pbx, out: &mut Vec<CallSignal>) {
        for ask in std::mem::take(&mut self.asks) {
            self.translator.answer(&ask, freeswitch::answer(pbx, &ask), out);
        }
        if std::mem::take(&mut self.is_asking) {
            out.push(CallSignal::SnapshotEnd);
        }
    }
}
