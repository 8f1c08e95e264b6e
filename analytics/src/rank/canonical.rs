//! The settings written in one way only: for their hash, for the store, and to compare them.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::read;
use super::settings::{Criterion, Disabled, RankSettings, SourceSettings};

impl RankSettings {
    /// SHA-256 of everything that ranks depend on, in hex: the same settings give the same hash, however they are
    /// written. The source that is not chosen, criteria that are switched off and limits of a run are no part of it.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut out = String::from("[rank]\n");
        self.write_common(&mut out, false);
        let mut chosen = self.chosen();
        chosen.disabled = Disabled::default();
        write_source(&mut out, "rank", &chosen, &self.between());
        Sha256::digest(out.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The canonical form: TOML with every value said, decimals without trailing zeros. It reads as the same
    /// settings.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = format!("version = {}\n[rank]\n", read::VERSION);
        self.write_common(&mut out, true);
        match &self.other {
            None => write_source(&mut out, "rank", &self.chosen(), &self.between()),
            Some(other) => {
                out.push_str(&self.between());
                let mut blocks = [(self.source, &self.chosen()), (self.source.other(), other)];
                blocks.sort_by_key(|(source, _)| std::cmp::Reverse(source.as_str()));
                for (source, block) in blocks {
                    let at = format!("rank.{}", source.as_str());
                    let _ = writeln!(out, "[{at}]");
                    write_source(&mut out, &at, block, "");
                }
            }
        }
        out
    }

    /// What the chosen source has for itself.
    #[must_use]
    pub fn chosen(&self) -> SourceSettings {
        SourceSettings {
            period_months: self.period_months,
            recency_zero_rate: self.recency_zero_rate,
            recency: self.recency.clone(),
            count: self.count.clone(),
            amount: self.amount.clone(),
            disabled: self.disabled.clone(),
            rates: self.rates.clone(),
            points: self.points.clone(),
        }
    }

    /// These settings with the other source chosen; `None` when that has no settings.
    #[must_use]
    pub fn swapped(&self) -> Option<Self> {
        let other = self.other.as_deref()?.clone();
        Some(Self {
            source: self.source.other(),
            period_months: other.period_months,
            recency_zero_rate: other.recency_zero_rate,
            recency: other.recency,
            count: other.count,
            amount: other.amount,
            disabled: other.disabled,
            rates: other.rates,
            points: other.points,
            other: Some(Box::new(self.chosen())),
            ..self.clone()
        })
    }

    fn write_common(&self, out: &mut String, with_limits: bool) {
        // Writing to a String does not fail.
        let _ = writeln!(out, "enabled = {}\nsource = \"{}\"", self.enabled, self.source.as_str());
        if with_limits {
            let allowed: Vec<_> =
                self.allowed_sources.iter().map(|source| source.as_str().to_owned()).collect();
            let _ = writeln!(out, "allowed_sources = {}", quoted_list(&allowed));
            let _ = writeln!(out, "max_change_ratio = \"{}\"", self.max_change_ratio);
        }
    }

    /// The keys that stand between the period and the criteria where there is one block only. Their places are
    /// part of the hash, which the store has kept since its first version.
    fn between(&self) -> String {
        format!(
            "amount_basis = \"tax_excluded\"\nupdate_target_ranks = {}\nunranked_is_target = {}\n",
            quoted_list(&self.update_target_ranks),
            self.unranked_is_target
        )
    }
}

fn write_source(out: &mut String, at: &str, source: &SourceSettings, between: &str) {
    let is_rank = at == "rank";
    let _ = writeln!(out, "period_months = {}", source.period_months);
    if is_rank {
        out.push_str("timezone = \"Asia/Tokyo\"\n");
    }
    let _ = writeln!(out, "recency_zero_rate = \"{}\"", source.recency_zero_rate.as_str());
    out.push_str(between);
    for (recency, is_enabled) in [(&source.recency, true), (&source.disabled.recency, false)] {
        let rows = |c: &Criterion<u32>| c.rows.iter().map(u32::to_string).collect::<Vec<_>>();
        if let Some(c) = recency {
            write_criterion(out, at, "recency", c.weight, is_enabled, "within_months", &rows(c));
        }
    }
    let enabled = [("count", &source.count, true), ("amount", &source.amount, true)];
    let disabled = [("count", &source.disabled.count, false), ("amount", &source.disabled.amount, false)];
    for (kind, criterion, is_enabled) in enabled.into_iter().chain(disabled) {
        let rows = |c: &Criterion<Decimal>| {
            c.rows.iter().map(|row| format!("\"{}\"", row.normalize())).collect::<Vec<_>>()
        };
        if let Some(c) = criterion {
            write_criterion(out, at, kind, c.weight, is_enabled, "at_least", &rows(c));
        }
    }
    let related: Vec<_> = source.rates.related.iter().map(|rate| hundredths(*rate)).collect();
    let main = hundredths(source.rates.main);
    let _ = writeln!(out, "[{at}.rates]\nmain = \"{main}\"\nrelated = {}", quoted_list(&related));
    for row in &source.points {
        let _ = writeln!(out, "[[{at}.points]]\nrank = {}\nmin = {}", quoted(&row.rank), row.min);
    }
}

fn write_criterion(
    out: &mut String,
    at: &str,
    kind: &str,
    weight: u32,
    is_enabled: bool,
    rows_key: &str,
    rows: &[String],
) {
    let _ = writeln!(out, "[[{at}.criteria]]\nkind = \"{kind}\"");
    if !is_enabled {
        out.push_str("enabled = false\n");
    }
    let _ = writeln!(out, "weight = \"{}\"\n{rows_key} = [{}]", hundredths(weight), rows.join(", "));
}

/// An integer of hundredths as a decimal without trailing zeros.
pub(super) fn hundredths(value: u32) -> String {
    Decimal::new(i64::from(value), 2).normalize().to_string()
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn quoted_list(items: &[String]) -> String {
    let items: Vec<_> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}
