//! The customer rank update: every customer's latest date, count and amount become points, the points a total,
//! the total a rank (`docs/rank.md`).
//!
//! Code map, in the order in which things happen: [`settings`] (read by `read` and `values`, written
//! by `canonical`, looked over by `lint`),
//! [`totals`] (one SQL pass), [`score`] and [`eligibility`] (pure), [`mod@plan`] (what a run would do), then
//! `preview`, `simulate` (with `near`), `update` and `changes`, which show or write it through `summary` and `json`.

mod boundary;
mod canonical;
pub mod changes;
mod check;
pub mod config;
pub mod eligibility;
mod errors;
mod exclude;
pub mod explain;
mod export;
mod guard;
mod history;
mod json;
mod labels;
mod ledger;
mod lint;
mod near;
pub mod outputs;
pub mod plan;
mod preview;
mod read;
pub(crate) mod revert;
pub mod score;
pub mod settings;
pub mod simulate;
mod summary;
mod term;
pub mod totals;
mod transition;
pub mod update;
mod values;

use std::path::Path;

use clap::Subcommand;
use shared::rank::RankMaster;
use shared::store::{RankConfig, Store};

use self::plan::RankPlan;
use self::settings::{RankSettings, SettingsError};
use self::totals::{Depth, Totals, TotalsError};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::mirror::Manifest;
use crate::warehouse::Warehouse;

/// The commands of the rank update.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// お試し採点: the points of at most 15 customers with the latest records. Writes nothing.
    Preview(preview::Args),
    /// Score customers and show what a run would change. Writes nothing.
    Simulate(simulate::Args),
    /// Score all customers and write the new ranks in one transaction.
    Run(update::Args),
    /// Everything that led to one customer's rank: each record, point, weight and bound.
    Explain(explain::Args),
    /// What is worth a look before ranks are updated: customers, ranks, records.
    Check(check::Args),
    /// ランク推移: the customers of each rank at the end of each month, and what moved.
    Transition(transition::Args),
    /// One customer's total, points and rank in every run.
    History(history::Args),
    /// The runs, the newest first.
    Runs(history::RunsArgs),
    /// Take a run back: whoever still has the rank that it gave gets the one from before.
    Revert(revert::Args),
    /// Write runs, scores, changes, months and saved settings as CSV files.
    Export(export::Args),
    /// The rank changes of a run or a month, with their totals.
    Changes(changes::Args),
    /// The settings: show, check, save and compare versions.
    Config {
        /// What to do.
        #[command(subcommand)]
        config: config::Command,
    },
    /// 対象外にする: these customers are never updated.
    Exclude(exclude::Args),
    /// 対象に戻す: these customers are updated again.
    Include(exclude::Args),
}

/// Runs a command.
pub fn run(context: &Context, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Preview(args) => preview::run(context, args),
        Command::Simulate(args) => simulate::run(context, args),
        Command::Run(args) => update::run(context, args),
        Command::Check(args) => check::run(context, args),
        Command::Transition(args) => transition::run(context, args),
        Command::History(args) => history::run(context, args),
        Command::Runs(args) => history::runs(context, args),
        Command::Revert(args) => revert::run(context, args),
        Command::Export(args) => export::run(context, args),
        Command::Explain(args) => explain::run(context, args),
        Command::Changes(args) => changes::run(context, args),
        Command::Config { config } => config::run(context, config),
        Command::Exclude(args) => exclude::run(context, args, true),
        Command::Include(args) => exclude::run(context, args, false),
    }
}

/// What every command that scores needs.
struct Prepared {
    store: Store,
    master: RankMaster,
    settings: RankSettings,
    /// The saved version that these settings are; `None` for settings that are not the newest saved ones.
    config_version: Option<i64>,
}

impl Prepared {
    /// Opens the store and reads the settings: those of the file, else the newest that were saved, else those of
    /// the last run.
    fn new(context: &Context, file: Option<&Path>) -> anyhow::Result<Self> {
        let store = context.store()?;
        let mut reader = store.reader()?;
        let master = reader.rank_master()?;
        let saved = reader.rank_config(None)?;
        let settings = match (file, &saved) {
            (Some(file), _) => RankSettings::load(file, &master),
            (None, Some(saved)) => config::parse(saved, &master),
            (None, None) => {
                let last = reader.last_rank_run()?.ok_or_else(|| {
                    Failure::error(
                        exit::CONFIG,
                        "there are no saved settings and no run whose settings could be used; \
                         give --settings FILE, or save some with: analytics rank config save FILE",
                    )
                })?;
                RankSettings::parse(&last.config, &master, &format!("run {}", last.run_id))
            }
        };
        let settings = settings.map_err(|error| refused(context, &error))?;
        let is_saved = |saved: &RankConfig| file.is_none() || saved.document == settings.to_toml();
        let config_version = saved.filter(is_saved).map(|saved| saved.version);
        Ok(Self { store, master, settings, config_version })
    }

    /// Writes what is wrong with the data; it stops nothing.
    fn write_errors(&self, scene: &Scene, path: &Path, context: &Context) -> anyhow::Result<()> {
        let scope = errors::Scope {
            source: self.settings.source,
            period_months: self.settings.period_months,
            as_of: context.as_of,
            master: &self.master,
        };
        let rows = errors::write(&scene.warehouse, &scope, path)?;
        context.notice(&format!("{rows} findings about the data are in {}", path.display()));
        Ok(())
    }

    fn plan(&self, context: &Context, depth: Depth) -> anyhow::Result<(RankPlan, Scene)> {
        planned(context, &self.store, &self.master, &self.settings, depth)
    }
}

/// What a run as of the context's day would do to everybody. The mirror is brought up to the store first, so
/// that stale data is never scored; the store is not written.
///
/// # Errors
/// The store, the mirror or the engine; an as-of date so early that its window begins before the calendar.
pub fn plan(context: &Context, settings: &RankSettings) -> anyhow::Result<RankPlan> {
    let store = context.store()?;
    let master = store.reader()?.rank_master()?;
    Ok(planned(context, &store, &master, settings, Depth::Full)?.0)
}

fn planned(
    context: &Context,
    store: &Store,
    master: &RankMaster,
    settings: &RankSettings,
    depth: Depth,
) -> anyhow::Result<(RankPlan, Scene)> {
    let warehouse = fresh_warehouse(context, store)?;
    let totals = Totals::read(&warehouse, settings, context.as_of, depth).map_err(|error| match error {
        TotalsError::TooEarly(early) => Failure::error(exit::USAGE, early.to_string()),
        TotalsError::Warehouse(error) => error.into(),
    })?;
    let plan = RankPlan::build(settings, master, context.as_of, totals)?;
    let scene = Scene { manifest: warehouse.manifest().clone(), warehouse };
    Ok((plan, scene))
}

/// The mirror as it is when it is up to the store, which costs a look at a few change numbers; otherwise a sync
/// first.
fn fresh_warehouse(context: &Context, store: &Store) -> anyhow::Result<Warehouse> {
    let mirror = context.mirror();
    if let Ok(warehouse) = context.warehouse() {
        let is_of_this_store = warehouse.manifest().change_no <= store.reader()?.change_no()?;
        if is_of_this_store && !mirror.is_behind(store, warehouse.manifest())? {
            return Ok(warehouse);
        }
    }
    let progress = context.progress(crate::labels::SYNCING, None);
    mirror.sync(store, &context.limits, false, &|rows| progress.advance(rows))?;
    progress.finish();
    context.warehouse()
}

/// What a plan was computed from, still pinned.
struct Scene {
    warehouse: Warehouse,
    manifest: Manifest,
}

/// Says every problem on a line of its own and gives the failure that ends the command.
fn refused(context: &Context, error: &SettingsError) -> anyhow::Error {
    match error {
        SettingsError::Unreadable { .. } => Failure::error(exit::NO_INPUT, error.to_string()),
        SettingsError::Invalid { origin, problems } => {
            for problem in problems {
                context.notice(&problem.to_string());
            }
            let n = problems.len();
            Failure::error(
                exit::CONFIG,
                format!("{origin}: {n} problem(s) in the rank settings, listed above; nothing was done"),
            )
        }
    }
}
