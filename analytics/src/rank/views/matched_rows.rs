//! Which row of each criterion a customer matched.

use rust_decimal::Decimal;
use shared::calendar::sub_months;
use shared::label::Lang;
use shared::message;

use crate::output::grouped;
use crate::rank::settings::Criterion;
use crate::rank::views::explain::Explained;

/// The matching row: its position from 1, its text, and its value for programs; and the number of rows.
pub(crate) struct MatchedRow {
    pub(crate) row: Option<(usize, String, String)>,
    pub(crate) rows: usize,
}

impl Explained {
    /// The matching row of each criterion, with texts in `lang`.
    pub(crate) fn matched_rows(&self, lang: Lang) -> [MatchedRow; 3] {
        let criteria = &self.settings.chosen.criteria;
        let at_least = |criterion: Option<&Criterion<Decimal>>, points: Option<u8>| {
            matched_row(criterion, points, |row| {
                let row = row.normalize();
                let least = grouped(&row.to_string());
                let text = message!("{least} 以上", "at least {least}", least = least);
                (text.text(lang).to_owned(), row.to_string())
            })
        };
        let recency = matched_row(criteria.enabled_recency(), self.points.recency, |months| {
            let since = sub_months(self.as_of, *months).map(|day| day.to_string()).unwrap_or_default();
            let text = message!(
                "{months}ヶ月以内 ({since} 以降)",
                "within {months} months (since {since})",
                months = months,
                since = since,
            );
            (text.text(lang).to_owned(), months.to_string())
        });
        [
            recency,
            at_least(criteria.enabled_count(), self.points.count),
            at_least(criteria.enabled_amount(), self.points.amount),
        ]
    }
}

fn matched_row<T>(
    criterion: Option<&Criterion<T>>,
    points: Option<u8>,
    text: impl Fn(&T) -> (String, String),
) -> MatchedRow {
    let rows = criterion.map_or(0, |criterion| criterion.rows.len());
    // Of n rows the first gives n points.
    let hit =
        points.map(usize::from).filter(|points| *points > 0).and_then(|points| rows.checked_sub(points));
    let row = hit.and_then(|hit| {
        let (text, value) = text(criterion?.rows.get(hit)?);
        Some((hit + 1, text, value))
    });
    MatchedRow { row, rows }
}
