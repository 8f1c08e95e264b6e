//! Text of a cell, written in one run or in several with formats of their own.

use super::xml::Piece;
use crate::import::input::rows::ROW_BYTES_MAX;

/// The content of the `t` elements of a text, without phonetic readings (`rPh`).
#[derive(Debug, Default)]
pub(super) struct Text {
    text: String,
    within: bool,
    reading: bool,
}

impl Text {
    pub(super) fn clear(&mut self) {
        *self = Self { text: std::mem::take(&mut self.text), ..Self::default() };
        self.text.clear();
    }

    /// Takes the next event.
    pub(super) fn take(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Start(element) => self.enter(element.local_name().as_ref(), true),
            Piece::End(element) => self.enter(element.local_name().as_ref(), false),
            Piece::Text(text) if self.within && !self.reading => push_limited(&mut self.text, text),
            Piece::Text(_) | Piece::Nothing => {}
        }
    }

    fn enter(&mut self, name: &str, begins: bool) {
        match name {
            "t" => self.within = begins,
            "rPh" => self.reading = begins,
            _ => {}
        }
    }

    /// The text.
    pub(super) fn decoded(&mut self) -> &str {
        if self.text.contains("_x") {
            self.text = unescape(&self.text);
        }
        &self.text
    }
}

/// Appends text up to the length of a row: a longer row is refused anyway.
pub(super) fn push_limited(place: &mut String, text: &str) {
    let room = (ROW_BYTES_MAX + 1).saturating_sub(place.len());
    let cut = if text.len() <= room { text.len() } else { text.floor_char_boundary(room + 4) };
    if room > 0 {
        place.push_str(&text[..cut]);
    }
}

/// Characters that XML cannot represent are written `_x000D_`, and `_x005F_` is an underscore in front of such text.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let c = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        let (written, next) = match c {
            Some(_) => (at, at + 7),
            None => (at + 2, at + 2),
        };
        plain.push_str(&rest[..written]);
        plain.extend(c);
        rest = &rest[next..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn characters_that_xml_cannot_represent_are_written_in_hexadecimal() {
        for (text, plain) in [
            ("A_x000D_\nB", "A\r\nB"),
            ("_x005F_x0041_", "_x0041_"),
            ("_x0041__x0042_", "AB"),
            ("_xD83D_", "_xD83D_"),
            ("part_x1", "part_x1"),
            ("_x00茶_", "_x00茶_"),
            ("_x+041_", "_x+041_"),
        ] {
            assert_eq!(unescape(text), plain, "{text}");
        }
    }
}
