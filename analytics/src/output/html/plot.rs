//! Values over the rows from left to right: lines, and columns with a line of another scale.

use rust_decimal::Decimal;
use shared::label::Lang;

use super::bars::{colour, legend};
use super::escape;
use super::figure::{Figure, Series};
use super::scale::{SPAN, Scale};
use crate::labels::Label;
use crate::output::Unit;

/// The most labels below a chart, for narrow screens.
const MARKS_MAX: usize = 8;
const NO_VALUE: Label = Label::new("値なし", "no value");

/// A line for each series.
pub(super) fn lines(out: &mut String, figure: &Figure, lang: Lang) {
    legend(out, &figure.series);
    let all: Vec<(usize, &Series)> = figure.series.iter().enumerate().collect();
    let (rates, amounts): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, each)| each.unit == Unit::Rate);
    let (main, beside) = if amounts.is_empty() { (rates, Vec::new()) } else { (amounts, rates) };
    let mut drawn = String::new();
    let scales = [&main, &beside].map(|group| scale(group));
    for (group, scale) in [&main, &beside].into_iter().zip(scales) {
        group.iter().for_each(|(at, series)| drawn.push_str(&line(series, *at, scale)));
    }
    plot(out, figure, (&main, scales[0]), (&beside, scales[1]), &drawn, lang);
}

/// Columns of amounts, and rates as lines with a scale of their own on the right.
pub(super) fn pareto(out: &mut String, figure: &Figure, lang: Lang) {
    legend(out, &figure.series);
    let all: Vec<(usize, &Series)> = figure.series.iter().enumerate().collect();
    let (beside, main): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, each)| each.unit == Unit::Rate);
    let scales = [&main, &beside].map(|group| scale(group));
    let mut drawn = String::new();
    let rows = figure.labels.len().max(1) as u64;
    for (place, (at, series)) in main.iter().enumerate() {
        let share = SPAN / rows;
        let width = (share * 8 / 10 / main.len() as u64).max(1);
        for (row, value) in series.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let (zero, top) = (scales[0].place(Decimal::ZERO), scales[0].place(*value));
            let x = row as u64 * SPAN / rows + share / 10 + place as u64 * width;
            drawn.push_str(&format!(
                "<rect class=\"{}\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{}\"/>",
                colour(*at),
                SPAN - zero.max(top),
                zero.abs_diff(top).max(2)
            ));
        }
    }
    beside.iter().for_each(|(at, series)| drawn.push_str(&line(series, *at, scales[1])));
    plot(out, figure, (&main, scales[0]), (&beside, scales[1]), &drawn, lang);
}

fn scale(group: &[(usize, &Series)]) -> Scale {
    Scale::of(group.iter().flat_map(|(_, series)| series.values.iter().flatten().copied()))
}

/// A row's middle from left to right.
fn across(row: usize, rows: usize) -> u64 {
    (2 * row as u64 + 1) * SPAN / (2 * rows.max(1) as u64)
}

/// A line through the known values, broken where one is unknown.
fn line(series: &Series, at: usize, scale: Scale) -> String {
    let rows = series.values.len();
    let mut path = String::new();
    let mut is_open = false;
    for (row, value) in series.values.iter().enumerate() {
        let Some(value) = value else {
            is_open = false;
            continue;
        };
        let step = if is_open { 'L' } else { 'M' };
        path.push_str(&format!("{step}{} {}", across(row, rows), SPAN - scale.place(*value)));
        // A point alone is a dot: a line of no length with round ends.
        if !is_open {
            path.push_str("h0");
        }
        is_open = true;
    }
    format!("<path class=\"line {}\" d=\"{path}\"/>", colour(at))
}

type Group<'a> = (&'a [(usize, &'a Series)], Scale);

/// The chart with its scales, a strip of each row that says its values, and the labels below.
fn plot(out: &mut String, figure: &Figure, main: Group<'_>, beside: Group<'_>, drawn: &str, lang: Lang) {
    let rows = figure.labels.len();
    let class = if beside.0.is_empty() { "plot" } else { "plot two" };
    out.push_str(&format!("<div class=\"{class}\">"));
    marks(out, main);
    let grid = main.1.marks().into_iter().map(|mark| format!("M0 {y}H{SPAN}", y = SPAN - main.1.place(mark)));
    out.push_str(&format!(
        "<svg viewBox=\"0 0 {SPAN} {SPAN}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">\
         <path class=\"grid\" d=\"{}\"/>{drawn}",
        escape(&figure.title),
        grid.collect::<String>(),
    ));
    for (row, label) in figure.labels.iter().enumerate() {
        let values = figure.series.iter().map(|series| {
            let text =
                if series.values[row].is_some() { series.texts[row].as_str() } else { NO_VALUE.text(lang) };
            format!("\n{}: {text}", series.name)
        });
        let from = row as u64 * SPAN / rows.max(1) as u64;
        let to = (row as u64 + 1) * SPAN / rows.max(1) as u64;
        out.push_str(&format!(
            "<rect class=\"touch\" x=\"{from}\" width=\"{}\" height=\"{SPAN}\"><title>{}</title></rect>",
            to - from,
            escape(&format!("{label}{}", values.collect::<String>()))
        ));
    }
    out.push_str("</svg>");
    if !beside.0.is_empty() {
        marks(out, beside);
    }
    out.push_str("<div class=\"below\">");
    let every = rows.div_ceil(MARKS_MAX).max(1);
    for (at, label) in figure.labels.iter().enumerate().step_by(every) {
        let left = across(at, rows) as usize / 10;
        let tenth = across(at, rows) as usize % 10;
        out.push_str(&format!("<span style=\"left: {left}.{tenth}%\">{}</span>", escape(label)));
    }
    out.push_str("</div></div>\n");
}

fn marks(out: &mut String, (group, scale): Group<'_>) {
    let Some((_, series)) = group.first() else { return };
    out.push_str("<div class=\"scale\">");
    for mark in scale.marks() {
        out.push_str(&format!("<span>{}</span>", escape(&series.written(mark))));
    }
    out.push_str("</div>");
}
