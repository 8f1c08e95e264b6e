//! The options of declared reports.

use clap::Args;
use shared::exit::Failure;

use super::period::{Compare, PeriodArgs};
use crate::model::condition::parts;
use crate::model::tables::SEGMENT_CUSTOMERS;
use crate::model::{Conditions, ExtensionFields};

/// The options of every declared report. What is not given is as declared.
#[derive(Debug, Clone, Default, Args)]
pub struct QueryArgs {
    /// Attributes to divide by, up to three: identifiers or labels, or ext:FIELD (`report list --axes`).
    #[arg(long, value_name = "ATTRIBUTE", value_delimiter = ',')]
    pub by: Vec<String>,
    /// Only rows with one of these values; repeated conditions all apply; `unknown` means without a value.
    #[arg(long = "where", value_name = "NAME=VALUE")]
    pub conditions: Vec<String>,
    /// The customers.
    #[command(flatten)]
    pub customers: CustomerArgs,
    /// The period.
    #[command(flatten)]
    pub period: PeriodArgs,
    /// The period that figures are compared with.
    #[arg(long, value_enum)]
    pub compare: Option<Compare>,
    /// Figures to show instead of the declared ones (`report list --figures`).
    #[arg(long, value_name = "FIGURE", value_delimiter = ',')]
    pub figures: Vec<String>,
    /// The figure whose largest values come first; `none` for the order of the attributes.
    #[arg(long, value_name = "FIGURE")]
    pub sort: Option<String>,
    /// Show only so many rows; totals are of all.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub top: Option<u32>,
}

impl QueryArgs {
    /// The options that are given, of those that not every shape takes.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let period = &self.period;
        let named = period.month.is_some() || period.quarter.is_some() || period.fy.is_some();
        let given = [
            (!self.by.is_empty(), "--by"),
            (!self.figures.is_empty(), "--figures"),
            (self.sort.is_some(), "--sort"),
            (self.top.is_some(), "--top"),
            (self.compare.is_some(), "--compare"),
            (period.from.is_some() || named, "--from"),
        ];
        given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, option)| option).collect()
    }
}

/// Short forms of `--where` for customers' attributes.
#[derive(Debug, Clone, Default, Args)]
pub struct CustomerArgs {
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
}

/// Which customers a report by segment counts.
#[derive(Debug, Clone, Default, Args)]
pub struct Filters {
    /// The customers.
    #[command(flatten)]
    pub customers: CustomerArgs,
    /// Only customers with one of these values; repeated conditions all apply; `unknown` means without a value.
    #[arg(long = "where", value_name = "NAME=VALUE")]
    pub conditions: Vec<String>,
}

impl Filters {
    /// The conditions on customers, with the company's fields looked up.
    ///
    /// # Errors
    /// An unknown attribute, or a value that is none of its kind: exit code 64.
    pub fn resolve(&self, fields: &ExtensionFields) -> Result<Conditions, Failure> {
        let written = self.conditions.iter().map(|written| parts(written));
        let written = written.collect::<Result<Vec<_>, _>>()?;
        Conditions::read(self.customers.each().chain(written), &SEGMENT_CUSTOMERS, fields)
    }
}

impl CustomerArgs {
    /// The attributes and values that are given.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let all: [(&str, &[String]); 6] = [
            ("sales_area", &self.area),
            ("industry", &self.industry),
            ("rank", &self.rank),
            ("customer_type", &self.customer_type),
            ("account_owner", &self.owner),
            ("trading_status", &self.status),
        ];
        let given = all.into_iter().filter(|(_, values)| !values.is_empty());
        given.map(|(name, values)| (name, values.iter().map(String::as_str).collect()))
    }
}
