//! The statements that write a row, made once for each choice of given columns.

use std::collections::HashMap;
use std::rc::Rc;

use crate::company::company_key;
use crate::dataset::{Dataset, ORIGIN};
use crate::store::{StoreError, Transaction};
use crate::text::search_key;
use crate::value::Value;

/// Plans that are kept: rows whose empty cells are left out may each give other columns.
const PLANS_MAX: usize = 1_000;

/// The plans of one transaction, by data set and given columns.
pub(in crate::store) type Plans = HashMap<(&'static str, u128), Rc<Plan>>;

/// The statements for one data set and one choice of given columns.
#[derive(Debug)]
pub(in crate::store) struct Plan {
    pub(super) insert: String,
    /// `None` when only the key is given.
    pub(super) update: Option<String>,
    pub(super) select: String,
    /// Positions, in the data set, of the given columns.
    pub(super) given: Vec<usize>,
    pub(super) key: Vec<usize>,
    pub(super) month: Option<usize>,
    pub(super) customer: Option<usize>,
    /// Position, among the given columns, of the one whose changes are recorded: a customer's representative.
    pub(super) owner: Option<usize>,
    /// The same for a customer's rank.
    pub(super) rank: Option<usize>,
    /// Position, among the given columns, of a record's origin, which never changes.
    pub(super) origin: Option<usize>,
    /// Whether the table has `updated_at`, bound after the other parameters.
    pub(super) stamped: bool,
    /// What an empty value becomes where the table allows no NULL.
    defaults: Vec<Option<Value>>,
}

/// A column that follows from another one and is written beside it: its name, the source column, the rule.
type Derived = (&'static str, &'static str, fn(&str) -> String);

const CUSTOMER_KEYS: &[Derived] =
    &[("name_key", "customer_name", company_key), ("kana_key", "name_kana", search_key)];

/// The derived columns of a data set.
pub(super) fn derived(dataset: &Dataset) -> &'static [Derived] {
    if dataset.table == "customer" { CUSTOMER_KEYS } else { &[] }
}

impl Plan {
    /// The value to write at a column: the given one, or the table's default for an empty one.
    pub(super) fn value<'v>(&'v self, values: &'v [Option<Value>], at: usize) -> &'v Value {
        match (&values[at], &self.defaults[at]) {
            (Some(Value::Null) | None, Some(default)) => default,
            (Some(value), _) => value,
            (None, None) => &Value::Null,
        }
    }

    /// The values of the row's key, as they are stored.
    pub(super) fn key_values<'v>(&'v self, values: &'v [Option<Value>]) -> Vec<&'v Value> {
        self.key.iter().map(|&at| self.value(values, at)).collect()
    }

    fn new(dataset: &Dataset, values: &[Option<Value>], defaults: Vec<Option<Value>>) -> Self {
        let key = dataset.key_indexes();
        let given: Vec<usize> = (0..values.len()).filter(|&at| values[at].is_some()).collect();
        let stamped = dataset.table == "customer";
        let columns = Columns::new(dataset, &given);
        Self {
            insert: columns.insert(dataset, &given, stamped),
            update: columns.update(dataset, &given, stamped),
            select: columns.select(dataset),
            month: dataset.month_column.and_then(|name| dataset.column_index(name)),
            customer: dataset.customer_column.and_then(|name| dataset.column_index(name)),
            origin: given.iter().position(|&at| dataset.columns[at].name == ORIGIN),
            owner: given.iter().position(|&at| stamped && dataset.columns[at].name == "account_owner"),
            rank: given.iter().position(|&at| stamped && dataset.columns[at].name == "rank"),
            stamped,
            defaults,
            given,
            key,
        }
    }
}

/// The columns that are written: the given ones, then those derived from them.
struct Columns {
    names: Vec<&'static str>,
    given: usize,
}

impl Columns {
    fn new(dataset: &Dataset, given: &[usize]) -> Self {
        let mut names: Vec<&'static str> = given.iter().map(|&at| dataset.columns[at].name).collect();
        let given = names.len();
        for (name, source, _) in derived(dataset) {
            if names[..given].contains(source) {
                names.push(name);
            }
        }
        Self { names, given }
    }

    fn insert(&self, dataset: &Dataset, given: &[usize], stamped: bool) -> String {
        let mut names = self.names.join(", ");
        let mut values: Vec<String> = (1..=self.names.len()).map(|place| format!("?{place}")).collect();
        if stamped {
            names.push_str(", updated_at");
            values.push(format!("?{}", self.names.len() + 1));
        }
        for (name, literal) in declared_defaults(dataset, given) {
            names.extend([", ", name]);
            values.push(literal);
        }
        format!("INSERT OR IGNORE INTO {} ({names}) VALUES ({})", dataset.table, values.join(", "))
    }

    fn update(&self, dataset: &Dataset, given: &[usize], stamped: bool) -> Option<String> {
        let places = self.names.iter().enumerate().map(|(at, name)| (name, at + 1));
        let mut settings: Vec<String> = places
            .filter(|(name, _)| !dataset.key.contains(name) && **name != ORIGIN)
            .map(|(name, place)| format!("{name} = ?{place}"))
            .collect();
        if settings.is_empty() {
            return None;
        }
        if stamped {
            settings.push(format!("updated_at = ?{}", self.names.len() + 1));
        }
        let keyed: Vec<String> = dataset
            .key_indexes()
            .iter()
            .map(|at| {
                let place = given.iter().position(|given| given == at).unwrap_or_default() + 1;
                format!("{} = ?{place}", dataset.columns[*at].name)
            })
            .collect();
        Some(format!("UPDATE {} SET {} WHERE {}", dataset.table, settings.join(", "), keyed.join(" AND ")))
    }

    /// The given columns, the month's, the customer's and the origin of the row with a key.
    fn select(&self, dataset: &Dataset) -> String {
        let by_key: Vec<String> =
            dataset.key.iter().enumerate().map(|(place, name)| format!("{name} = ?{}", place + 1)).collect();
        format!(
            "SELECT {}, {}, {}, {} FROM {} WHERE {}",
            self.names[..self.given].join(", "),
            dataset.month_column.unwrap_or("NULL"),
            dataset.customer_column.unwrap_or("NULL"),
            if dataset.is_numbered_here() { ORIGIN } else { "NULL" },
            dataset.table,
            by_key.join(" AND ")
        )
    }
}

/// The defaults that a data set declares for columns that are not given, for a new row: names and literals.
fn declared_defaults(dataset: &Dataset, given: &[usize]) -> Vec<(&'static str, String)> {
    let absent = dataset.columns.iter().enumerate().filter(|(at, _)| !given.contains(at));
    absent
        .filter_map(|(_, column)| match column.empty_value() {
            Value::Null => None,
            Value::Integer(number) => Some((column.name, number.to_string())),
            Value::Text(text) => Some((column.name, format!("'{}'", text.replace('\'', "''")))),
        })
        .collect()
}

/// The values with an empty one for each key column that is not given, which then takes its default; `None`
/// when the key is whole already.
pub(super) fn with_whole_key(dataset: &Dataset, values: &[Option<Value>]) -> Option<Vec<Option<Value>>> {
    let absent = |name: &&str| dataset.column_index(name).filter(|at| values[*at].is_none());
    dataset.key.iter().find_map(absent)?;
    let mut completed = values.to_vec();
    for at in dataset.key.iter().filter_map(absent) {
        completed[at] = Some(Value::Null);
    }
    Some(completed)
}

impl Transaction<'_> {
    /// The plan for a data set and the columns that `values` give.
    pub(super) fn plan(
        &mut self,
        dataset: &Dataset,
        values: &[Option<Value>],
    ) -> Result<Rc<Plan>, StoreError> {
        let mask = values
            .iter()
            .enumerate()
            .fold(0_u128, |mask, (at, value)| if value.is_some() { mask | (1 << at) } else { mask });
        if let Some(plan) = self.plans.get(&(dataset.name, mask)) {
            return Ok(plan.clone());
        }
        if self.plans.len() >= PLANS_MAX {
            self.plans.clear();
        }
        let plan = Rc::new(Plan::new(dataset, values, self.defaults(dataset)?));
        self.plans.insert((dataset.name, mask), plan.clone());
        Ok(plan)
    }
}
