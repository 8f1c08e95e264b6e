//! The words of a profile and what they mean.

use crate::encoding::Encoding;
use crate::profile::{DateForm, HeaderForm, Shape, Take};

pub(super) const ENCODINGS: &[(&str, Encoding)] = &[
    ("utf8", Encoding::Utf8),
    ("utf8-bom", Encoding::Utf8Bom),
    ("cp932", Encoding::Cp932),
    ("utf16le", Encoding::Utf16Le),
    ("utf16be", Encoding::Utf16Be),
];

/// The byte between two cells, and whether a run of them is one delimiter.
pub(super) const DELIMITERS: &[(&str, (u8, bool))] = &[
    (",", (b',', false)),
    ("tab", (b'\t', false)),
    (";", (b';', false)),
    ("space", (b' ', false)),
    ("spaces", (b' ', true)),
];

/// Whether an empty cell leaves what is stored as it is.
pub(super) const EMPTY_CELLS: &[(&str, bool)] = &[("clear", false), ("keep", true)];

pub(super) const HEADERS: &[(&str, HeaderForm)] =
    &[("names", HeaderForm::Names), ("none", HeaderForm::None), ("either", HeaderForm::Either)];

/// Whether times without a zone are in UTC.
pub(super) const TIME_ZONES: &[(&str, bool)] = &[("Asia/Tokyo", false), ("UTC", true)];

pub(super) const SHAPES: &[(&str, Shape)] = &[
    ("date", Shape::Date),
    ("digits", Shape::Digits),
    ("number", Shape::Number),
    ("filled", Shape::Filled),
    ("postal", Shape::Postal),
    ("phone", Shape::Phone),
];

pub(super) const TAKES: &[(&str, Take)] = &[
    ("prefecture", Take::Prefecture),
    ("city", Take::City),
    ("street", Take::Street),
    ("percent", Take::Percent),
];

pub(super) const DATES: &[(&str, DateForm)] = &[
    ("yyyymmdd", DateForm::Compact),
    ("yyyy/mm/dd", DateForm::Slashes),
    ("yyyy-mm-dd", DateForm::Iso),
    ("yy/mm/dd", DateForm::ShortYear),
    ("era", DateForm::Era),
    ("era-digit", DateForm::EraDigit),
];
