//! Collects rows of the store into Arrow batches.

use std::collections::BTreeMap;
use std::sync::Arc;

use duckdb::arrow::datatypes::{Field, Schema, SchemaRef};
use duckdb::arrow::record_batch::RecordBatch;
use rust_decimal::Decimal;
use shared::dataset::{Column, Dataset};
use shared::message::Label;
use shared::store::ScanRow;

use super::column::{BATCH_ROWS, SqlType, Values};

/// Collects rows of a data set into Arrow batches, with the control totals.
pub(super) struct RowBatcher {
    columns: &'static [Column],
    schema: SchemaRef,
    values: Vec<Values>,
    pending: usize,
    rows: u64,
}

impl RowBatcher {
    pub(super) fn new(dataset: &Dataset) -> Self {
        let fields = dataset
            .columns
            .iter()
            .map(|column| Field::new(column.name, SqlType::of(column.kind).arrow(), true));
        Self {
            columns: dataset.columns,
            schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
            values: dataset.columns.iter().map(|column| Values::new(column.kind)).collect(),
            pending: 0,
            rows: 0,
        }
    }

    /// The columns of the batches.
    pub(super) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Appends a row; returns the column and the reason when a value does not fit.
    pub(super) fn push(&mut self, row: &ScanRow<'_>) -> Result<(), (&'static Column, Label)> {
        for (index, values) in self.values.iter_mut().enumerate() {
            values.push(row, index).map_err(|reason| (&self.columns[index], reason))?;
        }
        self.pending += 1;
        self.rows += 1;
        Ok(())
    }

    /// Whether a batch is full.
    pub(super) fn is_full(&self) -> bool {
        self.pending >= BATCH_ROWS
    }

    /// The rows since the last batch; `None` when there are none.
    pub(super) fn take(&mut self) -> Result<Option<RecordBatch>, duckdb::arrow::error::ArrowError> {
        if self.pending == 0 {
            return Ok(None);
        }
        self.pending = 0;
        let arrays = self.values.iter_mut().map(Values::finish).collect();
        RecordBatch::try_new(Arc::clone(&self.schema), arrays).map(Some)
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// The sum of every decimal column so far.
    pub(super) fn sums(&self) -> BTreeMap<String, Decimal> {
        let sum = |(column, values): (&Column, &Values)| Some((column.name.to_owned(), values.sum()?));
        self.columns.iter().zip(&self.values).filter_map(sum).collect()
    }
}
