//! Values as a layout writes them: an import's rules in reverse.

use chrono::{DateTime, Utc};

use super::{Counts, Piece};
use crate::clock::japan_time;
use crate::dataset::{ColumnKind, Dataset};
use crate::import::{scaled_amount, scaled_product};
use crate::money::from_scaled;
use crate::profile::{ColumnRule, DateForm, Take, TargetRules, located_address};

/// Scaled integer of 1.
const ONE: i128 = 10_000;

/// A value as the layout writes it; `None` when the layout cannot represent it.
pub(super) fn layout_value(
    target: &TargetRules,
    piece: &Piece<'_>,
    cells: &[String],
    counts: &mut Counts,
) -> Option<String> {
    let dataset = target.dataset;
    let (column, rule) = (&dataset.columns[piece.column], piece.rule);
    let native = cells.get(piece.column)?;
    if let Some(times) = &rule.times {
        return Some(divided(target, native, times, cells).unwrap_or_default());
    }
    if rule.take.is_some_and(Take::is_address) {
        return Some(address(dataset, cells, counts));
    }
    if native.is_empty() {
        return Some(String::new());
    }
    if let Some(factor) = rule.factor {
        let scaled = scaled_amount(native).ok().filter(|scaled| scaled % factor == 0)?;
        return Some(from_scaled(scaled / factor).to_string());
    }
    if !rule.map.is_empty() || rule.rest.is_some() {
        if let Some((word, _)) = rule.map.iter().find(|(_, meaning)| meaning == native) {
            return Some(word.clone());
        }
        match rule.rest.as_deref() {
            Some("") => return Some(String::new()),
            Some(_) => return None,
            None => {}
        }
    }
    Some(match column.kind {
        ColumnKind::Date => date(rule.date, native),
        ColumnKind::Instant => japan_instant(native),
        ColumnKind::Choice(_) | ColumnKind::OpenChoice(_) => column.choice_label_ja(native).to_owned(),
        _ => native.clone(),
    })
}

/// The number that an import multiplies by the cell of `times`, when there is one that restores the value.
fn divided(target: &TargetRules, native: &str, times: &str, cells: &[String]) -> Option<String> {
    let feeds = |(_, rule): &&(&'static str, ColumnRule)| {
        rule.times.is_none() && rule.from.first().is_some_and(|from| from == times)
    };
    let (by, _) = target.columns.iter().find(feeds)?;
    let by = scaled_amount(cells.get(target.dataset.column_index(by)?)?).ok()?;
    let value = scaled_amount(native).ok()?;
    let quotient = (i128::from(value) * ONE).checked_div(i128::from(by))?;
    let exact = |one: &i64| scaled_product(*one, by) == i128::from(value);
    let one = [0, 1, -1].into_iter().filter_map(|step| i64::try_from(quotient + step).ok()).find(exact)?;
    let text = from_scaled(one).to_string();
    scaled_amount(&text).is_ok().then_some(text)
}

/// Prefecture, city and street in one cell.
fn address(dataset: &Dataset, cells: &[String], counts: &mut Counts) -> String {
    let part =
        |name: &str| dataset.column_index(name).and_then(|at| cells.get(at)).map_or("", String::as_str);
    let parts = (part("prefecture"), part("city"), part("street"));
    let line = [parts.0, parts.1, parts.2].concat();
    if located_address(&line) != parts {
        counts.inexact += 1;
    }
    line
}

fn date(form: Option<DateForm>, iso: &str) -> String {
    match form {
        None | Some(DateForm::Iso) => iso.to_owned(),
        Some(DateForm::Compact) => iso.replace('-', ""),
        Some(DateForm::Slashes) => iso.replace('-', "/"),
        Some(DateForm::ShortYear) if iso.starts_with("20") => iso[2..].replace('-', "/"),
        Some(DateForm::Era) => {
            let day = iso.parse().ok().and_then(crate::era::to_wareki_short);
            day.unwrap_or_else(|| iso.to_owned())
        }
        Some(DateForm::EraDigit) if iso.starts_with("20") => format!("1{}", iso[2..].replace('-', "")),
        Some(DateForm::ShortYear | DateForm::EraDigit) => iso.to_owned(),
    }
}

/// An instant as Japan's wall clock shows it, without seconds where they are zero.
fn japan_instant(instant: &str) -> String {
    let Ok(at) = DateTime::parse_from_rfc3339(instant) else { return instant.to_owned() };
    let text = japan_time(at.with_timezone(&Utc)).format("%Y-%m-%d %H:%M:%S%.3f").to_string();
    let text = text.strip_suffix(".000").unwrap_or(&text);
    text.strip_suffix(":00").unwrap_or(text).to_owned()
}
