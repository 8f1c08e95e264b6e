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
    /// How soon it goes when there is too little room: 0 stays, 9 goes first.
    priority: u8,
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
            priority: 0,
            natural,
            comfortable: comfortable.max(heading_least),
            least: least.max(heading_least),
        }
    }

    /// The same with this priority.
    pub(super) fn prioritised(self, priority: u8) -> Self {
        Self { priority, ..self }
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
    /// Columns that there is no room for.
    pub(super) left_out: Vec<usize>,
}

/// The layout for a terminal; `None` when everything fits as it is, with a blank on both sides of each column. What may
/// go goes, the highest priority first; then the rest is shown in several tables. A table that does not fit even so is
/// wider than the terminal.
pub(super) fn fitted(columns: &[Measured], room: usize) -> Option<Layout> {
    if columns.iter().map(|column| column.natural + 2).sum::<usize>() <= room {
        return None;
    }
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    let mut left_out = Vec::new();
    let layout = loop {
        if let Some(layout) = comfortable(columns, &kept, room) {
            break layout;
        }
        let may_go = kept.iter().copied().filter(|&at| columns[at].priority > 0);
        let Some(goes) = may_go.max_by_key(|&at| (columns[at].priority, at)) else {
            break squeezed(columns, &kept, room);
        };
        kept.retain(|&at| at != goes);
        left_out.push(goes);
    };
    left_out.sort_unstable();
    Some(Layout { left_out, ..layout })
}

fn of(parts: Vec<Part>, gap: usize) -> Layout {
    Layout { parts, gap, left_out: Vec::new() }
}

/// These columns in one table, if they fit.
fn one(columns: &[Measured], kept: &[usize], least: Least, (room, gap): (usize, usize)) -> Option<Layout> {
    let fits = total(kept.iter().map(|&at| least(&columns[at])), gap) <= room;
    fits.then(|| of(vec![stretched(columns, kept, least, room, gap)], gap))
}

fn comfortable(columns: &[Measured], kept: &[usize], room: usize) -> Option<Layout> {
    let least: Least = |column| column.comfortable;
    one(columns, kept, least, (room, 2)).or_else(|| one(columns, kept, least, (room, 1)))
}

/// These columns, which do not fit one table as they should: in several, or in one with narrow text.
fn squeezed(columns: &[Measured], kept: &[usize], room: usize) -> Layout {
    let split = |least: Least, gap: usize| {
        let parts = parts(columns, kept, least, room, gap)?;
        Some(of(parts.iter().map(|part| stretched(columns, part, least, room, gap)).collect(), gap))
    };
    let least: Least = |column| column.least;
    let figures = kept.iter().filter(|&&at| columns[at].is_figure).count();
    let several = if figures * 2 > kept.len() { split(|column| column.comfortable, 2) } else { None };
    several
        .or_else(|| one(columns, kept, least, (room, 1)))
        .or_else(|| split(least, 1))
        .unwrap_or_else(|| of(vec![stretched(columns, kept, least, room, 1)], 1))
}

fn total(widths: impl Iterator<Item = usize>, gap: usize) -> usize {
    widths.map(|width| width + gap).sum::<usize>().saturating_sub(gap)
}

/// The columns in several tables of about the same width, each behind the columns that name the row.
fn parts(
    columns: &[Measured],
    kept: &[usize],
    least: Least,
    room: usize,
    gap: usize,
) -> Option<Vec<Vec<usize>>> {
    let named_by_two = kept.get(1).is_some_and(|&second| !columns[second].is_figure);
    let (keys, others) = kept.split_at(if named_by_two { 2 } else { 1 }.min(kept.len()));
    let taken: usize = keys.iter().map(|&at| least(&columns[at]) + gap).sum();
    let most = room.checked_sub(taken)?;
    let widest = others.iter().map(|&at| least(&columns[at])).max()?;
    let packed = |room: usize| {
        let mut parts: Vec<Vec<usize>> = Vec::new();
        let mut left = 0;
        for &at in others {
            let needed = least(&columns[at]);
            match parts.last_mut().filter(|_| left >= needed + gap) {
                Some(part) => {
                    part.push(at);
                    left -= needed + gap;
                }
                None => {
                    parts.push(keys.iter().copied().chain([at]).collect());
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
        assert_eq!(layout(20), of(vec![vec![(0, 4), (1, 14)]], 2));
        assert_eq!(layout(15), of(vec![vec![(0, 4), (1, 9)]], 2));
        assert_eq!(layout(14), of(vec![vec![(0, 4), (1, 9)]], 1));
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

    #[test]
    fn columns_go_by_their_priority_and_those_without_stay() {
        let columns = [
            text("Name", "Aoba"),
            figure("Sales", "1,234,567"),
            figure("Cost", "1,234,567").prioritised(5),
            figure("Share", "12.5%").prioritised(2),
            figure("Slips", "1,234").prioritised(5),
        ];
        let left_out = |room| fitted(&columns, room).map(|layout| layout.left_out);
        assert_eq!(left_out(60), None);
        assert_eq!(left_out(40), Some(vec![]));
        assert_eq!(left_out(34), Some(vec![4]), "of the same priority the last goes first");
        assert_eq!(left_out(22), Some(vec![2, 4]));
        assert_eq!(left_out(16), Some(vec![2, 3, 4]));
        let narrow = fitted(&columns, 8).unwrap();
        assert_eq!((narrow.left_out, narrow.parts.len()), (vec![2, 3, 4], 1), "what stays is shown whole");
        assert_eq!(narrow.parts[0][1], (1, 9));
    }
}
