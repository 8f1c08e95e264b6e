//! How a report divides rows: by a declared axis, or by an extension field of the company's own.

use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::rank::RankMaster;
use shared::settings_reader::near;

use super::axes::axes;
use super::axis::{Axis, AxisKind, Source};
use super::extension::{ExtensionField, ExtensionFields, PREFIX};
use super::table::{Entity, Table};
use super::time::TimeUnit;
use crate::output::{SheetColumn, Unit};

/// A dimension of a report.
#[derive(Debug, Clone, PartialEq)]
pub enum Dimension {
    /// A declared axis.
    Axis(&'static Axis),
    /// An extension field.
    Field(ExtensionField),
}

impl Dimension {
    /// The dimension that a word of the command line or of a report's file means.
    ///
    /// # Errors
    /// The table's rows have no such axis or field: exit code 64, with what they have.
    pub fn find(word: &str, table: &Table, fields: &ExtensionFields) -> Result<Self, Failure> {
        let word = word.trim();
        if word.starts_with(PREFIX) {
            return Ok(Self::Field(fields.find(word)?.clone()));
        }
        let of_table = || axes().filter(|axis| axis.is_of(table));
        if let Some(axis) = of_table().find(|axis| axis.is_called(word)) {
            return Ok(Self::Axis(axis));
        }
        if let Ok(field) = fields.find(word) {
            return Ok(Self::Field(field.clone()));
        }
        let known: Vec<&str> = of_table().map(|axis| axis.id).collect();
        let meant = match near(word, known.iter().copied()) {
            Some(near) => message!("「{near}」のことですか? ", "did you mean {near}? ", near = near),
            None => message!("", ""),
        };
        let own = fields.listed();
        let own = match own.is_empty() {
            true => message!("", ""),
            false => message!(
                "。拡張項目({prefix}コード): {own}",
                "; extension fields ({prefix}CODE): {own}",
                prefix = PREFIX,
                own = own,
            ),
        };
        Err(Failure::usage(message!(
            "項目「{word}」はこの集計では使えません。{meant}次のいずれかを指定してください: {known}{own}",
            "there is no attribute {word} here; {meant}choose one of {known}{own}",
            word = word,
            meant = meant,
            known = known.join(", "),
            own = own,
        )))
    }

    /// The identifier in JSON and on the command line.
    pub fn id(&self) -> String {
        match self {
            Self::Axis(axis) => axis.id.to_owned(),
            Self::Field(field) => field.name(),
        }
    }

    /// The value of a row, with the table's own names. A field is one of the first master, or row, that has fields of its
    /// data set.
    pub(crate) fn sql(&self, table: &Table) -> String {
        self.sql_at(table, table.date)
    }

    /// The same, for rows that count on another date. Days of the week stay what they are.
    pub(crate) fn sql_at(&self, table: &Table, date: &str) -> String {
        match self {
            Self::Axis(axis) => match axis.source {
                Source::Date(TimeUnit::Weekday) => TimeUnit::Weekday.sql(table.date),
                Source::Date(unit) => unit.sql(date),
                Source::Row(sql, _) | Source::Of(_, sql) => sql.to_owned(),
                Source::Key(entity) => {
                    table.reference(entity).map_or("NULL", |reference| reference.key).to_owned()
                }
            },
            Self::Field(field) => {
                let of_master = table.references.iter().find(|reference| {
                    reference.entity.dataset.is_some_and(|dataset| dataset.name == field.dataset)
                });
                let of_row = table.row.filter(|(dataset, _)| dataset.name == field.dataset);
                let key = of_master.map(|reference| reference.key).or(of_row.map(|(_, key)| key));
                field.sql(key.unwrap_or("NULL"))
            }
        }
    }

    /// The name beside a code, with the table's own names.
    pub(crate) fn name_sql(&self, table: &Table) -> Option<&'static str> {
        match self {
            Self::Axis(axis) => axis.reference(table).map(|reference| reference.name),
            Self::Field(_) => None,
        }
    }

    /// The master that a query must join.
    pub(crate) fn entity(&self) -> Option<&'static Entity> {
        match self {
            Self::Axis(axis) => axis.entity(),
            Self::Field(_) => None,
        }
    }

    /// The value from the text of the query.
    pub(crate) fn value(&self, raw: &str) -> String {
        match self {
            Self::Axis(Axis { kind: AxisKind::Time(unit), .. }) => unit.value(raw),
            _ => raw.to_owned(),
        }
    }

    /// The column of a sheet.
    pub(crate) fn column(&self) -> SheetColumn {
        match self {
            Self::Axis(axis) => SheetColumn::figure(axis.id, axis.label, Unit::Text),
            Self::Field(field) => SheetColumn::named(&field.label).identified(field.name()),
        }
    }

    /// The heading.
    pub fn heading(&self, lang: Lang) -> &str {
        match self {
            Self::Axis(axis) => axis.label.text(lang),
            Self::Field(field) => &field.label,
        }
    }

    /// The text of a value for people.
    pub(crate) fn display(&self, value: &str, lang: Lang) -> String {
        match self {
            Self::Axis(axis) => axis.display(value, lang),
            Self::Field(_) => value.to_owned(),
        }
    }

    /// The stored form of a typed value.
    ///
    /// # Errors
    /// It is not of the field's kind: exit code 64.
    pub(crate) fn stored(&self, typed: &str) -> Result<String, Failure> {
        match self {
            Self::Axis(axis) => Ok(axis.stored(typed)),
            Self::Field(field) => field.stored(typed),
        }
    }

    /// The sort order of a value; smaller comes first, values of equal order by their text. `weight` is the figure by
    /// which the largest come first where values have no order of their own.
    pub(crate) fn order(&self, value: &str, weight: Decimal, ranks: &RankMaster) -> Decimal {
        match self {
            Self::Axis(axis) => match axis.kind {
                AxisKind::Rank => ranks.position(value).map_or(Decimal::MAX, Decimal::from),
                AxisKind::Words(_) => axis.place(value).map_or(Decimal::MAX, Decimal::from),
                AxisKind::Time(_) | AxisKind::Ordered => Decimal::ZERO,
                AxisKind::Text | AxisKind::Choice(..) | AxisKind::Code => -weight,
            },
            Self::Field(_) => -weight,
        }
    }
}
