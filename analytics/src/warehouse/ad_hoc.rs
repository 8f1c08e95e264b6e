//! Queries that people write themselves: one SELECT, no files but the mirror's, with limits of rows and time.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use duckdb::arrow::array::{
    Array, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
    RecordBatch, StringArray, TimestampMicrosecondArray,
};
use duckdb::arrow::datatypes::{DataType, Decimal128Type, DecimalType as _, Schema, TimeUnit};
use rust_decimal::Decimal;
use shared::message;
use shared::message::Message;

use super::{Warehouse, WarehouseError};
use crate::engine::quoted;

/// Between two interrupts of a query that takes too long.
const INTERRUPTS: Duration = Duration::from_millis(20);

/// The result of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The names of the columns, and whether their values are numbers.
    pub columns: Vec<(String, bool)>,
    /// The rows, at most as many as asked for.
    pub rows: Vec<Vec<Scalar>>,
    /// Whether there are more.
    pub more: bool,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// None.
    None,
    /// Text, and values of types that have no other form here.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// An exact decimal, or a float with the fewest digits that tell it apart.
    Decimal(Decimal),
    /// A date.
    Date(NaiveDate),
    /// A moment in UTC.
    Moment(DateTime<Utc>),
}

/// Why a query has no answer.
#[derive(Debug)]
pub enum Refusal {
    /// It is not one SELECT, or the engine cannot run it.
    Query(Message),
    /// It took longer than allowed.
    TooLong,
    /// An error of the mirror or the engine.
    Warehouse(WarehouseError),
}

impl From<WarehouseError> for Refusal {
    fn from(error: WarehouseError) -> Self {
        Self::Warehouse(error)
    }
}

impl Warehouse {
    /// Shuts the engine up for people's own queries: it reads the mirror's files and no others, and its settings stay as
    /// they are.
    ///
    /// # Errors
    /// The engine refuses.
    pub fn shut(&self) -> Result<(), WarehouseError> {
        let folder = quoted(&self.pin.folder().to_string_lossy());
        Ok(self.connection.execute_batch(&format!(
            "SET allowed_directories = [{folder}]; SET enable_external_access = false; SET lock_configuration = true"
        ))?)
    }

    /// Runs a query that somebody wrote, after [`Self::shut`].
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn ask(&self, sql: &str, rows_max: usize, limit: Duration) -> Result<Answer, Refusal> {
        self.check_is_one_select(sql)?;
        let (done, waits) = channel::<()>();
        let interrupt = self.connection.interrupt_handle();
        let watch = std::thread::spawn(move || {
            let is_late = waits.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            // The engine forgets an interrupt that comes between two statements.
            while is_late && waits.recv_timeout(INTERRUPTS) == Err(RecvTimeoutError::Timeout) {
                interrupt.interrupt();
            }
            is_late
        });
        let answer = self.answer(statement(sql), rows_max);
        drop(done);
        let was_late = watch.join().unwrap_or(false);
        match answer {
            Err(_) if was_late => Err(Refusal::TooLong),
            Err(reason) => Err(Refusal::Query(refused(&reason))),
            Ok(answer) => Ok(answer),
        }
    }

    /// The statements that make the mirror's tables and views in another DuckDB.
    ///
    /// # Errors
    /// The views cannot be made.
    pub fn statements(&self) -> Result<String, WarehouseError> {
        let mut out = String::new();
        for (name, dataset) in &self.manifest().datasets {
            out.push_str(&super::view(name, dataset, self.pin.folder()));
            out.push_str(";\n");
        }
        out.push_str(&super::views(&self.areas)?);
        Ok(out)
    }

    /// The tables and views with their columns and types, in the order of their names.
    ///
    /// # Errors
    /// The engine refuses.
    pub fn columns(&self) -> Result<Vec<[String; 3]>, WarehouseError> {
        let frame = self.frame(
            "SELECT table_name, column_name, data_type FROM information_schema.columns \
             ORDER BY table_name, ordinal_position",
        )?;
        let columns = super::Columns(&frame);
        let texts = |name: &str| {
            Ok::<_, WarehouseError>(columns.texts(name)?.into_iter().map(Option::unwrap_or_default))
        };
        let (tables, names) = (texts("table_name")?, texts("column_name")?);
        Ok(tables
            .zip(names)
            .zip(texts("data_type")?)
            .map(|((table, name), kind)| [table, name, kind])
            .collect())
    }

    fn check_is_one_select(&self, sql: &str) -> Result<(), Refusal> {
        // The engine's own parser says what the text is; only SELECT statements have a form in JSON.
        let parsed = format!("SELECT json_serialize_sql({}) AS parsed", quoted(sql));
        let frame = self.frame(&parsed)?;
        let parsed = super::Columns(&frame).texts("parsed")?.into_iter().flatten().next().unwrap_or_default();
        let parsed: serde_json::Value = serde_json::from_str(&parsed).unwrap_or_default();
        if parsed["error_type"] == "parser" {
            return Err(Refusal::Query(refused(parsed["error_message"].as_str().unwrap_or_default())));
        }
        match parsed["statements"].as_array().map(Vec::len) {
            Some(1) => Ok(()),
            _ => Err(Refusal::Query(message!(
                "SELECT 文を1つだけ書いてください",
                "write exactly one SELECT statement",
            ))),
        }
    }

    fn answer(&self, sql: &str, rows_max: usize) -> Result<Answer, String> {
        let run = |sql: &str| -> Result<(std::sync::Arc<Schema>, Vec<RecordBatch>), String> {
            let failed = |error: duckdb::Error| error.to_string();
            let mut statement = self.connection.prepare(sql).map_err(failed)?;
            let batches = statement.query_arrow([]).map_err(failed)?;
            Ok((batches.get_schema(), batches.collect()))
        };
        let (schema, _) = run(&format!("SELECT * FROM (\n{sql}\n) LIMIT 0"))?;
        let names: Vec<String> = (0..schema.fields().len()).map(|at| format!("c{at}")).collect();
        let shown: Vec<String> = schema
            .fields()
            .iter()
            .zip(&names)
            .map(|(field, name)| match is_known(field.data_type()) {
                true => name.clone(),
                false => format!("CAST({name} AS VARCHAR) AS {name}"),
            })
            .collect();
        let limited = format!(
            "SELECT {} FROM (\n{sql}\n) AS asked({}) LIMIT {}",
            shown.join(", "),
            names.join(", "),
            rows_max.saturating_add(1)
        );
        let (_, batches) = run(&limited)?;
        let mut rows: Vec<Vec<Scalar>> = batches.iter().flat_map(rows_of).collect();
        let more = rows.len() > rows_max;
        rows.truncate(rows_max);
        let columns = schema.fields().iter().map(|field| {
            (field.name().clone(), is_known(field.data_type()) && field.data_type().is_numeric())
        });
        Ok(Answer { columns: columns.collect(), rows, more })
    }
}

/// The statement without what may stand behind it: semicolons, and lines of comment.
fn statement(sql: &str) -> &str {
    let mut rest = sql.trim_end();
    loop {
        let shorter = rest.trim_end_matches(';').trim_end();
        let before_last_line = shorter.rfind('\n').map_or(0, |at| at + 1);
        let is_comment = shorter[before_last_line..].trim_start().starts_with("--");
        let shorter = if is_comment { shorter[..before_last_line].trim_end() } else { shorter };
        if shorter.len() == rest.len() {
            return rest;
        }
        rest = shorter;
    }
}

fn refused(reason: &str) -> Message {
    // What comes after points into the text of the query, which is not shown here.
    let lines = reason.lines().map(str::trim).take_while(|line| !line.starts_with("LINE "));
    let reason = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    message!("SQL を実行できません: {reason}", "the query cannot be run: {reason}", reason = reason)
}

fn is_known(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Utf8
            | DataType::Int64
            | DataType::Int32
            | DataType::Boolean
            | DataType::Date32
            | DataType::Decimal128(..)
            | DataType::Float64
            | DataType::Timestamp(TimeUnit::Microsecond, _)
    )
}

fn rows_of(batch: &RecordBatch) -> Vec<Vec<Scalar>> {
    let columns: Vec<Vec<Scalar>> = batch.columns().iter().map(|column| scalars(column.as_ref())).collect();
    (0..batch.num_rows()).map(|at| columns.iter().map(|column| column[at].clone()).collect()).collect()
}

fn scalars(array: &dyn Array) -> Vec<Scalar> {
    fn each<T>(values: impl Iterator<Item = Option<T>>, scalar: impl Fn(T) -> Scalar) -> Vec<Scalar> {
        values.map(|value| value.map_or(Scalar::None, &scalar)).collect()
    }
    let any = array.as_any();
    if let Some(texts) = any.downcast_ref::<StringArray>() {
        return each(texts.iter(), |text| Scalar::Text(text.to_owned()));
    }
    if let Some(numbers) = any.downcast_ref::<Int64Array>() {
        return each(numbers.iter(), Scalar::Integer);
    }
    if let Some(numbers) = any.downcast_ref::<Int32Array>() {
        return each(numbers.iter(), |number| Scalar::Integer(i64::from(number)));
    }
    if let Some(flags) = any.downcast_ref::<BooleanArray>() {
        return each(flags.iter(), |flag| Scalar::Text(flag.to_string()));
    }
    if let Some(days) = any.downcast_ref::<Date32Array>() {
        return each(days.iter(), |days| NaiveDate::from_epoch_days(days).map_or(Scalar::None, Scalar::Date));
    }
    if let Some(numbers) = any.downcast_ref::<Float64Array>() {
        return each(numbers.iter(), |number| {
            let text = number.to_string();
            text.parse().map_or(Scalar::Text(text), Scalar::Decimal)
        });
    }
    if let Some(moments) = any.downcast_ref::<TimestampMicrosecondArray>() {
        return each(moments.iter(), |micros| {
            DateTime::from_timestamp_micros(micros).map_or(Scalar::None, Scalar::Moment)
        });
    }
    if let DataType::Decimal128(precision, scale) = array.data_type() {
        // More digits than a Decimal holds stay the text of the number.
        let text = |value| Decimal128Type::format_decimal(value, *precision, *scale);
        let decimals: &Decimal128Array = array.as_primitive();
        let places = u32::try_from(*scale).unwrap_or_default();
        return each(decimals.iter(), |value| {
            Decimal::try_from_i128_with_scale(value, places)
                .map_or_else(|_| Scalar::Text(text(value)), |value| Scalar::Decimal(value.normalize()))
        });
    }
    vec![Scalar::None; array.len()]
}
