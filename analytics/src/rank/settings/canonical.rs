//! The canonical form of settings: for their hash, for the store, and for comparison.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use shared::text::hex;

use crate::rank::settings::model::{Criteria, Criterion, RankSettings, SourceSettings, VERSION, hundredths};

impl RankSettings {
    /// SHA-256 of everything that ranks depend on, in hex, independent of formatting. The other source, criteria that are
    /// switched off and the limits of a run are not part of it.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut out = String::from("[rank]\n");
        self.write_common(&mut out, false);
        write_source(&mut out, "rank", &self.chosen, &self.shared_keys(), &[true]);
        hex(&Sha256::digest(out.as_bytes()))
    }

    /// The canonical form: TOML with every value written out, decimals without trailing zeros. It parses to the same
    /// settings.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = format!("version = {VERSION}\n[rank]\n");
        self.write_common(&mut out, true);
        match &self.other {
            None => write_source(&mut out, "rank", &self.chosen, &self.shared_keys(), &[true, false]),
            Some(other) => {
                out.push_str(&self.shared_keys());
                let mut blocks = [(self.source, &self.chosen), (self.source.other(), other)];
                blocks.sort_by_key(|(source, _)| std::cmp::Reverse(source.as_str()));
                for (source, block) in blocks {
                    let at = format!("rank.{}", source.as_str());
                    let _ = writeln!(out, "[{at}]");
                    write_source(&mut out, &at, block, "", &[true, false]);
                }
            }
        }
        out
    }

    fn write_common(&self, out: &mut String, with_limits: bool) {
        // Writing to a String does not fail.
        let _ = writeln!(out, "enabled = {}\nsource = \"{}\"", self.enabled, self.source.as_str());
        if with_limits {
            let allowed: Vec<_> =
                self.allowed_sources.iter().map(|source| source.as_str().to_owned()).collect();
            let _ = writeln!(out, "allowed_sources = {}", quoted_list(&allowed));
            let _ = writeln!(out, "max_change_ratio = \"{}\"", self.max_change_ratio);
            let _ = writeln!(out, "max_age_days = {}", self.max_age_days);
        }
    }

    /// The keys between the period and the criteria in a document without blocks. Their position is part of the hash, which
    /// is stored.
    fn shared_keys(&self) -> String {
        format!(
            "amount_basis = \"{}\"\nupdate_target_ranks = {}\nunranked_is_target = {}\n",
            self.amount_basis.as_str(),
            quoted_list(&self.update_target_ranks),
            self.unranked_is_target
        )
    }
}

/// Writes one source's settings under the table `at`, with the criteria that are on, off or both.
fn write_source(out: &mut String, at: &str, source: &SourceSettings, shared_keys: &str, enabled: &[bool]) {
    let _ = writeln!(out, "period_months = {}", source.period_months);
    if at == "rank" {
        out.push_str("timezone = \"Asia/Tokyo\"\n");
    }
    let _ = writeln!(out, "recency_zero_rate = \"{}\"", source.recency_zero_rate.as_str());
    out.push_str(shared_keys);
    let Criteria { recency, count, amount } = &source.criteria;
    // Stored documents have this order: criteria that are off come last.
    for is_enabled in enabled {
        if let Some(recency) = recency.as_ref().filter(|criterion| criterion.is_enabled == *is_enabled) {
            let rows: Vec<_> = recency.rows.iter().map(u32::to_string).collect();
            write_criterion(out, at, "recency", recency, "within_months", &rows);
        }
    }
    for is_enabled in enabled {
        for (kind, criterion) in [("count", count), ("amount", amount)] {
            if let Some(criterion) =
                criterion.as_ref().filter(|criterion| criterion.is_enabled == *is_enabled)
            {
                let rows: Vec<_> =
                    criterion.rows.iter().map(|row| format!("\"{}\"", row.normalize())).collect();
                write_criterion(out, at, kind, criterion, "at_least", &rows);
            }
        }
    }
    let related: Vec<_> = source.rates.related.iter().map(|rate| hundredths(*rate)).collect();
    let main = hundredths(source.rates.main);
    let _ = writeln!(out, "[{at}.rates]\nmain = \"{main}\"\nrelated = {}", quoted_list(&related));
    for row in &source.points {
        let _ = writeln!(out, "[[{at}.points]]\nrank = {}\nmin = {}", quoted(&row.rank), row.min);
    }
}

fn write_criterion<T>(
    out: &mut String,
    at: &str,
    kind: &str,
    criterion: &Criterion<T>,
    rows_key: &str,
    rows: &[String],
) {
    let _ = writeln!(out, "[[{at}.criteria]]\nkind = \"{kind}\"");
    if !criterion.is_enabled {
        out.push_str("enabled = false\n");
    }
    let _ =
        writeln!(out, "weight = \"{}\"\n{rows_key} = [{}]", hundredths(criterion.weight), rows.join(", "));
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
