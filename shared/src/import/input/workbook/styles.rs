//! How cells display their numbers: as a date, as a percentage, with leading zeros.

use std::collections::HashMap;
use std::io::Read;

use super::xml::{Piece, Xml, attribute};
use crate::message;
use crate::message::Message;

/// The most cell styles, and the most formats; a spreadsheet allows 64,000.
const STYLES_MAX: usize = 100_000;

/// The longest format that is examined; a spreadsheet allows 255 characters.
const FORMAT_BYTES_MAX: usize = 1_024;

/// The most digits of a whole number that a spreadsheet keeps.
const WHOLE_MAX: f64 = 1e15;

/// The kind of value that a number format implies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// As a number.
    Number,
    /// As a percentage.
    Percent,
    /// As a date, a time, or both.
    Date,
    /// As a length of time, which counts hours beyond a day: `[h]:mm`.
    Elapsed,
    /// Whole numbers with leading zeros: `00000`, `000-0000`.
    Zeros(Vec<Zeros>),
}

/// Leading zeros of numbers up to a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zeros {
    up_to: Option<u64>,
    form: String,
}

/// The styles of a workbook.
#[derive(Debug, Default)]
pub(super) struct Styles {
    formats: HashMap<u32, Shown>,
    /// The format of each style.
    cells: Vec<u32>,
}

impl Styles {
    pub(super) fn read(part: impl Read) -> Result<Self, Message> {
        let mut styles = Self::default();
        let mut xml = Xml::new(part);
        let mut place = String::new();
        while let Some(piece) = xml.next()? {
            match &piece {
                Piece::Start(element) => match element.local_name().as_ref() {
                    name @ ("numFmts" | "cellXfs") => name.clone_into(&mut place),
                    "numFmt" if place == "numFmts" => {
                        if let Some(id) = number(attribute(element, "numFmtId")?.as_deref()) {
                            let code = attribute(element, "formatCode")?.unwrap_or_default();
                            styles.formats.insert(id, shown(&code));
                        }
                    }
                    "xf" if place == "cellXfs" => {
                        let id = number(attribute(element, "numFmtId")?.as_deref());
                        styles.cells.push(id.unwrap_or_default());
                    }
                    _ => {}
                },
                Piece::End(element) if element.local_name().as_ref() == place => place.clear(),
                _ => {}
            }
            if styles.formats.len() > STYLES_MAX || styles.cells.len() > STYLES_MAX {
                return Err(message!(
                    "書式が{max}個を超えています",
                    "it has more than {max} styles",
                    max = STYLES_MAX,
                ));
            }
        }
        Ok(styles)
    }

    /// How cells of a style display their numbers.
    pub(super) fn shown(&self, style: usize) -> &Shown {
        let id = self.cells.get(style).copied().unwrap_or_default();
        self.formats.get(&id).unwrap_or_else(|| builtin(id))
    }
}

fn number(text: Option<&str>) -> Option<u32> {
    text.and_then(|text| text.trim().parse().ok())
}

/// The built-in formats of every workbook; 27 to 36 and 50 to 58 are dates in Japan.
fn builtin(id: u32) -> &'static Shown {
    match id {
        9 | 10 => &Shown::Percent,
        46 => &Shown::Elapsed,
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => &Shown::Date,
        _ => &Shown::Number,
    }
}

/// The kind of the numbers with this format.
fn shown(code: &str) -> Shown {
    if code.len() > FORMAT_BYTES_MAX {
        return Shown::Number;
    }
    let sections = sections(code);
    let Some(first) = sections.first() else { return Shown::Number };
    if first.elapsed {
        return Shown::Elapsed;
    }
    if first.is_date() {
        return Shown::Date;
    }
    if first.form.contains('%') {
        return Shown::Percent;
    }
    let zeros = sections.iter().map_while(Section::zeros);
    // The sections after the first one without a condition are for negative numbers, zero and text.
    let mut ended = false;
    let zeros: Vec<Zeros> =
        zeros.take_while(|zeros| !std::mem::replace(&mut ended, zeros.up_to.is_none())).collect();
    if zeros.is_empty() { Shown::Number } else { Shown::Zeros(zeros) }
}

/// One part of a format, without colours, blanks and literal text.
#[derive(Debug, Default)]
struct Section {
    form: String,
    condition: Option<String>,
    /// Whether it counts hours beyond a day: `[h]:mm`.
    elapsed: bool,
}

/// Stands for literal text other than a dash.
const LITERAL: char = '\u{0}';

fn sections(code: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        let Some(section) = sections.last_mut() else { break };
        match c {
            ';' => sections.push(Section::default()),
            '"' => {
                let literal: String = chars.by_ref().take_while(|c| *c != '"').collect();
                section.form.push(if literal == "-" { '-' } else { LITERAL });
            }
            '\\' | '!' => section.form.push(if chars.next() == Some('-') { '-' } else { LITERAL }),
            '_' | '*' => drop(chars.next()),
            '[' => {
                let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                section.elapsed |=
                    matches!(inner.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss");
                if inner.starts_with(['<', '>', '=']) {
                    section.condition = Some(inner);
                }
            }
            c => section.form.push(c.to_ascii_lowercase()),
        }
    }
    sections
}

impl Section {
    fn is_date(&self) -> bool {
        let form = self.form.replace("general", "").replace("g/標準", "");
        let has = |letters: &[char]| form.contains(letters);
        let era = has(&['e']) && !has(&['0']);
        !has(&['#', '?']) && (has(&['y', 'm', 'd', 'h', 's', 'g']) || era)
    }

    fn zeros(&self) -> Option<Zeros> {
        let form = self.form.trim();
        let zeros = form.chars().filter(|c| *c == '0').count();
        let plain =
            form.starts_with('0') && form.ends_with('0') && form.chars().all(|c| matches!(c, '0' | '-'));
        if !plain || zeros < 2 {
            return None;
        }
        let up_to = match &self.condition {
            None => None,
            Some(condition) => Some(condition.strip_prefix("<=")?.trim().parse().ok()?),
        };
        Some(Zeros { up_to, form: form.to_owned() })
    }
}

/// A whole number as such a format displays it; `None` when the number is not whole.
pub(super) fn with_zeros(zeros: &[Zeros], number: f64) -> Option<String> {
    if number.fract() != 0.0 || !(0.0..WHOLE_MAX).contains(&number) {
        return None;
    }
    let mut digits = format!("{number}").into_bytes();
    let whole: u64 = std::str::from_utf8(&digits).ok()?.parse().ok()?;
    let zeros = zeros.iter().find(|zeros| zeros.up_to.is_none_or(|limit| whole <= limit))?;
    let mut shown = Vec::with_capacity(zeros.form.len().max(digits.len()));
    for place in zeros.form.bytes().rev() {
        shown.push(if place == b'0' { digits.pop().unwrap_or(b'0') } else { place });
    }
    shown.extend(digits.into_iter().rev());
    shown.reverse();
    String::from_utf8(shown).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test ends at the first error")]

    use super::{Shown, shown, with_zeros};

    #[test]
    fn formats_tell_what_a_number_means() {
        for code in [
            "yyyy/mm/dd",
            "[$-411]ggge\"年\"m\"月\"d\"日\"",
            "m/d",
            "h:mm AM/PM",
            "mm:ss.0",
            "ge.m.d",
            "[$-411]e",
        ] {
            assert_eq!(shown(code), Shown::Date, "{code}");
        }
        for code in ["[h]:mm", "[h]:mm:ss", "[mm]:ss", "[hh]\"時間\"mm\"分\"", "[Red][h]:mm"] {
            assert_eq!(shown(code), Shown::Elapsed, "{code}");
        }
        for code in ["0%", "0.00%", "#,##0.0%;[Red]-0%", "0\\ %", "%0"] {
            assert_eq!(shown(code), Shown::Percent, "{code}");
        }
        for code in [
            "General",
            "G/標準",
            "0",
            "0.00",
            "#,##0\"d\"",
            "[Red]0.00\"days\"",
            "0.00E+00",
            "\"100%\"0",
            "@",
            "0\\%",
            "#,##0_ ;[Red]\\-#,##0\\ ",
            "\"A\"000",
            "",
            ";;;",
            "0;00000",
        ] {
            assert_eq!(shown(code), Shown::Number, "{code}");
        }
    }

    #[test]
    fn whole_numbers_get_leading_zeros() {
        let zeros = |code: &str, number: f64| match shown(code) {
            Shown::Zeros(zeros) => with_zeros(&zeros, number),
            other => panic!("{code}: {other:?}"),
        };
        for (code, number, text) in [
            ("00000", 1.0, "00001"),
            ("00000", 0.0, "00000"),
            ("00000", 123_456.0, "123456"),
            ("00000_ ;[Red]\\-00000", 42.0, "00042"),
            ("000-0000", 600_001.0, "060-0001"),
            ("000\"-\"0000", 1_600_022.0, "160-0022"),
            ("[<=999]000;[<=9999]000\\-00;000\\-0000", 600_001.0, "060-0001"),
            ("[<=999]000;[<=9999]000\\-00;000\\-0000", 999.0, "999"),
            ("[<=999]000;[<=9999]000\\-00;000\\-0000", 1_000.0, "010-00"),
            ("00", 999_999_999_999_999.0, "999999999999999"),
        ] {
            assert_eq!(zeros(code, number).unwrap(), text, "{code} {number}");
        }
        for number in [-1.0, 1.5, 1e15, f64::NAN] {
            assert_eq!(zeros("00000", number), None, "{number}");
        }
    }
}
