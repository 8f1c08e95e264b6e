//! Customers' figures as analytics published them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::driver::bind;
use super::{Reader, StoreError, Transaction};
use crate::money::to_scaled;

/// Figures of one customer for the pop-up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "explained in docs/protocol.md and docs/reports.md")]
pub struct CustomerMetrics {
    pub customer_code: String,
    pub as_of: NaiveDate,
    pub sales_12m: Decimal,
    pub sales_prev_12m: Decimal,
    pub slips_12m: i64,
    /// `None`: the customer's lines have no cost.
    pub gross_margin: Option<Decimal>,
    pub first_sold_on: Option<NaiveDate>,
    pub last_sold_on: Option<NaiveDate>,
    pub purchase_cycle_days: Option<i64>,
    /// Twelve calendar months, the oldest first; the last one ends on the as-of date.
    pub monthly_sales: Vec<Decimal>,
}

const PUBLISH: &str =
    "INSERT INTO customer_metrics (customer_code, as_of, sales_12m, sales_prev_12m, slips_12m,
        gross_margin, first_sold_on, last_sold_on, purchase_cycle_days, monthly_sales)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    ON CONFLICT (customer_code) DO UPDATE SET as_of = excluded.as_of, sales_12m = excluded.sales_12m,
        sales_prev_12m = excluded.sales_prev_12m, slips_12m = excluded.slips_12m,
        gross_margin = excluded.gross_margin, first_sold_on = excluded.first_sold_on,
        last_sold_on = excluded.last_sold_on, purchase_cycle_days = excluded.purchase_cycle_days,
        monthly_sales = excluded.monthly_sales";

impl Reader {
    /// How many customers have published figures, how many there are, and the oldest day of the figures.
    pub fn metrics_published(&mut self) -> Result<(u64, u64, Option<NaiveDate>), StoreError> {
        let sql = "SELECT (SELECT count(*) FROM customer_metrics), (SELECT count(*) FROM customer),
                          (SELECT min(as_of) FROM customer_metrics)";
        self.db.only(sql, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }
}

impl Transaction<'_> {
    /// Replaces the published figures of these customers; their cards become stale.
    pub fn publish_metrics(
        &mut self,
        metrics: &mut dyn Iterator<Item = CustomerMetrics>,
    ) -> Result<u64, StoreError> {
        let mut published = 0;
        for row in metrics {
            let monthly = serde_json::to_string(&row.monthly_sales)
                .map_err(|error| StoreError::Database(error.to_string()))?;
            self.db.execute(
                PUBLISH,
                bind![
                    row.customer_code,
                    row.as_of,
                    to_scaled(row.sales_12m)?,
                    to_scaled(row.sales_prev_12m)?,
                    row.slips_12m,
                    row.gross_margin.map(to_scaled).transpose()?,
                    row.first_sold_on,
                    row.last_sold_on,
                    row.purchase_cycle_days,
                    monthly,
                ],
            )?;
            self.stale.insert(row.customer_code);
            published += 1;
        }
        Ok(published)
    }
}
