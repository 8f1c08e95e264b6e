//! Cells and areas by their references: `C2`, `C2:D5`.

/// Rows and columns of a sheet.
pub(super) const ROWS_MAX: u32 = 1_048_576;
pub(super) const COLUMNS_MAX: u32 = 16_384;

/// A rectangle of cells; rows and columns from 0, the last ones included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import::input) struct Area {
    pub(in crate::import::input) top: u32,
    pub(in crate::import::input) left: u32,
    pub(in crate::import::input) bottom: u32,
    pub(in crate::import::input) right: u32,
}

impl Area {
    /// `B2:C5`, or a single cell.
    pub(super) fn parse(reference: &str) -> Option<Self> {
        let (first, last) = reference.split_once(':').unwrap_or((reference, reference));
        let (first, last) = (place(first.trim())?, place(last.trim())?);
        let (top, bottom) = (first.0.min(last.0), first.0.max(last.0));
        let (left, right) = (first.1.min(last.1), first.1.max(last.1));
        Some(Self { top, left, bottom, right })
    }

    pub(super) fn contains(&self, row: u32, column: u32) -> bool {
        (self.top..=self.bottom).contains(&row) && (self.left..=self.right).contains(&column)
    }

    /// Whether it is a single cell.
    pub(super) fn is_single(&self) -> bool {
        self.top == self.bottom && self.left == self.right
    }
}

/// A number from 1 as one from 0.
pub(super) fn from_one(text: &str, most: u32) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (1..=most).contains(&number).then(|| number - 1)
}

/// `C2` as row 1 and column 2.
pub(super) fn place(reference: &str) -> Option<(u32, u32)> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, row) = reference.split_at_checked(letters).filter(|_| (1..=3).contains(&letters))?;
    let column = name
        .bytes()
        .fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let plain = row.bytes().all(|byte| byte.is_ascii_digit());
    let row = from_one(row, ROWS_MAX).filter(|_| plain)?;
    (column <= COLUMNS_MAX).then(|| (row, column - 1))
}

#[cfg(test)]
mod tests {
    use super::{Area, place};

    #[test]
    fn references_name_a_row_and_a_column() {
        for (reference, found) in [
            ("A1", Some((0, 0))),
            ("c2", Some((1, 2))),
            ("AA10", Some((9, 26))),
            ("XFD1048576", Some((1_048_575, 16_383))),
            ("XFE1", None),
            ("A1048577", None),
            ("A0", None),
            ("A", None),
            ("3C", None),
            ("$C$3", None),
            ("C+3", None),
            ("ZZZZ1", None),
            ("茶1", None),
            ("", None),
        ] {
            assert_eq!(place(reference), found, "{reference}");
        }
    }

    #[test]
    fn areas_have_all_their_corners() {
        let area = Area { top: 1, left: 1, bottom: 4, right: 2 };
        for reference in ["B2:C5", "C5:B2", "B5:C2"] {
            assert_eq!(Area::parse(reference), Some(area), "{reference}");
        }
        assert!(area.contains(1, 1) && area.contains(4, 2) && !area.contains(5, 2) && !area.contains(4, 3));
        assert_eq!(Area::parse("B2").map(|area| area.is_single()), Some(true));
        assert_eq!(Area::parse("B2:"), None);
    }
}
