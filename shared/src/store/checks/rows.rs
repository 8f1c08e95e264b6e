//! Checks that one query answers: each row of it is a finding.

use std::ops::ControlFlow;

use rust_decimal::Decimal;

use super::{Finding, Rule, Sink, key, text};
use crate::dataset::by_name;
use crate::sales::SlipStatus;
use crate::store::{Reader, StoreError};

/// A query for the findings of a rule.
struct Query {
    /// The data set of the rows.
    dataset: &'static str,
    /// How many of its first columns are the key.
    keys: usize,
    /// What the columns behind the key are called in the message.
    facts: &'static [&'static str],
    sql: String,
}

impl Query {
    fn new(dataset: &'static str, facts: &'static [&'static str], sql: impl Into<String>) -> Self {
        Self { dataset, keys: 1, facts, sql: sql.into() }
    }
}

pub(super) fn check(reader: &Reader, rule: Rule, sink: Sink<'_>) -> Result<(), StoreError> {
    for query in queries(rule) {
        let mut more = ControlFlow::Continue(());
        reader.db.each(&query.sql, &[], |row| {
            let facts = query.facts.iter().enumerate().map(|(position, name)| {
                let column = query.keys + position;
                let fact = match *name {
                    "amount" | "quantity" => row.get::<Decimal>(column)?.to_string(),
                    _ => text(row, column)?,
                };
                Ok((*name, fact))
            });
            let facts = facts.collect::<Result<Vec<_>, StoreError>>()?;
            let key = key(row, query.keys)?;
            more = sink(Finding { rule, dataset: query.dataset, key, facts });
            Ok(more)
        })?;
        if more.is_break() {
            break;
        }
    }
    Ok(())
}

fn queries(rule: Rule) -> Vec<Query> {
    match rule {
        Rule::OneSidedLink => links(),
        Rule::SaleOnOpenQuote => sales_on_open_quotes().into_iter().collect(),
        Rule::OrderOnOpenQuote => vec![Query::new("orders", &["value", "status"], ORDERS_ON_OPEN_QUOTES)],
        Rule::SlipCustomers => vec![slips("customer_code")],
        Rule::SlipDates => vec![slips("sold_on")],
        Rule::TwoDefaults => vec![Query::new("addresses", &["count"], TWO_DEFAULTS)],
        Rule::NoDefault => vec![Query::new("addresses", &["count"], NO_DEFAULT)],
        Rule::NegativeCredit => vec![Query::new("customers", &["amount"], NEGATIVE_CREDIT)],
        Rule::NegativeStock => negative_stock().into_iter().collect(),
        Rule::NoKana => vec![Query::new("customers", &[], NO_KANA)],
        Rule::NoContact => vec![Query::new("customers", &[], NO_CONTACT)],
        // These have files of their own.
        Rule::Orphan
        | Rule::NoMaster
        | Rule::SaleTotal
        | Rule::QuoteTotal
        | Rule::OrderTotal
        | Rule::Overpaid
        | Rule::RawPhone => Vec::new(),
    }
}

const ORDERS_ON_OPEN_QUOTES: &str = "SELECT o.order_no, o.quote_no, coalesce(q.status, '')
    FROM sales_order o JOIN quote q ON q.quote_no = o.quote_no
    WHERE coalesce(q.status, '') <> 'won' AND coalesce(o.status, '') <> 'cancelled' ORDER BY o.order_no";
const TWO_DEFAULTS: &str =
    "SELECT customer_code, count(*) FROM address WHERE kind = 'ship_to' AND is_default = 1
    GROUP BY customer_code HAVING count(*) > 1 ORDER BY customer_code";
const NO_DEFAULT: &str = "SELECT customer_code, count(*) FROM address WHERE kind = 'ship_to'
    GROUP BY customer_code HAVING max(is_default) = 0 ORDER BY customer_code";
const NEGATIVE_CREDIT: &str =
    "SELECT customer_code, credit_limit FROM customer WHERE credit_limit < 0 ORDER BY customer_code";
const NO_KANA: &str =
    "SELECT customer_code FROM customer WHERE trim(coalesce(name_kana, '')) = '' ORDER BY customer_code";
const NO_CONTACT: &str = "SELECT customer_code FROM customer c
    WHERE NOT EXISTS (SELECT 1 FROM contact x WHERE x.customer_code = c.customer_code)
      AND NOT EXISTS (SELECT 1 FROM contact_person x WHERE x.customer_code = c.customer_code)
    ORDER BY customer_code";

/// Both directions of quote and order; a missing counterpart is an orphan and no link.
fn links() -> Vec<Query> {
    let one = |dataset, from: &str, key: &str, to: &str, other: &str| {
        let sql = format!(
            "SELECT a.{key}, '{other}', a.{other}, coalesce(b.{key}, '')
             FROM {from} a JOIN {to} b ON b.{other} = a.{other}
             WHERE coalesce(b.{key}, '') <> a.{key} ORDER BY a.{key}"
        );
        Query::new(dataset, &["column", "value", "back"], sql)
    };
    vec![
        one("quotes", "quote", "quote_no", "sales_order", "order_no"),
        one("orders", "sales_order", "order_no", "quote", "quote_no"),
    ]
}

/// One finding a slip and quote, once sales name the quote that they come from.
fn sales_on_open_quotes() -> Option<Query> {
    by_name("sales")?.column("quote_no")?;
    let sql = format!(
        "SELECT s.slip_no, s.quote_no, coalesce(q.status, '')
         FROM sales_line s JOIN quote q ON q.quote_no = s.quote_no
         WHERE coalesce(q.status, '') <> 'won' AND coalesce(s.status, '') NOT IN ('{}')
         GROUP BY s.slip_no, s.quote_no ORDER BY s.slip_no, s.quote_no",
        SlipStatus::NOT_COUNTED.map(SlipStatus::as_str).join("', '")
    );
    Some(Query::new("sales", &["value", "status"], sql))
}

/// The table is ordered by slip, so that the groups need no sorting.
fn slips(column: &str) -> Query {
    let sql = format!(
        "SELECT slip_no, min({column}), max({column}) FROM sales_line GROUP BY slip_no
         HAVING min({column}) <> max({column}) ORDER BY slip_no"
    );
    Query::new("sales", &["value", "other"], sql)
}

fn negative_stock() -> Option<Query> {
    let dataset = by_name("stock_snapshots")?;
    dataset.column("quantity")?;
    let key = dataset.key.join(", ");
    let sql = format!("SELECT {key}, quantity FROM {} WHERE quantity < 0 ORDER BY {key}", dataset.table);
    Some(Query { dataset: dataset.name, keys: dataset.key.len(), facts: &["quantity"], sql })
}
