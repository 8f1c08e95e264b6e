//! What the columns of one file mean: each data set that it feeds, and where each column comes from.

pub(crate) mod extension_field;

use extension_field::{ExtensionColumn, ExtensionField};

use super::input::rows::Form;
use super::report::fault::Fault;
use crate::dataset::{CUSTOMERS, Dataset, EXTENSION_VALUES};
use crate::message;
use crate::message::{Label, Message};
use crate::profile::{DateForm, Take};
use crate::store::Value;

/// How one file is read.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The profile's name; `native` without one.
    pub(crate) profile: String,
    pub(crate) form: Form,
    /// How many columns the file has.
    pub(crate) width: usize,
    /// Rows that begin on this line or before it are titles and headers.
    pub(crate) skip_through: u64,
    /// Unknown headers.
    pub(crate) unknown: Vec<String>,
    /// File columns that hold secrets, whose cells are shown nowhere.
    pub(crate) secret: Vec<usize>,
    /// Words that stand for no value.
    pub(crate) none: Vec<String>,
    /// Whether times without a zone are in UTC.
    pub(crate) utc: bool,
    /// Whether an empty cell leaves what is stored as it is.
    pub(crate) keep_filled: bool,
    /// Rows to skip.
    pub(crate) skips: Vec<SkipAt>,
    pub(crate) record: Option<RecordAt>,
    /// How the file's columns are repeated beside each other.
    pub(crate) repeat: Option<RepeatAt>,
    /// By what rows are numbered.
    pub(crate) counters: Vec<CounterAt>,
    /// The main data set first.
    pub(crate) targets: Vec<Target>,
    /// Columns that are extension fields: of the main data set, or of the lines of its records.
    pub(crate) extensions: Vec<ExtensionColumn>,
    /// Headers of the file that `--map` names.
    pub(crate) mapped: Vec<String>,
}

impl Layout {
    /// The data set whose extension field a column is that the layout does not know: a column among those of a
    /// record's table belongs to its lines, every other to the record.
    pub(crate) fn owner_of(&self, cell: usize) -> usize {
        let Some(record) = &self.record else { return 0 };
        let first = record.own.iter().position(|own| *own);
        let last = record.own.iter().rposition(|own| *own);
        let is_inside = first.zip(last).is_some_and(|(first, last)| (first..=last).contains(&cell));
        let lines = self.targets.iter().skip(1).position(|target| !target.once_a_record);
        if is_inside { lines.map_or(0, |at| at + 1) } else { 0 }
    }

    /// The fault of two columns that are one extension field.
    pub(crate) fn repeated_field(&self) -> Option<Fault> {
        let of = |column: &ExtensionColumn| (column.target, column.field.code.clone());
        let twice = self.extensions.iter().enumerate().find_map(|(at, column)| {
            let before = self.extensions[..at].iter().find(|before| of(before) == of(column))?;
            Some((before.cell + 1, column.cell + 1, &column.field.code))
        })?;
        let message = message!(
            "{first}列目と{second}列目がどちらも拡張項目「{field}」です。どちらか一方だけにしてください",
            "columns {first} and {second} are both the field {field}; keep one of them",
            first = twice.0,
            second = twice.1,
            field = twice.2,
        );
        let column = EXTENSION_VALUES.column("value");
        Some(Fault { column, ..Fault::of_file(self.first_line(), "duplicate_column", message) })
    }

    /// The line of the headers, or the first line.
    pub(crate) fn first_line(&self) -> u64 {
        self.skip_through.max(1)
    }

    /// Adds a column as an extension field of one of the data sets.
    pub(crate) fn extend(&mut self, cell: usize, target: usize, field: ExtensionField) {
        if target > 0
            && let Some(own) = self.record.as_mut().and_then(|record| record.own.get_mut(cell))
        {
            *own = true;
        }
        self.extensions.push(ExtensionColumn { cell, target, field });
    }
}

/// Rows to skip: those whose cell is (or is not) one of the values.
#[derive(Debug)]
pub(crate) struct SkipAt {
    /// The cell whose value decides.
    pub(crate) cell: Option<usize>,
    pub(crate) values: Vec<String>,
    /// Cells that are all empty.
    pub(crate) empty: Vec<usize>,
    pub(crate) unless: bool,
    pub(crate) reason: Message,
}

/// How several rows form a record.
#[derive(Debug)]
pub(crate) struct RecordAt {
    pub(crate) cell: usize,
    /// The cell of a record's first row; without one, every other cell than in the row before begins a record.
    pub(crate) mark: Option<String>,
    /// For each file column, whether it belongs to the single row, not to the record.
    pub(crate) own: Vec<bool>,
}

/// Columns that the file has several times beside each other.
#[derive(Debug)]
pub(crate) struct RepeatAt {
    /// The cells by which rules know the columns.
    pub(crate) cells: Vec<usize>,
    /// For each group the cells of the columns; a group may lack some.
    pub(crate) groups: Vec<Vec<Option<usize>>>,
}

impl RepeatAt {
    /// The cell of a column in a group; `None` when the column is not repeated.
    pub(crate) fn cell(&self, column: usize, group: usize) -> Option<Option<usize>> {
        let at = self.cells.iter().position(|cell| *cell == column)?;
        Some(self.groups.get(group).and_then(|cells| cells.get(at).copied().flatten()))
    }
}

/// By what rows are numbered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CounterAt {
    /// Rows with the same cells are counted.
    pub(crate) cells: Vec<usize>,
    /// The text between cells that are compared by what they mean; without, the one cell is compared as a code.
    pub(crate) join: Option<String>,
}

impl CounterAt {
    /// A number within the rows of one slip.
    pub(crate) fn of_slip(cell: usize) -> Self {
        Self { cells: vec![cell], join: None }
    }
}

/// One data set that the file feeds.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) dataset: &'static Dataset,
    /// For each column of the data set, where it comes from.
    pub(crate) rules: Vec<Rule>,
    pub(crate) when: Vec<usize>,
    pub(crate) once_a_record: bool,
    /// The cell each of whose telephone numbers becomes a row.
    pub(crate) split: Option<usize>,
    /// Whether each group of repeated columns becomes a row.
    pub(crate) repeats: bool,
    pub(crate) key: Vec<usize>,
    pub(crate) customers: Vec<usize>,
    pub(crate) amount: Option<usize>,
}

/// Where the value of a column comes from.
#[derive(Debug)]
pub(crate) enum Rule {
    /// The file does not have it: what is stored stays.
    Absent,
    /// A cell as it is.
    Cell(usize),
    /// Derived from cells.
    Derived(Box<Derived>),
}

/// A value that is derived from cells.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    pub(crate) cells: Vec<usize>,
    pub(crate) join: String,
    /// Cells of which the first filled one is used when the others are empty.
    pub(crate) or: Vec<usize>,
    pub(crate) constant: Option<String>,
    /// What cells stand for, by their search keys.
    pub(crate) map: Vec<(String, String)>,
    pub(crate) rest: Option<String>,
    pub(crate) take: Option<Take>,
    pub(crate) date: Option<DateForm>,
    /// The position of the counter that numbers the lines.
    pub(crate) counter: Option<usize>,
    /// The position of the counter whose number follows the text, in which rows with the same text differ.
    pub(crate) nth: Option<usize>,
    /// The cell by which the value is multiplied.
    pub(crate) times: Option<usize>,
    /// The number by which the value is multiplied.
    pub(crate) factor: Option<i64>,
    pub(crate) less: Option<LessAt>,
    pub(crate) negative: Option<(usize, Vec<String>)>,
    /// Whether an empty value leaves what is stored as it is.
    pub(crate) keep: bool,
}

/// What is deducted from an amount.
#[derive(Debug)]
pub(crate) struct LessAt {
    pub(crate) cell: usize,
    /// The cell that must be one of the values.
    pub(crate) only: Option<(usize, Vec<String>)>,
    pub(crate) unsigned: bool,
}

impl Target {
    /// A data set with its rules; `main` is the data set whose rows the file lists.
    pub(crate) fn new(dataset: &'static Dataset, rules: Vec<Rule>, main: &Dataset) -> Self {
        // The customer of a row that comes with the customer's own row exists.
        let own = main.name == CUSTOMERS.name && dataset.name != CUSTOMERS.name;
        Self {
            dataset,
            rules,
            when: Vec::new(),
            once_a_record: false,
            split: None,
            repeats: false,
            key: dataset.key_indexes(),
            customers: if own { Vec::new() } else { dataset.customer_indexes() },
            amount: dataset.column_index("amount"),
        }
    }

    /// A row of the data set before its first value: what the file does not have stays unknown.
    pub(crate) fn empty_values(&self) -> Vec<Option<Value>> {
        (0..self.rules.len()).map(|at| self.gives(at).then_some(Value::Null)).collect()
    }

    /// The rule by which the prefecture is taken from an address.
    pub(crate) fn prefecture(&self) -> Option<(usize, &Derived)> {
        self.rules.iter().enumerate().find_map(|(at, rule)| match rule {
            Rule::Derived(derived) if derived.take == Some(Take::Prefecture) => Some((at, derived.as_ref())),
            _ => None,
        })
    }

    /// Whether the prefecture would have been in the address and was not.
    pub(crate) fn lacks_prefecture(&self, values: &[Option<Value>]) -> bool {
        self.prefecture().is_some_and(|(at, _)| values[at] == Some(Value::Null))
    }

    /// Maps a column to this cell, whatever its rule was.
    pub(crate) fn take(&mut self, column: usize, cell: usize) {
        self.rules[column] = Rule::Cell(cell);
        if !self.when.is_empty() {
            self.when.push(cell);
        }
    }

    /// Whether a column has a value in every row: the file's columns, and the key's.
    pub(crate) fn gives(&self, at: usize) -> bool {
        !matches!(self.rules[at], Rule::Absent) || self.key.contains(&at)
    }

    /// Whether lines have no number in the file and are numbered in order.
    pub(crate) fn counts_lines(&self) -> bool {
        let counted =
            |at: &usize| matches!(&self.rules[*at], Rule::Derived(derived) if derived.counter.is_some());
        self.key.get(1).is_some_and(counted)
    }

    /// Whether rows are numbered by others of the file, so that a part of the file has other numbers.
    pub(crate) fn counts_rows(&self) -> bool {
        let counted =
            |at: &usize| matches!(&self.rules[*at], Rule::Derived(derived) if derived.nth.is_some());
        self.counts_lines() || self.key.iter().any(counted)
    }

    /// What to do about two rows with one key.
    pub(crate) fn repeated_key_cure(&self) -> Label {
        if self.counts_lines() {
            Label::new(
                "1つの伝票の明細の間に他の伝票が多すぎます。伝票番号順に並べ替えてください",
                "too many other documents lie between the lines of one; sort the file by document number",
            )
        } else if self.dataset.key.contains(&"line_no") {
            Label::new(
                "どちらか一方だけにするか、伝票内で行番号が重ならないようにしてください。行番号の列を削除すると、自動で\
                 番号が付きます",
                "keep one of the two, give the lines of a document different numbers, or leave out the column of line \
                 numbers, so that lines are numbered in order",
            )
        } else {
            Label::new(
                "どちらか一方だけにしてください。後の行を優先する場合は、その行だけを別のファイルで取り込んでください",
                "keep one of the two, or import the later one by itself if it is to win",
            )
        }
    }

    /// Whether an empty value of a column leaves what is stored as it is.
    pub(crate) fn keeps(&self, at: usize) -> bool {
        matches!(&self.rules[at], Rule::Derived(derived) if derived.keep)
    }
}
