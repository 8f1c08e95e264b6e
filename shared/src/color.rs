//! Colours that a company chooses.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// A colour: `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Color(String);

impl Color {
    /// Reads `#8a5a00`, `#850` or `8A5A00`, also in full width; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.trim().nfkc().collect::<String>().to_ascii_lowercase();
        let (digits, is_marked) = match text.strip_prefix('#') {
            Some(digits) => (digits, true),
            None => (text.as_str(), false),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        match digits.len() {
            6 => Some(Self(format!("#{digits}"))),
            3 if is_marked => {
                Some(Self(digits.chars().fold("#".to_owned(), |all, c| format!("{all}{c}{c}"))))
            }
            _ => None,
        }
    }

    /// `#rrggbb`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_one_form() {
        for text in ["#8A5A00", " 8a5a00 ", "＃８Ａ５Ａ００"] {
            assert_eq!(Color::parse(text).unwrap().as_str(), "#8a5a00", "{text}");
        }
        assert_eq!(Color::parse("#f80").unwrap().as_str(), "#ff8800");
        for text in
            ["", "#", "gold", "#12345", "#1234567", "#12345g", "f80", "##f80", "rgb(1,2,3)", "#é12345"]
        {
            assert_eq!(Color::parse(text), None, "{text}");
        }
    }
}
