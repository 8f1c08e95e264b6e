//! Periods that divide rows, by the civil date in Japan.

use shared::label::Lang;

/// A unit of time. Quarters, halves and years are those of the fiscal year, which `{fiscal_shift}` months before
/// become calendar ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// `2026-10-31`.
    Day,
    /// The Monday it begins with: `2026-10-26`.
    Week,
    /// `2026-10`.
    Month,
    /// Quarter of the fiscal year: `2026Q3`.
    Quarter,
    /// Half of the fiscal year: `2026H2`.
    Half,
    /// Fiscal year: `2026`.
    FiscalYear,
    /// Calendar year: `2026`.
    Year,
    /// Day of the week: 1 is Monday.
    Weekday,
}

/// The day names, Monday first.
const WEEKDAYS: [(&str, &str); 7] =
    [("月", "Mon"), ("火", "Tue"), ("水", "Wed"), ("木", "Thu"), ("金", "Fri"), ("土", "Sat"), ("日", "Sun")];

impl TimeUnit {
    /// A value, for messages.
    pub(crate) const fn example(self) -> &'static str {
        match self {
            Self::Day => "2026-10-31",
            Self::Week => "2026-10-26",
            Self::Month => "2026-10",
            Self::Quarter => "2026Q3",
            Self::Half => "2026H1",
            Self::FiscalYear | Self::Year => "2026",
            Self::Weekday => "1",
        }
    }

    /// The expression that is equal for all dates of one unit. Units that are dates stay dates, which are grouped
    /// faster than text.
    pub(crate) fn sql(self, date: &str) -> String {
        let fiscal = format!("({date} - INTERVAL {{fiscal_shift}} MONTH)");
        match self {
            Self::Day => date.to_owned(),
            Self::Week => format!("CAST(DATE_TRUNC('week', {date}) AS DATE)"),
            Self::Month => format!("CAST(DATE_TRUNC('month', {date}) AS DATE)"),
            Self::Quarter => format!("CAST(DATE_TRUNC('quarter', {fiscal}) AS DATE)"),
            Self::Half => format!(
                "EXTRACT(YEAR FROM {fiscal}) * 2 + CASE WHEN EXTRACT(MONTH FROM {fiscal}) > 6 THEN 1 ELSE 0 END"
            ),
            Self::FiscalYear => format!("EXTRACT(YEAR FROM {fiscal})"),
            Self::Year => format!("EXTRACT(YEAR FROM {date})"),
            Self::Weekday => format!("(EXTRACT(DOW FROM {date}) + 6) % 7 + 1"),
        }
    }

    /// The value of an axis from the text of [`Self::sql`]: what the module says of each unit.
    pub(crate) fn value(self, raw: &str) -> String {
        match self {
            Self::Month => raw.get(..7).unwrap_or(raw).to_owned(),
            Self::Quarter => {
                let month: u32 = raw.get(5..7).and_then(|month| month.parse().ok()).unwrap_or(1);
                format!("{}Q{}", raw.get(..4).unwrap_or(raw), month.div_ceil(3))
            }
            Self::Half => {
                let halves: i64 = raw.parse().unwrap_or_default();
                format!("{}H{}", halves.div_euclid(2), halves.rem_euclid(2) + 1)
            }
            _ => raw.to_owned(),
        }
    }

    /// The text for people.
    pub fn display(self, value: &str, lang: Lang) -> String {
        match (self, lang) {
            (Self::FiscalYear, Lang::Ja) => format!("{value}年度"),
            (Self::FiscalYear, Lang::En) => format!("FY{value}"),
            (Self::Quarter, Lang::Ja) => match value.split_once('Q') {
                Some((year, quarter)) => format!("{year}年度 第{quarter}四半期"),
                None => value.to_owned(),
            },
            (Self::Half, Lang::Ja) => match value.split_once('H') {
                Some((year, "1")) => format!("{year}年度 上期"),
                Some((year, _)) => format!("{year}年度 下期"),
                None => value.to_owned(),
            },
            (Self::Weekday, lang) => {
                let day = value.parse::<usize>().ok().and_then(|day| WEEKDAYS.get(day.wrapping_sub(1)));
                let (ja, en) = day.copied().unwrap_or((value, value));
                if lang == Lang::Ja { ja } else { en }.to_owned()
            }
            _ => value.to_owned(),
        }
    }

    /// The value of what people type: `月` is `1`.
    pub(crate) fn stored(self, typed: &str) -> String {
        let typed = typed.trim();
        let day = WEEKDAYS.iter().position(|(ja, en)| typed == *ja || typed.eq_ignore_ascii_case(en));
        match (self, day) {
            (Self::Weekday, Some(day)) => (day + 1).to_string(),
            (Self::FiscalYear, None) => typed.trim_start_matches("FY").trim_end_matches("年度").to_owned(),
            _ => typed.to_owned(),
        }
    }

    /// The condition that a date is in one of these units; `None` for values that are no such unit.
    pub(crate) fn sql_of_value(self, value: &str) -> Option<String> {
        let number = |text: &str| text.parse::<i64>().ok();
        Some(match self {
            Self::Day | Self::Week => {
                let date: chrono::NaiveDate = value.parse().ok()?;
                format!("DATE '{date}'")
            }
            Self::Month => {
                let date: chrono::NaiveDate = format!("{value}-01").parse().ok()?;
                format!("DATE '{date}'")
            }
            Self::Quarter => {
                let (year, quarter) = value.split_once('Q')?;
                let (year, quarter) = (number(year)?, number(quarter)?);
                let month = quarter * 3 - 2;
                let date: chrono::NaiveDate = format!("{year:04}-{month:02}-01").parse().ok()?;
                format!("DATE '{date}'")
            }
            Self::Half => {
                let (year, half) = value.split_once('H')?;
                (number(year)? * 2 + number(half)? - 1).to_string()
            }
            Self::FiscalYear | Self::Year | Self::Weekday => number(value)?.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_people_write() {
        assert_eq!(TimeUnit::Month.value("2026-10-01"), "2026-10");
        assert_eq!(TimeUnit::Quarter.value("2026-01-01"), "2026Q1");
        assert_eq!(TimeUnit::Quarter.value("2026-10-01"), "2026Q4");
        assert_eq!(TimeUnit::Half.value("4052"), "2026H1");
        assert_eq!(TimeUnit::Half.value("4053"), "2026H2");
        assert_eq!(TimeUnit::Half.sql_of_value("2026H2").unwrap(), "4053");
        assert_eq!(TimeUnit::Quarter.sql_of_value("2026Q4").unwrap(), "DATE '2026-10-01'");
        assert_eq!(TimeUnit::Month.sql_of_value("2026-13"), None);
        assert_eq!(TimeUnit::Weekday.stored("日"), "7");
        assert_eq!(TimeUnit::Weekday.display("7", Lang::Ja), "日");
        assert_eq!(TimeUnit::FiscalYear.stored("2026年度"), "2026");
    }
}
