//! What writing a row of a data set means beyond its own table: how a caller's number is stored, who looked after a
//! customer before, and the cards that show the row through another one.

use chrono::{DateTime, Utc};

use crate::caller::{CallerKind, CallerNumber};
use crate::clock::japan_date;
use crate::dataset::{CALLS, Dataset, OWNER_HISTORY};
use crate::label::Labelled;
use crate::rank::{RankDirection, RankMaster};
use crate::store::driver::bind;
use crate::store::ranks::RANKS_IN_ORDER;
use crate::store::{AuditAction, AuditEntry, StoreError, Transaction};
use crate::value::Value;

/// The values of a call as they are stored: a whole number as E.164 with its kind, and no number at all when it was
/// withheld (ARCHITECTURE.md, "What always holds"). `None` when nothing has to change.
pub(super) fn kept_call(dataset: &Dataset, values: &[Option<Value>]) -> Option<Vec<Option<Value>>> {
    if dataset.table != CALLS.table {
        return None;
    }
    let (kind_at, number_at) = (dataset.column_index("caller_kind")?, dataset.column_index("caller_e164")?);
    let Some(Value::Text(written)) = &values[number_at] else { return None };
    let hidden = matches!(&values[kind_at], Some(Value::Text(kind))
        if CallerKind::from_identifier(kind).is_some_and(CallerKind::hides_number));
    let mut kept = values.to_vec();
    kept[number_at] = Some(Value::Null);
    if !hidden {
        let caller = CallerNumber::from_caller_id(written, "");
        kept[number_at] = Some(caller.number().map_or(Value::Null, |n| Value::Text(n.e164().to_owned())));
        kept[kind_at] = Some(Value::Text(caller.kind().as_str().to_owned()));
    }
    Some(kept)
}

impl Transaction<'_> {
    /// Records that another representative looks after a customer. Of several changes within a millisecond the
    /// first `from` and the last `to` are kept.
    pub(super) fn note_owner_change(
        &mut self,
        customer_code: &Value,
        from: &Value,
        to: &Value,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO owner_history (customer_code, changed_at, owner_from, owner_to, origin) VALUES (?1, ?2,
             ?3, ?4, 'here') ON CONFLICT (customer_code, changed_at) DO UPDATE SET owner_to = excluded.owner_to",
            bind![customer_code, now, from, to],
        )?;
        self.touch(OWNER_HISTORY.name, "");
        Ok(())
    }

    /// Records that a rank was edited: by an import or a command, not by a run.
    pub(super) fn note_rank_edit(
        &mut self,
        customer_code: &Value,
        from: &Value,
        to: &Value,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let name = |value: &Value| match value {
            Value::Text(rank) => rank.clone(),
            _ => String::new(),
        };
        let (from, to) = (name(from), name(to));
        let names: Vec<String> = self.db.column(RANKS_IN_ORDER, &[])?;
        let direction = match RankMaster::new(names).unwrap_or_default().direction(Some(&from), Some(&to)) {
            RankDirection::Same => return Ok(()),
            _ if to.trim().is_empty() => RankDirection::Cleared,
            direction => direction,
        };
        let rank_from = Some(&from).filter(|from| !from.is_empty());
        self.db.execute(
            "INSERT INTO rank_edit (customer_code, edited_at, edited_on, rank_from, rank_to, direction,
             actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            bind![customer_code, now, japan_date(now), rank_from, to, direction, self.actor()],
        )?;
        let shown = |rank: &str| if rank.is_empty() { "—".to_owned() } else { rank.to_owned() };
        let detail = format!("{} → {}", shown(&from), shown(&to));
        let (actor, subject) = (self.actor().to_owned(), name(customer_code));
        self.audit(&AuditEntry {
            at: now,
            actor,
            action: AuditAction::RankEdit.into(),
            subject: Some(subject),
            detail: Some(detail),
        })
    }

    /// Marks the cards stale that show this row though it names no customer.
    pub(super) fn mark_indirect(
        &mut self,
        dataset: &Dataset,
        values: &[Option<Value>],
    ) -> Result<(), StoreError> {
        let (key, customers) = match dataset.table {
            "shipment" => ("order_no", "SELECT customer_code FROM sales_order WHERE order_no = ?1"),
            "billing_term" => {
                ("billing_terms_id", "SELECT customer_code FROM customer WHERE billing_terms_id = ?1")
            }
            _ => return Ok(()),
        };
        let Some(key) = dataset.column_index(key).and_then(|at| values[at].as_ref()) else { return Ok(()) };
        let customers: Vec<String> = self.db.column(customers, bind![key])?;
        self.stale.extend(customers);
        Ok(())
    }
}
