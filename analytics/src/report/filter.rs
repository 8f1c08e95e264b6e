//! The customers of a report. All filters apply at once.

use clap::Args;
use serde_json::{Map, Value, json};
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;

use super::axis::Axis;
use super::extension::{ExtensionField, ExtensionFields};
use crate::labels;
use crate::warehouse::Literal;

/// Filters. Each takes one or more values (comma separated), of which one must match; `unknown` (不明) matches
/// customers without the attribute.
#[derive(Debug, Clone, Default, Args)]
pub struct Filters {
    /// Sales areas.
    #[arg(long, value_delimiter = ',', value_name = "AREA")]
    pub area: Vec<String>,
    /// Industries.
    #[arg(long, value_delimiter = ',', value_name = "INDUSTRY")]
    pub industry: Vec<String>,
    /// Customer ranks.
    #[arg(long, value_delimiter = ',', value_name = "RANK")]
    pub rank: Vec<String>,
    /// Customer types: wholesale, direct, corporate.
    #[arg(long = "type", value_delimiter = ',', value_name = "TYPE")]
    pub customer_type: Vec<String>,
    /// Owners: members of staff who look after customers.
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    pub owner: Vec<String>,
    /// Trading statuses: active, suspended.
    #[arg(long, value_delimiter = ',', value_name = "STATUS")]
    pub status: Vec<String>,
    /// An extension field, by code or label, and its value; several values of one field are alternatives.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub fields: Vec<String>,
}

impl Filters {
    fn each(&self) -> [(Axis, &[String]); 6] {
        [
            (Axis::SalesArea, &self.area),
            (Axis::Industry, &self.industry),
            (Axis::Rank, &self.rank),
            (Axis::CustomerType, &self.customer_type),
            (Axis::AccountOwner, &self.owner),
            (Axis::TradingStatus, &self.status),
        ]
    }

    /// The selection that the filters describe, with the company's fields looked up.
    ///
    /// # Errors
    /// A field that is not defined, or one without `=`: exit code 64.
    pub fn resolve(&self, fields: &ExtensionFields) -> Result<Selection, Failure> {
        let stored = |(axis, values): (Axis, &[String])| {
            (axis, values.iter().map(|value| axis.stored(value.trim())).collect::<Vec<_>>())
        };
        let set = self.each().into_iter().filter(|(_, values)| !values.is_empty());
        let mut selection = Selection { attributes: set.map(stored).collect(), fields: Vec::new() };
        for written in &self.fields {
            let Some((field, value)) = written.split_once('=') else {
                return Err(Failure::usage(message!(
                    "--where {written}: 「項目=値」の形で指定してください",
                    "--where {written}: write FIELD=VALUE",
                    written = written,
                )));
            };
            let (field, value) = (fields.find(field)?, value.trim());
            let is_missing = [labels::UNKNOWN.ja, labels::UNKNOWN.en].contains(&value);
            let value = if is_missing { value.to_owned() } else { field.stored(value)? };
            selection.add(field, &value);
        }
        Ok(selection)
    }
}

/// The customers of a report: for each attribute and field the values, of which one must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    attributes: Vec<(Axis, Vec<String>)>,
    fields: Vec<(ExtensionField, Vec<String>)>,
}

impl Selection {
    fn add(&mut self, field: &ExtensionField, value: &str) {
        match self.fields.iter_mut().find(|(known, _)| known == field) {
            Some((_, values)) => values.push(value.to_owned()),
            None => self.fields.push((field.clone(), vec![value.to_owned()])),
        }
    }

    /// Whether there is no filter: all customers, and sales of unknown customer codes.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.fields.is_empty()
    }

    /// The condition on `segment_customers c`.
    pub(crate) fn condition(&self) -> Literal {
        let attributes = self.attributes.iter().map(|(axis, values)| condition(*axis, values));
        let fields = self.fields.iter().map(|(field, values)| {
            let (missing, named) = missing(values);
            field.condition(&named, missing)
        });
        let conditions: Vec<String> = attributes.chain(fields).collect();
        match conditions.is_empty() {
            true => Literal::Fragment("TRUE"),
            false => Literal::Rendered(conditions.join(" AND ")),
        }
    }

    /// The same condition on a table that has a `customer_code`; without filters it is always true.
    pub(crate) fn members(&self) -> Literal {
        if self.is_empty() {
            return Literal::Fragment("TRUE");
        }
        let condition = self.condition().sql();
        Literal::Rendered(format!(
            "customer_code IN (SELECT c.customer_code FROM segment_customers c WHERE {condition})"
        ))
    }

    /// The filters as JSON: the stored values by attribute or field, only those that are set.
    pub fn json(&self) -> Value {
        let attributes = self.attributes.iter().map(|(axis, values)| (axis.name().to_owned(), json!(values)));
        let fields = self.fields.iter().map(|(field, values)| (field.name(), json!(values)));
        Value::Object(attributes.chain(fields).collect::<Map<_, _>>())
    }

    /// The filters as text.
    pub fn words(&self, lang: Lang) -> String {
        let attributes = self.attributes.iter().map(|(axis, values)| {
            let values: Vec<String> = values.iter().map(|value| axis.display(value, lang)).collect();
            format!("{} = {}", axis.label().text(lang), values.join(", "))
        });
        let fields =
            self.fields.iter().map(|(field, values)| format!("{} = {}", field.label, values.join(", ")));
        let all: Vec<String> = attributes.chain(fields).collect();
        if all.is_empty() { labels::NO_FILTER.text(lang).to_owned() } else { all.join(" / ") }
    }
}

/// Whether customers without a value are selected, and the selected values.
fn missing(values: &[String]) -> (bool, Vec<String>) {
    let (missing, named): (Vec<String>, Vec<String>) =
        values.iter().cloned().partition(|value| value == labels::UNKNOWN.ja || value == labels::UNKNOWN.en);
    (!missing.is_empty(), named)
}

fn condition(axis: Axis, values: &[String]) -> String {
    let (missing, named) = missing(values);
    let column = axis.sql();
    let named = format!("{column} IN {}", Literal::Texts(named).sql());
    match missing {
        false => named,
        true => format!("({named} OR {column} IS NULL)"),
    }
}
