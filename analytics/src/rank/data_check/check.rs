//! `rank check`: what is worth a look before ranks are updated for the first time, and after (`docs/rank.md#check`).

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use serde_json::{Value, json};
use shared::exit::Failure;
use shared::rank::RankMaster;

use crate::context::{Context, Format};
use crate::output::html::{self, Block};
use crate::output::{Cell, Sheet, SheetColumn, csv, table};
use crate::rank::data_check::findings::{self, Scope};
use crate::rank::labels;
use crate::rank::prepare::{Prepared, fresh_warehouse};
use crate::rank::settings::{RankSettings, Source};
use crate::warehouse::{Columns, Literal, Warehouse, render};

/// Customers that are named for each finding.
const EXAMPLES: usize = 5;
/// The window without settings.
const PERIOD_DEFAULT: u32 = 12;
/// Findings about customers, in the order in which they are shown.
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
/// Findings about records, in the order in which they are shown.
const CODES: [&str; 7] = [
    "RANK_UNKNOWN_CUSTOMER",
    "RANK_SPLIT_LINKS",
    "RANK_SELF_LINK",
    "RANK_DOUBLE_LINK",
    "RANK_UNDATED_DEAL",
    "RANK_FUTURE",
    "RANK_UNKNOWN_CURRENT",
];

/// `analytics rank check`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The settings [default: the newest saved ones, else those of the last run, else none].
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Write every record and customer that something is wrong with to this CSV file.
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
}

/// A rank of the master, or one that it does not know.
struct RankLine {
    rank: String,
    customers: u64,
    is_known: bool,
    /// Whether its customers are updated; `None` without settings.
    is_target: Option<bool>,
    /// Whether a run can give it; `None` without settings.
    is_earned: Option<bool>,
}

/// How many customers something is said of, and the first of them.
#[derive(Default)]
struct Finding {
    customers: u64,
    examples: Vec<String>,
}

struct Checked {
    ranks: Vec<RankLine>,
    findings: HashMap<String, Finding>,
    records: BTreeMap<String, u64>,
    settings: Option<RankSettings>,
    /// Rows of the file that was written.
    written: Option<u64>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let master = reader.rank_master()?;
    // Before the first settings there is something to look at, too.
    let has_settings =
        args.settings.is_some() || reader.rank_config(None)?.is_some() || reader.last_rank_run()?.is_some();
    let settings = match has_settings {
        true => Some(Prepared::new(context, args.settings.as_deref())?.settings),
        false => None,
    };
    findings::check_file(args.errors.as_deref())?;
    let warehouse = fresh_warehouse(context, &store)?;
    let scope = Scope {
        source: settings.as_ref().map_or(Source::Sales, |settings| settings.source),
        period_months: settings.as_ref().map_or(PERIOD_DEFAULT, |settings| settings.chosen.period_months),
        as_of: context.as_of,
        master: &master,
    };
    let mut findings = customer_findings(&warehouse, &scope, settings.as_ref())?;
    let (customers, examples) = reader.never_scored(EXAMPLES)?;
    findings.insert("never_scored".to_owned(), Finding { customers, examples });
    let checked = Checked {
        ranks: ranks(&warehouse, &master, settings.as_ref())?,
        findings,
        records: findings::counts(&warehouse, &scope)?,
        written: args.errors.as_deref().map(|path| findings::write(&warehouse, &scope, path)).transpose()?,
        settings,
    };
    checked.show(context)
}

/// Every rank of the master in its order, then those that customers have and it does not know.
fn ranks(
    warehouse: &Warehouse,
    master: &RankMaster,
    settings: Option<&RankSettings>,
) -> Result<Vec<RankLine>, Failure> {
    let sql = "SELECT rank, COUNT(*) AS customers FROM customers WHERE rank IS NOT NULL AND rank <> '' GROUP BY rank";
    let frame = warehouse.frame(sql)?;
    let columns = Columns(&frame);
    let names = columns.texts("rank")?.into_iter().flatten();
    let counts: BTreeMap<String, u64> = names.zip(columns.counts("customers")?).collect();
    let unknown = counts.keys().filter(|rank| master.position(rank).is_none()).cloned();
    let all = master.ranks().iter().cloned().chain(unknown);
    Ok(all
        .map(|rank| RankLine {
            customers: counts.get(&rank).copied().unwrap_or(0),
            is_known: master.position(&rank).is_some(),
            is_target: settings.map(|settings| settings.update_target_ranks.contains(&rank)),
            is_earned: settings.map(|settings| settings.chosen.points.iter().any(|row| row.rank == rank)),
            rank,
        })
        .collect())
}

fn customer_findings(
    warehouse: &Warehouse,
    scope: &Scope<'_>,
    settings: Option<&RankSettings>,
) -> Result<HashMap<String, Finding>, Failure> {
    let (from, dated) = match scope.source {
        Source::Sales => ("counted_sales", "sold_on"),
        Source::Deals => ("deals WHERE stage = 'won'", "ordered_on"),
    };
    let columns = ["customer_code", "related_customer_1", "related_customer_2", "related_customer_3"];
    let links =
        columns.map(|column| format!("SELECT {column} AS customer_code, {dated} AS dated FROM {from}"));
    let ranks = scope.master.ranks().to_vec();
    let targets = settings.map_or_else(|| ranks.clone(), |settings| settings.update_target_ranks.clone());
    let sql = render(
        include_str!("../../../sql/rank_check_customers.sql"),
        &[
            ("as_of", Literal::Date(scope.as_of)),
            ("ranks", Literal::Texts(ranks)),
            ("targets", Literal::Texts(targets)),
            ("examples", Literal::Integer(EXAMPLES as i64)),
            ("links", Literal::Rendered(links.join(" UNION ALL "))),
        ],
    )?;
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    let (names, codes) = (columns.texts("finding")?, columns.texts("customer_code")?);
    let mut findings: HashMap<String, Finding> = HashMap::new();
    for ((name, code), customers) in names.into_iter().zip(codes).zip(columns.counts("customers")?) {
        let finding = findings.entry(name.unwrap_or_default()).or_default();
        finding.customers = customers;
        finding.examples.extend(code);
    }
    Ok(findings)
}

impl Checked {
    fn show(&self, context: &Context) -> Result<(), Failure> {
        let title = context.label(labels::CHECK);
        let text = match context.format {
            Format::Json => format!("{:#}\n", self.json(context)),
            Format::Csv => csv::render(&self.findings(context), context.lang)?,
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
                html::page(title, context.lang, &blocks)
            }
        };
        context.write(&text)
    }

    fn header(&self, context: &Context) -> Vec<(String, String)> {
        let line = |label, value: String| (context.label(label).to_owned(), value);
        match &self.settings {
            Some(settings) => crate::rank::summary::facts(context, settings, context.as_of),
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
