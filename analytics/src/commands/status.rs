//! `status`: what is in the store, since when, how fresh it is, and what to do next.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::{Value, json};
use shared::clock::japan_time;
use shared::dataset::{DATASETS, Dataset, SALES};
use shared::exit::Failure;
use shared::message;
use shared::message::Message;
use shared::store::{RankRun, Reader, Store, StoreError};

use crate::context::Context;
use crate::labels::{self, Label};
use crate::mirror::{MirrorError, Pin};
use crate::output::{Cell, Sheet, SheetColumn, grouped};

/// Days after which the newest sale is no longer new: the rank update's own limit.
const FRESH_DAYS: u64 = 45;

const STATUS: Label = Label::new("データの状態", "Status");
const SETTINGS: Label = Label::new("設定ファイル", "Settings file");
const NEWEST_SALE: Label = Label::new("最新の売上", "Newest sale");
const LAST_RUN: Label = Label::new("前回のランク更新", "Last rank run");
const REFUSED: Label = Label::new("未訂正の取込エラー", "Refused rows to correct");
const NONE: Label = Label::new("なし", "none");
const FROM: Label = Label::new("最初", "First");
const TO: Label = Label::new("最後", "Last");
const NEXT: Label = Label::new("次にすること", "Next");

/// Whether the mirror is up to date with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MirrorState {
    Missing,
    Behind,
    Current,
}

impl MirrorState {
    const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Behind => "behind",
            Self::Current => "current",
        }
    }

    const fn label(self) -> Label {
        match self {
            Self::Missing => Label::new("未作成", "not made yet"),
            Self::Behind => Label::new("元データより古い", "behind the store"),
            Self::Current => Label::new("最新", "up to date"),
        }
    }
}

/// The rows of one data set.
struct Held {
    dataset: &'static Dataset,
    rows: u64,
    /// The first and the last day, of a data set with dates.
    days: Option<(NaiveDate, NaiveDate)>,
}

/// What was found.
struct State {
    held: Vec<Held>,
    mirror: MirrorState,
    version: Option<u64>,
    run: Option<RankRun>,
    unfinished: usize,
    refused: u64,
}

/// Shows the state of the store.
///
/// # Errors
/// An error of the store.
pub fn status(context: &Context) -> Result<(), Failure> {
    let store = context.store()?;
    let state = State::read(context, &store)?;
    let next = state.next(context.as_of);
    context.emit(&state.sheet(context, &next), &state.json(context, &next, &store.store_id()?))
}

impl State {
    fn read(context: &Context, store: &Store) -> Result<Self, Failure> {
        let (mirror, version) = mirror_state(context, store)?;
        let mut reader = store.reader()?;
        let held: Result<Vec<Held>, StoreError> =
            DATASETS.iter().map(|dataset| held(&mut reader, dataset)).collect();
        Ok(Self {
            held: held?,
            mirror,
            version,
            run: reader.rank_runs(1)?.into_iter().next(),
            unfinished: reader.unfinished_imports()?.len(),
            refused: reader.quarantine_batches()?.iter().map(|batch| batch.open).sum(),
        })
    }

    fn rows(&self, dataset: &Dataset) -> u64 {
        self.held.iter().find(|held| held.dataset.name == dataset.name).map_or(0, |held| held.rows)
    }

    fn newest_sale(&self) -> Option<NaiveDate> {
        let sales = self.held.iter().find(|held| held.dataset.name == SALES.name)?;
        sales.days.map(|(_, last)| last)
    }

    /// What to do next, the most urgent first, each with a word for programs.
    fn next(&self, as_of: NaiveDate) -> Vec<(&'static str, Message)> {
        let mut next = Vec::new();
        if self.unfinished > 0 {
            next.push(("import_unfinished", message!(
                "途中で終わった取込があります。同じファイルをもう一度取り込んでください: analytics import FILE",
                "an import has not come to its end; import its file again: analytics import FILE",
            )));
        }
        if self.refused > 0 {
            next.push((
                "correct_refused_rows",
                message!(
                    "取込エラーの行を訂正して取り込み直してください: analytics quarantine list",
                    "correct the refused rows and import them again: analytics quarantine list",
                ),
            ));
        }
        let Some(newest) = self.newest_sale() else {
            next.push((
                "import_sales",
                message!(
                    "顧客と売上を取り込んでください: analytics import FILE または フォルダー",
                    "import customers and sales: analytics import FILE, or a folder",
                ),
            ));
            return next;
        };
        if newest + Days::new(FRESH_DAYS) < as_of {
            next.push(("import_newer_sales", message!(
                "{newest} より後の売上を取り込んでください。集計と比較は最新の売上があるものとして計算されます",
                "import the sales after {newest}; reports compute as if they were complete",
                newest = newest,
            )));
        }
        if self.mirror != MirrorState::Current {
            next.push((
                "sync",
                message!(
                    "集計用データは次の集計で自動的に更新されます(今すぐ更新: analytics sync)",
                    "the next report brings the mirror up to date (now: analytics sync)",
                ),
            ));
        }
        if self.run.is_none() {
            next.push((
                "rank_preview",
                message!(
                    "ランク更新をお試し採点で確認できます: analytics rank preview",
                    "see what a rank update would do: analytics rank preview",
                ),
            ));
        }
        next
    }

    fn sheet(&self, context: &Context, next: &[(&'static str, Message)]) -> Sheet {
        let line = |label: Label, value: String| (context.label(label).to_owned(), value);
        let or_none = |value: Option<String>| value.unwrap_or_else(|| context.label(NONE).to_owned());
        let run = self.run.as_ref().map(|run| format!("{} ({})", run.as_of, run.run_id));
        let mut header = vec![line(labels::STORE, context.store_path.display().to_string())];
        header.extend(context.settings_file.as_ref().map(|file| line(SETTINGS, file.display().to_string())));
        header.extend([
            line(NEWEST_SALE, or_none(self.newest_sale().map(|day| day.to_string()))),
            line(labels::SYNC, context.label(self.mirror.label()).to_owned()),
            line(LAST_RUN, or_none(run)),
            line(REFUSED, grouped(&self.refused.to_string())),
        ]);
        let row = |held: &Held| {
            vec![
                Cell::dataset(held.dataset.name, context.lang),
                Cell::Count(held.rows),
                Cell::date(held.days.map(|(first, _)| first)),
                Cell::date(held.days.map(|(_, last)| last)),
            ]
        };
        let columns = [labels::DATASET, labels::ROWS, FROM, TO].map(SheetColumn::new).to_vec();
        let filled = self.held.iter().filter(|held| held.rows > 0);
        let next = next.iter().map(|(_, said)| line(NEXT, said.text(context.lang).to_owned()));
        Sheet {
            title: context.label(STATUS).to_owned(),
            header,
            rows: filled.map(row).collect(),
            columns,
            footer: next.collect(),
            ..Sheet::default()
        }
    }

    fn json(&self, context: &Context, next: &[(&'static str, Message)], store_id: &str) -> Value {
        let held = self.held.iter().map(|held| {
            json!({
                "dataset": held.dataset.name, "rows": held.rows,
                "from": held.days.map(|(first, _)| first), "to": held.days.map(|(_, last)| last),
            })
        });
        json!({
            "command": "status",
            "as_of": context.as_of,
            "store": {"path": context.store_path.display().to_string(), "store_id": store_id},
            "settings_file": context.settings_file.as_ref().map(|file| file.display().to_string()),
            "datasets": held.collect::<Vec<_>>(),
            "customers": self.rows(&shared::dataset::CUSTOMERS),
            "newest_sale": self.newest_sale(),
            "mirror": {"state": self.mirror.name(), "version": self.version},
            "rank_run": self.run.as_ref().map(|run| json!({
                "run_id": run.run_id, "as_of": run.as_of, "changed": run.changed,
            })),
            "unfinished_imports": self.unfinished,
            "refused_rows": self.refused,
            "next": next.iter().map(|(code, said)| json!({"code": code, "text": said.text(context.lang)}))
                .collect::<Vec<_>>(),
        })
    }
}

fn mirror_state(context: &Context, store: &Store) -> Result<(MirrorState, Option<u64>), MirrorError> {
    let Ok(pin) = Pin::newest(&context.mirror_path) else { return Ok((MirrorState::Missing, None)) };
    let is_current = context.mirror().is_current(store)?;
    let state = if is_current { MirrorState::Current } else { MirrorState::Behind };
    Ok((state, Some(pin.manifest().version)))
}

fn held(reader: &mut Reader, dataset: &'static Dataset) -> Result<Held, StoreError> {
    let rows = reader.control_total(dataset, None)?.rows;
    let ends = reader.first_and_last(dataset)?;
    let days = ends.and_then(|(first, last)| Some((day(&first)?, day(&last)?)));
    Ok(Held { dataset, rows, days })
}

/// The day of a date, or of a moment in Japan.
fn day(text: &str) -> Option<NaiveDate> {
    let moment = text.parse::<DateTime<Utc>>().ok().map(|moment| japan_time(moment).date_naive());
    moment.or_else(|| text.get(..10)?.parse().ok())
}
