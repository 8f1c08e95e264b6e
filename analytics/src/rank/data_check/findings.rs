//! Problems in the data, counted and exported as `rank_errors.csv` (`docs/rank.md#errors`). They never stop a run.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use chrono::NaiveDate;
use duckdb::arrow::array::{Array, Date32Array, RecordBatch, StringArray};
use shared::calendar::sub_months;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Label, counted};
use shared::rank::RankMaster;

use crate::context::Context;
use crate::output::file::{check_output, unwritable};
use crate::rank::prepare::{Prepared, Scene};
use crate::rank::scoring::scorer::{TooEarly, date_of};
use crate::rank::settings::Source;
use crate::warehouse::{Columns, Literal, Warehouse, WarehouseError, render};

/// Most rows of a file.
const ROWS_MAX: u64 = 1_000_000;
const HEADER: [&str; 6] = ["code", "dataset", "record_no", "date", "customer_code", "detail"];

/// Which data is checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) source: Source,
    pub(crate) period_months: u32,
    pub(crate) as_of: NaiveDate,
    pub(crate) master: &'a RankMaster,
    /// The language of the details.
    pub(crate) lang: Lang,
}

const SELF_LINK: Label =
    Label::new("関連顧客がメイン顧客と同じです", "a related customer is the main customer");
const DOUBLE_LINK: Label =
    Label::new("同じ関連顧客が2か所にあります", "a customer is named in two related slots");
const UNDATED: Label = Label::new("受注日がありません", "there is no order date");
const FUTURE: Label = Label::new("基準日より後です", "after the as-of date");

impl Scope<'_> {
    fn text(&self, label: Label) -> Literal {
        Literal::Text(label.text(self.lang).to_owned())
    }

    fn sql(&self) -> Result<String, Failure> {
        let from = Literal::Date(sub_months(self.as_of, self.period_months).ok_or(TooEarly(self.as_of))?);
        let (records, further) = match self.source {
            Source::Sales => (
                render(include_str!("../../../sql/rank_errors_sales.sql"), &[("from", from.clone())])?,
                render(include_str!("../../../sql/rank_errors_split_links.sql"), &[])?,
            ),
            Source::Deals => (
                render(include_str!("../../../sql/rank_errors_deals.sql"), &[])?,
                render(
                    include_str!("../../../sql/rank_errors_undated.sql"),
                    &[("undated", self.text(UNDATED))],
                )?,
            ),
        };
        let values = [
            ("records", Literal::Rendered(records)),
            ("further", Literal::Rendered(further)),
            ("from", from),
            ("as_of", Literal::Date(self.as_of)),
            ("ranks", Literal::Texts(self.master.ranks().to_vec())),
            ("self_link", self.text(SELF_LINK)),
            ("double_link", self.text(DOUBLE_LINK)),
            ("future", self.text(FUTURE)),
        ];
        Ok(render(include_str!("../../../sql/rank_errors.sql"), &values)?)
    }
}

/// The number of findings by code.
pub(crate) fn counts(warehouse: &Warehouse, scope: &Scope<'_>) -> Result<BTreeMap<String, u64>, Failure> {
    let sql = format!("SELECT code, COUNT(*) AS findings FROM ({}) AS found GROUP BY code", scope.sql()?);
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    let codes = columns.texts("code")?.into_iter().flatten();
    Ok(codes.zip(columns.counts("findings")?).collect())
}

/// Refuses, before anything is done, to replace a file that is not earlier output.
pub(crate) fn check_file(path: Option<&Path>) -> Result<(), Failure> {
    path.map_or(Ok(()), |path| check_output(path, &HEADER.join(",")))
}

/// Writes every finding to a file, completely or not at all, and returns their number.
pub(crate) fn write(warehouse: &Warehouse, scope: &Scope<'_>, path: &Path) -> Result<u64, Failure> {
    let sql = format!(
        "SELECT code, record_no, dated, customer_code, detail FROM ({}) AS found
         ORDER BY code, dated NULLS FIRST, record_no NULLS FIRST, customer_code NULLS FIRST, detail LIMIT {ROWS_MAX}",
        scope.sql()?
    );
    let batches = warehouse.query(&sql)?;
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let written = write_rows(&batches, scope, Path::new(&partial))?
        .and_then(|rows| std::fs::rename(&partial, path).map(|()| rows));
    written.map_err(|error| {
        // Best effort: the write error matters more.
        let _ = std::fs::remove_file(&partial);
        unwritable(path, &error)
    })
}

/// Writes the problems in the data of a run.
pub(crate) fn write_for_run(
    prepared: &Prepared,
    scene: &Scene,
    path: &Path,
    context: &Context,
) -> Result<(), Failure> {
    let scope = Scope {
        source: prepared.settings.source,
        period_months: prepared.settings.chosen.period_months,
        as_of: context.as_of,
        master: &prepared.master,
        lang: context.lang,
    };
    let rows = write(&scene.warehouse, &scope, path)?;
    context.notice(&message!(
        "データの確認事項{rows}件を {path} に書き出しました",
        "{rows} written to {path}",
        rows = counted(rows, "finding about the data was", "findings about the data were"),
        path = path.display(),
    ));
    Ok(())
}

fn write_rows(
    batches: &[RecordBatch],
    scope: &Scope<'_>,
    path: &Path,
) -> Result<io::Result<u64>, WarehouseError> {
    let mut rows = Vec::new();
    for batch in batches {
        rows.push(Rows::of(batch)?);
    }
    Ok(write_file(&rows, scope, path))
}

fn write_file(batches: &[Rows<'_>], scope: &Scope<'_>, path: &Path) -> io::Result<u64> {
    let file = BufWriter::new(File::create(path)?);
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
    writer.write_record(HEADER)?;
    let mut written = 0;
    for batch in batches {
        for i in 0..batch.codes.len() {
            let text = |column: &StringArray| column.is_valid(i).then(|| column.value(i).to_owned());
            let code = text(batch.codes).unwrap_or_default();
            // Findings about customers have no record.
            let is_record = batch.records.is_valid(i);
            let dataset = if is_record { scope.source.as_str() } else { "customers" };
            let date = batch.dates.is_valid(i).then(|| date_of(batch.dates.value(i))).flatten();
            writer.write_record([
                code,
                dataset.to_owned(),
                text(batch.records).unwrap_or_default(),
                date.map_or(String::new(), |date| date.to_string()),
                text(batch.customers).unwrap_or_default(),
                text(batch.details).unwrap_or_default(),
            ])?;
            written += 1;
        }
    }
    let mut file = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    Ok(written)
}

/// The columns of one batch.
struct Rows<'a> {
    codes: &'a StringArray,
    records: &'a StringArray,
    dates: &'a Date32Array,
    customers: &'a StringArray,
    details: &'a StringArray,
}

impl<'a> Rows<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, WarehouseError> {
        fn column<'a, A: 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a A, WarehouseError> {
            let found = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref());
            found.ok_or_else(|| WarehouseError::Shape(format!("{name} is missing or has another type")))
        }
        Ok(Self {
            codes: column(batch, "code")?,
            records: column(batch, "record_no")?,
            dates: column(batch, "dated")?,
            customers: column(batch, "customer_code")?,
            details: column(batch, "detail")?,
        })
    }
}
