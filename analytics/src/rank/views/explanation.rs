//! The explanation for people and for programs.

use shared::exit::Failure;
use shared::label::{Labelled, Lang};
use shared::message::Label;
use shared::sales::{DealStage, SlipStatus};

use crate::context::{Context, Format};
use crate::output::html::{self, Block};
use crate::output::{Cell, Sheet, SheetColumn, table};
use crate::rank::scoring::contributions::{Contribution, CountReason};
use crate::rank::scoring::weighted_points::terms;
use crate::rank::settings::{Source, hundredths};
use crate::rank::views::explain::Explained;
use crate::rank::{labels, summary};

impl Explained {
    /// Writes the explanation with at most `limit` records.
    pub(crate) fn show(&self, context: &Context, limit: usize) -> Result<(), Failure> {
        let text = match context.format {
            Format::Json => format!("{:#}\n", self.json(limit)),
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
                html::page(&self.title(context), context, &blocks)
            }
            _ => return context.emit(&self.records(context, usize::MAX), &serde_json::Value::Null),
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
        let row = |entry: &Contribution| {
            vec![
                Cell::date(entry.record.dated),
                Cell::Text(entry.record.record_no.clone()),
                Cell::Text(entry.record.main.clone()),
                Cell::text(entry.slot.map(|slot| slot_name(slot, context.lang)).as_deref()),
                Cell::Number(entry.record.net.unwrap_or_default()),
                entry.rate.map_or(Cell::None, |rate| Cell::Text(format!("{}%", hundredths(rate)))),
                Cell::Number(entry.exact_count()),
                entry.exact_amount().map_or(Cell::None, Cell::Number),
                self.why(entry, context.lang),
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
        let entries = &self.contributions.entries;
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
        let rows = terms.iter().zip(values).zip(names).zip(self.matched_rows(context.lang));
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

    /// Whether a record counts, and why not; in CSV with the identifier of its status.
    fn why(&self, entry: &Contribution, lang: Lang) -> Cell {
        let text = why_label(entry.why).text(lang);
        let Some(status) = &entry.record.status else { return Cell::Text(text.to_owned()) };
        let with = |status: &str| match entry.why {
            CountReason::Status => format!("{text}: {status}"),
            // A slip that counts may have lines that do not.
            _ => format!("{text} ({}/{}; {status})", entry.record.counted_lines, entry.record.lines),
        };
        Cell::word(&with(status_label(self.settings.source, status, lang)), &with(status))
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
        lines.push(line(labels::REASON, context.label(reason.labels()).to_owned()));
        lines
    }
}

fn slot_name(slot: usize, lang: Lang) -> String {
    match (slot, lang) {
        (0, Lang::Ja) => "メイン顧客".to_owned(),
        (0, Lang::En) => "own".to_owned(),
        (n, Lang::Ja) => format!("関連顧客({n})"),
        (n, Lang::En) => format!("related ({n})"),
    }
}

/// The label of a slip's status or a deal's stage; another word as it is.
fn status_label(source: Source, status: &str, lang: Lang) -> &str {
    let label = match source {
        Source::Sales => SlipStatus::from_identifier(status).map(|status| status.label(lang)),
        Source::Deals => DealStage::from_identifier(status).map(|stage| stage.label(lang)),
    };
    label.unwrap_or(status)
}

/// Why a record counts or does not.
fn why_label(why: CountReason) -> Label {
    match why {
        CountReason::Counted => labels::label("対象", "yes"),
        CountReason::NotAboveZero => labels::label("金額のみ (0以下)", "amount only (not above zero)"),
        CountReason::ZeroRateDate => labels::label("日付のみ (掛率0)", "date only (rate 0)"),
        CountReason::ZeroRate => labels::label("対象外 (掛率0)", "no (rate 0)"),
        CountReason::Status => labels::label("対象外 (状態)", "no (status)"),
        CountReason::Undated => labels::label("対象外 (受注日なし)", "no (no date)"),
        CountReason::TooOld => labels::label("対象外 (期間前)", "no (before the window)"),
        CountReason::Future => labels::label("対象外 (基準日後)", "no (after the as-of date)"),
        CountReason::OtherLink => {
            labels::label("対象外 (同じ伝票の別の関連顧客が先)", "no (the slip names another customer first)")
        }
    }
}
