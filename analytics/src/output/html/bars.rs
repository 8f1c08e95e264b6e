//! Rows as bars, beside each other or stacked; below zero they go to the left.

use rust_decimal::Decimal;

use super::escape;
use super::figure::{Figure, Series};
use super::scale::{SPAN, Scale};

/// Colours of series; further ones repeat.
pub(super) const COLOURS: usize = 8;
/// Characters that the labels of rows may take.
const LABEL_CHARS_MAX: usize = 16;

/// The class of a series' colour.
pub(super) fn colour(series: usize) -> String {
    format!("s{}", series % COLOURS)
}

/// What each colour is.
pub(super) fn legend(out: &mut String, series: &[Series]) {
    if series.len() < 2 {
        return;
    }
    out.push_str("<ul class=\"legend\">");
    for (at, each) in series.iter().enumerate() {
        out.push_str(&format!(
            "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"{}\" width=\"10\" height=\"10\"/></svg>{}</li>",
            colour(at),
            escape(&each.name)
        ));
    }
    out.push_str("</ul>\n");
}

/// A bar for each value.
pub(super) fn bars(out: &mut String, figure: &Figure) {
    let scale = Scale::of(figure.values());
    open(out, figure, figure.value_chars());
    for (row, label) in figure.labels.iter().enumerate() {
        group(out, label);
        for (at, series) in figure.series.iter().enumerate() {
            let text = &series.texts[row];
            let title = format!("{label}: {} {text}", series.name);
            let rect = series.values[row].map(|value| rect(scale, (Decimal::ZERO, value), at, &title));
            strip(out, &rect.unwrap_or_default(), text);
        }
        out.push_str("</div></div>\n");
    }
    out.push_str("</div>\n");
}

/// A bar for each row, made of its values; what is below zero goes to the left on its own.
pub(super) fn stacks(out: &mut String, figure: &Figure) {
    let whole = |row: usize, is_above: bool| -> Decimal {
        let values = figure.series.iter().filter_map(|series| series.values[row]);
        values.filter(|value| value.is_sign_positive() == is_above).sum()
    };
    let rows = 0..figure.labels.len();
    let scale = Scale::of(rows.flat_map(|row| [whole(row, true), whole(row, false)]));
    let writing = &figure.series[0];
    let totals: Vec<String> =
        (0..figure.labels.len()).map(|row| writing.written(whole(row, true) + whole(row, false))).collect();
    open(out, figure, totals.iter().map(|text| text.chars().count()).max().unwrap_or_default());
    for (row, label) in figure.labels.iter().enumerate() {
        group(out, label);
        let (mut above, mut below) = (Decimal::ZERO, Decimal::ZERO);
        let mut rects = String::new();
        for (at, series) in figure.series.iter().enumerate() {
            let Some(value) = series.values[row] else { continue };
            let from = if value.is_sign_positive() { &mut above } else { &mut below };
            let title = format!("{label}: {} {}", series.name, series.texts[row]);
            rects.push_str(&rect(scale, (*from, *from + value), at, &title));
            *from += value;
        }
        strip(out, &rects, &totals[row]);
        out.push_str("</div></div>\n");
    }
    out.push_str("</div>\n");
}

/// The rows, with room for the longest label and value.
fn open(out: &mut String, figure: &Figure, value_chars: usize) {
    let labels =
        figure.labels.iter().map(|label| crate::output::wrap::width(label)).max().unwrap_or_default();
    out.push_str(&format!(
        "<div class=\"bars\" style=\"--label: {}ch; --value: {}ch\">\n",
        labels.clamp(4, LABEL_CHARS_MAX) + 1,
        value_chars + 1
    ));
}

fn group(out: &mut String, label: &str) {
    out.push_str(&format!("<div class=\"group\"><span class=\"label\">{}</span><div>", escape(label)));
}

fn strip(out: &mut String, rects: &str, text: &str) {
    out.push_str(&format!(
        "<div class=\"row\"><svg class=\"strip\" viewBox=\"0 0 {SPAN} 10\" preserveAspectRatio=\"none\">{rects}</svg>\
         <span>{}</span></div>",
        escape(text)
    ));
}

fn rect(scale: Scale, (from, to): (Decimal, Decimal), series: usize, title: &str) -> String {
    let (from, to) = (scale.place(from), scale.place(to));
    // What is not zero can be seen, however little it is.
    let width = from.abs_diff(to).max(2);
    format!(
        "<rect class=\"{}\" x=\"{}\" width=\"{width}\" height=\"10\"><title>{}</title></rect>",
        colour(series),
        from.min(to).min(SPAN - 2),
        escape(title)
    )
}
