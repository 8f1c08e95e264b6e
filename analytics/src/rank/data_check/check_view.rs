//! The findings of `rank check` for people and for programs.

use serde_json::{Value, json};
use shared::exit::Failure;

use crate::context::{Context, Format};
use crate::output::html::{self, Block};
use crate::output::{Cell, Sheet, SheetColumn, table};
use crate::rank::data_check::check::{Checked, Finding, RankLine};
use crate::rank::settings::RankSettings;
use crate::rank::{labels, summary};

/// Findings about customers, in display order.
const FINDINGS: [&str; 8] = [
    "no_rank",
    "unknown_rank",
    "excluded",
    "not_target_rank",
    "never_scored",
    "no_kana",
    "no_records",
    "only_future",
];
/// Findings about records, in display order.
const CODES: [&str; 7] = [
    "RANK_UNKNOWN_CUSTOMER",
    "RANK_SPLIT_LINKS",
    "RANK_SELF_LINK",
    "RANK_DOUBLE_LINK",
    "RANK_UNDATED_DEAL",
    "RANK_FUTURE",
    "RANK_UNKNOWN_CURRENT",
];

impl Checked {
    /// Shows the findings in the format of this run.
    pub(crate) fn show(&self, context: &Context) -> Result<(), Failure> {
        let title = context.label(labels::CHECK);
        let text = match context.format {
            Format::Json => format!("{:#}\n", self.json(context)),
            Format::Table => {
                let head =
                    Sheet { title: title.to_owned(), header: self.header(context), ..Sheet::default() };
                let sheets = [head, self.ranks(), self.findings(context)];
                sheets.iter().map(|sheet| table::render(sheet, context)).collect()
            }
            Format::Html => {
                let blocks = [
                    Block::Facts(self.header(context)),
                    Block::Sheet(self.ranks()),
                    Block::Sheet(self.findings(context)),
                ];
                html::page(title, context, &blocks)
            }
            _ => return context.emit(&self.findings(context), &Value::Null),
        };
        context.write(&text)
    }

    fn header(&self, context: &Context) -> Vec<(String, String)> {
        let line = |label, value: String| (context.label(label).to_owned(), value);
        match &self.settings {
            Some(settings) => summary::facts(context, settings, context.as_of),
            None => vec![
                line(crate::labels::AS_OF, context.as_of.to_string()),
                line(labels::WITHOUT_SETTINGS, String::new()),
            ],
        }
    }

    fn ranks(&self) -> Sheet {
        let yes = |flag: Option<bool>| match flag {
            Some(true) => Cell::Text("○".to_owned()),
            Some(false) => Cell::Text("×".to_owned()),
            None => Cell::None,
        };
        let row = |line: &RankLine| {
            vec![
                Cell::Text(line.rank.clone()),
                Cell::Count(line.customers),
                yes(Some(line.is_known)),
                yes(line.is_target),
                yes(line.is_earned),
            ]
        };
        let columns =
            [labels::RANK, labels::CUSTOMERS, labels::IN_MASTER, labels::IS_TARGET, labels::IS_EARNED];
        Sheet {
            columns: columns.map(SheetColumn::new).to_vec(),
            rows: self.ranks.iter().map(row).collect(),
            ..Sheet::default()
        }
    }

    fn findings(&self, context: &Context) -> Sheet {
        let none = Finding::default();
        let customers = FINDINGS.iter().map(|name| {
            let finding = self.findings.get(*name).unwrap_or(&none);
            vec![
                Cell::Text((*name).to_owned()),
                Cell::Count(finding.customers),
                Cell::Text(context.label(labels::finding(name)).to_owned()),
                Cell::Text(finding.examples.join(", ")),
            ]
        });
        let records = CODES.iter().map(|code| {
            vec![
                Cell::Text((*code).to_owned()),
                Cell::Count(self.records.get(*code).copied().unwrap_or(0)),
                Cell::Text(context.label(labels::finding(code)).to_owned()),
                Cell::Text(String::new()),
            ]
        });
        let columns = [labels::FINDING, labels::FOUND, crate::labels::MEANING, labels::EXAMPLES];
        let written =
            self.written.map(|rows| (context.label(labels::ERRORS_WRITTEN).to_owned(), rows.to_string()));
        Sheet {
            title: context.label(labels::FINDINGS).to_owned(),
            columns: columns.map(SheetColumn::new).to_vec(),
            rows: customers.chain(records).collect(),
            footer: written.into_iter().collect(),
            ..Sheet::default()
        }
    }

    fn json(&self, context: &Context) -> Value {
        let ranks: Vec<Value> = self
            .ranks
            .iter()
            .map(|line| {
                json!({"rank": line.rank, "customers": line.customers, "is_known": line.is_known,
                    "is_target": line.is_target, "is_earned": line.is_earned})
            })
            .collect();
        let none = Finding::default();
        let findings: Vec<Value> = FINDINGS
            .iter()
            .map(|name| {
                let finding = self.findings.get(*name).unwrap_or(&none);
                json!({"finding": name, "customers": finding.customers, "examples": finding.examples})
            })
            .collect();
        let records: Vec<Value> = CODES
            .iter()
            .map(|code| json!({"code": code, "count": self.records.get(*code).copied().unwrap_or(0)}))
            .collect();
        json!({
            "command": "rank check", "as_of": context.as_of.to_string(),
            "settings_hash": self.settings.as_ref().map(RankSettings::hash),
            "ranks": ranks, "findings": findings, "records": records, "errors_written": self.written,
        })
    }
}
