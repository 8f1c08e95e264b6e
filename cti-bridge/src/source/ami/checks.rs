//! What a manager user may see and do, found out at sign-in and while events come in.
//!
//! `ListCommands` names the actions that a user may use, which tells the user's `write` permissions. Nothing names the
//! `read` permissions: that call events are missing shows when there are channels and no event about them.

use std::time::Duration;

use tokio::time::Instant;

use super::action::Action;
use super::{AmiConfig, AmiMessage};
use crate::source::problem::{Problem, Problems};

/// The action id of the question which actions there are.
pub(super) const COMMANDS_ID: &str = "check-1";
/// How the action ids of further lists begin: they are compared with what events have told.
const LIST_PREFIX: &str = "check-list-";
/// How often the live channels are listed until a call event has come.
const LIST_EVERY: Duration = Duration::from_secs(60);
/// Events about channels, of classes other than `call`, after which call events should have come too.
const OTHER_EVENTS_MAX: u32 = 5;
/// The first major version of the manager interface whose events can be read (Asterisk 12).
const MAJOR_MIN: u32 = 2;
/// Longest wait for the answer to `ListCommands`.
const COMMANDS_WAIT: Duration = Duration::from_secs(3);

/// What is known so far.
#[derive(Debug)]
pub(super) struct Checks {
    problems: Problems,
    /// The problems changed, or were looked for the first time.
    has_news: bool,
    /// Until when the answer to `ListCommands` is waited for; `None` afterwards.
    commands_until: Option<Instant>,
    has_call_events: bool,
    other_events: u32,
    /// When the live channels are listed next.
    list_at: Instant,
    lists: u32,
    /// A phone that a queue knows was paused or unpaused.
    queue_knows: bool,
}

impl Checks {
    /// Checks of a connection whose banner was this; asks which actions there are.
    pub(super) fn begin(banner: Option<&str>, bytes: &mut Vec<u8>) -> Self {
        Action::new("ListCommands", COMMANDS_ID).write_to(bytes);
        let now = Instant::now();
        let mut checks = Self {
            problems: Problems::new(),
            has_news: false,
            commands_until: Some(now + COMMANDS_WAIT),
            has_call_events: false,
            other_events: 0,
            list_at: now + LIST_EVERY,
            lists: 0,
            queue_knows: false,
        };
        if banner.and_then(major).is_some_and(|major| major < MAJOR_MIN) {
            checks.found(Problem::OldVersion);
        }
        checks
    }

    pub(super) fn found(&mut self, problem: Problem) {
        self.has_news |= self.problems.insert(problem);
    }

    fn gone(&mut self, problem: Problem) {
        self.has_news |= self.problems.remove(&problem);
    }

    /// The problems, if they changed, once the first questions are answered.
    pub(super) fn news(&mut self) -> Option<Problems> {
        let tell = self.commands_until.is_none() && std::mem::take(&mut self.has_news);
        tell.then(|| self.problems.clone())
    }

    /// The actions that the user may use. A list that lacks what everybody may use is no list.
    pub(super) fn commands(&mut self, answer: &AmiMessage, config: &AmiConfig) {
        self.settled();
        if answer.get("Challenge").is_none() && answer.get("Logoff").is_none() {
            return;
        }
        for (action, problem, is_needed) in [
            ("Getvar", Problem::NumbersRefused, true),
            ("CoreShowChannels", Problem::ListRefused, true),
            ("Originate", Problem::DialRefused, !config.dial_context.is_empty()),
            ("BlindTransfer", Problem::ControlRefused, !config.transfer_context.is_empty()),
            ("Redirect", Problem::ControlRefused, !config.transfer_context.is_empty()),
            ("QueuePause", Problem::PauseRefused, !config.queue_interface.is_empty()),
        ] {
            if is_needed && answer.get(action).is_none() {
                self.found(problem);
            }
        }
    }

    fn settled(&mut self) {
        if self.commands_until.take().is_some() {
            self.has_news = true;
        }
    }

    /// `Getvar` was answered.
    pub(super) fn number_answered(&mut self, response: &str, message: Option<&str>) {
        if response == "Success" {
            self.gone(Problem::NumbersRefused);
        } else if message.is_some_and(is_permission) {
            self.found(Problem::NumbersRefused);
        }
    }

    /// A pause was answered.
    pub(super) fn pause_answered(&mut self, response: &str, message: Option<&str>) {
        if response == "Success" {
            self.queue_knows = true;
            self.gone(Problem::QueueUnknown);
        } else if message.is_some_and(is_permission) {
            self.found(Problem::PauseRefused);
        } else if message.is_some_and(super::pause::is_unknown) && !self.queue_knows {
            self.found(Problem::QueueUnknown);
        }
    }

    /// An event: of which class it is, and whether it is one of an old Asterisk.
    pub(super) fn event(&mut self, event: &str, message: &AmiMessage) {
        if self.has_call_events {
            return;
        }
        let is_old = match event {
            "Bridge" | "Link" | "Unlink" => true,
            "Dial" => message.get("SubEvent").is_some(),
            _ => false,
        };
        if is_old {
            return self.found(Problem::OldVersion);
        }
        let class = message.get("Privilege").unwrap_or_default();
        if matches!(event, "Newchannel" | "Newstate" | "DialBegin")
            || class.split(',').any(|one| one == "call")
        {
            self.has_call_events = true;
            self.gone(Problem::NoCallEvents);
        } else if !class.is_empty() && message.known("Uniqueid").is_some() {
            self.other_events += 1;
            if self.other_events == OTHER_EVENTS_MAX {
                self.found(Problem::NoCallEvents);
            }
        }
    }

    /// An entry of a further list. A channel that is known to nobody was there for a while without an event about it.
    /// Returns whether this message belongs to such a list.
    pub(super) fn listed(&mut self, message: &AmiMessage, is_known: impl FnOnce(&str) -> bool) -> bool {
        if !message.action_id().is_some_and(|id| id.starts_with(LIST_PREFIX)) {
            return false;
        }
        let is_entry = message.event() == Some("CoreShowChannel");
        let is_new = message.get("Duration").is_none_or(|duration| duration == "00:00:00");
        let unknown = message.known("Uniqueid").is_some_and(|id| !is_known(id));
        if is_entry && unknown && !is_new && !self.has_call_events {
            self.found(Problem::NoCallEvents);
        }
        true
    }

    /// When something is due next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let list =
            (!self.has_call_events && !self.problems.contains(&Problem::ListRefused)).then_some(self.list_at);
        self.commands_until.into_iter().chain(list).min()
    }

    /// Does what is due.
    pub(super) fn on_deadline(&mut self, now: Instant, bytes: &mut Vec<u8>) {
        if self.commands_until.is_some_and(|until| until <= now) {
            self.settled();
        }
        if self.deadline().is_some() && self.list_at <= now {
            self.lists += 1;
            self.list_at = now + LIST_EVERY;
            Action::new("CoreShowChannels", &format!("{LIST_PREFIX}{}", self.lists)).write_to(bytes);
        }
    }
}

/// The major version in `Asterisk Call Manager/9.0.0`.
fn major(banner: &str) -> Option<u32> {
    banner.rsplit_once('/')?.1.split('.').next()?.trim().parse().ok()
}

fn is_permission(message: &str) -> bool {
    message.eq_ignore_ascii_case("Permission denied")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Secret;

    fn message(text: &str) -> AmiMessage {
        AmiMessage::parse(text.as_bytes())
    }

    fn config() -> AmiConfig {
        let mut config = AmiConfig::new("pbx:5038", "chakuden", Secret::new("s"));
        config.dial_context = "outgoing".to_owned();
        config
    }

    fn begun(banner: &str) -> Checks {
        Checks::begin(Some(banner), &mut Vec::new())
    }

    const COMMANDS: &str = "Response: Success\nChallenge: x (Priv: <none>)\nLogoff: x (Priv: <none>)\n";

    #[tokio::test(start_paused = true)]
    async fn the_actions_that_a_user_may_use_tell_what_is_missing() {
        for (actions, expected) in [
            ("Getvar: x\nCoreShowChannels: x\nOriginate: x", vec![]),
            ("Getvar: x\nCoreShowChannels: x", vec![Problem::DialRefused]),
            ("Originate: x", vec![Problem::NumbersRefused, Problem::ListRefused]),
            ("Getvar: x\nOriginate: x", vec![Problem::ListRefused]),
        ] {
            let mut checks = begun("Asterisk Call Manager/9.0.0");
            assert_eq!(checks.news(), None, "not before the answer");
            checks.commands(&message(&format!("{COMMANDS}{actions}")), &config());
            assert_eq!(checks.news(), Some(expected.into_iter().collect()), "{actions}");
            assert_eq!(checks.news(), None);
        }
        let mut checks = begun("Asterisk Call Manager/9.0.0");
        checks.commands(&message("Response: Success\nMessage: done"), &config());
        assert_eq!(checks.news(), Some(Problems::new()), "an answer that is no list says nothing");
        let mut checks = begun("Asterisk Call Manager/9.0.0");
        checks.on_deadline(checks.deadline().unwrap(), &mut Vec::new());
        assert_eq!(checks.news(), Some(Problems::new()), "no answer says nothing either");
    }

    #[tokio::test(start_paused = true)]
    async fn old_versions_are_known_by_banner_and_by_events() {
        for (banner, is_old) in [
            ("Asterisk Call Manager/1.1", true),
            ("Asterisk Call Manager/1.0", true),
            ("Asterisk Call Manager/2.0.0", false),
            ("Asterisk Call Manager/11.0.0", false),
            ("Asterisk Call Manager/", false),
        ] {
            assert_eq!(begun(banner).problems.contains(&Problem::OldVersion), is_old, "{banner}");
        }
        let mut checks = begun("Asterisk Call Manager/");
        checks.event("Dial", &message("Event: Dial\nSubEvent: Begin"));
        assert!(checks.problems.contains(&Problem::OldVersion));
    }

    #[tokio::test(start_paused = true)]
    async fn channels_without_call_events_are_noticed() {
        let other = message("Event: VarSet\nPrivilege: dialplan,all\nUniqueid: 1.1");
        let mut checks = begun("Asterisk Call Manager/9.0.0");
        for _ in 0..5 {
            assert!(!checks.problems.contains(&Problem::NoCallEvents));
            checks.event("VarSet", &other);
        }
        assert!(checks.problems.contains(&Problem::NoCallEvents));
        checks.event("Newchannel", &message("Event: Newchannel\nPrivilege: call,all\nUniqueid: 1.2"));
        assert!(!checks.problems.contains(&Problem::NoCallEvents), "they come after all");
        for _ in 0..9 {
            checks.event("VarSet", &other);
        }
        assert!(checks.problems.is_empty());
        // A user who may read nothing.
        let mut checks = begun("Asterisk Call Manager/9.0.0");
        checks.settled();
        let mut bytes = Vec::new();
        checks.on_deadline(checks.deadline().unwrap(), &mut bytes);
        assert!(
            String::from_utf8(bytes)
                .unwrap()
                .starts_with("Action: CoreShowChannels\r\nActionID: check-list-1\r\n")
        );
        let entry = |id: &str, duration: &str| {
            message(&format!(
                "Event: CoreShowChannel\nActionID: check-list-1\nUniqueid: {id}\nDuration: {duration}"
            ))
        };
        assert!(
            checks.listed(&entry("1.1", "00:00:40"), |_| true)
                && checks.listed(&entry("2.1", "00:00:00"), |_| false)
        );
        assert!(checks.problems.is_empty());
        assert!(!checks.listed(&message("Event: CoreShowChannel\nActionID: snap-1\nUniqueid: 1"), |_| false));
        checks.listed(&entry("1.1", "00:00:40"), |_| false);
        assert!(checks.problems.contains(&Problem::NoCallEvents));
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_while_running_are_noticed_and_forgotten_when_it_works() {
        let mut checks = begun("Asterisk Call Manager/9.0.0");
        checks.number_answered("Error", Some("No such channel"));
        assert!(checks.problems.is_empty(), "the call has ended");
        checks.number_answered("Error", Some("Permission denied"));
        assert!(checks.problems.contains(&Problem::NumbersRefused));
        checks.number_answered("Success", None);
        checks.pause_answered("Error", Some("Interface not found"));
        assert_eq!(checks.problems.iter().copied().collect::<Vec<_>>(), [Problem::QueueUnknown]);
        checks.pause_answered("Success", None);
        checks.pause_answered("Error", Some("Interface not found"));
        assert!(checks.problems.is_empty(), "not every agent is a member of a queue");
        checks.pause_answered("Error", Some("Permission denied"));
        assert!(checks.problems.contains(&Problem::PauseRefused));
    }
}
