//! Recordings: the file that a PBX names, and the address at which it can be listened to.

use shared::message::Label;
use shared::settings_reader::Value;

/// Longest name of a file, in characters.
const FILE_CHARS_MAX: usize = 500;
/// Longest template, in characters.
const TEMPLATE_CHARS_MAX: usize = 1_000;
/// What a template may contain in braces.
const PLACES: [&str; 3] = ["{file}", "{path}", "{id}"];

const FORM: Label = Label::new(
    "「https://pbx.example/rec/{file}」のように、{file}・{path}・{id} のいずれかを含むアドレスを書いてください",
    "must be an address with {file}, {path} or {id}, such as \"https://pbx.example/rec/{file}\"",
);

/// A file as the PBX names it, if it can be one.
pub(super) fn file_name(text: &str) -> Option<String> {
    let text = text.trim();
    let is_one = (1..=FILE_CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    is_one.then(|| text.to_owned())
}

/// The address of recordings, with places for the file and the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingUrl(String);

impl RecordingUrl {
    /// Reads a template.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let scheme = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let rest = PLACES.iter().fold(scheme.to_owned(), |rest, place| rest.replace(place, ""));
        let is_one = !scheme.starts_with(['/', '{'])
            && rest.len() < scheme.len()
            && text.chars().count() <= TEMPLATE_CHARS_MAX
            && !rest.contains(['{', '}', '"', '<', '>', '\\'])
            && !rest.chars().any(|c| c.is_control() || c.is_whitespace());
        is_one.then(|| Self(text.to_owned()))
    }

    pub(super) fn read(value: &Value<'_>) -> Option<Option<Self>> {
        value.parsed(FORM, Self::parse).map(Some)
    }

    /// The address of a recording: of this file, of the call that the PBX knows by this identity.
    #[must_use]
    pub fn fill(&self, file: &str, pbx_call_id: Option<&str>) -> String {
        // Nothing of a name leads out of the folder that the template names.
        let parts: Vec<String> = file
            .split(['/', '\\'])
            .filter(|part| !part.is_empty() && !part.chars().all(|c| c == '.'))
            .map(encoded)
            .collect();
        let name = parts.last().cloned().unwrap_or_default();
        // What is put in contains no braces.
        self.0
            .replace("{file}", &name)
            .replace("{path}", &parts.join("/"))
            .replace("{id}", &encoded(pbx_call_id.unwrap_or_default()))
    }
}

/// Everything but unreserved characters as percent and two digits (RFC 3986, 2.1).
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_filled_with_the_file_and_the_call_and_nothing_of_them_is_interpreted() {
        let fill =
            |template: &str, file: &str| RecordingUrl::parse(template).unwrap().fill(file, Some("17.4"));
        let (file, path) = ("https://pbx.example/rec/{file}", "https://pbx.example/rec/{path}?call={id}");
        for (template, name, expected) in [
            (file, "/var/spool/asterisk/monitor/2026/q-17.4.wav", "https://pbx.example/rec/q-17.4.wav"),
            (path, "2026/11/q 1.wav", "https://pbx.example/rec/2026/11/q%201.wav?call=17.4"),
            (path, "../../etc/passwd", "https://pbx.example/rec/etc/passwd?call=17.4"),
            (file, "a\\b\\応対.wav", "https://pbx.example/rec/%E5%BF%9C%E5%AF%BE.wav"),
            (file, "x?y#z&{id}\"<", "https://pbx.example/rec/x%3Fy%23z%26%7Bid%7D%22%3C"),
            (file, "..", "https://pbx.example/rec/"),
        ] {
            assert_eq!(fill(template, name), expected, "{name}");
        }
    }

    #[test]
    fn templates_are_addresses_with_a_place() {
        for text in ["https://pbx.example/{file}", "http://10.0.0.5:8088/rec?f={path}", "https://x/{id}"] {
            assert!(RecordingUrl::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "https://pbx.example/rec",
            "javascript:alert({file})",
            "file:///{file}",
            "https://{file}",
            "https:///{file}",
            "https://x/{name}/{file}",
            "https://x/ {file}",
            "https://x/\"{file}",
        ] {
            assert!(RecordingUrl::parse(text).is_none(), "{text}");
        }
    }
}
