//! `report list`: the reports, and the attributes and figures that their options may name.

use shared::exit::Failure;
use shared::label::Lang;

use super::{calls, catalog, kpi, segment};
use crate::context::Context;
use crate::labels;
use crate::model::axes::axes as every_axis;
use crate::model::figures::of;
use crate::model::tables::tables;
use crate::output::{Cell, Report, Sheet, SheetColumn, Unit};

/// What to list.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// List the attributes of each table instead.
    #[arg(long, conflicts_with = "figures")]
    axes: bool,
    /// List the figures of each table instead.
    #[arg(long)]
    figures: bool,
}

/// Writes the list.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let sheet = match (args.axes, args.figures) {
        (true, _) => axes(context.lang),
        (_, true) => figures(context.lang),
        _ => reports(context.lang),
    };
    let report = Report {
        id: "list".to_owned(),
        as_of: context.as_of,
        period: None,
        filters: serde_json::json!({}),
        sheet,
        control: serde_json::Map::new(),
        definitions: Vec::new(),
        chart: None,
        notes: Vec::new(),
        own_fields: serde_json::Map::new(),
    };
    context.emit_report(&report)
}

const fn text(id: &'static str, label: labels::Label) -> SheetColumn {
    SheetColumn::figure(id, label, Unit::Text)
}

fn reports(lang: Lang) -> Sheet {
    let own = [
        ("kpi", kpi::TITLE, kpi::ABOUT),
        ("segment", segment::TITLE, segment::ABOUT),
        ("calls", calls::TITLE, calls::ABOUT),
    ];
    let own = own.into_iter().map(|(name, title, about)| {
        [name.to_owned(), title.text(lang).to_owned(), about.text(lang).to_owned()]
    });
    let declared = catalog::declared().iter().map(|report| {
        [report.name.clone(), report.title.text(lang).to_owned(), report.about.text(lang).to_owned()]
    });
    Sheet {
        columns: vec![
            text("name", labels::COMMAND_NAME),
            text("title", labels::REPORT),
            text("about", labels::MEANING),
        ],
        rows: own.chain(declared).map(|row| row.into_iter().map(Cell::Text).collect()).collect(),
        ..Sheet::default()
    }
}

fn axes(lang: Lang) -> Sheet {
    let mut rows = Vec::new();
    for table in tables() {
        for axis in every_axis().filter(|axis| axis.is_of(table)) {
            let cells = [table.label.text(lang), axis.id, axis.label.text(lang)];
            rows.push(cells.map(|cell| Cell::Text(cell.to_owned())).to_vec());
        }
    }
    Sheet {
        columns: vec![
            text("table", labels::COUNTED_ROWS),
            text("id", labels::COMMAND_NAME),
            text("label", labels::ATTRIBUTE),
        ],
        rows,
        ..Sheet::default()
    }
}

fn figures(lang: Lang) -> Sheet {
    let mut rows = Vec::new();
    for table in tables() {
        for figure in of(table) {
            let cells = [
                table.label.text(lang),
                figure.id,
                figure.label.text(lang),
                figure.unit.label().text(lang),
                figure.words.text(lang),
            ];
            rows.push(cells.map(|cell| Cell::Text(cell.to_owned())).to_vec());
        }
    }
    Sheet {
        columns: vec![
            text("table", labels::COUNTED_ROWS),
            text("id", labels::COMMAND_NAME),
            text("label", labels::FIGURE),
            text("unit", labels::UNIT),
            text("words", labels::MEANING),
        ],
        rows,
        ..Sheet::default()
    }
}
