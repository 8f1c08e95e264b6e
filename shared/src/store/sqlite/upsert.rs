//! Writing rows of data sets by their natural keys.

use std::rc::Rc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Statement, ToSql};

use super::effects::kept_call;
use super::transaction::SqliteTransaction;
use super::{Explained, StoreError};
use crate::company::company_key;
use crate::dataset::Dataset;
use crate::store::{RowOutcome, Value};
use crate::text::search_key;

/// The statements for one data set and one choice of given columns.
#[derive(Debug)]
pub(super) struct UpsertPlan {
    insert: String,
    /// `None` when the key is all that is given.
    update: Option<String>,
    select: String,
    /// Positions, in the data set, of the given columns.
    given: Vec<usize>,
    pub(super) key: Vec<usize>,
    month: Option<usize>,
    customer: Option<usize>,
    /// Position, among the given columns, of the one whose changes are kept: a customer's own representative.
    owner: Option<usize>,
    /// What an empty value becomes where the table allows no NULL.
    defaults: Vec<Option<Value>>,
}

/// Where a row was shown before a write changed it.
struct Before {
    month: Option<Value>,
    customer: Option<Value>,
    /// The representative, when the write changed it.
    owner: Option<Value>,
}

/// Columns that follow from others, written beside them: name of the column, source column, rule.
type Derived = (&'static str, &'static str, fn(&str) -> String);

const CUSTOMER_KEYS: &[Derived] =
    &[("name_key", "customer_name", company_key), ("kana_key", "name_kana", search_key)];

fn derived(dataset: &Dataset) -> &'static [Derived] {
    if dataset.table == "customer" { CUSTOMER_KEYS } else { &[] }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(rusqlite::types::Value::Null),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Integer(number) => ToSqlOutput::Owned(rusqlite::types::Value::Integer(*number)),
        })
    }
}

impl SqliteTransaction<'_> {
    pub(in crate::store) fn upsert(
        &mut self,
        dataset: &Dataset,
        values: &[Option<Value>],
    ) -> Result<RowOutcome, StoreError> {
        if values.len() != dataset.columns.len() {
            return Err(StoreError::Conflict(format!(
                "{}: {} values for {} columns",
                dataset.name,
                values.len(),
                dataset.columns.len()
            )));
        }
        let completed = with_whole_key(dataset, values);
        let values = completed.as_deref().unwrap_or(values);
        let kept = kept_call(dataset, values);
        let values = kept.as_deref().unwrap_or(values);
        let plan = self.plan(dataset, values)?;
        let outcome = self.write_row(dataset, &plan, values)?;
        if outcome != RowOutcome::Unchanged {
            self.index_numbers(dataset, values)?;
            self.mark_indirect(dataset, values)?;
            if let Some(Value::Text(code)) = plan.customer.and_then(|at| values[at].as_ref())
                && !self.stale.contains(code)
            {
                self.stale.insert(code.clone());
            }
        }
        Ok(outcome)
    }

    fn write_row(
        &mut self,
        dataset: &Dataset,
        plan: &UpsertPlan,
        values: &[Option<Value>],
    ) -> Result<RowOutcome, StoreError> {
        let path = self.path.clone();
        let mut insert = self.connection.prepare_cached(&plan.insert).at(&path)?;
        let bound = bind_given(&mut insert, plan, values).at(&path)?;
        bind_derived(&mut insert, dataset, values, bound).at(&path)?;
        let inserted = insert.raw_execute().at(&path)? == 1;
        drop(insert);
        let month_column = dataset.month_column.is_some();
        if inserted {
            self.touch_month(dataset, month_column, plan.month.and_then(|at| values[at].as_ref()));
            return Ok(RowOutcome::New);
        }
        let Some(before) = self.difference(plan, values)? else {
            return Ok(RowOutcome::Unchanged);
        };
        if let Some(update) = &plan.update {
            let mut update = self.connection.prepare_cached(update).at(&path)?;
            let bound = bind_given(&mut update, plan, values).at(&path)?;
            bind_derived(&mut update, dataset, values, bound).at(&path)?;
            update.raw_execute().at(&path)?;
        }
        let month = |date: Option<&Value>| match date {
            Some(Value::Text(date)) => date.get(..7).map(str::to_owned),
            _ => None,
        };
        let now = plan.month.and_then(|at| values[at].as_ref());
        self.moved = now.is_some() && month(now) != month(before.month.as_ref());
        self.touch_month(dataset, month_column, before.month.as_ref());
        self.touch_month(dataset, month_column, now.or(before.month.as_ref()));
        if let (Some(from), Some(owner)) = (&before.owner, plan.owner) {
            let (code, to) = (given(plan, values, plan.key[0]), given(plan, values, plan.given[owner]));
            self.note_owner_change(code, from, to)?;
        }
        if let Some(Value::Text(code)) = before.customer {
            self.stale.insert(code);
        }
        Ok(RowOutcome::Changed)
    }

    /// Whether the row that was changed last has another month than before.
    pub(in crate::store) fn moved(&self) -> bool {
        self.moved
    }

    /// Lines of a document that come after the one with this number, by the first two columns of the key.
    pub(in crate::store) fn lines_beyond(
        &self,
        dataset: &Dataset,
        document: &str,
        line: i64,
    ) -> Result<u64, StoreError> {
        let [document_column, line_column, ..] = dataset.key else { return Ok(0) };
        let sql = format!(
            "SELECT count(*) FROM {} WHERE {document_column} = ?1 AND {line_column} > ?2",
            dataset.table
        );
        let mut select = self.connection.prepare_cached(&sql).at(&self.path)?;
        let lines: i64 = select.query_row((document, line), |row| row.get(0)).at(&self.path)?;
        Ok(lines.unsigned_abs())
    }

    /// What the row was before the write, when a given value differs; `None` when none does.
    fn difference(&self, plan: &UpsertPlan, values: &[Option<Value>]) -> Result<Option<Before>, StoreError> {
        let mut select = self.connection.prepare_cached(&plan.select).at(&self.path)?;
        for (position, &at) in plan.key.iter().enumerate() {
            select.raw_bind_parameter(position + 1, given(plan, values, at)).at(&self.path)?;
        }
        let mut rows = select.raw_query();
        let Some(row) = rows.next().at(&self.path)? else {
            // The insert was passed over, and not for a row with this key: a needed column is not given.
            return Err(StoreError::Conflict("the row is new and lacks a column that it needs".to_owned()));
        };
        let old = |position: usize| {
            row.get_ref(position).ok().map(|kept| match kept {
                ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                _ => Value::Null,
            })
        };
        let (mut differs, mut owner) = (false, None);
        for (position, &at) in plan.given.iter().enumerate() {
            let kept = row.get_ref(position).at(&self.path)?;
            if !same(kept, given(plan, values, at)) {
                differs = true;
                owner = owner.or(plan.owner.filter(|owner| *owner == position));
            }
        }
        let further = plan.given.len();
        Ok(differs.then(|| Before {
            month: plan.month.and_then(|_| old(further)),
            customer: plan.customer.and_then(|_| old(further + 1)),
            owner: owner.and_then(old),
        }))
    }

    fn touch_month(&mut self, dataset: &Dataset, by_month: bool, date: Option<&Value>) {
        match date {
            Some(Value::Text(date)) if by_month => {
                let month = date.get(..7).unwrap_or_default().to_owned();
                self.touch(dataset.name, &month);
            }
            _ => self.touch(dataset.name, ""),
        }
    }

    pub(super) fn plan(
        &mut self,
        dataset: &Dataset,
        values: &[Option<Value>],
    ) -> Result<Rc<UpsertPlan>, StoreError> {
        let mask = values
            .iter()
            .enumerate()
            .fold(0_u128, |mask, (at, value)| if value.is_some() { mask | (1 << at) } else { mask });
        if let Some(plan) = self.plans.get(&(dataset.name, mask)) {
            return Ok(plan.clone());
        }
        let plan = Rc::new(self.make_plan(dataset, values)?);
        self.plans.insert((dataset.name, mask), plan.clone());
        Ok(plan)
    }

    fn make_plan(&self, dataset: &Dataset, values: &[Option<Value>]) -> Result<UpsertPlan, StoreError> {
        let key = dataset.key_indexes();
        let given: Vec<usize> = (0..values.len()).filter(|&at| values[at].is_some()).collect();
        let mut columns: Vec<&str> = given.iter().map(|&at| dataset.columns[at].name).collect();
        let plain = columns.len();
        for (name, source, _) in derived(dataset) {
            if columns[..plain].contains(source) {
                columns.push(name);
            }
        }
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
        let stamped = dataset.table == "customer";
        let (more_columns, more_values) = declared_defaults(dataset, &given);
        let insert = format!(
            "INSERT OR IGNORE INTO {} ({}{}{more_columns}) VALUES ({}{}{more_values})",
            dataset.table,
            columns.join(", "),
            if stamped { ", updated_at" } else { "" },
            places.join(", "),
            if stamped { ", strftime('%Y-%m-%dT%H:%M:%SZ', 'now')" } else { "" },
        );
        let mut settings: Vec<String> = columns
            .iter()
            .zip(&places)
            .filter(|(name, _)| !dataset.key.contains(name))
            .map(|(name, place)| format!("{name} = {place}"))
            .collect();
        let has_update = !settings.is_empty();
        if stamped {
            settings.push("updated_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')".to_owned());
        }
        let keyed: Vec<String> = key
            .iter()
            .map(|at| {
                let place = given.iter().position(|given| given == at).unwrap_or_default() + 1;
                format!("{} = ?{place}", dataset.columns[*at].name)
            })
            .collect();
        let by_key: Vec<String> = key
            .iter()
            .enumerate()
            .map(|(place, at)| format!("{} = ?{}", dataset.columns[*at].name, place + 1))
            .collect();
        Ok(UpsertPlan {
            insert,
            update: has_update.then(|| {
                format!("UPDATE {} SET {} WHERE {}", dataset.table, settings.join(", "), keyed.join(" AND "))
            }),
            select: format!(
                "SELECT {}, {}, {} FROM {} WHERE {}",
                columns[..plain].join(", "),
                dataset.month_column.unwrap_or("NULL"),
                dataset.customer_column.unwrap_or("NULL"),
                dataset.table,
                by_key.join(" AND ")
            ),
            month: dataset.month_column.and_then(|name| dataset.column_index(name)),
            customer: dataset.customer_column.and_then(|name| dataset.column_index(name)),
            owner: given.iter().position(|&at| stamped && dataset.columns[at].name == "account_owner"),
            defaults: self.defaults(dataset)?,
            given,
            key,
        })
    }

    /// For each column what an empty value becomes: the table's default where it allows no NULL, '' in a key.
    fn defaults(&self, dataset: &Dataset) -> Result<Vec<Option<Value>>, StoreError> {
        let mut found = vec![None; dataset.columns.len()];
        let mut info = self
            .connection
            .prepare_cached("SELECT name, \"notnull\", dflt_value, pk FROM pragma_table_info(?1)")
            .at(&self.path)?;
        let mut rows = info.query([dataset.table]).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            let name: String = row.get(0).at(&self.path)?;
            let not_null: bool = row.get(1).at(&self.path)?;
            let default: Option<String> = row.get(2).at(&self.path)?;
            let Some(at) = dataset.column_index(&name) else { continue };
            if let (true, Some(default)) = (not_null, default) {
                found[at] = Some(match default.parse() {
                    Ok(number) => Value::Integer(number),
                    Err(_) => Value::Text(default.trim_matches('\'').to_owned()),
                });
            }
        }
        Ok(found)
    }
}

/// The defaults that a data set declares for columns that are not given, for a row that is new: names and
/// literals, each after a comma.
fn declared_defaults(dataset: &Dataset, given: &[usize]) -> (String, String) {
    let (mut names, mut literals) = (String::new(), String::new());
    let absent = dataset.columns.iter().enumerate().filter(|(at, _)| !given.contains(at));
    for (_, column) in absent {
        let literal = match column.empty_value() {
            Value::Null => continue,
            Value::Integer(number) => number.to_string(),
            // A declaration's own text; none has a quote.
            Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        };
        names.extend([", ", column.name]);
        literals.extend([", ", literal.as_str()]);
    }
    (names, literals)
}

/// The values with an empty one for each key column that is not given, which then takes its default; `None`
/// when the key is whole already.
fn with_whole_key(dataset: &Dataset, values: &[Option<Value>]) -> Option<Vec<Option<Value>>> {
    let absent = |name: &&str| dataset.column_index(name).filter(|at| values[*at].is_none());
    dataset.key.iter().find_map(absent)?;
    let mut completed = values.to_vec();
    for at in dataset.key.iter().filter_map(absent) {
        completed[at] = Some(Value::Null);
    }
    Some(completed)
}

/// The value to write at a column: the given one, or the table's default for an empty one.
pub(super) fn given<'v>(plan: &'v UpsertPlan, values: &'v [Option<Value>], at: usize) -> &'v Value {
    match (&values[at], &plan.defaults[at]) {
        (Some(Value::Null) | None, Some(default)) => default,
        (Some(value), _) => value,
        (None, None) => &Value::Null,
    }
}

fn bind_given(
    statement: &mut Statement<'_>,
    plan: &UpsertPlan,
    values: &[Option<Value>],
) -> rusqlite::Result<usize> {
    for (position, &at) in plan.given.iter().enumerate() {
        statement.raw_bind_parameter(position + 1, given(plan, values, at))?;
    }
    Ok(plan.given.len())
}

fn bind_derived(
    statement: &mut Statement<'_>,
    dataset: &Dataset,
    values: &[Option<Value>],
    mut bound: usize,
) -> rusqlite::Result<()> {
    for (_, source, rule) in derived(dataset) {
        let Some(value) = dataset.column_index(source).and_then(|at| values[at].as_ref()) else { continue };
        bound += 1;
        let key = if let Value::Text(text) = value { rule(text) } else { String::new() };
        statement.raw_bind_parameter(bound, key)?;
    }
    Ok(())
}

fn same(kept: ValueRef<'_>, given: &Value) -> bool {
    match (kept, given) {
        (ValueRef::Null, Value::Null) => true,
        (ValueRef::Text(kept), Value::Text(given)) => kept == given.as_bytes(),
        (ValueRef::Integer(kept), Value::Integer(given)) => kept == *given,
        _ => false,
    }
}
