//! The report page: the distribution before and after, the changes, the furthest changes, the settings.

use rust_decimal::Decimal;
use shared::calendar::YearMonth;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::counted;
use shared::rank::{RankDirection, RankMaster, RankReason, RankRunMode, RankTrigger};
use shared::store::{RankRun, Reader};

use crate::context::Context;
use crate::output::html::{self, Block};
use crate::output::{Cell, Sheet, SheetColumn, grouped};
use crate::rank::run::outcome::Done;
use crate::rank::saved_settings::difference;
use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::scored::Scored;
use crate::rank::{labels, summary};

/// Customers listed in each direction.
const MOVED_MAX: usize = 20;

/// The page.
pub(crate) fn page(context: &Context, done: &Done) -> Result<String, Failure> {
    let mut reader = done.prepared.store.reader()?;
    let (run, before) = runs(&mut reader, done.run_id)?;
    let (plan, master) = (&done.plan, &done.prepared.master);
    let mut blocks = notes(context, done, run.as_ref(), &mut reader)?;
    let mut header = summary::header(context, plan, &done.prepared.settings);
    header.extend(facts(context, done, run.as_ref()));
    blocks.extend(summary::blocks(context, header, &done.summary, plan, master));
    for direction in [RankDirection::Down, RankDirection::Up, RankDirection::Initial] {
        let sheet = moved(context, done, &mut reader, direction, before.as_ref())?;
        blocks.extend((!sheet.rows.is_empty()).then_some(Block::Sheet(sheet)));
    }
    blocks.push(Block::Sheet(settings(context, done, before.as_ref())));
    let month = YearMonth::of(plan.as_of);
    let month = match context.lang {
        Lang::Ja => format!("{}年{}月", month.year(), month.month()),
        Lang::En => month.to_string(),
    };
    let title = format!("{} {month}", context.label(labels::REPORT));
    Ok(html::page(&title, context, &blocks))
}

/// The run, if it was written, and the previous one.
fn runs(reader: &mut Reader, run_id: Option<i64>) -> Result<(Option<RankRun>, Option<RankRun>), Failure> {
    let mut runs = reader.rank_runs(RUNS_MAX)?.into_iter();
    let run = match run_id {
        Some(run_id) => runs.find(|run| run.run_id == run_id),
        None => None,
    };
    Ok((run, runs.find(|run| run.mode == RankRunMode::Run)))
}

/// Runs that are read to find the previous one.
const RUNS_MAX: usize = 1_000;

fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// The notes at the top.
fn notes(
    context: &Context,
    done: &Done,
    run: Option<&RankRun>,
    reader: &mut Reader,
) -> Result<Vec<Block>, Failure> {
    let Some(run) = run else {
        let written = context.label(labels::NOTHING_WRITTEN);
        let reason = done.refused.as_ref().map_or(written, |reason| reason.text(context.lang));
        return Ok(vec![Block::Note(reason.to_owned())]);
    };
    let changes = reader.rank_change_counts(run.run_id)?;
    let changed = message!(
        "{evaluated}件中 {changed}件のランクを変更しました(ランクアップ {up}、ランクダウン {down}、初回 {initial})",
        "the rank of {changed} of {evaluated} changed ({up} promoted, {down} demoted, {initial})",
        changed = count(run.changed),
        evaluated = counted(count(run.evaluated), "customer", "customers"),
        up = count(changes.up),
        down = count(changes.down),
        initial = counted(count(changes.initial), "first rank", "first ranks"),
    );
    let mut notes = vec![Block::Note(changed.text(context.lang).to_owned())];
    if changes.config_changed > 0 {
        let by_settings = message!(
            "うち {n}件は得点が前回と同じで、設定の変更によるものです",
            "{n} of them have the same total as in the previous run: the settings changed, not the customers",
            n = count(changes.config_changed),
        );
        notes.push(Block::Note(by_settings.text(context.lang).to_owned()));
    }
    Ok(notes)
}

fn facts(context: &Context, done: &Done, run: Option<&RankRun>) -> Vec<(String, String)> {
    let line = |label: crate::labels::Label, value: String| (context.label(label).to_owned(), value);
    let mut facts = Vec::new();
    if let Some(run) = run {
        let at = shared::clock::japan_time(run.finished_at).format("%Y-%m-%d %H:%M:%S %:z").to_string();
        facts.push(line(labels::RUN_ID, run.run_id.to_string()));
        let trigger = if run.trigger == RankTrigger::Scheduled { labels::SCHEDULED } else { labels::MANUAL };
        facts.push(line(labels::TRIGGER, context.label(trigger).to_owned()));
        facts.push(line(labels::FINISHED, at));
    }
    if let Some(ratio) = done.change_count.ratio() {
        facts.push(line(labels::CHANGED_SHARE, crate::output::percent(ratio)));
    }
    facts
}

/// The furthest changes in one direction, by the order of the rank master. Equal ones are sorted by total (the highest
/// first for promotions, the lowest first for demotions), then by code.
fn moved(
    context: &Context,
    done: &Done,
    reader: &mut Reader,
    direction: RankDirection,
    before: Option<&RankRun>,
) -> Result<Sheet, Failure> {
    let (plan, master) = (&done.plan, &done.prepared.master);
    let is_meant = |scored: &Scored| {
        scored.reason == RankReason::Changed
            && master.direction(plan.rank(scored.before), plan.rank(scored.after)) == direction
    };
    let key = |(code, scored): &(&str, &Scored)| {
        let total = i64::from(scored.total);
        let total = if direction == RankDirection::Down { total } else { -total };
        (std::cmp::Reverse(distance(plan, master, scored)), total, (*code).to_owned())
    };
    let mut most: Vec<(&str, &Scored)> = Vec::with_capacity(2 * MOVED_MAX);
    for customer in plan.customers().filter(|(_, scored)| is_meant(scored)) {
        most.push(customer);
        if most.len() == 2 * MOVED_MAX {
            most.sort_by_cached_key(key);
            most.truncate(MOVED_MAX);
        }
    }
    most.sort_by_cached_key(key);
    most.truncate(MOVED_MAX);
    let none = context.label(labels::NO_RANK);
    let mut rows = Vec::with_capacity(most.len());
    for (code, scored) in most {
        let last = before.map(|run| reader.rank_score(run.run_id, code)).transpose()?.flatten();
        rows.push(vec![
            Cell::Text(code.to_owned()),
            Cell::text(reader.customer_name(code)?.as_deref()),
            Cell::Text(plan.rank(scored.before).unwrap_or(none).to_owned()),
            Cell::Text(plan.rank(scored.after).unwrap_or(none).to_owned()),
            last.map_or(Cell::None, |last| Cell::Number(last.total)),
            Cell::Number(Decimal::new(i64::from(scored.total), 2)),
        ]);
    }
    let columns =
        [labels::CODE, labels::NAME, labels::RANK_FROM, labels::RANK_TO, labels::TOTAL_BEFORE, labels::TOTAL];
    let title = match direction {
        RankDirection::Down => {
            message!("大きくランクダウンした顧客({n}件)", "Furthest demotions ({n})", n = rows.len())
        }
        RankDirection::Up => {
            message!("大きくランクアップした顧客({n}件)", "Furthest promotions ({n})", n = rows.len())
        }
        RankDirection::Initial | RankDirection::Cleared | RankDirection::Same => message!(
            "初めてランクが付いた顧客(得点の高い{n}件)",
            "First ranks (the {n} highest totals)",
            n = rows.len(),
        ),
    };
    Ok(Sheet {
        title: title.text(context.lang).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows,
        ..Sheet::default()
    })
}

/// Steps between the ranks before and after; 0 for a first rank.
fn distance(plan: &RankPlan, master: &RankMaster, scored: &Scored) -> usize {
    let position = |id| plan.rank(id).and_then(|rank| master.position(rank));
    match (position(scored.before), position(scored.after)) {
        (Some(before), Some(after)) => before.abs_diff(after),
        _ => 0,
    }
}

/// The differences from the settings of the previous run.
fn settings(context: &Context, done: &Done, before: Option<&RankRun>) -> Sheet {
    let document = done.prepared.settings.to_toml();
    let title = match before {
        None => context.label(labels::SETTINGS_FIRST).to_owned(),
        Some(before) => {
            let title = message!(
                "設定の変更(前回の実行 {run_id} から)",
                "Changes of the settings since run {run_id}",
                run_id = before.run_id,
            );
            title.text(context.lang).to_owned()
        }
    };
    let differences = before.map(|before| difference::between(&before.config, &document)).unwrap_or_default();
    let header = vec![(context.label(labels::SETTINGS).to_owned(), done.plan.settings_hash.clone())];
    let same = (context.label(labels::SETTINGS_SAME).to_owned(), String::new());
    let footer = if before.is_some() && differences.is_empty() { vec![same] } else { Vec::new() };
    Sheet { title, header, footer, ..difference::sheet(context, &differences) }
}
