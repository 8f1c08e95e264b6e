//! The explanation for programs.

use serde_json::{Value, json};
use shared::label::Lang;

use crate::output::{json_decimal, json_decimal_or_null};
use crate::rank::scoring::contributions::Contribution;
use crate::rank::scoring::weighted_points::{Term, terms};
use crate::rank::settings::hundredths;
use crate::rank::views::explain::Explained;
use crate::rank::views::matched_rows::MatchedRow;

impl Explained {
    /// The explanation with at most `limit` records.
    pub(crate) fn json(&self, limit: usize) -> Value {
        let exact = self.scored();
        let (after, reason) = self.outcome();
        let records: Vec<Value> = self.contributions.entries.iter().take(limit).map(entry_json).collect();
        let terms: Vec<Value> = terms(&self.settings, &self.points)
            .iter()
            .zip(self.matched_rows(Lang::En))
            .map(|(term, segment)| term_json(term, &segment))
            .collect();
        let threshold = self.settings.chosen.points.get(self.earned);
        let next = self
            .edges
            .above
            .and_then(|(bound, index)| Some((bound, self.settings.chosen.points.get(index)?)));
        let run = self.run.as_ref().map(|(run, score)| {
            json!({"run_id": run.run_id, "mode": run.mode, "kept": score, "is_as_kept": self.is_as_kept()})
        });
        json!({
            "command": "rank explain",
            "customer_code": self.customer.customer_code, "customer_name": self.customer.customer_name,
            "as_of": self.as_of.to_string(), "settings_hash": self.settings.hash(),
            "source": self.settings.source.as_str(), "period_months": self.settings.chosen.period_months,
            "records": records, "records_found": self.contributions.entries.len(),
            "latest_date": exact.latest_date.map(|day| day.to_string()), "months_within": self.months_within,
            "count": json_decimal_or_null(exact.count), "amount": json_decimal_or_null(exact.amount),
            "criteria": terms, "total": json_decimal(exact.total),
            "threshold": threshold.map(|row| json!({"rank": row.rank, "min": row.min})),
            "next": next.map(|(bound, row)| json!({"rank": row.rank, "min": row.min,
                "missing": hundredths(bound.saturating_sub(self.total))})),
            "rank_before": self.customer.rank, "rank_after": after, "reason": reason.as_str(),
            "run": run,
        })
    }
}

fn term_json(term: &Term, matched: &MatchedRow) -> Value {
    let mut value = json!({"criterion": term.kind, "rows": matched.rows, "term": term.json()});
    value["row"] = match &matched.row {
        Some((row, _, bound)) => json!({"row": row, "bound": bound}),
        None => Value::Null,
    };
    value
}

fn entry_json(entry: &Contribution) -> Value {
    let record = &entry.record;
    json!({
        "date": record.dated.map(|day| day.to_string()), "record_no": record.record_no, "main": record.main,
        "slot": entry.slot.map(slot_id), "net": json_decimal(record.net.unwrap_or_default()),
        "rate": entry.rate.map(hundredths), "lines": record.lines, "counted_lines": record.counted_lines,
        "count": json_decimal(entry.exact_count()), "amount": json_decimal_or_null(entry.exact_amount()),
        "sets_date": entry.sets_date, "why": entry.why.as_str(), "status": record.status,
    })
}

fn slot_id(slot: usize) -> String {
    if slot == 0 { "main".to_owned() } else { format!("related_{slot}") }
}
