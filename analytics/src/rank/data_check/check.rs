//! `rank check`: what should be looked at before ranks are updated (`docs/rank.md#check`).

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use shared::exit::Failure;
use shared::rank::RankMaster;

use crate::context::Context;
use crate::rank::data_check::findings::{self, Scope};
use crate::rank::prepare::{Prepared, fresh_warehouse};
use crate::rank::settings::{RankSettings, Source};
use crate::warehouse::{Columns, Literal, Warehouse, render};

/// Customers named for each finding.
const EXAMPLES: usize = 5;
/// The window without settings.
const PERIOD_DEFAULT: u32 = 12;
/// `analytics rank check`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The settings [default: the newest saved ones, else those of the last run, else none].
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Write every problem of records and customers to this CSV file.
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
}

/// A rank of the rank master, or an unknown one.
pub(crate) struct RankLine {
    pub(crate) rank: String,
    pub(crate) customers: u64,
    pub(crate) is_known: bool,
    /// Whether its customers are updated; `None` without settings.
    pub(crate) is_target: Option<bool>,
    /// Whether a run can give it; `None` without settings.
    pub(crate) is_earned: Option<bool>,
}

/// How many customers a finding is about, and the first of them.
#[derive(Default)]
pub(crate) struct Finding {
    pub(crate) customers: u64,
    pub(crate) examples: Vec<String>,
}

/// Everything that the check found.
pub(crate) struct Checked {
    pub(crate) ranks: Vec<RankLine>,
    pub(crate) findings: HashMap<String, Finding>,
    pub(crate) records: BTreeMap<String, u64>,
    pub(crate) settings: Option<RankSettings>,
    /// Rows of the written file.
    pub(crate) written: Option<u64>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let master = reader.rank_master()?;
    // There is something to check before the first settings, too.
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
        lang: context.lang,
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

/// Every rank of the rank master in its order, then unknown ranks of customers.
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
