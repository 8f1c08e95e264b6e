//! Profiles: the layouts of other programs' files, declared in TOML (`docs/profiles.md`).
//!
//! A profile declares how a file looks (columns, header, delimiter) and, for each data set that a row of it feeds, where
//! each column comes from. Import and export both follow it. The profiles in `data/profiles/` are part of the program;
//! others are read from files.

mod builtin;
mod read;
mod take;

pub use read::parse;
pub use take::Take;
pub(crate) use take::located_address;

use crate::dataset::Dataset;
use crate::encoding::Encoding;
use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Label, Message};
use crate::settings_reader::Mistake;
use crate::text::search_key;

/// A layout and what its columns mean.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The name for `--profile`.
    pub name: String,
    /// What it is called.
    pub title: Message,
    /// What its files are like, and where the layout is known from.
    pub about: Message,
    /// The default encoding of an export; an import looks at the content.
    pub encoding: Encoding,
    /// The delimiter of an export; an import looks at the content.
    pub delimiter: u8,
    /// Whether runs of blanks are one delimiter.
    pub blank_runs: bool,
    /// Whether an empty cell leaves what is stored as it is.
    pub keep_filled: bool,
    /// Whether files have a line of column names.
    pub header: HeaderForm,
    /// Words that stand for no value.
    pub none: Vec<String>,
    /// Whether times without a zone are in UTC, not in Asia/Tokyo.
    pub utc: bool,
    /// All columns in their order.
    pub columns: Vec<String>,
    /// Further headers that a file may have for a column.
    pub aliases: Vec<(String, Vec<String>)>,
    /// How many columns a file may have: the first ones of `columns`.
    pub widths: Vec<usize>,
    /// Empty columns in front.
    pub lead: usize,
    /// The first line with data, in files without a header.
    pub first_row: u64,
    /// How an import recognizes its files.
    pub detect: Detect,
    /// Rows that are skipped.
    pub skip: Vec<Skip>,
    /// What an export writes into columns without a value.
    pub fill: Vec<(String, String)>,
    /// How several rows form one record.
    pub record: Option<Record>,
    /// Columns that a file has several times beside each other: each group of them is a row of its own.
    pub repeat: Vec<String>,
    /// The data sets that it feeds. The first is the one whose rows the file lists.
    pub targets: Vec<TargetRules>,
}

/// Whether a file has a line of column names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderForm {
    /// Always; columns are found by their names, in any order.
    Names,
    /// Never; columns are found by their positions.
    None,
    /// By names when the first rows have them, else by positions. An export writes names.
    Either,
}

/// How files are recognized.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detect {
    /// Names that must all be among the headers.
    pub headers: Vec<String>,
    /// Names of which at least one must be among them; any when there are none.
    pub any: Vec<String>,
    /// Names that must not be among them.
    pub absent: Vec<String>,
    /// Whether every layout that is not general takes precedence.
    pub general: bool,
    /// What the cells of columns look like, in files without a header.
    pub shape: Vec<(String, Shape)>,
}

/// What a cell looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A date in any form.
    Date,
    /// Digits only.
    Digits,
    /// An amount, or empty.
    Number,
    /// Anything but empty.
    Filled,
    /// A postal code, or empty.
    Postal,
    /// A telephone number, or empty.
    Phone,
    /// One of these.
    OneOf(Vec<String>),
}

/// Rows that are skipped and counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// The column that decides; empty when `empty` decides.
    pub column: String,
    /// The cells of rows to skip.
    pub values: Vec<String>,
    /// Columns that are all empty in rows to skip.
    pub empty: Vec<String>,
    /// Whether rows with all other cells are skipped instead.
    pub unless: bool,
    /// Why.
    pub reason: Message,
}

/// How several rows make one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The column that tells where a record begins.
    pub start: String,
    /// Its cell in the first row of a record; without one, each row begins a record in which the cell is another than
    /// in the row before.
    pub mark: Option<String>,
    /// Columns that belong to the single row. All others belong to the record.
    pub table: Vec<String>,
}

/// One data set that a profile feeds.
#[derive(Debug, Clone)]
pub struct TargetRules {
    /// The data set.
    pub dataset: &'static Dataset,
    /// Whether it gets one row for each record, or one for each row of the file.
    pub once_a_record: bool,
    /// A row is made when one of these cells is filled; always when there is none.
    pub when: Vec<String>,
    /// The column whose cell may hold several telephone numbers, each of which becomes a row.
    pub split_phones: Option<String>,
    /// An export writes only rows in which these columns have one of these values.
    pub only: Vec<(&'static str, Vec<String>)>,
    /// Columns of the data set and where each comes from.
    pub columns: Vec<(&'static str, ColumnRule)>,
}

/// Where the value of a column comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnRule {
    /// Columns of the file by name, or by position as `#3`.
    pub from: Vec<String>,
    /// The text between joined cells.
    pub join: String,
    /// Columns of which the first filled one is used where `from` is empty.
    pub or: Vec<String>,
    /// The value when there is no source.
    pub constant: Option<String>,
    /// The meanings of cells.
    pub map: Vec<(String, String)>,
    /// The meaning of every other filled cell.
    pub rest: Option<String>,
    /// The part of the cell that is used.
    pub take: Option<Take>,
    /// How an export writes a date.
    pub date: Option<DateForm>,
    /// Numbers the rows of the file with the same cell in this column.
    pub count: Option<String>,
    /// Whether the row's number among the file's rows with the same text follows.
    pub nth: bool,
    /// The cell is multiplied by this column's.
    pub times: Option<String>,
    /// The cell is multiplied by this: 1000 where a file has thousands of yen.
    pub factor: Option<i64>,
    /// What is deducted from the amount.
    pub less: Option<Less>,
    /// The amount is negative where this column has one of these cells.
    pub negative: Option<(String, Vec<String>)>,
    /// Whether an empty value leaves what is stored as it is.
    pub keep: bool,
}

/// What is deducted from an amount: the tax that it contains, or the profit, which leaves the cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Less {
    /// The column that holds it.
    pub column: String,
    /// The column that decides, and the cells with which it is deducted. Without, it is always deducted, and an empty
    /// cell makes the value unknown.
    pub only: Option<(String, Vec<String>)>,
    /// Whether it has the sign of the amount, whatever its own is.
    pub unsigned: bool,
}

/// How a layout writes dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateForm {
    /// `20251121`.
    Compact,
    /// `2025/11/21`.
    Slashes,
    /// `2025-11-21`.
    Iso,
    /// `25/11/21` or `251121`: two digits of a year of this century.
    ShortYear,
    /// `R7.11.21`; on import an era may continue after its end (平成32年 is 2020).
    Era,
    /// `0` and `1` in front of `yymmdd`: 平成 and 20yy.
    EraDigit,
}

/// Every mistake in a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub struct ProfileError {
    /// The file.
    pub file: String,
    /// The mistakes, in the order of the file.
    pub mistakes: Vec<Mistake>,
}

impl Explain for ProfileError {
    fn message(&self) -> Message {
        let located = self.mistakes.iter().map(|mistake| {
            let (file, line, what) = (&self.file, mistake.line, mistake.explained());
            message!("{file}:{line}: {what}", "{file}:{line}: {what}", file = file, line = line, what = what)
        });
        Message::join(located, Label::new("\n", "\n"))
    }
}

/// The profiles that are part of the program, by name.
pub fn builtin() -> &'static [Profile] {
    builtin::all()
}

/// A profile that is part of the program.
pub fn by_name(name: &str) -> Option<&'static Profile> {
    builtin().iter().find(|profile| profile.name == name)
}

impl Profile {
    /// The position of a column of the layout: by its name, whatever its width and kana, or as `#3`.
    pub fn position(&self, name: &str) -> Option<usize> {
        column_position(&self.columns, name)
    }

    /// The column that a header means: by its name, else by another name that the layout gives it.
    pub fn column_of(&self, header: &str) -> Option<usize> {
        position(&self.columns, header).or_else(|| {
            let has = |(_, names): &&(String, Vec<String>)| position(names, header).is_some();
            self.position(&self.aliases.iter().find(has)?.0)
        })
    }

    /// Whether a data set takes something from a column that is repeated.
    pub(crate) fn repeats(&self, target: &TargetRules) -> bool {
        self.repeat.iter().filter_map(|name| self.position(name)).any(|column| self.takes(target, column))
    }

    /// Whether a data set takes something from a column.
    fn takes(&self, target: &TargetRules, column: usize) -> bool {
        let is = |name: &String| self.position(name) == Some(column);
        let rule = |rule: &ColumnRule| {
            rule.from.iter().chain(&rule.or).any(is)
                || rule.count.iter().chain(&rule.times).any(is)
                || rule.less.iter().any(|less| is(&less.column) || less.only.iter().any(|(name, _)| is(name)))
                || rule.negative.iter().any(|(name, _)| is(name))
        };
        target.when.iter().chain(&target.split_phones).any(is)
            || target.columns.iter().any(|(_, column)| rule(column))
    }

    /// Whether a column is used by any rule.
    pub(crate) fn uses(&self, column: usize) -> bool {
        let is = |name: &String| self.position(name) == Some(column);
        self.skip.iter().any(|skip| is(&skip.column) || skip.empty.iter().any(is))
            || self.repeat.iter().any(is)
            || self.record.iter().any(|record| is(&record.start) || record.table.iter().any(is))
            || self.targets.iter().any(|target| self.takes(target, column))
    }

    /// The data sets that it feeds, the main one first.
    pub fn datasets(&self) -> impl Iterator<Item = &'static Dataset> {
        self.targets.iter().map(|target| target.dataset)
    }
}

/// The position of a column among a layout's: by its name, whatever its width and kana, or as `#3`.
fn column_position(columns: &[String], name: &str) -> Option<usize> {
    match name.strip_prefix('#') {
        Some(number) => number.parse::<usize>().ok()?.checked_sub(1),
        None => position(columns, name),
    }
}

/// The position of a name among headers, whatever its width and kana.
pub(crate) fn position<S: AsRef<str>>(headers: &[S], name: &str) -> Option<usize> {
    let exact = headers.iter().position(|header| header.as_ref() == name);
    exact.or_else(|| {
        let key = search_key(name);
        headers.iter().position(|header| !key.is_empty() && search_key(header.as_ref()) == key)
    })
}
