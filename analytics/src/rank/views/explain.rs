//! `rank explain`: everything that led to one customer's rank (`docs/rank.md#after-the-run`).

use std::path::PathBuf;

use chrono::NaiveDate;
use shared::exit::Failure;
use shared::message;
use shared::rank::RankReason;
use shared::store::{RankRun, RankScore};

use crate::context::Context;
use crate::rank::prepare::{Prepared, fresh_warehouse, origin_of_run, refused};
use crate::rank::run::in_force::missing_run;
use crate::rank::scoring::contributions::Contributions;
use crate::rank::scoring::customer_records;
use crate::rank::scoring::eligibility::ineligible;
use crate::rank::scoring::scored;
use crate::rank::scoring::scorer::{Edges, Figures, Points, Scorer};
use crate::rank::settings::RankSettings;
use crate::warehouse::{Columns, Literal, Warehouse, render};

/// Default of `--limit`.
const LISTED: u32 = 500;

/// `analytics rank explain`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The customer's code.
    #[arg(value_name = "CODE")]
    customer_code: String,
    /// The settings [default: the newest saved ones, else those of the last run].
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    settings: Option<PathBuf>,
    /// Use the settings and the day of this run, and show what the run stored.
    #[arg(long, value_name = "ID")]
    run: Option<i64>,
    /// Number of records listed, the latest first; all of them are added up.
    #[arg(long, value_name = "N", default_value_t = LISTED, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

/// One customer, scored record by record.
pub(crate) struct Explained {
    pub(crate) customer: Customer,
    pub(crate) settings: RankSettings,
    pub(crate) as_of: NaiveDate,
    pub(crate) contributions: Contributions,
    pub(crate) months_within: Option<u32>,
    pub(crate) points: Points,
    /// In hundredths.
    pub(crate) total: u32,
    pub(crate) edges: Edges,
    /// Index into the settings' points of the rank that the total earns.
    pub(crate) earned: usize,
    /// Why the rank stays as it is.
    pub(crate) kept_for: Option<RankReason>,
    pub(crate) run: Option<(RankRun, Option<RankScore>)>,
}

pub(crate) struct Customer {
    pub(crate) customer_code: String,
    pub(crate) customer_name: String,
    pub(crate) rank: Option<String>,
    pub(crate) is_excluded: bool,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let mut context = context.clone();
    let (prepared, run) = match args.run {
        Some(run_id) => {
            let (prepared, run) = of_run(&context, run_id)?;
            context.as_of = run.as_of;
            (prepared, Some(run))
        }
        None => (Prepared::new(&context, args.settings.as_deref())?, None),
    };
    let warehouse = fresh_warehouse(&context, &prepared.store)?;
    let mut customer = customer(&warehouse, &args.customer_code)?;
    let run = match run {
        Some(run) => {
            let score = prepared.store.reader()?.rank_score(run.run_id, &customer.customer_code)?;
            if let Some(score) = &score {
                // The rank that the run found, not the one set since.
                customer.rank.clone_from(&score.rank_before);
                customer.is_excluded = score.reason == RankReason::Excluded;
            }
            Some((run, score))
        }
        None => None,
    };
    let records = customer_records::records(&warehouse, &prepared.settings, &customer.customer_code)?;
    let explained = explained(prepared, context.as_of, customer, records, run)?;
    explained.show(&context, args.limit as usize)
}

/// What counts for one customer, record by record, as `rank explain` shows it. The sums of a plan must agree with it.
///
/// # Errors
/// The store, the mirror or the engine; an as-of date that is too early for the window.
pub fn figures(context: &Context, settings: &RankSettings, customer_code: &str) -> Result<Figures, Failure> {
    let warehouse = fresh_warehouse(context, &context.store()?)?;
    let records = customer_records::records(&warehouse, settings, customer_code)?;
    let contributions = Contributions::new(settings, context.as_of, customer_code, records);
    Ok(contributions?.figures)
}

/// A run with its own settings.
fn of_run(context: &Context, run_id: i64) -> Result<(Prepared, RankRun), Failure> {
    let store = context.store()?;
    let mut reader = store.reader()?;
    let master = reader.rank_master()?;
    let run = reader.rank_run(run_id)?.ok_or_else(|| missing_run(run_id))?;
    let settings = RankSettings::parse(&run.config, &master, &origin_of_run(run_id))
        .map_err(|error| refused(context, &error))?;
    let config_version = run.config_version;
    Ok((Prepared { store, master, settings, config_version }, run))
}

fn customer(warehouse: &Warehouse, code: &str) -> Result<Customer, Failure> {
    let sql = "SELECT customer_code, customer_name, rank, CAST(COALESCE(rank_auto_update_excluded, FALSE) AS INTEGER) AS is_excluded
        FROM customers WHERE customer_code = {code}";
    let code = code.trim();
    let frame = warehouse.frame(&render(sql, &[("code", Literal::Text(code.to_owned()))])?)?;
    let columns = Columns(&frame);
    let first = |name: &str| Ok::<_, Failure>(columns.texts(name)?.into_iter().next().flatten());
    let Some(customer_code) = first("customer_code")? else {
        return Err(unknown_customer(code));
    };
    let is_excluded = columns.integers("is_excluded")?.first().copied().flatten() == Some(1);
    Ok(Customer {
        customer_code,
        customer_name: first("customer_name")?.unwrap_or_default(),
        rank: first("rank")?.filter(|rank| !rank.is_empty()),
        is_excluded,
    })
}

fn unknown_customer(code: &str) -> Failure {
    Failure::data(message!(
        "得意先コード {code} の顧客はいません。コードを確認してください",
        "no customer has the code {code}; check the code",
        code = code,
    ))
}

fn explained(
    prepared: Prepared,
    as_of: NaiveDate,
    customer: Customer,
    records: Vec<customer_records::Record>,
    run: Option<(RankRun, Option<RankScore>)>,
) -> Result<Explained, Failure> {
    let Prepared { master, settings, .. } = prepared;
    let contributions = Contributions::new(&settings, as_of, &customer.customer_code, records)?;
    let scorer = Scorer::new(&settings, as_of)?;
    let points = scorer.points(&contributions.figures);
    let total = scorer.total(&points);
    Ok(Explained {
        months_within: contributions.figures.latest.and_then(|day| scorer.months_within(day)),
        edges: scorer.edges(total),
        earned: scorer.rank_index(total),
        kept_for: ineligible(&settings, &master, customer.is_excluded, customer.rank.as_deref()),
        customer,
        settings,
        as_of,
        contributions,
        points,
        total,
        run,
    })
}

impl Explained {
    /// The rank after a run, and why.
    pub(crate) fn outcome(&self) -> (Option<&str>, RankReason) {
        let before = self.customer.rank.as_deref();
        let earned = self.settings.chosen.points.get(self.earned).map(|row| row.rank.as_str());
        match self.kept_for {
            Some(reason) => (before, reason),
            None if earned == before => (before, RankReason::Unchanged),
            None => (earned, RankReason::Changed),
        }
    }

    /// Whether the run stored the same figures; `None` without a run that scored the customer.
    pub(crate) fn is_as_kept(&self) -> Option<bool> {
        let score = self.run.as_ref()?.1.as_ref()?;
        let exact = self.scored();
        let same_figures = exact.count == Some(score.count.normalize())
            && exact.amount == Some(score.amount.normalize())
            && exact.latest_date == score.latest_date;
        Some(same_figures && exact.total == score.total.normalize())
    }

    pub(crate) fn scored(&self) -> scored::Exact {
        scored::exact(&self.contributions.figures, self.total)
    }
}
