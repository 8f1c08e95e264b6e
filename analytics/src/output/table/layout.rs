//! How the columns of a sheet fit a terminal: in one table as they are, in one with wrapped text, or in several below
//! each other.

use crate::output::wrap::{longest_piece, width, wrapped};

/// The width of a text column that is still readable.
const TEXT_MIN: usize = 10;
/// A longer word may be cut.
const WORD_MAX: usize = 20;
/// The width of a heading that has no more than two lines.
const HEADING_MAX: usize = 8;
/// Lines of a wrapped heading.
const HEADING_LINES_MAX: usize = 3;

/// A column, measured.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    /// Whether its cells are text, which may wrap.
    pub(super) is_text: bool,
    /// Whether its cells are figures.
    pub(super) is_figure: bool,
    /// The width of heading and cells on one line each.
    natural: usize,
    /// The width at which it reads well.
    comfortable: usize,
    /// The width below which it cannot be shown.
    least: usize,
}

impl Measured {
    /// Measures a column with these cells.
    pub(super) fn new<'a>(
        heading: &str,
        cells: impl Iterator<Item = &'a str>,
        is_text: bool,
        is_figure: bool,
    ) -> Self {
        let (mut widest, mut word) = (0, 0);
        for cell in cells {
            widest = widest.max(width(cell));
            word = word.max(if is_text { longest_piece(cell) } else { 0 });
        }
        let heading_least = heading_width(heading);
        let natural = widest.max(width(heading));
        let (comfortable, least) = match is_text {
            true => (widest.min(word.clamp(TEXT_MIN, WORD_MAX)), widest.min(TEXT_MIN)),
            false => (widest, widest),
        };
        Self {
            is_text,
            is_figure,
            natural,
            comfortable: comfortable.max(heading_least),
            least: least.max(heading_least),
        }
    }
}

/// The least width at which a heading has few lines and no broken word: two, or three when two are too wide.
fn heading_width(heading: &str) -> usize {
    let least = |lines: usize| {
        let fits = |limit: &usize| wrapped(heading, *limit).len() <= lines;
        (longest_piece(heading)..width(heading)).find(fits).unwrap_or_else(|| width(heading))
    };
    let two = least(2);
    if two <= HEADING_MAX { two } else { least(HEADING_LINES_MAX) }
}

/// The width that a column needs at least.
type Least = fn(&Measured) -> usize;

/// One table: the columns that it shows, each with its width.
pub(super) type Part = Vec<(usize, usize)>;

/// The tables in which the columns are shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) parts: Vec<Part>,
    /// Blanks between two columns.
    pub(super) gap: usize,
}

/// The layout for a terminal; `None` when everything fits as it is, with a blank on both sides of each column. A table
/// that does not fit even so is wider than the terminal.
pub(super) fn fitted(columns: &[Measured], room: usize) -> Option<Layout> {
    if columns.iter().map(|column| column.natural + 2).sum::<usize>() <= room {
        return None;
    }
    let all: Vec<usize> = (0..columns.len()).collect();
    let one = |least: Least, gap: usize| {
        let fits = total(columns.iter().map(least), gap) <= room;
        fits.then(|| Layout { parts: vec![stretched(columns, &all, least, room, gap)], gap })
    };
    let split = |least: Least, gap: usize| {
        let parts = parts(columns, least, room, gap)?;
        let parts = parts.iter().map(|part| stretched(columns, part, least, room, gap)).collect();
        Some(Layout { parts, gap })
    };
    let comfortable: Least = |column| column.comfortable;
    let least: Least = |column| column.least;
    let figures = columns.iter().filter(|column| column.is_figure).count();
    one(comfortable, 2)
        .or_else(|| one(comfortable, 1))
        .or_else(|| if figures * 2 > columns.len() { split(comfortable, 2) } else { None })
        .or_else(|| one(least, 1))
        .or_else(|| split(least, 1))
        .or_else(|| Some(Layout { parts: vec![stretched(columns, &all, least, room, 1)], gap: 1 }))
}

fn total(widths: impl Iterator<Item = usize>, gap: usize) -> usize {
    widths.map(|width| width + gap).sum::<usize>().saturating_sub(gap)
}

/// The columns in several tables of about the same width, each behind the columns that name the row.
fn parts(columns: &[Measured], least: Least, room: usize, gap: usize) -> Option<Vec<Vec<usize>>> {
    let keys = if columns.get(1).is_some_and(|second| !second.is_figure) { 2 } else { 1 };
    let taken: usize = columns.iter().take(keys).map(|column| least(column) + gap).sum();
    let most = room.checked_sub(taken)?;
    let widest = columns.iter().skip(keys).map(least).max()?;
    let packed = |room: usize| {
        let mut parts: Vec<Vec<usize>> = Vec::new();
        let mut left = 0;
        for (index, column) in columns.iter().enumerate().skip(keys) {
            let needed = least(column);
            match parts.last_mut().filter(|_| left >= needed + gap) {
                Some(part) => {
                    part.push(index);
                    left -= needed + gap;
                }
                None => {
                    parts.push((0..keys).chain([index]).collect());
                    left = room.saturating_sub(needed);
                }
            }
        }
        parts
    };
    let wanted = packed(most).len();
    (widest..=most).map(packed).find(|parts| parts.len() == wanted)
}

/// The columns with the room that is left: first text, then headings; the narrowest first.
fn stretched(columns: &[Measured], part: &[usize], least: Least, room: usize, gap: usize) -> Part {
    let mut out: Part = part.iter().map(|&index| (index, least(&columns[index]))).collect();
    let mut left = room.saturating_sub(total(out.iter().map(|(_, width)| *width), gap));
    for texts in [true, false] {
        while left > 0 {
            let short = |(index, width): &&mut (usize, usize)| {
                columns[*index].is_text == texts && *width < columns[*index].natural
            };
            let Some(narrowest) = out.iter_mut().filter(short).min_by_key(|(_, width)| *width) else { break };
            narrowest.1 += 1;
            left -= 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(heading: &str, widest: &str) -> Measured {
        Measured::new(heading, [widest].into_iter(), false, true)
    }

    fn text(heading: &str, widest: &str) -> Measured {
        Measured::new(heading, [widest].into_iter(), true, false)
    }

    #[test]
    fn what_fits_is_left_as_it_is() {
        let columns = [text("Name", "Aoba"), figure("Sales", "1,234")];
        assert!(fitted(&columns, 13).is_none());
        assert!(fitted(&columns, 12).is_some());
    }

    #[test]
    fn headings_wrap_before_anything_else() {
        let columns = [text("Name", "Aoba"), figure("平均応答待ち時間(ASA・秒)", "12.5")];
        let layout = |room| fitted(&columns, room).unwrap();
        assert_eq!(layout(20), Layout { parts: vec![vec![(0, 4), (1, 14)]], gap: 2 });
        assert_eq!(layout(15), Layout { parts: vec![vec![(0, 4), (1, 9)]], gap: 2 });
        assert_eq!(layout(14), Layout { parts: vec![vec![(0, 4), (1, 9)]], gap: 1 });
    }

    #[test]
    fn many_figures_are_shown_in_tables_of_about_the_same_width() {
        let mut columns = vec![text("Name", "Aoba")];
        columns.extend((0..7).map(|_| figure("Sum", "1,234,567")));
        let layout = fitted(&columns, 60).unwrap();
        let shown: Vec<Vec<usize>> =
            layout.parts.iter().map(|part| part.iter().map(|(index, _)| *index).collect()).collect();
        assert_eq!(shown, [vec![0, 1, 2, 3, 4], vec![0, 5, 6, 7]]);
    }

    #[test]
    fn long_text_shares_the_room_and_short_text_keeps_its_line() {
        let long = "この得意先コードは登録されていません".repeat(3);
        let columns = [text("Rule", "orphan"), text("Finding", &long), text("Cure", &long)];
        assert_eq!(fitted(&columns, 80).unwrap().parts, [[(0, 6), (1, 35), (2, 35)]]);
    }
}
