//! The sheet of what stands beside the rows: conditions, totals, control totals, definitions, notes.

use rust_xlsxwriter::{Worksheet, XlsxError};
use shared::text::printable;

use super::style::Styles;
use super::{A4, BESIDE, Part, TEXT_CHARS_MAX};
use crate::labels::{self, Label};
use crate::output::Screen;
use crate::output::companion::facts;

/// The columns with their widths in characters.
const COLUMNS: [(Label, u16); 3] =
    [(labels::KIND, 14), (Label::new("項目", "Name"), 34), (Label::new("値", "Value"), 70)];

pub(super) fn page(parts: &[Part<'_>], screen: Screen, styles: &Styles) -> Result<Worksheet, XlsxError> {
    let mut page = Worksheet::new();
    page.set_name(BESIDE.text(screen.lang))?;
    for (at, (label, width)) in (0u16..).zip(COLUMNS) {
        page.write_string_with_format(0, at, label.text(screen.lang), styles.header())?;
        page.set_column_width(at, width)?;
    }
    let wrapped = styles.wrapped();
    let lines = parts.iter().flat_map(|(sheet, report)| {
        let title = [labels::REPORT.text(screen.lang), &sheet.title, ""].map(str::to_owned);
        let facts = facts(sheet, *report, screen.lang).into_iter();
        let facts = facts.map(|fact| [fact.group.text(screen.lang).to_owned(), fact.name, fact.value]);
        std::iter::once(title).chain(facts)
    });
    for (row, fact) in (1u32..).zip(lines) {
        for (at, text) in (0u16..).zip(fact) {
            let text: String = printable(&text).chars().take(TEXT_CHARS_MAX).collect();
            page.write_string_with_format(row, at, text, &wrapped)?;
        }
    }
    page.set_freeze_panes(1, 0)?;
    page.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(page)
}
