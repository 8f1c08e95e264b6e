//! What is under way for a customer: orders with their shipments, and projects.

use chrono::NaiveDate;

use super::Tables;
use crate::card::{OpenOrder, OpenProject, OrderShipment};
use crate::customer::PaymentMethod;
use crate::label::Open;
use crate::sales::ShipmentStatus;
use crate::store::StoreError;
use crate::store::driver::{Row, bind};

/// Which orders are not delivered yet. A list of three or more after IN would cost a temporary table each time.
macro_rules! undelivered {
    () => {
        "customer_code = ?1 AND o.delivered_on IS NULL
         AND coalesce(o.status, '') <> 'delivered' AND coalesce(o.status, '') <> 'invoiced'
         AND coalesce(o.status, '') <> 'completed' AND coalesce(o.status, '') <> 'cancelled'"
    };
}

impl Tables<'_> {
    pub(super) fn orders(&self, today: NaiveDate) -> Result<Vec<OpenOrder>, StoreError> {
        let mut orders = self.list(
            concat!(
                "SELECT o.order_no, o.title, o.status, o.amount, o.delivery_due_on FROM sales_order o WHERE o.",
                undelivered!(),
                " ORDER BY coalesce(o.delivery_due_on, '9999'), o.order_no"
            ),
            |row| {
                let delivery_due_on: Option<NaiveDate> = row.get(4)?;
                Ok(OpenOrder {
                    order_no: row.get(0)?,
                    title: row.get(1)?,
                    status: row.get(2)?,
                    amount: row.get(3)?,
                    delivery_due_on,
                    late: delivery_due_on.is_some_and(|due| due < today),
                    shipments: Vec::new(),
                })
            },
        )?;
        // Most customers have nothing under way: one query less for them.
        if !orders.is_empty() {
            for (order_no, shipment) in self.shipments(today)? {
                if let Some(order) = orders.iter_mut().find(|order| order.order_no == order_no) {
                    order.shipments.push(shipment);
                }
            }
        }
        Ok(orders)
    }

    fn shipments(&self, today: NaiveDate) -> Result<Vec<(String, OrderShipment)>, StoreError> {
        self.list(
            concat!(
                "SELECT s.order_no, s.shipment_no, s.carrier, s.tracking_no, s.status, s.shipped_on, s.due_on,
                        s.delivered_on
                 FROM sales_order o CROSS JOIN shipment s ON s.order_no = o.order_no WHERE o.",
                undelivered!(),
                " AND coalesce(s.status, '') <> 'cancelled' ORDER BY s.order_no, s.shipped_on, s.shipment_no"
            ),
            |row| Ok((row.get(0)?, shipment(row, today)?)),
        )
    }

    pub(super) fn projects(&self, today: NaiveDate) -> Result<Vec<OpenProject>, StoreError> {
        let mut projects = self.list(
            "SELECT project_code, project_name, status, contract_amount, due_on FROM project WHERE
             customer_code = ?1 AND completed_on IS NULL AND coalesce(status, '') NOT IN ('completed',
             'cancelled')",
            |row| {
                let due_on: Option<NaiveDate> = row.get(4)?;
                Ok(OpenProject {
                    project_code: row.get(0)?,
                    project_name: row.get(1)?,
                    status: row.get(2)?,
                    contract_amount: row.get(3)?,
                    due_on,
                    late: due_on.is_some_and(|due| due < today),
                })
            },
        )?;
        // Here and not in SQL, which would open a sorter for the many that have none.
        projects.sort_by(|a, b| {
            let due = |project: &OpenProject| project.due_on.unwrap_or(NaiveDate::MAX);
            (due(a), &a.project_code).cmp(&(due(b), &b.project_code))
        });
        Ok(projects)
    }
}

fn shipment(row: &Row<'_>, today: NaiveDate) -> Result<OrderShipment, StoreError> {
    let status: Option<Open<ShipmentStatus>> = row.get(4)?;
    let (due_on, delivered_on): (Option<NaiveDate>, Option<NaiveDate>) = (row.get(6)?, row.get(7)?);
    let is_over = status.as_ref().and_then(Open::known).is_some_and(ShipmentStatus::is_over);
    let arrived = delivered_on.is_some() || is_over;
    Ok(OrderShipment {
        shipment_no: row.get(1)?,
        carrier: row.get(2)?,
        tracking_no: row.get(3)?,
        status,
        shipped_on: row.get(5)?,
        due_on,
        delivered_on,
        late: !arrived && due_on.is_some_and(|due| due < today),
    })
}

/// Terms and method of payment.
type Payment = (Option<String>, Option<Open<PaymentMethod>>);

/// The terms and the method of payment of a set of billing terms.
pub(super) fn billing_terms(tables: &Tables<'_>, id: &str) -> Result<Option<Payment>, StoreError> {
    tables.db.one(
        "SELECT payment_terms, payment_method FROM billing_term WHERE billing_terms_id = ?1",
        bind![id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
