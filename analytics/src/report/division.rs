//! By what a report divides customers: an attribute of theirs, or a field that the company defined.

use std::str::FromStr;

use clap::ValueEnum;
use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::label::Lang;
use shared::rank::RankMaster;
use shared::store::Store;

use super::axis::Axis;
use super::extension::{ExtensionField, ExtensionFields, PREFIX};
use super::filter::Filters;
use crate::output::SheetColumn;

/// A division as it is written: `industry`, `ext:FIELD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// An attribute.
    Attribute(Axis),
    /// A field, by its code or label.
    Field(String),
}

impl From<Axis> for By {
    fn from(axis: Axis) -> Self {
        Self::Attribute(axis)
    }
}

impl FromStr for By {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(field) = text.strip_prefix(PREFIX) {
            return Ok(Self::Field(field.to_owned()));
        }
        <Axis as ValueEnum>::from_str(text, false).map(Self::Attribute).map_err(|_| {
            let known: Vec<&str> = Axis::value_variants().iter().map(|axis| axis.name()).collect();
            format!("choose one of {}, or {PREFIX}FIELD", known.join(", "))
        })
    }
}

/// A division as a report uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Division {
    /// An attribute.
    Attribute(Axis),
    /// A field that the company defined.
    Field(ExtensionField),
}

impl Division {
    /// What is written, looked up among the company's fields.
    pub(crate) fn of(by: &By, fields: &ExtensionFields) -> Result<Self, Failure> {
        Ok(match by {
            By::Attribute(axis) => Self::Attribute(*axis),
            By::Field(typed) => Self::Field(fields.find(typed)?.clone()),
        })
    }

    /// The identifier in JSON.
    pub fn name(&self) -> String {
        match self {
            Self::Attribute(axis) => axis.name().to_owned(),
            Self::Field(field) => field.name(),
        }
    }

    /// The value of the customer `c` of `segment_customers`, as text.
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::Attribute(axis) => axis.sql().to_owned(),
            Self::Field(field) => field.sql(),
        }
    }

    /// The column of a sheet.
    pub(crate) fn column(&self) -> SheetColumn {
        match self {
            Self::Attribute(axis) => SheetColumn::new(axis.label()),
            Self::Field(field) => SheetColumn::named(&field.label),
        }
    }

    /// A value as people read it.
    pub(crate) fn display(&self, value: &str, lang: Lang) -> String {
        match self {
            Self::Attribute(axis) => axis.display(value, lang),
            Self::Field(_) => value.to_owned(),
        }
    }

    /// Where a value stands among the others; smaller comes first.
    pub(crate) fn order(&self, value: &str, sales: Decimal, ranks: &RankMaster) -> Decimal {
        match self {
            Self::Attribute(axis) => axis.order(value, sales, ranks),
            Self::Field(_) => -sales,
        }
    }
}

/// The company's fields, when the command line names one.
pub(crate) fn fields(store: &Store, by: &[By], filters: &Filters) -> Result<ExtensionFields, Failure> {
    let named = by.iter().any(|by| matches!(by, By::Field(_))) || !filters.fields.is_empty();
    Ok(if named { ExtensionFields::read(store)? } else { ExtensionFields::default() })
}
