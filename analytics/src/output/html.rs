//! A page for a browser: one self-contained file, for light and dark, narrow and wide screens.
//!
//! Text is HTML, so that it stays readable at every width; only the bars and lines of charts are SVG, which stretches.
//! Every chart is beside the table of its numbers, or is labelled with them.

mod bars;
mod chart;
mod figure;
mod heat;
mod plot;
mod report;
mod scale;

pub(crate) use chart::apportioned;
pub use chart::{Bars, Lines, Stacks};
pub use report::{pack_page, report_page};

use shared::label::Lang;

use super::writing::{Writing, is_numeric};
use super::{Cell, Screen, Sheet};

const STYLE: &str = include_str!("html/page.css");

/// One part of a page.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// Names and values: as-of date, period, settings.
    Facts(Vec<(String, String)>),
    /// A sentence that readers must see before the figures.
    Note(String),
    /// A table.
    Sheet(Sheet),
    /// The table of a report, whose first column and header stay in view.
    Rows(Sheet),
    /// Words and what they mean.
    Definitions(Vec<(String, String)>),
    /// A chart, made by this module.
    Drawn(String),
    /// Bars, one group per row.
    Bars(Bars),
    /// Stacked bars, one per row.
    Stacks(Stacks),
    /// Values over time.
    Lines(Lines),
}

/// The whole page as text.
#[must_use]
pub fn page(title: &str, screen: impl Into<Screen>, blocks: &[Block]) -> String {
    let screen = screen.into();
    let tag = match screen.lang {
        Lang::Ja => "ja",
        Lang::En => "en",
    };
    let title = escape(title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    for block in blocks {
        push(&mut out, block, screen);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn push(out: &mut String, block: &Block, screen: Screen) {
    match block {
        Block::Heading(text) => out.push_str(&format!("<h2>{}</h2>\n", escape(text))),
        Block::Facts(pairs) => facts(out, pairs),
        Block::Note(text) => out.push_str(&format!("<p class=\"note\">{}</p>\n", escape(text))),
        Block::Sheet(sheet) => table(out, sheet, screen, "wide"),
        Block::Rows(sheet) => table(out, sheet, screen, "wide rows"),
        Block::Definitions(pairs) => definitions(out, pairs),
        Block::Drawn(drawn) => out.push_str(drawn),
        Block::Bars(bars) => bars.push(out),
        Block::Stacks(stacks) => stacks.push(out),
        Block::Lines(lines) => lines.push(out),
    }
}

fn facts(out: &mut String, pairs: &[(String, String)]) {
    if pairs.is_empty() {
        return;
    }
    out.push_str("<dl>\n");
    for (name, value) in pairs {
        out.push_str(&format!("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(name), escape(value)));
    }
    out.push_str("</dl>\n");
}

fn definitions(out: &mut String, pairs: &[(String, String)]) {
    out.push_str("<dl class=\"words\">\n");
    for (word, meaning) in pairs {
        out.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", escape(word), escape(meaning)));
    }
    out.push_str("</dl>\n");
}

fn table(out: &mut String, sheet: &Sheet, screen: Screen, class: &str) {
    if !sheet.title.is_empty() {
        out.push_str(&format!("<h2>{}</h2>\n", escape(&sheet.title)));
    }
    let header: Vec<_> = sheet.header.iter().cloned().chain(sheet.unit_line(screen)).collect();
    facts(out, &header);
    if !sheet.columns.is_empty() {
        out.push_str(&format!("<div class=\"{class}\" tabindex=\"0\">\n"));
        // Characters that draw a chart on a terminal do not draw one here.
        let shown = (0..sheet.columns.len()).filter(|&index| !sheet.columns[index].terminal_only);
        let shown: Vec<(usize, Writing)> =
            shown.map(|index| (index, Writing::of(sheet, index, screen.money))).collect();
        out.push_str(&format!("<table style=\"--chars: {}\">\n<thead><tr>", chars(sheet, &shown, screen)));
        for &(index, _) in &shown {
            let column = &sheet.columns[index];
            let numeric =
                sheet.rows.iter().chain(&sheet.total).any(|row| row.get(index).is_some_and(is_numeric));
            let class = if numeric { " class=\"n\"" } else { "" };
            out.push_str(&format!("<th scope=\"col\"{class}>{}</th>", escape(column.text(screen.lang))));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &sheet.rows {
            table_row(out, row, &shown);
        }
        out.push_str("</tbody>\n");
        if let Some(total) = &sheet.total {
            out.push_str("<tfoot>\n");
            table_row(out, total, &shown);
            out.push_str("</tfoot>\n");
        }
        out.push_str("</table>\n</div>\n");
    }
    facts(out, &sheet.footer);
}

/// The width of the rows in characters, by which paper chooses the size of its letters.
fn chars(sheet: &Sheet, shown: &[(usize, Writing)], screen: Screen) -> usize {
    let width = |(index, writing): &(usize, Writing)| {
        let cells = sheet.rows.iter().chain(&sheet.total).filter_map(|row| row.get(*index));
        let widest = cells.map(|cell| super::wrap::width(&writing.text(cell))).max().unwrap_or_default();
        widest.max(super::wrap::longest_piece(sheet.columns[*index].text(screen.lang))) + 2
    };
    shown.iter().map(width).sum()
}

fn table_row(out: &mut String, row: &[Cell], columns: &[(usize, Writing)]) {
    out.push_str("<tr>");
    for &(index, writing) in columns {
        let cell = row.get(index).unwrap_or(&Cell::None);
        match cell {
            Cell::Bar(share) => {
                let bar = chart::bar(chart::length(*share), "after");
                out.push_str(&format!("<td class=\"bar\">{bar}</td>"));
            }
            // A column without a total stays blank, without the dash of an empty value.
            Cell::None if row.len() <= index => out.push_str("<td></td>"),
            cell => {
                let class = if is_numeric(cell) || *cell == Cell::None { " class=\"n\"" } else { "" };
                out.push_str(&format!("<td{class}>{}</td>", escape(&writing.text(cell))));
            }
        }
    }
    out.push_str("</tr>\n");
}

/// Text that is safe anywhere in HTML, also in a quoted attribute.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not allowed in HTML at all.
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let nasty = "<script>alert('x')</script>\"&\u{1}";
        let sheet = Sheet {
            title: nasty.to_owned(),
            header: vec![(nasty.to_owned(), nasty.to_owned())],
            columns: vec![crate::output::SheetColumn::named(nasty)],
            rows: vec![vec![Cell::Text(nasty.to_owned())]],
            ..Sheet::default()
        };
        let bars = Bars {
            title: nasty.to_owned(),
            series: vec![nasty.to_owned()],
            rows: vec![(nasty.to_owned(), vec![3])],
        };
        let stacks = Stacks {
            title: nasty.to_owned(),
            parts: vec![nasty.to_owned()],
            rows: vec![(nasty.to_owned(), vec![1])],
        };
        let lines = Lines {
            title: nasty.to_owned(),
            unit: nasty.to_owned(),
            points: vec![(nasty.to_owned(), rust_decimal::Decimal::ONE)],
            top: rust_decimal::Decimal::TEN,
        };
        let blocks = [
            Block::Heading(nasty.to_owned()),
            Block::Facts(vec![(nasty.to_owned(), nasty.to_owned())]),
            Block::Note(nasty.to_owned()),
            Block::Sheet(sheet),
            Block::Bars(bars),
            Block::Stacks(stacks),
            Block::Lines(lines),
        ];
        let text = page(nasty, Lang::Ja, &blocks);
        assert!(!text.contains("<script") && !text.contains('\u{1}'));
        assert!(text.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;\u{fffd}"));
        // Nothing is fetched from anywhere.
        assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("url("));
    }
}
