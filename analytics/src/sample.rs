//! The sample company: a wholesaler of drinks and food, generated from a seed.
//!
//! The same arguments give the same bytes on every machine: the random numbers are ChaCha's, and nothing is computed
//! in floating point. Customers buy at their own pace, join and leave, have favourites and buy some goods together,
//! so that LTV models, ranks and product affinities have something to find. Memory grows with the
//! number of customers (about 150 bytes each), not with the lines.

mod call_parts;
mod calls;
mod catalog;
mod company;
mod conventions;
mod dice;
mod files;
mod history;
mod masters;
mod people;
mod projects;
mod reach;
mod targets;
mod traffic;
mod words;
mod work;

use std::io;
use std::path::PathBuf;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use shared::calendar::{month_start, sub_months};
use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Explain, Message};

use dice::Dice;
use history::History;
use people::{Customer, Span};
use traffic::Notes;

/// The most customers.
pub const CUSTOMERS_MAX: u32 = 10_000_000;

/// Above this number of customers, only one in five has activities, deals and the like.
const FULL_RECORDS_MAX: u32 = 100_000;

/// The options of `sample`.
#[derive(Debug, Clone, clap::Args)]
pub struct SampleArgs {
    /// Number of customers.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(CUSTOMERS_MAX)))]
    pub customers: u32,
    /// Approximate number of sales lines.
    #[arg(long, default_value_t = 16_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub lines: u64,
    /// Months of history.
    #[arg(long, default_value_t = 36, value_parser = clap::value_parser!(u32).range(1..=240))]
    pub months: u32,
    /// The company: each number gives a different one.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The folder that the files are written to.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The last day of the history; a few slips are dated after it.
    #[arg(long, value_name = "YYYY-MM-DD", default_value = "2026-10-31")]
    pub end: NaiveDate,
    /// Also write customers and the last month's sales to cp932/, as offices write them: CP932, Japanese headers,
    /// Japanese calendar, triangles for negative amounts.
    #[arg(long)]
    pub cp932: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SampleSummary {
    /// The folder.
    pub folder: PathBuf,
    /// Data set and rows of each file.
    pub files: Vec<SampleFile>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SampleFile {
    /// The data set's name.
    pub dataset: &'static str,
    /// Data rows.
    pub rows: u64,
}

/// Why there is no sample.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum SampleError {
    /// A file cannot be written.
    Unwritable {
        /// The folder.
        folder: String,
        /// The system's error.
        error: io::Error,
    },
    /// The history would begin before the calendar.
    Span,
}

impl Explain for SampleError {
    fn message(&self) -> Message {
        match self {
            Self::Unwritable { folder, error } => message!(
                "サンプルを {folder} に書き込めません({error})。フォルダーと空き容量を確認してください",
                "the sample cannot be written to {folder}: {error}; check the folder and the free space",
                folder = folder,
                error = error.cause(),
            ),
            Self::Span => message!(
                "履歴の開始日が扱える日付の範囲外です。--months を小さくするか、--end を後の日付にしてください",
                "the history would begin before the earliest supported date; give fewer months or a later end",
            ),
        }
    }
}

impl From<SampleError> for Failure {
    fn from(error: SampleError) -> Self {
        match &error {
            SampleError::Span => Self::usage(error.message()),
            SampleError::Unwritable { error: cause, .. } => match cause.kind() {
                io::ErrorKind::StorageFull => Self::io(error.message()),
                _ => Self::cannot_create(error.message()),
            },
        }
    }
}

/// Streams of random numbers: a later change of one file leaves the others unchanged.
mod streams {
    pub(super) const CUSTOMERS: u64 = 1;
    pub(super) const MASTERS: u64 = 2;
    pub(super) const CONTACTS: u64 = 3;
    pub(super) const PERSONS: u64 = 4;
    pub(super) const ADDRESSES: u64 = 5;
    pub(super) const DESTINATIONS: u64 = 6;
    pub(super) const LEADS: u64 = 7;
    pub(super) const DEALS: u64 = 8;
    pub(super) const ORDERS: u64 = 9;
    pub(super) const INQUIRIES: u64 = 10;
    pub(super) const ACTIVITIES: u64 = 11;
    pub(super) const TASKS: u64 = 12;
    pub(super) const MORE_MASTERS: u64 = 13;
    pub(super) const MORE_DEALS: u64 = 14;
    pub(super) const MORE_INQUIRIES: u64 = 15;
    pub(super) const MORE_ACTIVITIES: u64 = 16;
    pub(super) const PORTAL: u64 = 17;
    pub(super) const PROJECTS: u64 = 18;
    pub(super) const TIME_ENTRIES: u64 = 19;
    pub(super) const PURCHASES: u64 = 20;
    pub(super) const STOCK: u64 = 21;
    pub(super) const OWNERS: u64 = 22;
    pub(super) const EXTENSIONS: u64 = 23;
    pub(super) const QUOTE_LINES: u64 = 24;
    pub(super) const SHIPMENTS: u64 = 25;
    pub(super) const DISPATCHES: u64 = 26;
    pub(super) const LOGS: u64 = 27;
    pub(super) const CALLS: u64 = 28;
    pub(super) const REPORTS: u64 = 29;
    pub(super) const TARGETS: u64 = 30;
    pub(super) const LATE_ORDERS: u64 = 31;
    pub(super) const LOST_QUOTES: u64 = 32;
    pub(super) const LATE_DEALS: u64 = 33;
    pub(super) const OLD_STOCK: u64 = 34;
    pub(super) const CALLS_BACK: u64 = 35;
    pub(super) const RESPONSES: u64 = 36;
    /// Plus the number of the month.
    pub(super) const SALES: u64 = 1_000;
    /// Plus the number of the month.
    pub(super) const MORE_SALES: u64 = 1_000_000;
}

/// What all parts of the generator need.
struct Plan {
    seed: u64,
    lines: u64,
    span: Span,
    folder: PathBuf,
    office: bool,
    /// The office's copy holds the sales after this day.
    office_after: NaiveDate,
    /// Digits of a customer's code.
    digits: usize,
    /// Customers per thousand that have further records.
    recorded: u32,
}

impl Plan {
    fn new(args: &SampleArgs) -> Result<Self, SampleError> {
        let next = args.end.checked_add_days(Days::new(1)).ok_or(SampleError::Span)?;
        let start = sub_months(next, args.months).ok_or(SampleError::Span)?;
        Ok(Self {
            seed: args.seed,
            lines: args.lines,
            span: Span { start: month_start(start), end: args.end },
            folder: args.out.clone(),
            office: args.cp932,
            office_after: month_start(args.end).pred_opt().ok_or(SampleError::Span)?,
            digits: args.customers.to_string().len().max(6),
            recorded: if args.customers > FULL_RECORDS_MAX { 200 } else { 1_000 },
        })
    }

    /// The code of the customer at a position: digits with leading zeros, as in most companies.
    fn code(&self, position: u32) -> String {
        format!("{:0digits$}", position + 1, digits = self.digits)
    }

    /// Whether a customer has further records than sales.
    fn has_records(&self, dice: &mut Dice) -> bool {
        self.recorded >= 1_000 || dice.chance(self.recorded)
    }
}

/// Writes the sample's files. `progress` receives the number of sales lines so far.
///
/// # Errors
/// [`SampleError`].
pub fn generate(args: &SampleArgs, progress: &mut dyn FnMut(u64)) -> Result<SampleSummary, SampleError> {
    let plan = Plan::new(args)?;
    let files = write(&plan, args.customers, progress)
        .map_err(|error| SampleError::Unwritable { folder: args.out.display().to_string(), error })?;
    Ok(SampleSummary { folder: args.out.clone(), files })
}

fn write(plan: &Plan, customers: u32, progress: &mut dyn FnMut(u64)) -> io::Result<Vec<SampleFile>> {
    let mut dice = Dice::new(plan.seed, streams::CUSTOMERS);
    let customers: Vec<Customer> = (0..customers).map(|_| Customer::new(&mut dice, plan.span)).collect();
    let projects = projects::plan(plan, &customers);
    let (accounts, written) = History::new(plan, &customers, &projects)?.write(progress)?;
    let mut files = vec![
        SampleFile { dataset: "sales", rows: written.sales },
        SampleFile { dataset: "invoices", rows: written.invoices },
        SampleFile { dataset: "payments", rows: written.payments },
    ];
    let (masters, portal) = masters::write(plan, &customers, &accounts)?;
    files.extend(masters);
    files.extend(reach::write(plan, &customers)?);
    let (quotes, orders, inquiries) = (Vec::new(), Vec::new(), Vec::new());
    let mut notes = Notes { quotes, orders, inquiries, invoices: written.recent, portal };
    files.extend(work::write(plan, &customers, &mut notes)?);
    files.extend(company::write(plan, &customers)?);
    files.push(targets::write(plan, &written.sold)?);
    files.extend(projects::write(plan, &customers, &projects)?);
    files.extend(traffic::write(plan, &customers, &notes)?);
    files.sort_by_key(|file| {
        shared::dataset::DATASETS.iter().position(|dataset| dataset.name == file.dataset)
    });
    Ok(files)
}
