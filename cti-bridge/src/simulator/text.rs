//! Messages as Asterisk writes them.

use std::fmt::{Display, Write as _};

/// A message under construction.
#[derive(Debug)]
pub(super) struct Text(String);

impl Text {
    /// An event of the class that its `Privilege` header names.
    pub(super) fn event(name: &str, class: &str) -> Self {
        Self(String::with_capacity(1_024)).with("Event", name).with("Privilege", format_args!("{class},all"))
    }

    /// An entry of a list that an action asked for.
    pub(super) fn entry(name: &str) -> Self {
        Self(String::with_capacity(1_024)).with("Event", name)
    }

    /// An answer to an action.
    pub(super) fn response(kind: &str, action_id: Option<&str>) -> Self {
        let text = Self(String::with_capacity(256)).with("Response", kind);
        match action_id {
            Some(id) => text.with("ActionID", id),
            None => text,
        }
    }

    /// Adds a header.
    pub(super) fn with(mut self, key: &str, value: impl Display) -> Self {
        // Writing to a String cannot fail.
        let _ = write!(self.0, "{key}: {value}\r\n");
        self
    }

    /// The whole message.
    pub(super) fn finish(mut self) -> String {
        self.0.push_str("\r\n");
        self.0
    }
}
