//! The explanation for people and for programs.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use shared::calendar::sub_months;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message::Label;

use crate::context::{Context, Format};
use crate::output::html::{self, Block};
use crate::output::{Cell, Sheet, SheetColumn, csv, grouped, json_decimal, json_decimal_or_null, table};
use crate::rank::scoring::customer_records::{Entry, Why};
use crate::rank::scoring::weighted_points::{Term, terms};
use crate::rank::settings::{Criterion, hundredths};
use crate::rank::views::explain::Explained;
use crate::rank::{labels, summary};

/// A row of a criterion: its place from 1, how many there are, its text, and its value for programs.
struct Segment {
    row: Option<(usize, String, String)>,
    rows: usize,
}

impl Explained {
    /// Writes the explanation with at most `limit` records.
    pub(crate) fn show(&self, context: &Context, limit: usize) -> Result<(), Failure> {
        let text = match context.format {
            Format::Json => format!("{:#}\n", self.json(limit)),
            Format::Csv => csv::render(&self.records(context, usize::MAX), context.lang)?,
            Format::Table => {
                let records = self.records(context, limit);
                let head =
                    Sheet { title: self.title(context), header: self.header(context), ..Sheet::default() };
                [head, records, self.criteria(context)]
                    .iter()
                    .map(|sheet| table::render(sheet, context))
                    .collect()
            }
            Format::Html => {
                let blocks = [
                    Block::Facts(self.header(context)),
                    Block::Sheet(self.criteria(context)),
                    Block::Sheet(self.records(context, limit)),
                ];
                html::page(&self.title(context), context.lang, &blocks)
            }
        };
        context.write(&text)
    }

    fn title(&self, context: &Context) -> String {
        let customer = &self.customer;
        let title = context.label(labels::EXPLANATION);
        format!("{title}: {} {}", customer.customer_code, customer.customer_name)
    }

    fn header(&self, context: &Context) -> Vec<(String, String)> {
        let line = |label: Label, value: String| (context.label(label).to_owned(), value);
        let mut header = summary::facts(context, &self.settings, self.as_of);
        let Some((run, score)) = &self.run else { return header };
        header.push(line(labels::RUN_ID, run.run_id.to_string()));
        match score {
            Some(score) => {
                let none = context.label(labels::NO_RANK);
                let rank = |rank: &Option<String>| rank.clone().unwrap_or_else(|| none.to_owned());
                let (before, after) = (rank(&score.rank_before), rank(&score.rank_after));
                let kept = format!("{} / {before} → {after}", score.total.normalize());
                header.push(line(labels::KEPT, kept));
                if self.is_as_kept() == Some(false) {
                    header.push(line(labels::CHANGED_SINCE, String::new()));
                }
            }
            None => header.push(line(labels::NOT_SCORED, String::new())),
        }
        header
    }

    fn records(&self, context: &Context, limit: usize) -> Sheet {
        let row = |entry: &Entry| {
            vec![
                Cell::date(entry.record.dated),
                Cell::Text(entry.record.record_no.clone()),
                Cell::Text(entry.record.main.clone()),
                Cell::text(entry.slot.map(|slot| slot_name(slot, context.lang)).as_deref()),
                Cell::Number(entry.record.net.unwrap_or_default()),
                entry.rate.map_or(Cell::None, |rate| Cell::Text(format!("{}%", hundredths(rate)))),
                Cell::Number(entry.exact_count()),
                entry.exact_amount().map_or(Cell::None, Cell::Number),
                Cell::Text(why(entry, context.lang)),
            ]
        };
        let columns = [
            labels::DATED,
            labels::RECORD,
            labels::OWN,
            labels::LINK,
            labels::NET,
            labels::RATE,
            labels::ADDS_COUNT,
            labels::ADDS_AMOUNT,
            labels::WHY,
        ];
        let entries = &self.ledger.entries;
        let exact = self.scored();
        let mut total = vec![Cell::Text(context.label(crate::labels::TOTAL).to_owned())];
        total.extend(std::iter::repeat_n(Cell::Text(String::new()), 5));
        total.extend([exact.count, exact.amount].map(|sum| sum.map_or(Cell::None, Cell::Number)));
        total.push(Cell::Text(String::new()));
        let listed = entries.len().min(limit);
        let shown = format!("{listed} / {}", entries.len());
        Sheet {
            title: context.label(labels::RECORDS).to_owned(),
            columns: if entries.is_empty() { Vec::new() } else { columns.map(SheetColumn::new).to_vec() },
            rows: entries.iter().take(limit).map(row).collect(),
            total: Some(total),
            footer: vec![(context.label(labels::SHOWN).to_owned(), shown)],
            ..Sheet::default()
        }
    }

    fn criteria(&self, context: &Context) -> Sheet {
        let exact = self.scored();
        let source = self.settings.source;
        let terms = terms(&self.settings, &self.points);
        let values = [
            Cell::date(exact.latest_date),
            exact.count.map_or(Cell::None, Cell::Number),
            exact.amount.map_or(Cell::None, Cell::Number),
        ];
        let names = [labels::latest(source), labels::count(source), labels::amount(source)];
        let rows = terms.iter().zip(values).zip(names).zip(self.segments(context.lang));
        let rows = rows.map(|(((term, value), name), segment)| {
            let text = match (&term.part, &segment.row) {
                (None, _) => Cell::None,
                (_, None) => Cell::Text(context.label(labels::NO_ROW).to_owned()),
                (_, Some((row, text, _))) => Cell::Text(format!("{text} ({row}/{})", segment.rows)),
            };
            vec![Cell::Text(context.label(name).to_owned()), value, text, term.cell()]
        });
        let columns = [labels::CRITERION, labels::METRIC, labels::ROW, labels::TERM];
        Sheet {
            title: context.label(labels::CRITERIA).to_owned(),
            columns: columns.map(SheetColumn::new).to_vec(),
            rows: rows.collect(),
            total: Some(vec![
                Cell::Text(context.label(labels::TOTAL).to_owned()),
                Cell::Text(String::new()),
                Cell::Text(String::new()),
                Cell::Number(exact.total),
            ]),
            footer: self.verdict(context),
            ..Sheet::default()
        }
    }

    fn verdict(&self, context: &Context) -> Vec<(String, String)> {
        let line = |label: Label, value: String| (context.label(label).to_owned(), value);
        let none = context.label(labels::NO_RANK);
        let name = |index: usize| {
            self.settings.chosen.points.get(index).map(|row| row.rank.clone()).unwrap_or_default()
        };
        let (after, reason) = self.outcome();
        let least = self.settings.chosen.points.get(self.earned).map_or(0, |row| row.min);
        let mut lines = vec![line(
            labels::THRESHOLD,
            format!("{} ≥ {least} → {}", hundredths(self.total), name(self.earned)),
        )];
        if let Some((bound, index)) = self.edges.above {
            let missing = hundredths(bound.saturating_sub(self.total));
            lines
                .push(line(labels::NEXT_RANK, format!("{} ({} +{missing})", name(index), hundredths(bound))));
        }
        let before = self.customer.rank.as_deref().unwrap_or(none);
        lines.push(line(labels::OUTCOME, format!("{before} → {}", after.unwrap_or(none))));
        lines.push(line(labels::REASON, context.label(labels::reason(reason)).to_owned()));
        lines
    }

    /// The rows that matched, for people in `lang`.
    fn segments(&self, lang: Lang) -> [Segment; 3] {
        let criteria = &self.settings.chosen.criteria;
        let at_least = |criterion: Option<&Criterion<Decimal>>, points: Option<u8>| {
            segment(criterion, points, |row| {
                let row = row.normalize();
                let text = match lang {
                    Lang::Ja => format!("{} 以上", grouped(&row.to_string())),
                    Lang::En => format!("at least {}", grouped(&row.to_string())),
                };
                (text, row.to_string())
            })
        };
        let recency = segment(criteria.enabled_recency(), self.points.recency, |months| {
            let since = sub_months(self.as_of, *months).map(|day| day.to_string()).unwrap_or_default();
            let text = match lang {
                Lang::Ja => format!("{months}ヶ月以内 ({since} 以降)"),
                Lang::En => format!("within {months} months (since {since})"),
            };
            (text, months.to_string())
        });
        [
            recency,
            at_least(criteria.enabled_count(), self.points.count),
            at_least(criteria.enabled_amount(), self.points.amount),
        ]
    }

    fn json(&self, limit: usize) -> Value {
        let exact = self.scored();
        let (after, reason) = self.outcome();
        let records: Vec<Value> = self.ledger.entries.iter().take(limit).map(entry_json).collect();
        let terms: Vec<Value> = terms(&self.settings, &self.points)
            .iter()
            .zip(self.segments(Lang::En))
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
            "records": records, "records_found": self.ledger.entries.len(),
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

fn segment<T>(
    criterion: Option<&Criterion<T>>,
    points: Option<u8>,
    text: impl Fn(&T) -> (String, String),
) -> Segment {
    let rows = criterion.map_or(0, |criterion| criterion.rows.len());
    // Of n rows the first gives n points.
    let hit =
        points.map(usize::from).filter(|points| *points > 0).and_then(|points| rows.checked_sub(points));
    let row = hit.and_then(|hit| {
        let (text, value) = text(criterion?.rows.get(hit)?);
        Some((hit + 1, text, value))
    });
    Segment { row, rows }
}

fn term_json(term: &Term, segment: &Segment) -> Value {
    let mut value = json!({"criterion": term.kind, "rows": segment.rows, "term": term.json()});
    value["row"] = match &segment.row {
        Some((row, _, bound)) => json!({"row": row, "bound": bound}),
        None => Value::Null,
    };
    value
}

fn entry_json(entry: &Entry) -> Value {
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

fn slot_name(slot: usize, lang: Lang) -> String {
    match (slot, lang) {
        (0, Lang::Ja) => "メイン顧客".to_owned(),
        (0, Lang::En) => "own".to_owned(),
        (n, Lang::Ja) => format!("関連顧客({n})"),
        (n, Lang::En) => format!("related ({n})"),
    }
}

fn why(entry: &Entry, lang: Lang) -> String {
    let text = why_label(entry.why).text(lang);
    match (&entry.record.status, entry.why) {
        (Some(status), Why::Status) => format!("{text}: {status}"),
        // Lines that do not count are in a slip that does.
        (Some(status), _) => {
            format!("{text} ({}/{}; {status})", entry.record.counted_lines, entry.record.lines)
        }
        (None, _) => text.to_owned(),
    }
}

/// Why a record counts as it does.
fn why_label(why: Why) -> Label {
    match why {
        Why::Counted => labels::label("対象", "yes"),
        Why::NotAboveZero => labels::label("金額のみ (0以下)", "amount only (not above zero)"),
        Why::ZeroRateDate => labels::label("日付のみ (掛率0)", "date only (rate 0)"),
        Why::ZeroRate => labels::label("対象外 (掛率0)", "no (rate 0)"),
        Why::Status => labels::label("対象外 (状態)", "no (status)"),
        Why::Undated => labels::label("対象外 (受注日なし)", "no (no date)"),
        Why::TooOld => labels::label("対象外 (期間前)", "no (before the window)"),
        Why::Future => labels::label("対象外 (基準日後)", "no (after the as-of date)"),
        Why::OtherLink => {
            labels::label("対象外 (同じ伝票の別の関連顧客が先)", "no (the slip names another customer first)")
        }
    }
}
