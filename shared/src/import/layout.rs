//! What the columns of one file mean: each data set that it feeds, and where each column comes from.

use super::extend::{ExtensionColumn, Field};
use super::report::Fault;
use super::rows::Form;
use crate::dataset::{CUSTOMERS, Dataset};
use crate::profile::{DateForm, Take};
use crate::store::Value;

/// How one file is read.
#[derive(Debug)]
pub(super) struct Layout {
    /// The profile's name; `native` without one.
    pub(super) profile: String,
    pub(super) form: Form,
    /// How many columns the file has.
    pub(super) width: usize,
    /// Rows that begin on this line or before it are titles and headers.
    pub(super) skip_through: u64,
    /// Headers that nothing is known of.
    pub(super) unknown: Vec<String>,
    /// File columns that hold secrets, whose cells appear nowhere.
    pub(super) secret: Vec<usize>,
    /// Rows to pass over.
    pub(super) skips: Vec<SkipAt>,
    pub(super) record: Option<RecordAt>,
    /// Columns whose equal cells are counted.
    pub(super) counters: Vec<usize>,
    /// The main data set first.
    pub(super) targets: Vec<Target>,
    /// Columns that are extension fields: of the main data set, or of the lines of its records.
    pub(super) extensions: Vec<ExtensionColumn>,
    /// Headers of the file that `--map` names.
    pub(super) mapped: Vec<String>,
}

impl Layout {
    /// The data set whose extension field a column is that the layout does not know: a column among those of a
    /// record's table belongs to its lines, every other to the record.
    pub(super) fn owner_of(&self, cell: usize) -> usize {
        let Some(record) = &self.record else { return 0 };
        let first = record.own.iter().position(|own| *own);
        let last = record.own.iter().rposition(|own| *own);
        let is_inside = first.zip(last).is_some_and(|(first, last)| (first..=last).contains(&cell));
        let lines = self.targets.iter().skip(1).position(|target| !target.once_a_record);
        if is_inside { lines.map_or(0, |at| at + 1) } else { 0 }
    }

    /// What is wrong when two columns are one extension field.
    pub(super) fn field_twice(&self) -> Option<Fault> {
        let of = |column: &ExtensionColumn| (column.target, column.field.code.clone());
        let twice = self.extensions.iter().enumerate().find_map(|(at, column)| {
            let before = self.extensions[..at].iter().find(|before| of(before) == of(column))?;
            Some((before.cell + 1, column.cell + 1, &column.field.code))
        })?;
        let message =
            format!("columns {} and {} are both the field {}; keep one of them", twice.0, twice.1, twice.2);
        let (line, column, raw) = (self.skip_through.max(1), Some("value"), String::new());
        Some(Fault { line, column, code: "duplicate_column", message, raw })
    }

    /// Takes a column in as an extension field of one of the data sets.
    pub(super) fn extend(&mut self, cell: usize, target: usize, field: Field) {
        if target > 0
            && let Some(own) = self.record.as_mut().and_then(|record| record.own.get_mut(cell))
        {
            *own = true;
        }
        self.extensions.push(ExtensionColumn { cell, target, field });
    }
}

/// Rows to pass over: those whose cell is (or is not) one of the values.
#[derive(Debug)]
pub(super) struct SkipAt {
    /// The cell that decides by its value.
    pub(super) cell: Option<usize>,
    pub(super) values: Vec<String>,
    /// Cells that are all empty.
    pub(super) empty: Vec<usize>,
    pub(super) unless: bool,
    pub(super) reason: String,
}

/// How several rows make a record.
#[derive(Debug)]
pub(super) struct RecordAt {
    pub(super) cell: usize,
    pub(super) mark: String,
    /// For each file column, whether it belongs to the single row.
    pub(super) own: Vec<bool>,
}

/// One data set that the file feeds.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) dataset: &'static Dataset,
    /// For each column of the data set, where it comes from.
    pub(super) rules: Vec<Rule>,
    pub(super) when: Vec<usize>,
    pub(super) once_a_record: bool,
    /// The cell whose telephone numbers each make a row.
    pub(super) split: Option<usize>,
    pub(super) key: Vec<usize>,
    pub(super) customers: Vec<usize>,
    pub(super) amount: Option<usize>,
}

/// Where the value of a column comes from.
#[derive(Debug)]
pub(super) enum Rule {
    /// The file does not have it: what is stored stays.
    Absent,
    /// A cell as it is.
    Cell(usize),
    /// Anything else.
    Made(Box<Made>),
}

/// A value that is made of cells.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) cells: Vec<usize>,
    pub(super) join: String,
    pub(super) constant: Option<String>,
    /// What cells stand for, by their search keys.
    pub(super) map: Vec<(String, String)>,
    pub(super) rest: Option<String>,
    pub(super) take: Option<Take>,
    pub(super) date: Option<DateForm>,
    /// The position of a counter.
    pub(super) counter: Option<usize>,
    /// The cell by which the value is multiplied.
    pub(super) times: Option<usize>,
    pub(super) less: Option<LessAt>,
    pub(super) negative: Option<(usize, Vec<String>)>,
    /// Whether an empty value leaves what is stored as it is.
    pub(super) keep: bool,
}

/// What is taken off an amount, when the cell `only` is one of the values.
#[derive(Debug)]
pub(super) struct LessAt {
    pub(super) cell: usize,
    pub(super) only: usize,
    pub(super) values: Vec<String>,
}

impl Target {
    /// A data set with its rules; `main` is the data set whose rows the file lists.
    pub(super) fn new(dataset: &'static Dataset, rules: Vec<Rule>, main: &Dataset) -> Self {
        // The customer of a row that comes with the customer's own row is there.
        let own = main.name == CUSTOMERS.name && dataset.name != CUSTOMERS.name;
        Self {
            dataset,
            rules,
            when: Vec::new(),
            once_a_record: false,
            split: None,
            key: dataset.key_indexes(),
            customers: if own { Vec::new() } else { dataset.customer_indexes() },
            amount: dataset.column_index("amount"),
        }
    }

    /// The rule by which the prefecture is taken out of an address.
    pub(super) fn prefecture(&self) -> Option<(usize, &Made)> {
        self.rules.iter().enumerate().find_map(|(at, rule)| match rule {
            Rule::Made(made) if made.take == Some(Take::Prefecture) => Some((at, made.as_ref())),
            _ => None,
        })
    }

    /// Whether the prefecture would have been in the address and was not.
    pub(super) fn lacks_prefecture(&self, values: &[Option<Value>]) -> bool {
        self.prefecture().is_some_and(|(at, _)| values[at] == Some(Value::Null))
    }

    /// A column comes from this cell, whatever else is said of it.
    pub(super) fn take(&mut self, column: usize, cell: usize) {
        self.rules[column] = Rule::Cell(cell);
        if !self.when.is_empty() {
            self.when.push(cell);
        }
    }

    /// Whether a column has a value in every row: the file's columns, and the key's.
    pub(super) fn gives(&self, at: usize) -> bool {
        !matches!(self.rules[at], Rule::Absent) || self.key.contains(&at)
    }

    /// Whether the numbers of lines within a document are counted.
    pub(super) fn counts_lines(&self) -> bool {
        let counted = |at: &usize| matches!(&self.rules[*at], Rule::Made(made) if made.counter.is_some());
        self.key.get(1).is_some_and(counted)
    }

    /// What to do about two rows with one key.
    pub(super) fn cure_of_doubles(&self) -> &'static str {
        if self.counts_lines() {
            "too many other documents lie between the lines of one: sort the file by their numbers"
        } else if self.dataset.key.contains(&"line_no") {
            "keep one of the two, number the lines of each document differently, or leave the column of their \
             numbers out, so that they are counted"
        } else {
            "keep one of the two, or import the later one by itself if it is to win"
        }
    }

    /// Whether an empty value of a column leaves what is stored as it is.
    pub(super) fn keeps(&self, at: usize) -> bool {
        matches!(&self.rules[at], Rule::Made(made) if made.keep)
    }
}
