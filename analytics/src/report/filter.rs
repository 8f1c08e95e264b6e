//! Which customers a report is about. All filters hold at once.

use clap::Args;
use serde_json::{Map, Value, json};
use shared::label::Lang;

use super::axis::Axis;
use crate::labels;
use crate::warehouse::Literal;

/// Filters; each takes one or more values (comma separated), of which one must fit. 「不明」 or `unknown`
/// stands for customers without the attribute.
#[derive(Debug, Clone, Default, Args)]
pub struct Filters {
    /// Areas (担当エリア).
    #[arg(long, value_delimiter = ',', value_name = "AREA")]
    pub area: Vec<String>,
    /// Industries (業種).
    #[arg(long, value_delimiter = ',', value_name = "INDUSTRY")]
    pub industry: Vec<String>,
    /// Ranks (顧客ランク).
    #[arg(long, value_delimiter = ',', value_name = "RANK")]
    pub rank: Vec<String>,
    /// Customer types: wholesale, direct, corporate (卸売, 直販, 法人).
    #[arg(long = "type", value_delimiter = ',', value_name = "TYPE")]
    pub customer_type: Vec<String>,
    /// Account owners (自社担当).
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    pub owner: Vec<String>,
    /// Trading statuses: active, suspended (取引中, 取引停止).
    #[arg(long, value_delimiter = ',', value_name = "STATUS")]
    pub status: Vec<String>,
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

    fn set(&self) -> impl Iterator<Item = (Axis, &[String])> {
        self.each().into_iter().filter(|(_, values)| !values.is_empty())
    }

    /// Whether every customer passes, and sales of unknown customer codes do too.
    pub fn is_empty(&self) -> bool {
        self.set().next().is_none()
    }

    /// The condition on `segment_customers c`.
    pub(crate) fn condition(&self) -> Literal {
        let conditions: Vec<String> = self.set().map(|(axis, values)| condition(axis, values)).collect();
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

    /// The filters as JSON: the stored values by attribute, only those that are set.
    pub fn json(&self) -> Value {
        let set = self.set().map(|(axis, values)| {
            let values: Vec<String> = values.iter().map(|value| axis.stored(value.trim())).collect();
            (axis.name().to_owned(), json!(values))
        });
        Value::Object(set.collect::<Map<_, _>>())
    }

    /// The filters in words.
    pub fn words(&self, lang: Lang) -> String {
        let words = |(axis, values): (Axis, &[String])| {
            let values: Vec<String> =
                values.iter().map(|value| axis.display(&axis.stored(value.trim()), lang)).collect();
            format!("{} = {}", axis.label().text(lang), values.join(", "))
        };
        let all: Vec<String> = self.set().map(words).collect();
        if all.is_empty() { labels::NO_FILTER.text(lang).to_owned() } else { all.join(" / ") }
    }
}

fn condition(axis: Axis, values: &[String]) -> String {
    let stored: Vec<String> = values.iter().map(|value| axis.stored(value.trim())).collect();
    let (missing, named): (Vec<String>, Vec<String>) =
        stored.into_iter().partition(|value| value == labels::UNKNOWN.ja || value == labels::UNKNOWN.en);
    let column = axis.sql();
    let named = format!("{column} IN {}", Literal::Texts(named).sql());
    match missing.is_empty() {
        true => named,
        false => format!("({named} OR {column} IS NULL)"),
    }
}
