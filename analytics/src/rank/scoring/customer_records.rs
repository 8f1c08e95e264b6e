//! The slips or deals that name one customer.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::sales::SlipStatus;

use crate::rank::settings::{RELATED_SLOTS, RankSettings, Source};
use crate::warehouse::{Columns, Literal, Warehouse, WarehouseError, render};

/// A slip or deal that names the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) record_no: String,
    pub(crate) dated: Option<NaiveDate>,
    pub(crate) main: String,
    pub(crate) related: [Option<String>; RELATED_SLOTS],
    pub(crate) net: Option<Decimal>,
    /// Number of lines that count; a deal has one line.
    pub(crate) counted_lines: i64,
    pub(crate) lines: i64,
    /// A status or stage that does not count.
    pub(crate) status: Option<String>,
}

/// Reads the records that name a customer, the latest first.
pub(crate) fn records(
    warehouse: &Warehouse,
    settings: &RankSettings,
    customer_code: &str,
) -> Result<Vec<Record>, WarehouseError> {
    let code = ("code", Literal::Text(customer_code.to_owned()));
    let sql = match settings.source {
        Source::Sales => {
            let statuses = SlipStatus::NOT_COUNTED.map(|status| status.as_str().to_owned()).to_vec();
            let not_counted = ("not_counted", Literal::Texts(statuses));
            let amount = ("amount", Literal::Fragment(settings.amount_basis.line_amount()));
            render(include_str!("../../../sql/rank_explain_sales.sql"), &[code, not_counted, amount])?
        }
        Source::Deals => render(include_str!("../../../sql/rank_explain_deals.sql"), &[code])?,
    };
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    let [one, two, three] = ["related_1", "related_2", "related_3"].map(|name| columns.texts(name));
    let mut related = [one?.into_iter(), two?.into_iter(), three?.into_iter()];
    let mut dates = columns.dates("dated")?.into_iter();
    let mut mains = columns.texts("main")?.into_iter();
    let mut nets = columns.decimals("net")?.into_iter();
    let mut counted = columns.integers("counted_lines")?.into_iter();
    let mut lines = columns.integers("lines")?.into_iter();
    let mut statuses = columns.texts("status")?.into_iter();
    let record = |record_no: Option<String>| Record {
        record_no: record_no.unwrap_or_default(),
        dated: dates.next().flatten(),
        main: mains.next().flatten().unwrap_or_default(),
        related: related.each_mut().map(|slot| slot.next().flatten()),
        net: nets.next().flatten(),
        counted_lines: counted.next().flatten().unwrap_or(0),
        lines: lines.next().flatten().unwrap_or(0),
        status: statuses.next().flatten(),
    };
    Ok(columns.texts("record_no")?.into_iter().map(record).collect())
}
