//! A report as a page, or several on one: what it is about, what readers must know, the chart, the rows, what the figures mean.

use shared::label::Lang;
use shared::message;

use super::figure::{BARS_MAX, Figure};
use super::{Block, bars, escape, heat, page, plot};
use crate::labels::Label;
use crate::output::{Chart, ChartKind, Report, Screen, Sheet};

const DEFINITIONS: Label = Label::new("用語", "Definitions");

/// The page of a report.
#[must_use]
pub fn report_page(report: &Report, screen: impl Into<Screen>) -> String {
    let screen = screen.into();
    let sheet = &report.sheet;
    let facts = sheet.header.iter().cloned().chain(sheet.unit_line(screen));
    let mut blocks = vec![Block::Facts(facts.collect())];
    blocks.extend(body(report, screen));
    if !report.definitions.is_empty() {
        blocks.push(Block::Heading(DEFINITIONS.text(screen.lang).to_owned()));
        let defined = report.definitions.iter().map(|each| (each.label.clone(), each.words.clone()));
        blocks.push(Block::Definitions(defined.collect()));
    }
    page(&sheet.title, screen, &blocks)
}

/// One page of several reports, each under its title; what figures mean is at the end, once.
#[must_use]
pub fn pack_page(title: &str, reports: &[Report], screen: impl Into<Screen>) -> String {
    let screen = screen.into();
    let mut blocks = Vec::new();
    let mut defined: Vec<(String, String)> = Vec::new();
    for report in reports {
        let sheet = &report.sheet;
        blocks.push(Block::Heading(sheet.title.clone()));
        blocks.push(Block::Facts(sheet.header.iter().cloned().chain(sheet.unit_line(screen)).collect()));
        blocks.extend(body(report, screen));
        for each in &report.definitions {
            let definition = (each.label.clone(), each.words.clone());
            if !defined.contains(&definition) {
                defined.push(definition);
            }
        }
    }
    blocks.push(Block::Heading(DEFINITIONS.text(screen.lang).to_owned()));
    blocks.push(Block::Definitions(defined));
    page(title, screen, &blocks)
}

/// Notes, chart and rows.
fn body(report: &Report, screen: Screen) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let sheet = &report.sheet;
    blocks.extend(report.notes.iter().cloned().map(Block::Note));
    if let Some(chart) = &report.chart {
        blocks.push(Block::Drawn(drawn(report, chart, screen)));
    }
    // The header stands above the chart.
    let rows = Sheet { title: String::new(), header: Vec::new(), ..sheet.clone() };
    blocks.push(Block::Rows(rows));
    blocks
}

/// The chart as HTML; empty when there is nothing to draw.
fn drawn(report: &Report, chart: &Chart, screen: Screen) -> String {
    let Some(figure) = Figure::of(report, chart, screen) else { return String::new() };
    let mut out = format!("<figure>\n<figcaption>{}</figcaption>\n", escape(&figure.title));
    match chart.kind {
        ChartKind::Bars => {
            bars::legend(&mut out, &figure.series);
            bars::bars(&mut out, &figure);
        }
        ChartKind::Stacks => {
            bars::legend(&mut out, &figure.series);
            bars::stacks(&mut out, &figure);
        }
        ChartKind::Lines => plot::lines(&mut out, &figure, screen.lang),
        ChartKind::Pareto => plot::pareto(&mut out, &figure, screen.lang),
        ChartKind::Heat => heat::heat(&mut out, report, chart, screen),
    }
    let left_out = report.sheet.rows.len() - figure.labels.len();
    if left_out > 0 {
        out.push_str(&format!("<p class=\"more\">{}</p>\n", escape(&further(left_out, screen.lang))));
    }
    out.push_str("</figure>\n");
    out
}

fn further(left_out: usize, lang: Lang) -> String {
    let said = message!(
        "グラフは先頭の{most}件です。残り{rest}件は表をご覧ください",
        "The chart has the first {most} rows; the other {rest} are in the table",
        most = BARS_MAX,
        rest = left_out,
    );
    said.text(lang).to_owned()
}
