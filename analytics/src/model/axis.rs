//! An attribute that divides rows.

use shared::dataset::{Choices, Dataset};
use shared::label::Lang;
use shared::text::search_key;

use super::table::{Entity, Reference, Table};
use super::time::TimeUnit;
use crate::labels::Label;

/// An attribute that divides rows. It has one declaration (`axes.rs`).
#[derive(Debug)]
pub struct Axis {
    /// The identifier on the command line, in JSON and in a report's file.
    pub id: &'static str,
    /// Other identifiers on the command line.
    pub aliases: &'static [&'static str],
    /// What people call it; this is accepted on the command line too.
    pub label: Label,
    /// Where it comes from.
    pub source: Source,
    /// What its values are, which decides their order and how they are shown.
    pub kind: AxisKind,
}

/// Where an axis comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    /// The date of the row.
    Date(TimeUnit),
    /// A column of the table's row, over `r`; the tables that have it.
    Row(&'static str, &'static [&'static Table]),
    /// What the row refers to, by its key; its name is shown beside it.
    Key(&'static Entity),
    /// An expression over the alias of a master. `{as_of}` is the as-of date.
    Of(&'static Entity, &'static str),
}

/// What the values of an axis are.
#[derive(Debug, Clone, Copy)]
pub enum AxisKind {
    /// Text: the largest come first.
    Text,
    /// A period: in the order of time.
    Time(TimeUnit),
    /// A choice of a column of a data set: the largest come first.
    Choice(&'static Dataset, &'static str),
    /// One of these words, in this order.
    Words(Choices),
    /// A rank: in the order of the rank master.
    Rank,
    /// Values that are shown in their own order, such as years and bands.
    Ordered,
    /// A code whose name stands in a column of its own.
    Code,
}

impl Axis {
    /// An attribute of a master that is text.
    pub(crate) const fn of(
        entity: &'static Entity,
        id: &'static str,
        label: Label,
        sql: &'static str,
    ) -> Self {
        Self { id, aliases: &[], label, source: Source::Of(entity, sql), kind: AxisKind::Text }
    }

    /// A column of rows that is text.
    pub(crate) const fn row(
        tables: &'static [&'static Table],
        id: &'static str,
        label: Label,
        sql: &'static str,
    ) -> Self {
        Self { id, aliases: &[], label, source: Source::Row(sql, tables), kind: AxisKind::Text }
    }

    /// The thing itself, by its code.
    pub(crate) const fn key(entity: &'static Entity, id: &'static str, label: Label) -> Self {
        Self { id, aliases: &[], label, source: Source::Key(entity), kind: AxisKind::Code }
    }

    /// A unit of the row's date.
    pub(crate) const fn time(id: &'static str, label: Label, unit: TimeUnit) -> Self {
        Self { id, aliases: &[], label, source: Source::Date(unit), kind: AxisKind::Time(unit) }
    }

    /// The same axis with other identifiers.
    pub(crate) const fn or(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// The same axis, whose values are of this kind.
    pub(crate) const fn values(self, kind: AxisKind) -> Self {
        Self { kind, ..self }
    }

    /// Whether a table's rows have it.
    pub fn is_of(&self, table: &Table) -> bool {
        match self.source {
            Source::Date(_) => true,
            Source::Row(_, tables) => tables.contains(&table),
            Source::Key(entity) | Source::Of(entity, _) => table.reference(entity).is_some(),
        }
    }

    /// The master that a query must join.
    pub fn entity(&self) -> Option<&'static Entity> {
        match self.source {
            Source::Date(_) | Source::Row(..) => None,
            Source::Key(entity) | Source::Of(entity, _) => Some(entity),
        }
    }

    /// How a table's rows refer to the thing whose code is the axis.
    pub fn reference(&self, table: &Table) -> Option<&'static Reference> {
        match self.source {
            Source::Key(entity) => table.reference(entity),
            _ => None,
        }
    }

    /// Whether a word of the command line means this axis.
    pub fn is_called(&self, word: &str) -> bool {
        self.id == word
            || self.aliases.contains(&word)
            || [self.label.ja, self.label.en].iter().any(|label| search_key(label) == search_key(word))
    }

    /// The text of a value for people: the label of a choice, other text unchanged.
    pub fn display(&self, value: &str, lang: Lang) -> String {
        let known = self.choices().iter().find(|(id, _)| *id == value);
        match (known, lang, self.kind) {
            (Some((_, labels)), Lang::Ja, _) => labels.first().copied().unwrap_or(value).to_owned(),
            (Some((_, labels)), Lang::En, _) => labels.get(1).copied().unwrap_or(value).to_owned(),
            (None, _, AxisKind::Time(unit)) => unit.display(value, lang),
            _ => value.to_owned(),
        }
    }

    /// The stored value of a typed one: the identifier for any label of a choice.
    pub fn stored(&self, typed: &str) -> String {
        let known = self.choices().iter().find(|(id, labels)| *id == typed || labels.contains(&typed));
        match self.kind {
            AxisKind::Time(unit) => unit.stored(typed),
            _ => known.map_or(typed, |(id, _)| *id).to_owned(),
        }
    }

    fn choices(&self) -> Choices {
        match self.kind {
            AxisKind::Choice(dataset, column) => {
                dataset.column(column).map_or(&[], |column| column.kind.choices())
            }
            AxisKind::Words(words) => words,
            _ => &[],
        }
    }

    /// The place of a value among the words of the axis.
    pub(crate) fn place(&self, value: &str) -> Option<usize> {
        self.choices().iter().position(|(id, _)| *id == value)
    }
}

impl PartialEq for Axis {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
