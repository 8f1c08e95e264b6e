//! What counts for each customer, in one pass over the warehouse (`docs/rank.md#metrics`).

use chrono::NaiveDate;
use duckdb::arrow::array::{
    Array, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
};
use shared::calendar::sub_months;
use shared::exit::Failure;

use crate::rank::scoring::scorer::{Figures, TooEarly, date_of};
use crate::rank::settings::{AmountBasis, RELATED_SLOTS, RankSettings, Source, ZeroRate};
use crate::warehouse::{Literal, Warehouse, WarehouseError, render};

/// The figures of every customer, in the order of the engine.
#[derive(Debug)]
pub struct Totals {
    /// The rows, as the engine's columns.
    pub batches: Vec<TotalsBatch>,
    /// What was not counted.
    pub checks: Checks,
}

/// Records that are not counted, for the warnings of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checks {
    /// Records after the as-of date.
    pub future_ignored: u64,
    /// Slips whose lines name different customers in one related slot; the first by code is used. `None` if this was not
    /// checked.
    pub split_links: Option<u64>,
    /// Won deals without a date.
    pub undated: u64,
    /// With tax: lines of the window whose tax rate is not known; their amount counts as it is.
    pub without_rate: u64,
    /// The day of the newest counted record up to the as-of date.
    pub newest: Option<NaiveDate>,
}

/// How thoroughly the records are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Only what the scores need.
    Scores,
    /// Also find slips that contradict themselves, which reads the window a second time.
    Full,
}

/// Some customers' rows as typed columns.
#[derive(Debug)]
pub struct TotalsBatch {
    pub(crate) codes: StringArray,
    ranks: StringArray,
    excluded: BooleanArray,
    known: BooleanArray,
    records: Int64Array,
    counted: Int64Array,
    amounts: Decimal128Array,
    latest_any: Date32Array,
    latest_counted: Date32Array,
}

/// One row: a customer, or a code in records without a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotalsRow<'a> {
    /// The code.
    pub customer_code: &'a str,
    /// The current rank; `None` when it is empty.
    pub rank: Option<&'a str>,
    /// Excluded from the automatic update.
    pub is_excluded: bool,
    /// Whether the company has this customer.
    pub is_known: bool,
    /// Linked records with a net above zero, whatever their rate.
    pub records: i64,
    /// What counts.
    pub figures: Figures,
}

impl Totals {
    /// Reads the totals of all customers as of a date.
    ///
    /// # Errors
    /// [`TotalsError`]: the date is too early, or the engine fails.
    pub fn read(
        warehouse: &Warehouse,
        settings: &RankSettings,
        as_of: NaiveDate,
        depth: Depth,
    ) -> Result<Self, TotalsError> {
        let from = sub_months(as_of, settings.chosen.period_months).ok_or(TooEarly(as_of))?;
        let batches = warehouse.query(&totals_sql(settings, from, as_of)?)?;
        let batches = batches.iter().map(TotalsBatch::of).collect::<Result<Vec<_>, _>>()?;
        let mut checks = Checks::of(&warehouse.query(&checks_sql(settings.source, from, as_of)?)?)?;
        if settings.amount_basis == AmountBasis::TaxExcluded {
            checks.without_rate = 0;
        }
        if depth == Depth::Full && settings.source == Source::Sales {
            let sql = include_str!("../../../sql/rank_split_links.sql");
            let sql = render(sql, &[("from", Literal::Date(from)), ("as_of", Literal::Date(as_of))])?;
            checks.split_links = Some(count(&warehouse.query(&sql)?, "split_links")?);
        }
        Ok(Self { batches, checks })
    }
}

/// Why there are no totals.
#[derive(Debug, thiserror::Error)]
pub enum TotalsError {
    /// The as-of date is too early for the window.
    #[error(transparent)]
    TooEarly(#[from] TooEarly),
    /// The engine or its result.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
}

impl From<TotalsError> for Failure {
    fn from(error: TotalsError) -> Self {
        match error {
            TotalsError::TooEarly(error) => error.into(),
            TotalsError::Warehouse(error) => error.into(),
        }
    }
}

/// The one query over the records.
fn totals_sql(settings: &RankSettings, from: NaiveDate, as_of: NaiveDate) -> Result<String, WarehouseError> {
    let mut values = vec![("from", Literal::Date(from)), ("as_of", Literal::Date(as_of))];
    let records = match settings.source {
        Source::Sales => {
            values.push(("amount", Literal::Fragment(settings.amount_basis.line_amount())));
            include_str!("../../../sql/rank_records_sales.sql")
        }
        Source::Deals => include_str!("../../../sql/rank_records_deals.sql"),
    };
    let records = render(records, &values)?;
    let rate = |rate: u32| Literal::Integer(i64::from(rate));
    let [one, two, three]: [u32; RELATED_SLOTS] =
        std::array::from_fn(|slot| settings.chosen.rates.related(slot));
    render(
        include_str!("../../../sql/rank_totals.sql"),
        &[
            ("records", Literal::Rendered(records)),
            ("main", rate(settings.chosen.rates.main)),
            ("related_1", rate(one)),
            ("related_2", rate(two)),
            ("related_3", rate(three)),
        ],
    )
}

fn checks_sql(source: Source, from: NaiveDate, as_of: NaiveDate) -> Result<String, WarehouseError> {
    let as_of = ("as_of", Literal::Date(as_of));
    match source {
        Source::Sales => {
            let from = ("from", Literal::Date(from));
            render(include_str!("../../../sql/rank_checks_sales.sql"), &[from, as_of])
        }
        Source::Deals => render(include_str!("../../../sql/rank_checks_deals.sql"), &[as_of]),
    }
}

impl Checks {
    fn of(batches: &[RecordBatch]) -> Result<Self, WarehouseError> {
        Ok(Self {
            future_ignored: count(batches, "future_ignored")?,
            split_links: None,
            undated: count(batches, "undated")?,
            without_rate: count(batches, "without_rate")?,
            newest: newest(batches)?,
        })
    }
}

/// A count of a result that has one row.
fn count(batches: &[RecordBatch], name: &str) -> Result<u64, WarehouseError> {
    Ok(column::<Int64Array>(only_row(batches)?, name)?.value(0).unsigned_abs())
}

fn newest(batches: &[RecordBatch]) -> Result<Option<NaiveDate>, WarehouseError> {
    let days = column::<Date32Array>(only_row(batches)?, "newest")?;
    Ok(if days.is_valid(0) { date_of(days.value(0)) } else { None })
}

fn only_row(batches: &[RecordBatch]) -> Result<&RecordBatch, WarehouseError> {
    let batch = batches.iter().find(|batch| batch.num_rows() == 1);
    batch.ok_or_else(|| WarehouseError::Shape("the checks gave no row".to_owned()))
}

fn column<A: Array + Clone + 'static>(batch: &RecordBatch, name: &str) -> Result<A, WarehouseError> {
    let found = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<A>());
    found.cloned().ok_or_else(|| WarehouseError::Shape(format!("{name} is missing or has another type")))
}

impl TotalsBatch {
    fn of(batch: &RecordBatch) -> Result<Self, WarehouseError> {
        Ok(Self {
            codes: column(batch, "customer_code")?,
            ranks: column(batch, "rank_before")?,
            excluded: column(batch, "is_excluded")?,
            known: column(batch, "is_known")?,
            records: column(batch, "records")?,
            counted: column(batch, "counted")?,
            amounts: column(batch, "amount")?,
            latest_any: column(batch, "latest_any")?,
            latest_counted: column(batch, "latest_counted")?,
        })
    }

    /// The rows in order.
    pub fn rows(&self, zero_rate: ZeroRate) -> impl Iterator<Item = TotalsRow<'_>> {
        (0..self.codes.len()).map(move |i| {
            let count = self.counted.value(i);
            let latest = match zero_rate {
                ZeroRate::Count => &self.latest_any,
                ZeroRate::Exclude => &self.latest_counted,
            };
            // Without counted business there are no recency points.
            let has_latest = count > 0 && latest.is_valid(i);
            TotalsRow {
                customer_code: self.codes.value(i),
                rank: self.ranks.is_valid(i).then(|| self.ranks.value(i)).filter(|rank| !rank.is_empty()),
                is_excluded: self.excluded.value(i),
                is_known: self.known.value(i),
                records: self.records.value(i),
                figures: Figures {
                    latest: has_latest.then(|| latest.value(i)),
                    count,
                    amount: self.amounts.value(i),
                },
            }
        })
    }
}
