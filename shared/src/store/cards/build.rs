//! Builds a customer's card from the tables. The one place that decides the content of a card.

mod derived;
pub(super) mod open;
mod orders;

use std::ops::ControlFlow;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::super::driver::{Connection, Row, bind};
use super::super::ranks::Reverts;
use super::super::{StoreError, timeline};
use crate::card::{
    AddressEntry, CONTACTS_MAX, CardMetrics, ContactEntry, CustomerCard, CustomerProfile, INTERACTIONS_MAX,
    OPEN_MAX, OpenItems, RECENT_SALES_MAX, RankChangeNote, RecentSale, SLIP_LINES_MAX, SaleLineEntry,
};
use crate::customer::TradingStatus;
use crate::label::Labelled;
use crate::phone::PhoneNumber;
use crate::sales::SlipStatus;
use derived::{alerts, balance, valid_through};

/// A card and the last day on which it is true.
pub(super) struct BuiltCard {
    pub(super) card: CustomerCard,
    pub(super) valid_through: NaiveDate,
}

impl BuiltCard {
    pub(super) fn json(&self) -> Result<String, StoreError> {
        serde_json::to_string(&self.card).map_err(|error| StoreError::Database(error.to_string()))
    }
}

/// Builds the card as of `today`; `None` when there is no such customer.
pub(super) fn build(
    db: &Connection,
    customer_code: &str,
    today: NaiveDate,
) -> Result<Option<BuiltCard>, StoreError> {
    let tables = Tables { db, customer_code };
    let Some((mut customer, terms)) = tables.customer()? else { return Ok(None) };
    customer.rank_change = tables.rank_change()?;
    customer.contacts = tables.contacts()?;
    customer.addresses = tables.addresses()?;
    let invoices = tables.unpaid_invoices(today)?;
    let orders = tables.orders(today)?;
    let projects = tables.projects(today)?;
    let inquiries = tables.inquiries()?;
    let balance = balance(&invoices, terms.credit_limit);
    let alerts = alerts(&customer, &terms, &invoices, &balance, &inquiries);
    let valid_through = valid_through(today, &invoices, &orders, &projects);
    let open = OpenItems {
        inquiries: cut(inquiries),
        deals: tables.deals()?,
        quotes: tables.quotes()?,
        tasks: tables.tasks()?,
        invoices: cut(invoices),
        orders: cut(orders),
        projects: cut(projects),
    };
    let card = CustomerCard {
        alerts,
        metrics: tables.metrics()?,
        recent_sales: tables.recent_sales()?,
        interactions: timeline::entries(db, customer_code, None, INTERACTIONS_MAX)?,
        open,
        balance,
        memo: terms.internal_memo,
        customer,
    };
    Ok(Some(BuiltCard { card, valid_through }))
}

/// Every line of a customer, newest slip first, each slip from its last line.
const RECENT_SALES: &str = "SELECT slip_no, sold_on, product_code, product_name, quantity, amount, status
    FROM sales_line WHERE customer_code = ?1 ORDER BY sold_on DESC, slip_no DESC, line_no DESC";

/// The last change of a rank: that of the last run, or the last edit by hand if that came later.
const LAST_RANK_CHANGE: &str = "SELECT rank_from, rank_to, direction, changed_on, total, run_id FROM (
        SELECT * FROM (SELECT ch.rank_from, ch.rank_to, ch.direction, ch.changed_on, ch.total, ch.run_id,
                r.finished_at AS at
            FROM rank_change ch JOIN rank_run r ON r.run_id = ch.run_id
            WHERE ch.customer_code = ?1 ORDER BY ch.run_id DESC LIMIT 1)
        UNION ALL
        SELECT * FROM (SELECT rank_from, rank_to, direction, edited_on, NULL, NULL, edited_at
            FROM rank_edit WHERE customer_code = ?1 ORDER BY edit_id DESC LIMIT 1))
    ORDER BY at DESC, run_id DESC LIMIT 1";

/// The part of the master record that is not in the profile.
struct Terms {
    credit_limit: Option<Decimal>,
    caution_note: Option<String>,
    internal_memo: Option<String>,
    billing_terms_id: Option<String>,
}

/// The tables, seen from one customer.
struct Tables<'a> {
    db: &'a Connection,
    customer_code: &'a str,
}

impl Tables<'_> {
    /// All rows of a query whose only parameter is the customer's code.
    fn list<T>(
        &self,
        sql: &str,
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.db.all(sql, bind![self.customer_code], read)
    }

    fn one<T>(
        &self,
        sql: &str,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.db.one(sql, bind![self.customer_code], read)
    }

    fn customer(&self) -> Result<Option<(CustomerProfile, Terms)>, StoreError> {
        let found = self.master_record()?;
        let Some((mut profile, terms)) = found else { return Ok(None) };
        if let Some(id) = &terms.billing_terms_id
            && (profile.payment_terms.is_none() || profile.payment_method.is_none())
            && let Some((payment_terms, payment_method)) = orders::billing_terms(self, id)?
        {
            // The customer's own columns win.
            profile.payment_terms = profile.payment_terms.or(payment_terms);
            profile.payment_method = profile.payment_method.or(payment_method);
        }
        Ok(Some((profile, terms)))
    }

    fn master_record(&self) -> Result<Option<(CustomerProfile, Terms)>, StoreError> {
        self.one(
            "SELECT customer_code, customer_name, short_name, name_kana, customer_type, trading_status,
             suspended_reason, industry, rank, rank_auto_update_excluded = 0 AND EXISTS (SELECT 1 FROM
             rank_target t WHERE t.rank = coalesce(customer.rank, '') AND (t.rank = '' OR EXISTS (SELECT
             1 FROM rank_master m WHERE m.rank = t.rank))), sales_area, first_trade_date, account_owner,
             payment_terms, payment_method, preferences, remarks, credit_limit, caution_note, internal_memo,
             billing_terms_id, origin FROM customer WHERE customer_code = ?1",
            |row| {
                let trading_status: TradingStatus = row.get(5)?;
                let preferences: Option<String> = row.get(15)?;
                let profile = CustomerProfile {
                    customer_code: row.get(0)?,
                    customer_name: row.get(1)?,
                    short_name: row.get(2)?,
                    name_kana: row.get(3)?,
                    customer_type: row.get(4)?,
                    can_accept_order: trading_status == TradingStatus::Active,
                    trading_status,
                    suspended_reason: row.get(6)?,
                    industry: row.get(7)?,
                    rank: row.get(8)?,
                    rank_change: None,
                    is_rank_auto_target: row.get(9)?,
                    sales_area: row.get(10)?,
                    first_trade_date: row.get(11)?,
                    account_owner: row.get(12)?,
                    payment_terms: row.get(13)?,
                    payment_method: row.get(14)?,
                    preferences: tags(preferences.as_deref()),
                    remarks: row.get(16)?,
                    origin: row.get(21)?,
                    contacts: Vec::new(),
                    addresses: Vec::new(),
                };
                let credit_limit = row.get(17)?;
                let terms = Terms {
                    credit_limit,
                    caution_note: row.get(18)?,
                    internal_memo: row.get(19)?,
                    billing_terms_id: row.get(20)?,
                };
                Ok((profile, terms))
            },
        )
    }

    /// The last change, by a run or by hand, unless it was taken back.
    fn rank_change(&self) -> Result<Option<RankChangeNote>, StoreError> {
        let last = self.one(LAST_RANK_CHANGE, |row| {
            let note = RankChangeNote {
                rank_from: row.get(0)?,
                rank_to: row.get(1)?,
                direction: row.get(2)?,
                changed_on: row.get(3)?,
                total: row.get(4)?,
            };
            Ok((note, row.get::<Option<i64>>(5)?))
        })?;
        let Some((note, run_id)) = last else { return Ok(None) };
        let Some(run_id) = run_id else { return Ok(Some(note)) };
        let stands = Reverts::read(self.db)?.leaves_change(run_id);
        Ok(stands.then_some(note))
    }

    fn contacts(&self) -> Result<Vec<ContactEntry>, StoreError> {
        let sql = format!(
            "SELECT contact_id, nullif(person_name, ''), purpose, phone, email FROM contact
             WHERE customer_code = ?1 ORDER BY contact_id LIMIT {CONTACTS_MAX}"
        );
        self.list(&sql, |row| {
            let written: String = row.get(3)?;
            Ok(ContactEntry {
                contact_id: row.get(0)?,
                person_name: row.get(1)?,
                purpose: row.get(2)?,
                phone: shown_number(&written),
                email: row.get(4)?,
            })
        })
    }

    fn addresses(&self) -> Result<Vec<AddressEntry>, StoreError> {
        let sql = format!(
            "SELECT kind, name, postal_code, prefecture, city, street, building, is_default FROM address
             WHERE customer_code = ?1 ORDER BY kind, address_no LIMIT {CONTACTS_MAX}"
        );
        self.list(&sql, |row| {
            Ok(AddressEntry {
                kind: row.get(0)?,
                name: row.get(1)?,
                postal_code: row.get(2)?,
                prefecture: row.get(3)?,
                city: row.get(4)?,
                street: row.get(5)?,
                building: row.get(6)?,
                is_default: row.get(7)?,
            })
        })
    }

    fn metrics(&self) -> Result<Option<CardMetrics>, StoreError> {
        self.one(
            "SELECT as_of, sales_12m, sales_prev_12m, slips_12m, gross_margin, first_sold_on,
             last_sold_on, purchase_cycle_days, monthly_sales FROM customer_metrics WHERE customer_code
             = ?1",
            |row| {
                let last_sold_on: Option<NaiveDate> = row.get(6)?;
                let purchase_cycle_days: Option<i64> = row.get(7)?;
                let cycle = purchase_cycle_days.and_then(|days| u64::try_from(days).ok());
                let monthly: String = row.get(8)?;
                Ok(CardMetrics {
                    as_of: row.get(0)?,
                    sales_12m: row.get(1)?,
                    sales_prev_12m: row.get(2)?,
                    slips_12m: row.get(3)?,
                    ltv: row.get(4)?,
                    first_sold_on: row.get(5)?,
                    last_sold_on,
                    purchase_cycle_days,
                    next_purchase_on: last_sold_on
                        .zip(cycle)
                        .and_then(|(last, days)| last.checked_add_days(Days::new(days))),
                    monthly_sales: serde_json::from_str(&monthly).unwrap_or_default(),
                })
            },
        )
    }

    /// The last slips; lines whose status does not count are no sale (`docs/rank.md#records`).
    fn recent_sales(&self) -> Result<Vec<RecentSale>, StoreError> {
        let mut slips: Vec<RecentSale> = Vec::new();
        self.db.each(RECENT_SALES, bind![self.customer_code], |row| {
            if row.text(6).and_then(SlipStatus::from_identifier).is_some_and(|status| !status.is_sale()) {
                return Ok(ControlFlow::Continue(()));
            }
            let (slip_no, sold_on): (String, NaiveDate) = (row.get(0)?, row.get(1)?);
            let same_slip =
                slips.last().is_some_and(|slip| slip.slip_no == slip_no && slip.sold_on == sold_on);
            if !same_slip {
                if slips.len() == RECENT_SALES_MAX {
                    return Ok(ControlFlow::Break(()));
                }
                let (amount, lines) = (Decimal::ZERO, Vec::new());
                slips.push(RecentSale { slip_no, sold_on, amount, lines, more_lines: 0 });
            }
            let line = line_of(row)?;
            if let Some(slip) = slips.last_mut() {
                slip.amount += line.amount;
                slip.lines.push(line);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        for slip in &mut slips {
            // The index was read backwards.
            slip.lines.reverse();
            slip.more_lines =
                u32::try_from(slip.lines.len().saturating_sub(SLIP_LINES_MAX)).unwrap_or(u32::MAX);
            slip.lines.truncate(SLIP_LINES_MAX);
        }
        Ok(slips)
    }
}

fn line_of(row: &Row<'_>) -> Result<SaleLineEntry, StoreError> {
    Ok(SaleLineEntry {
        product_code: row.get(2)?,
        product_name: row.get(3)?,
        quantity: row.get(4)?,
        amount: row.get(5)?,
    })
}

/// Tags are written with any of the usual separators in one cell.
fn tags(written: Option<&str>) -> Vec<String> {
    let separators = ['、', ',', '，', '\n', ';', '/', '／'];
    let parts = written.unwrap_or_default().split(separators).map(str::trim);
    parts.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// A number as people read it; one that cannot be read is shown as it was written.
pub(super) fn shown_number(written: &str) -> Option<String> {
    match PhoneNumber::parse(written) {
        Ok(number) => Some(number.display()),
        Err(_) => Some(written.trim().to_owned()).filter(|text| !text.is_empty()),
    }
}

fn cut<T>(mut list: Vec<T>) -> Vec<T> {
    list.truncate(OPEN_MAX);
    list
}
