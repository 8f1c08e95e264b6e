//! Recorded event-socket bytes, through decoder and translator.

pub(crate) mod scenes;

use cti_bridge::call::CallSignal;
use cti_bridge::source::Secret;
use cti_bridge::source::freeswitch::{
    EslAnswer, EslDecoder, EslKind, EslLimits, EslMessage, EslQuestion, EslTopic, EslTranslator,
    FreeSwitchConfig, channel_rows,
};

/// All recordings.
pub(crate) const RECORDINGS: [&str; 8] = [
    "ringall-answered",
    "abandoned",
    "no-answer-then-next",
    "direct-answered",
    "withheld",
    "payphone",
    "blind-transfer",
    "snapshot-mid-call",
];

/// The bytes of a recording.
pub(crate) fn recording(name: &str) -> Vec<u8> {
    let path = format!("{}/../data/captures/esl/{name}.esl", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn config() -> FreeSwitchConfig {
    FreeSwitchConfig::new("pbx:8021", Secret::new("ClueCon"))
}

/// The messages in bytes, cut into chunks of these sizes (repeated).
pub(crate) fn messages(bytes: &[u8], chunks: &[usize]) -> Vec<EslMessage> {
    let mut decoder = EslDecoder::new(EslLimits::default());
    let (mut out, mut rest, mut sizes) = (Vec::new(), bytes, chunks.iter().cycle());
    while !rest.is_empty() {
        let (chunk, tail) = rest.split_at((*sizes.next().unwrap()).clamp(1, rest.len()));
        rest = tail;
        decoder.push(chunk);
        while let Some(message) = decoder.next_message().unwrap() {
            out.push(message);
        }
    }
    assert_eq!(decoder.buffered(), 0, "nothing is left over");
    out
}

/// FreeSWITCH's answers about the live channels of `snapshot-mid-call`, with the caller's presentation as given.
pub(crate) fn answer(question: &EslQuestion, withheld: bool) -> EslAnswer<'static> {
    match question.topic {
        EslTopic::Presentation => EslAnswer::Value(if withheld { "true" } else { "false" }),
        EslTopic::Queue => EslAnswer::Value("support@default"),
        EslTopic::Privacy | EslTopic::CustomerCode | EslTopic::Owner(_) => EslAnswer::Missing,
    }
}

/// The signals of whole recordings. Questions about a list of live channels are answered at once.
pub(crate) fn signals(messages: &[EslMessage], withheld: bool) -> Vec<CallSignal> {
    let mut translator = EslTranslator::new(&config());
    let out = translate(&mut translator, messages, withheld);
    assert_eq!(translator.legs_len(), 0, "every leg is forgotten");
    out
}

/// The signals of messages that may leave legs behind.
pub(crate) fn signals_of_a_part(messages: &[EslMessage]) -> Vec<CallSignal> {
    translate(&mut EslTranslator::new(&config()), messages, false)
}

fn translate(translator: &mut EslTranslator, messages: &[EslMessage], withheld: bool) -> Vec<CallSignal> {
    let (mut out, mut questions) = (Vec::new(), Vec::new());
    for message in messages {
        translator.translate(message, &mut out);
        if message.kind() == EslKind::ApiResponse
            && let Some(rows) = channel_rows(message.body())
        {
            out.push(CallSignal::ChannelListBegin);
            translator.channel_list(rows, &mut out, &mut questions);
            for question in questions.drain(..) {
                translator.answer(&question, answer(&question, withheld), &mut out);
            }
            out.push(CallSignal::ChannelListEnd);
        }
    }
    out
}

/// An event as FreeSWITCH writes it.
pub(crate) fn event(name: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let all = [("Event-Name", name)].into_iter().chain(headers.iter().copied());
    let mut body: String = all.map(|(key, value)| format!("{key}: {}\n", encode(value))).collect();
    body.push('\n');
    format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{body}", body.len()).into_bytes()
}

fn encode(value: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b",/-_.".contains(&b);
    value.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Events about one leg.
#[derive(Clone)]
pub(crate) struct Leg(Vec<(String, String)>);

impl Leg {
    /// An incoming leg.
    pub(crate) fn inbound(id: &str, number: &str, dialled: &str) -> Self {
        Self::of(&[
            ("Unique-ID", id),
            ("Call-Direction", "inbound"),
            ("Caller-Caller-ID-Number", number),
            ("Caller-Destination-Number", dialled),
        ])
    }

    /// An agent's leg, on behalf of a caller's leg.
    pub(crate) fn outbound(id: &str, extension: &str, originator: &str) -> Self {
        Self::of(&[
            ("Unique-ID", id),
            ("Call-Direction", "outbound"),
            ("variable_dialed_user", extension),
            ("Other-Type", "originator"),
            ("Other-Leg-Unique-ID", originator),
        ])
    }

    /// An agent's leg that a queue rings.
    pub(crate) fn queued(id: &str, extension: &str, member: &str) -> Self {
        Self::of(&[
            ("Unique-ID", id),
            ("Call-Direction", "outbound"),
            ("variable_dialed_user", extension),
            ("variable_cc_queue", "support@default"),
            ("variable_cc_member_session_uuid", member),
            // What FreeSWITCH writes there for a caller who withholds the number.
            ("Caller-Privacy-Hide-Number", "false"),
            ("Caller-Caller-ID-Number", "0398765432"),
        ])
    }

    fn of(headers: &[(&str, &str)]) -> Self {
        Self(headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    pub(crate) fn with(&self, key: &str, value: &str) -> Self {
        let mut leg = self.clone();
        leg.0.retain(|(k, _)| k != key);
        leg.0.push((key.to_owned(), value.to_owned()));
        leg
    }

    fn id(&self) -> &str {
        &self.0[0].1
    }

    pub(crate) fn event(&self, name: &str) -> Vec<u8> {
        let headers: Vec<_> = self.0.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        event(name, &headers)
    }

    pub(crate) fn create(&self) -> Vec<u8> {
        self.with("Answer-State", "ringing").event("CHANNEL_CREATE")
    }

    pub(crate) fn progress(&self) -> Vec<u8> {
        self.event("CHANNEL_PROGRESS")
    }

    pub(crate) fn answer(&self) -> Vec<u8> {
        self.with("Answer-State", "answered").event("CHANNEL_ANSWER")
    }

    /// A bridge that is reported before this leg is answered.
    pub(crate) fn joined_before_answer(&self, other: &Self) -> Vec<u8> {
        self.with("Answer-State", "early")
            .with("Bridge-A-Unique-ID", self.id())
            .with("Bridge-B-Unique-ID", other.id())
            .event("CHANNEL_BRIDGE")
    }

    pub(crate) fn bridge(&self, name: &str, other: &Self) -> Vec<u8> {
        self.with("Answer-State", "answered")
            .with("Bridge-A-Unique-ID", self.id())
            .with("Bridge-B-Unique-ID", other.id())
            .event(name)
    }

    /// The three events of an end.
    pub(crate) fn hangup(&self, cause: &str) -> Vec<u8> {
        let leg = self.with("Answer-State", "hangup").with("Hangup-Cause", cause);
        ["CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE", "CHANNEL_DESTROY"].map(|name| leg.event(name)).concat()
    }
}
