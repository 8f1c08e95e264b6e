//! What the commands share: the open store, the settings, the warehouse and the plan.

use std::path::Path;

use shared::dataset::{CUSTOMERS, DEALS, Dataset, SALES};
use shared::exit::{self, Failure};
use shared::message;
use shared::message::{Explain, Message};
use shared::rank::RankMaster;
use shared::store::{RankConfig, Reader, Store};

use crate::context::Context;
use crate::mirror::Manifest;
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::totals::{Depth, Totals};
use crate::rank::settings::{RankSettings, SettingsError, code_of};
use crate::warehouse::Warehouse;

/// What every scoring command needs.
pub(crate) struct Prepared {
    pub(crate) store: Store,
    pub(crate) master: RankMaster,
    pub(crate) settings: RankSettings,
    /// The version of the settings; `None` unless they are the newest saved ones.
    pub(crate) config_version: Option<i64>,
}

impl Prepared {
    /// Opens the store and reads the settings: those of the file, else the newest saved ones, else those of the last run.
    pub(crate) fn new(context: &Context, file: Option<&Path>) -> Result<Self, Failure> {
        let store = context.store()?;
        let mut reader = store.reader()?;
        let master = reader.rank_master()?;
        check_order(&mut reader)?;
        let saved = reader.rank_config(None)?;
        let settings = match (file, &saved) {
            (Some(file), _) => RankSettings::load(file, &master),
            (None, Some(saved)) => parse_saved(saved, &master),
            (None, None) => {
                let last = reader.last_rank_run()?.ok_or_else(|| {
                    Failure::config(message!(
                        "ランク設定がまだありません。analytics rank config save FILE で保存するか、--settings FILE で指定してください",
                        "there are no rank settings yet; save some with: analytics rank config save FILE, or give --settings FILE",
                    ))
                })?;
                RankSettings::parse(&last.config, &master, &origin_of_run(last.run_id))
            }
        };
        let settings = settings.map_err(|error| refused(context, &error))?;
        let is_saved = |saved: &RankConfig| file.is_none() || saved.document == settings.to_toml();
        let config_version = saved.filter(is_saved).map(|saved| saved.version);
        Ok(Self { store, master, settings, config_version })
    }

    pub(crate) fn plan(&self, context: &Context, depth: Depth) -> Result<(RankPlan, Scene), Failure> {
        planned(context, &self.store, &self.master, &self.settings, depth)
    }
}

/// Refuses a rank master in which ranks share a position: a change between them would be neither up nor down.
fn check_order(reader: &mut Reader) -> Result<(), Failure> {
    let ranks = reader.ranks_in_doubt()?;
    if ranks.is_empty() {
        return Ok(());
    }
    Err(Failure::data(message!(
        "ランクマスターの順位が重複しています: {ranks}。analytics rank master set で並べ直すか、順位を修正した ranks.csv を取り込んでください",
        "these ranks of the master share a position: {ranks}; order them with analytics rank master set, or import a corrected \
         ranks.csv",
        ranks = ranks.join(", "),
    )))
}

/// What a run as of the context's day would do. The mirror is brought up to date first, so that stale data is never
/// scored; the store is not written.
///
/// # Errors
/// The store, the mirror or the engine; an as-of date that is too early for the window.
pub fn plan(context: &Context, settings: &RankSettings) -> Result<RankPlan, Failure> {
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
) -> Result<(RankPlan, Scene), Failure> {
    let warehouse = fresh_warehouse(context, store)?;
    let totals = Totals::read(&warehouse, settings, context.as_of, depth)?;
    let plan = RankPlan::build(settings, master, context.as_of, totals)?;
    let scene = Scene { manifest: warehouse.manifest().clone(), warehouse };
    Ok((plan, scene))
}

/// The data sets that a run reads.
const SCORED: &[&Dataset] = &[&CUSTOMERS, &SALES, &DEALS];

/// The mirror, synchronised first if it is out of date. Checking that takes a look at a few change numbers.
pub(crate) fn fresh_warehouse(context: &Context, store: &Store) -> Result<Warehouse, Failure> {
    let mirror = context.mirror();
    if let Ok(warehouse) = context.mirrored() {
        let is_of_this_store = warehouse.manifest().change_no <= store.reader()?.change_no()?;
        if is_of_this_store && !mirror.is_behind(store, warehouse.manifest(), SCORED)? {
            return Ok(warehouse);
        }
    }
    let progress = context.progress(crate::labels::SYNCING, None);
    mirror.sync(store, &context.limits, false, &|rows| progress.advance(rows))?;
    progress.finish();
    context.mirrored()
}

/// The data that a plan was computed from, still pinned.
pub(crate) struct Scene {
    pub(crate) warehouse: Warehouse,
    pub(crate) manifest: Manifest,
}

/// Shows every mistake on a line of its own and returns the failure that ends the command.
pub(crate) fn refused(context: &Context, error: &SettingsError) -> Failure {
    match error {
        SettingsError::Unreadable { .. } => Failure::new(exit::NO_INPUT, error.message()),
        SettingsError::Invalid { mistakes, .. } => {
            for mistake in mistakes {
                let (what, code) = (mistake.located(), code_of(mistake));
                context.notice(&message!("{what}({code})", "{what} ({code})", what = what, code = code));
            }
            Failure::config(error.message())
        }
    }
}

/// What the settings of a run are called in errors.
pub(crate) fn origin_of_run(run_id: i64) -> Message {
    message!("実行番号 {run_id} の設定", "the settings of run {run_id}", run_id = run_id)
}

/// The settings of a saved version.
pub(crate) fn parse_saved(saved: &RankConfig, master: &RankMaster) -> Result<RankSettings, SettingsError> {
    RankSettings::parse(
        &saved.document,
        master,
        &message!("保存済みの設定 版{version}", "saved version {version}", version = saved.version),
    )
}
