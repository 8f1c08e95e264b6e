//! A sheet as a workbook: the rows with typed cells on the first sheet, what stands beside them on the second, the
//! chart on the third.
//!
//! The whole workbook is made in memory, without temporary files: reports are small, and a disk without room fails the
//! writing of the finished file, as for every other form.

mod beside;
mod chart;
mod style;
mod totals;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{DocProperties, Formula, Workbook, Worksheet, XlsxError};
use shared::exit::Failure;
use shared::message;
use shared::text::printable;

use self::style::{Kind, Styles};
use self::totals::{Total, total};
use super::wrap::width;
use super::writing::Writing;
use super::{Cell, ChartKind, Report, Screen, Sheet, SheetColumn};
use crate::labels::Label;

/// Rows of a worksheet; the header and the total take two.
const ROWS_MAX: usize = 1_048_576 - 2;
/// Columns of a worksheet.
const COLUMNS_MAX: usize = 16_384;
/// Characters of a cell.
const TEXT_CHARS_MAX: usize = 32_767;
/// Characters of a worksheet's name.
const NAME_CHARS_MAX: usize = 31;
/// The narrowest and the widest column, in characters.
const WIDTHS: (usize, usize) = (8, 48);
/// The paper A4, as workbooks count it.
const A4: u8 = 9;

const ROWS: Label = Label::new("一覧", "Rows");
const BESIDE: Label = Label::new("条件と定義", "About");
const CHART: Label = Label::new("グラフ", "Chart");

/// The bytes of the workbook, which says that it was made at this moment.
///
/// # Errors
/// There are more rows or columns than a worksheet holds (exit code 65).
pub fn render(
    sheet: &Sheet,
    report: Option<&Report>,
    screen: Screen,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, Failure> {
    check_size(sheet)?;
    workbook(&sheet.title, &[(sheet, report)], screen, now).map_err(|error| cannot_be_made(&error))
}

/// The bytes of one workbook of several reports: a sheet of rows and one of the chart for each, and one of what stands
/// beside them all.
///
/// # Errors
/// As [`render`].
pub fn book(title: &str, reports: &[Report], screen: Screen, now: DateTime<Utc>) -> Result<Vec<u8>, Failure> {
    reports.iter().try_for_each(|report| check_size(&report.sheet))?;
    let parts: Vec<Part<'_>> = reports.iter().map(|report| (&report.sheet, Some(report))).collect();
    workbook(title, &parts, screen, now).map_err(|error| cannot_be_made(&error))
}

fn check_size(sheet: &Sheet) -> Result<(), Failure> {
    if sheet.rows.len() <= ROWS_MAX && sheet.columns.len() <= COLUMNS_MAX {
        return Ok(());
    }
    Err(Failure::data(message!(
        "{rows} 行は Excel のシートに収まりません。.csv または .parquet に書き出してください",
        "{rows} rows do not fit a worksheet; write .csv or .parquet",
        rows = sheet.rows.len(),
    )))
}

/// A result, as a report where it is one.
type Part<'a> = (&'a Sheet, Option<&'a Report>);

fn cannot_be_made(error: &XlsxError) -> Failure {
    Failure::software(message!(
        "ブックを作成できません: {reason}",
        "the workbook cannot be made: {reason}",
        reason = error,
    ))
}

fn workbook(
    title: &str,
    parts: &[Part<'_>],
    screen: Screen,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = style::moment(now)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    let styles = Styles::new(screen.money);
    let mut names: Vec<String> = vec![BESIDE.text(screen.lang).to_owned()];
    let mut about = Some(beside::page(parts, screen, &styles)?);
    let is_one = parts.len() == 1;
    for &(sheet, report) in parts {
        let name = free_name(&rows_name(sheet, screen), &mut names);
        let chart_name = match is_one {
            true => CHART.text(screen.lang).to_owned(),
            false => free_name(&name, &mut names),
        };
        let (rows, chart) = pages(sheet, report, screen, &styles, (&name, &chart_name))?;
        rows.into_iter().for_each(|page| book.push_worksheet(page));
        // Of one result, what stands beside it comes before the chart.
        if is_one {
            about.take().into_iter().for_each(|page| book.push_worksheet(page));
        }
        chart.into_iter().for_each(|page| book.push_worksheet(page));
    }
    about.into_iter().for_each(|page| book.push_worksheet(page));
    book.save_to_buffer()
}

/// A name that no sheet has yet: the name itself, or with a number.
fn free_name(name: &str, taken: &mut Vec<String>) -> String {
    let numbered = |number: u32| {
        let end = format!(" {number}");
        let kept = NAME_CHARS_MAX - end.chars().count();
        name.chars().take(kept).collect::<String>() + &end
    };
    let names = std::iter::once(name.to_owned()).chain((2..).map(numbered));
    let free = names.into_iter().find(|name| !taken.contains(name)).unwrap_or_default();
    taken.push(free.clone());
    free
}

/// The sheets of rows and chart of a result, where it has them.
fn pages(
    sheet: &Sheet,
    report: Option<&Report>,
    screen: Screen,
    styles: &Styles,
    (name, chart_name): (&str, &str),
) -> Result<(Option<Worksheet>, Option<Worksheet>), XlsxError> {
    let columns: Vec<usize> = (0..sheet.columns.len()).filter(|&at| is_kept(&sheet.columns[at])).collect();
    if columns.is_empty() {
        return Ok((None, None));
    }
    let rows = Rows { sheet, report, columns: &columns, screen, styles }.page(name)?;
    let drawn = report.and_then(|report| Some((report, report.chart.as_ref()?)));
    let Some(chart) = drawn.and_then(|(report, drawn)| chart::chart(report, drawn, &columns, name)) else {
        return Ok((Some(rows), None));
    };
    let mut page = Worksheet::new();
    page.set_name(chart_name)?;
    page.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 1);
    page.insert_chart(0, 0, &chart)?;
    Ok((Some(rows), Some(page)))
}

/// Whether a column has values of its own.
fn is_kept(column: &SheetColumn) -> bool {
    !column.terminal_only && !column.drawn
}

/// The name of the sheet of rows: the title without what a name must not have.
fn rows_name(sheet: &Sheet, screen: Screen) -> String {
    let title = printable(&sheet.title);
    let kept = title.chars().filter(|c| !r"[]:*?/\'".contains(*c)).take(NAME_CHARS_MAX);
    let name = kept.collect::<String>().trim().to_owned();
    let taken = [BESIDE, CHART].iter().any(|label| label.text(screen.lang) == name);
    if name.is_empty() || taken { ROWS.text(screen.lang).to_owned() } else { name }
}

/// The sheet of rows while it is written.
struct Rows<'a> {
    sheet: &'a Sheet,
    report: Option<&'a Report>,
    columns: &'a [usize],
    screen: Screen,
    styles: &'a Styles,
}

impl Rows<'_> {
    fn page(&self, name: &str) -> Result<Worksheet, XlsxError> {
        let mut page = Worksheet::new();
        page.set_name(name)?;
        for (at, &column) in (0u16..).zip(self.columns) {
            self.column(&mut page, at, column)?;
        }
        let last_row = row_number(self.sheet.rows.len());
        let last_column = u16::try_from(self.columns.len() - 1).unwrap_or(u16::MAX);
        page.set_freeze_panes(1, self.frozen())?;
        page.autofilter(0, 0, last_row, last_column)?;
        page.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
        let line = |text: &str| printable(text).replace('&', "&&");
        let facts = self.sheet.header.iter().take(2).map(|(name, value)| format!("{name} {value}"));
        let facts = facts.collect::<Vec<_>>().join("  ");
        page.set_header(format!("&L&B{}&R{}", line(&self.sheet.title), line(&facts)));
        page.set_footer("&C&P / &N");
        chart::heat(&mut page, &self.matrix(), last_row)?;
        Ok(page)
    }

    /// Columns that stay in view: those before the first figure.
    fn frozen(&self) -> u16 {
        let names = self.columns.iter().take_while(|&&at| !self.sheet.columns[at].unit.is_number());
        let names = u16::try_from(names.count()).unwrap_or_default();
        if usize::from(names) < self.columns.len() { names.min(2) } else { 0 }
    }

    /// The columns whose values are drawn by their colour.
    fn matrix(&self) -> Vec<u16> {
        let drawn = self.report.and_then(|report| Some((report, report.chart.as_ref()?)));
        let drawn = drawn.filter(|(_, chart)| chart.kind == ChartKind::Heat);
        drawn.map_or_else(Vec::new, |(report, chart)| {
            chart::places(report, &chart.values, self.columns).iter().map(|(_, at)| *at).collect()
        })
    }

    fn column(&self, page: &mut Worksheet, at: u16, column: usize) -> Result<(), XlsxError> {
        let heading = self.heading(column);
        let writing = Writing::of(self.sheet, column, self.screen.money);
        let mut widest = width(&heading).min(WIDTHS.1 / 2);
        page.write_string_with_format(0, at, &heading, self.styles.header())?;
        for (row, cells) in (1u32..).zip(&self.sheet.rows) {
            let cell = cells.get(column).unwrap_or(&Cell::None);
            widest = widest.max(width(&writing.text(cell)));
            self.cell(page, (row, at), cell, &writing, false)?;
        }
        if let Some(cells) = &self.sheet.total {
            let cell = cells.get(column).unwrap_or(&Cell::None);
            widest = widest.max(width(&writing.text(cell)));
            self.total(page, at, column, cell, &writing)?;
        }
        let characters = u16::try_from(widest.clamp(WIDTHS.0, WIDTHS.1) + 2).unwrap_or_default();
        page.set_column_width(at, characters)?;
        Ok(())
    }

    /// The heading, with the unit of amounts where it is not the usual one.
    fn heading(&self, column: usize) -> String {
        let heading = printable(self.sheet.columns[column].text(self.screen.lang)).into_owned();
        let is_money = self.sheet.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Money(_))));
        match self.screen.money.label(self.screen.lang).filter(|_| is_money) {
            Some(unit) => format!("{heading} ({unit})"),
            None => heading,
        }
    }

    fn cell(
        &self,
        page: &mut Worksheet,
        (row, at): (u32, u16),
        cell: &Cell,
        writing: &Writing,
        is_total: bool,
    ) -> Result<(), XlsxError> {
        let number = |page: &mut Worksheet, number: Decimal, kind: Kind| -> Result<(), XlsxError> {
            let format = self.styles.of(kind, is_total);
            page.write_number_with_format(row, at, number.to_f64().unwrap_or_default(), &format)?;
            Ok(())
        };
        match cell {
            Cell::None | Cell::Bar(_) => {
                page.write_blank(row, at, &self.styles.of(Kind::Text, is_total))?;
                Ok(())
            }
            Cell::Text(text) | Cell::Word { label: text, .. } => self.text(page, (row, at), text, is_total),
            Cell::Count(count) => number(page, Decimal::from(*count), Kind::Number(0)),
            Cell::Integer(integer) => number(page, Decimal::from(*integer), Kind::Number(0)),
            Cell::Money(amount) => number(page, *amount, Kind::Money),
            Cell::Number(value) => number(page, *value, Kind::Number(writing.places())),
            Cell::Rate(rate) => number(page, *rate, Kind::Rate),
            Cell::Date(date) => match style::date(*date) {
                Ok(day) => {
                    page.write_with_format(row, at, &day, &self.styles.of(Kind::Date, is_total))?;
                    Ok(())
                }
                // Workbooks know no day before 1900.
                Err(_) => self.text(page, (row, at), &date.to_string(), is_total),
            },
            Cell::Moment(moment) => match style::japan(*moment) {
                Ok(time) => {
                    page.write_with_format(row, at, &time, &self.styles.of(Kind::Moment, is_total))?;
                    Ok(())
                }
                Err(_) => self.text(page, (row, at), &writing.text(cell), is_total),
            },
        }
    }

    /// Text is stored as text: a workbook never takes it for a formula.
    fn text(
        &self,
        page: &mut Worksheet,
        (row, at): (u32, u16),
        text: &str,
        is_total: bool,
    ) -> Result<(), XlsxError> {
        let text: String = printable(text).chars().take(TEXT_CHARS_MAX).collect();
        page.write_string_with_format(row, at, text, &self.styles.of(Kind::Text, is_total))?;
        Ok(())
    }

    /// A total: a formula where it follows from the cells above or beside it, else the value.
    fn total(
        &self,
        page: &mut Worksheet,
        at: u16,
        column: usize,
        cell: &Cell,
        writing: &Writing,
    ) -> Result<(), XlsxError> {
        let row = row_number(self.sheet.rows.len()) + 1;
        let place = |column: usize| {
            let at = self.columns.iter().position(|&kept| kept == column)?;
            Some(rust_xlsxwriter::row_col_to_cell(row, u16::try_from(at).ok()?))
        };
        let formula = match total(self.sheet, column) {
            Total::Sum => {
                let name = rust_xlsxwriter::column_number_to_name(at);
                Some(format!("=SUM({name}2:{name}{row})"))
            }
            Total::Ratio { part, whole, places } => {
                place(part).zip(place(whole)).map(|(part, whole)| format!("=ROUND({part}/{whole},{places})"))
            }
            Total::Value => None,
        };
        match (formula, cell.number()) {
            (Some(formula), Some(value)) => {
                let kind = Kind::of(cell, writing);
                let formula = Formula::new(formula).set_result(value.normalize().to_string());
                page.write_formula_with_format(row, at, formula, &self.styles.of(kind, true))?;
                Ok(())
            }
            _ => self.cell(page, (row, at), cell, writing, true),
        }
    }
}

/// The number of the last of so many rows below the header.
fn row_number(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
