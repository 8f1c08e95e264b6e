//! Actions: what the bridge sends.

/// One action, ready to be written.
#[derive(Debug)]
pub(crate) struct Action(String);

impl Action {
    /// An action with its id, which the answer repeats.
    pub(crate) fn new(name: &str, id: &str) -> Self {
        Self(String::with_capacity(128)).with("Action", name).with("ActionID", id)
    }

    /// Adds a header. Control characters are removed from the value: a line end would start another header.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.0.push_str(key);
        self.0.push_str(": ");
        self.0.extend(value.chars().filter(|c| !c.is_control()));
        self.0.push_str("\r\n");
        self
    }

    /// Appends the bytes of the action.
    pub(crate) fn write_to(self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_in_a_value_cannot_add_a_header() {
        let mut bytes = Vec::new();
        Action::new("Getvar", "pres-1").with("Channel", "PJSIP/1\r\nAction: Originate").write_to(&mut bytes);
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "Action: Getvar\r\nActionID: pres-1\r\nChannel: PJSIP/1Action: Originate\r\n\r\n"
        );
    }
}
