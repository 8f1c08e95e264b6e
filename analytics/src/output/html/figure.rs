//! What a report's chart shows: labels, series, and the values as people read them.

use rust_decimal::Decimal;

use crate::output::writing::Writing;
use crate::output::{Cell, Chart, ChartKind, Report, Screen, Unit};

/// Rows that bars can show; further rows are in the table.
pub(super) const BARS_MAX: usize = 30;

/// A chart's data.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    /// The title.
    pub(super) title: String,
    /// A label for each row.
    pub(super) labels: Vec<String>,
    /// The columns that are drawn.
    pub(super) series: Vec<Series>,
}

/// One column.
#[derive(Debug, Clone)]
pub(super) struct Series {
    /// Its heading.
    pub(super) name: String,
    /// What its values are.
    pub(super) unit: Unit,
    /// A value for each row; nothing where it is unknown.
    pub(super) values: Vec<Option<Decimal>>,
    /// The same as people read them.
    pub(super) texts: Vec<String>,
    /// How its values are written.
    pub(super) writing: Writing,
}

impl Figure {
    /// The data of a chart; nothing when there is nothing to draw.
    pub(super) fn of(report: &Report, chart: &Chart, screen: Screen) -> Option<Self> {
        let sheet = &report.sheet;
        let most = match chart.kind {
            ChartKind::Bars | ChartKind::Stacks | ChartKind::Pareto => BARS_MAX,
            ChartKind::Lines | ChartKind::Heat => usize::MAX,
        };
        let rows = sheet.rows.get(..sheet.rows.len().min(most))?;
        let find = |id: &String| sheet.columns.iter().position(|column| column.id == *id);
        let names: Vec<usize> = chart.names.iter().filter_map(find).collect();
        let written = |at: usize| Writing::of(sheet, at, screen.money);
        let label = |row: &Vec<Cell>| {
            let parts =
                names.iter().map(|&at| row.get(at).map(|cell| written(at).text(cell)).unwrap_or_default());
            parts.collect::<Vec<_>>().join(" / ")
        };
        let series = |at: usize| {
            let writing = written(at);
            let cells = || rows.iter().map(move |row| row.get(at).unwrap_or(&Cell::None));
            Series {
                name: sheet.columns[at].text(screen.lang).to_owned(),
                unit: sheet.columns[at].unit,
                values: cells().map(Cell::number).collect(),
                texts: cells().map(|cell| writing.text(cell)).collect(),
                writing,
            }
        };
        let series: Vec<Series> = chart.values.iter().filter_map(find).map(series).collect();
        let is_empty = series.iter().flat_map(|each| &each.values).all(Option::is_none);
        let title = series.iter().map(|each| each.name.clone()).collect::<Vec<_>>().join(screen.separator());
        (!is_empty).then(|| Self { title, labels: rows.iter().map(label).collect(), series })
    }

    /// All values that are known.
    pub(super) fn values(&self) -> impl Iterator<Item = Decimal> {
        self.series.iter().flat_map(|series| series.values.iter().flatten().copied())
    }

    /// The widest text of the values, in characters.
    pub(super) fn value_chars(&self) -> usize {
        let texts = self.series.iter().flat_map(|series| &series.texts);
        texts.map(|text| text.chars().count()).max().unwrap_or_default()
    }
}

impl Series {
    /// A number as its values are written.
    pub(super) fn written(&self, number: Decimal) -> String {
        match self.unit {
            Unit::Yen => self.writing.text(&Cell::Money(number)),
            Unit::Rate => self.writing.text(&Cell::Rate(number)),
            _ => crate::output::grouped(&number.normalize().to_string()),
        }
    }
}
