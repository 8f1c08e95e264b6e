//! Charts: bars and lines as SVG, which stretches; words and numbers as HTML around it.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::escape;
use crate::output::grouped;

/// Width and height of a chart in its own coordinates.
const SPAN: u64 = 1000;
/// Colour classes for the parts of a whole; further parts share the last one.
const PARTS_MAX: usize = 8;
/// The most labels below a line chart, for narrow screens.
const MARKS_MAX: usize = 6;

/// Groups of bars: each row has one bar per series. With two series the first is drawn muted.
#[derive(Debug, Clone, Default)]
pub struct Bars {
    /// The title.
    pub title: String,
    /// What each bar of a row is.
    pub series: Vec<String>,
    /// Rows with one value for each series.
    pub rows: Vec<(String, Vec<u64>)>,
}

/// Wholes and their parts: each row is as long as its whole.
#[derive(Debug, Clone, Default)]
pub struct Stacks {
    /// The title.
    pub title: String,
    /// What each part is.
    pub parts: Vec<String>,
    /// Rows with one value for each part.
    pub rows: Vec<(String, Vec<u64>)>,
}

/// One value over time.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// The title.
    pub title: String,
    /// What the value is.
    pub unit: String,
    /// When and how much.
    pub points: Vec<(String, Decimal)>,
    /// The value at the upper edge.
    pub top: Decimal,
}

/// The least length of what is above zero: a few pixels on a page of usual width.
const SEEN_MIN: u64 = 8;

/// A share from 0 to 1 as a length, at most [`SPAN`]; a share above zero is always visible.
pub(super) fn length(share: Decimal) -> u64 {
    let length = (share * Decimal::from(SPAN)).round().to_u64().unwrap_or(0).min(SPAN);
    if share > Decimal::ZERO { length.max(SEEN_MIN) } else { length }
}

/// The parts of a whole as lengths that add up to `span`: in proportion, but none above zero is shorter than `least`. The
/// longest part makes room for the short ones.
pub(crate) fn apportioned(parts: &[u64], span: u64, least: u64) -> Vec<u64> {
    let whole: u128 = parts.iter().map(|part| u128::from(*part)).sum();
    let scaled =
        |part: u64| u64::try_from(u128::from(part) * u128::from(span) / whole.max(1)).unwrap_or(span);
    let mut lengths: Vec<u64> =
        parts.iter().map(|part| if *part == 0 { 0 } else { scaled(*part).max(least) }).collect();
    let others = |lengths: &[u64], at: usize| lengths.iter().sum::<u64>() - lengths[at];
    if let Some(at) = (0..parts.len()).max_by_key(|at| parts[*at]).filter(|_| whole > 0) {
        lengths[at] = span.saturating_sub(others(&lengths, at)).max(least);
    }
    lengths
}

/// A bar that fills `length` of [`SPAN`] of its cell.
pub(super) fn bar(length: u64, class: &str) -> String {
    format!(
        "<svg class=\"strip\" viewBox=\"0 0 {SPAN} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"{class}\" width=\"{length}\" height=\"10\"/></svg>"
    )
}

/// A value as a length relative to the longest; a value above zero is always visible.
fn part(value: u64, longest: u64) -> u64 {
    let scaled = u128::from(value) * u128::from(SPAN) / u128::from(longest.max(1));
    u64::try_from(scaled).unwrap_or(SPAN).max(u64::from(value > 0) * SEEN_MIN)
}

fn legend(out: &mut String, names: impl Iterator<Item = (String, String)>) {
    out.push_str("<ul class=\"legend\">");
    for (class, name) in names {
        out.push_str(&format!(
            "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"{class}\" width=\"10\" height=\"10\"/></svg>{}</li>",
            escape(&name)
        ));
    }
    out.push_str("</ul>\n");
}

impl Bars {
    fn class(&self, series: usize) -> &'static str {
        if series == 0 && self.series.len() > 1 { "now" } else { "after" }
    }

    pub(super) fn push(&self, out: &mut String) {
        out.push_str(&format!("<figure>\n<figcaption>{}</figcaption>\n", escape(&self.title)));
        if self.series.len() > 1 {
            let names = self.series.iter().enumerate();
            legend(out, names.map(|(i, name)| (self.class(i).to_owned(), name.clone())));
        }
        let longest = self.rows.iter().flat_map(|(_, values)| values).copied().max().unwrap_or(0);
        out.push_str("<div class=\"bars\">\n");
        for (label, values) in &self.rows {
            out.push_str(&format!(
                "<div class=\"group\"><span class=\"label\">{}</span><div>",
                escape(label)
            ));
            for (series, value) in values.iter().enumerate() {
                let strip = bar(part(*value, longest), self.class(series));
                let name = self.series.get(series).map(String::as_str).unwrap_or_default();
                out.push_str(&format!(
                    "<div class=\"row\" title=\"{}\">{strip}<span>{}</span></div>",
                    escape(name),
                    grouped(&value.to_string())
                ));
            }
            out.push_str("</div></div>\n");
        }
        out.push_str("</div>\n</figure>\n");
    }
}

impl Stacks {
    pub(super) fn push(&self, out: &mut String) {
        let class = |i: usize| format!("part{}", i.min(PARTS_MAX - 1));
        out.push_str(&format!("<figure>\n<figcaption>{}</figcaption>\n", escape(&self.title)));
        legend(out, self.parts.iter().enumerate().map(|(i, name)| (class(i), name.clone())));
        let longest = self.rows.iter().map(|(_, values)| values.iter().sum::<u64>()).max().unwrap_or(0);
        out.push_str("<div class=\"bars\">\n");
        for (label, values) in &self.rows {
            let whole: u64 = values.iter().sum();
            out.push_str(&format!(
                "<div class=\"group\"><span class=\"label\">{}</span><div><div class=\"row\">\
                 <svg class=\"strip\" viewBox=\"0 0 {SPAN} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
                escape(label)
            ));
            let mut from = 0;
            for (i, (value, length)) in
                values.iter().zip(apportioned(values, part(whole, longest), SEEN_MIN)).enumerate()
            {
                let to = from + length;
                if to > from {
                    // A gap between two parts separates them without relying on colour.
                    let width = (to - from).saturating_sub(2).max(1);
                    let name = self.parts.get(i).map(String::as_str).unwrap_or_default();
                    out.push_str(&format!(
                        "<rect class=\"{}\" x=\"{from}\" width=\"{width}\" height=\"10\"><title>{} {value}</title></rect>",
                        class(i),
                        escape(name)
                    ));
                }
                from = to;
            }
            out.push_str(&format!("</svg><span>{}</span></div></div></div>\n", grouped(&whole.to_string())));
        }
        out.push_str("</div>\n</figure>\n");
    }
}

impl Lines {
    pub(super) fn push(&self, out: &mut String) {
        let Some(last) = self.points.len().checked_sub(1) else { return };
        let highest = self.points.iter().map(|(_, value)| *value).max().unwrap_or_default();
        let top = self.top.max(highest).max(Decimal::ONE);
        let place = |i: usize, value: Decimal| {
            let x = if last == 0 { SPAN / 2 } else { SPAN * i as u64 / last as u64 };
            let share = (value.max(Decimal::ZERO)).checked_div(top).unwrap_or_default();
            (x, SPAN - length(share))
        };
        let places: Vec<(u64, u64)> =
            self.points.iter().enumerate().map(|(i, (_, value))| place(i, *value)).collect();
        let line: Vec<String> = places.iter().map(|(x, y)| format!("{x},{y}")).collect();
        out.push_str(&format!(
            "<figure>\n<figcaption>{}</figcaption>\n<div class=\"plot\"><div class=\"scale\"><span>{}</span><span>0</span></div>\
             <svg viewBox=\"0 0 {SPAN} {SPAN}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">\
             <path class=\"grid\" d=\"M0 0H{SPAN}M0 {half}H{SPAN}M0 {SPAN}H{SPAN}\"/><polyline class=\"line\" points=\"{}\"/>",
            escape(&self.title),
            grouped(&top.normalize().to_string()),
            escape(&self.unit),
            line.join(" "),
            half = SPAN / 2,
        ));
        for ((x, y), (label, value)) in places.iter().zip(&self.points) {
            // A line of zero length with round ends: a dot that stays round when the chart is stretched.
            let (label, value) = (escape(label), value.normalize());
            out.push_str(&format!(
                "<path class=\"dot\" d=\"M{x} {y}h0\"><title>{label}: {value}</title></path>"
            ));
        }
        out.push_str("</svg></div>\n<div class=\"marks\">");
        let step = last.div_ceil(MARKS_MAX - 1).max(1);
        // The first and the last point are always labelled.
        for (i, (label, _)) in self.points.iter().enumerate() {
            if i == last || (i % step == 0 && last - i >= step) {
                out.push_str(&format!("<span>{}</span>", escape(label)));
            }
        }
        out.push_str("</div>\n</figure>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bar_lengths_are_relative_to_the_longest() {
        assert_eq!((part(0, 100), part(50, 100), part(100, 100)), (0, 500, 1000));
        assert_eq!(part(1, 1_000_000), SEEN_MIN);
        assert_eq!(part(0, 0), 0);
        assert_eq!((length(Decimal::new(5, 1)), length(Decimal::TWO)), (500, 1000));
    }

    #[test]
    fn short_parts_of_a_whole_are_visible_and_all_add_up() {
        assert_eq!(apportioned(&[500, 500], 40, 1), [20, 20]);
        assert_eq!(apportioned(&[1, 0, 999_999], 40, 1), [1, 0, 39]);
        assert_eq!(apportioned(&[1, 998, 1], 1000, 8), [8, 984, 8]);
        assert_eq!(apportioned(&[0, 0], 40, 1), [0, 0]);
        assert_eq!(length(Decimal::new(1, 9)), SEEN_MIN);
    }

    #[test]
    fn charts_of_one_point_or_none_are_drawn() {
        let mut out = String::new();
        Lines::default().push(&mut out);
        assert_eq!(out, "");
        let points = vec![("2026-10".to_owned(), Decimal::ZERO)];
        Lines { points, ..Lines::default() }.push(&mut out);
        assert!(out.contains("500,1000"), "{out}");
    }

    #[test]
    fn the_first_and_the_last_point_are_labelled() {
        let points: Vec<_> = (0..36).map(|i| (format!("m{i}"), Decimal::from(i))).collect();
        let mut out = String::new();
        Lines { points, ..Lines::default() }.push(&mut out);
        let marks = out.split("class=\"marks\"").nth(1).unwrap();
        assert!(marks.contains(">m0<") && marks.contains(">m35<"));
        assert!(marks.matches("<span>").count() <= MARKS_MAX, "{marks}");
    }
}
