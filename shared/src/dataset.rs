//! Data sets: each is declared once, and import, export, the mirror and the documents follow from that.

use crate::store::Value;

/// What the company has: one table of the store and one file of an exchange.
#[derive(Debug, Clone, Copy)]
pub struct Dataset {
    /// The identifier, which is also the table's and the native file's name (`customers` → `customers.csv`).
    pub name: &'static str,
    /// The table in the store.
    pub table: &'static str,
    /// 日本語の名称.
    pub title_ja: &'static str,
    /// Columns in the order of the native file.
    pub columns: &'static [Column],
    /// The natural key: importing a row with the same key updates it.
    pub key: &'static [&'static str],
    /// The date column that decides the month of a fact; dimensions have none.
    pub month_column: Option<&'static str>,
    /// The column whose customer's card shows this row.
    pub customer_column: Option<&'static str>,
    /// Further columns whose customers' cards show this row.
    pub related_columns: &'static [&'static str],
}

/// One column of a data set.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The identifier: native header and column of the table.
    pub name: &'static str,
    /// The Japanese header.
    pub label_ja: &'static str,
    /// Further headers by which the column is known.
    pub aliases: &'static [&'static str],
    /// What a value may be.
    pub kind: ColumnKind,
    /// Whether a row without it is refused.
    pub required: bool,
    /// What it means, for the documents.
    pub description: &'static str,
}

/// What a value may be, and how it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// An identifier: trimmed, leading zeros kept, at most 64 characters.
    Code,
    /// Free text, at most `text_chars_max`.
    Text,
    /// A telephone number as written; the number index is derived from it.
    Phone,
    /// A civil date, stored as `YYYY-MM-DD`.
    Date,
    /// An instant, stored as RFC 3339 in UTC; a civil time is in Asia/Tokyo.
    Instant,
    /// A decimal of at most four places, stored as an integer of 1/10000.
    Decimal,
    /// A whole number.
    Integer,
    /// Yes or no, stored as 1 or 0.
    Flag,
    /// One of the identifiers, each with the labels by which it is also known.
    Choice(&'static [(&'static str, &'static [&'static str])]),
    /// Like `Choice`, but other text is kept as it is.
    OpenChoice(&'static [(&'static str, &'static [&'static str])]),
}

impl Dataset {
    /// The position of a column by its identifier.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Positions of the key's columns.
    pub fn key_indexes(&self) -> Vec<usize> {
        self.key.iter().filter_map(|name| self.column_index(name)).collect()
    }
}

/// A row of a data set: one stored value for each of its columns, in their order.
pub type Row = Vec<Value>;
