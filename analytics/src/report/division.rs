//! How a report divides customers: by an attribute, or by an extension field.

use std::str::FromStr;

use clap::ValueEnum;
use cli_kit::{BadValue, bad_value};
use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::rank::RankMaster;
use shared::store::Store;

use super::axis::Axis;
use super::extension::{ExtensionField, ExtensionFields, PREFIX};
use super::filter::Filters;
use crate::output::SheetColumn;

/// A division on the command line: `industry`, `ext:FIELD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// An attribute.
    Attribute(Axis),
    /// An extension field, by its code or label.
    Field(String),
}

impl From<Axis> for By {
    fn from(axis: Axis) -> Self {
        Self::Attribute(axis)
    }
}

impl FromStr for By {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        if let Some(field) = text.strip_prefix(PREFIX) {
            return Ok(Self::Field(field.to_owned()));
        }
        <Axis as ValueEnum>::from_str(text, false).map(Self::Attribute).map_err(|_| {
            let known: Vec<&str> = Axis::value_variants().iter().map(|axis| axis.name()).collect();
            bad_value(message!(
                "次のいずれか、または {prefix}項目 を指定してください: {known}",
                "choose one of {known}, or {prefix}FIELD",
                known = known.join(", "),
                prefix = PREFIX,
            ))
        })
    }
}

/// A division as a report uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Division {
    /// An attribute.
    Attribute(Axis),
    /// An extension field.
    Field(ExtensionField),
}

impl Division {
    /// The division of a command line, with an extension field looked up.
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

    /// The text of a value for people.
    pub(crate) fn display(&self, value: &str, lang: Lang) -> String {
        match self {
            Self::Attribute(axis) => axis.display(value, lang),
            Self::Field(_) => value.to_owned(),
        }
    }

    /// The sort order of a value; smaller comes first.
    pub(crate) fn order(&self, value: &str, sales: Decimal, ranks: &RankMaster) -> Decimal {
        match self {
            Self::Attribute(axis) => axis.order(value, sales, ranks),
            Self::Field(_) => -sales,
        }
    }
}

/// The extension fields, read only when the command line names one.
pub(crate) fn fields(store: &Store, by: &[By], filters: &Filters) -> Result<ExtensionFields, Failure> {
    let named = by.iter().any(|by| matches!(by, By::Field(_))) || !filters.fields.is_empty();
    Ok(if named { ExtensionFields::read(store)? } else { ExtensionFields::default() })
}
