//! Which data set a file is by its name or headers, and which of its columns is which.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::extensions::Extensions;
use crate::dataset::{Column, DATASETS, Dataset, FILE_NAMES};
use crate::import::input::first_rows::{FirstRow, FirstRows};
use crate::import::layout::extension_field::ExtensionColumn;
use crate::import::layout::{CounterAt, Derived, Layout, Rule, Target};
use crate::import::options::ImportSettings;
use crate::import::report::fault::Fault;
use crate::message;
use crate::message::Label;
use crate::profile;
use crate::text::search_key;

/// Where the columns of a data set are in a file.
#[derive(Debug)]
pub(super) struct Mapping {
    /// For each column of the data set, the file's column.
    pub(super) sources: Vec<Option<usize>>,
    /// Headers that the data set does not have.
    pub(super) unknown: Vec<String>,
    /// File columns that hold secrets, whose cells are shown nowhere.
    pub(super) secret: Vec<usize>,
    /// File columns that are extension fields.
    pub(super) extensions: Vec<ExtensionColumn>,
    /// Headers that `--map` names.
    pub(super) mapped: Vec<String>,
}

impl Mapping {
    /// How many columns are known.
    pub(super) fn known(&self) -> usize {
        let fields = self.extensions.iter().filter(|column| !column.field.is_new).count();
        self.sources.iter().flatten().count() + fields
    }

    /// Whether every header is known.
    pub(super) fn is_whole(&self) -> bool {
        let new = self.extensions.iter().any(|column| column.field.is_new);
        self.unknown.len() == self.secret.len() && !new
    }

    /// How the file is read.
    pub(super) fn layout(self, dataset: &'static Dataset, first: &FirstRows, row: usize) -> Layout {
        let mut rules: Vec<Rule> =
            self.sources.iter().map(|at| at.map_or(Rule::Absent, Rule::Cell)).collect();
        let counters = number_lines(dataset, &mut rules);
        Layout {
            profile: "native".to_owned(),
            form: first.form,
            width: first.rows[row].cells.len(),
            skip_through: first.rows[row].line,
            unknown: self.unknown,
            secret: self.secret,
            none: Vec::new(),
            utc: false,
            keep_filled: false,
            skips: Vec::new(),
            record: None,
            repeat: None,
            counters,
            targets: vec![Target::new(dataset, rules, dataset)],
            extensions: self.extensions,
            mapped: self.mapped,
        }
    }
}

/// Numbers the lines of slips that have no number in the file; the cells by which they are numbered.
fn number_lines(dataset: &Dataset, rules: &mut [Rule]) -> Vec<CounterAt> {
    let line = dataset.column_index("line_no").filter(|_| dataset.key.contains(&"line_no"));
    let slip = dataset.key_indexes().first().map(|at| &rules[*at]);
    let (Some(line), Some(&Rule::Cell(slip))) = (line, slip) else { return Vec::new() };
    if !matches!(rules[line], Rule::Absent) {
        return Vec::new();
    }
    rules[line] = Rule::Derived(Box::new(Derived { counter: Some(0), ..Derived::default() }));
    vec![CounterAt::of_slip(slip)]
}

/// The data set that a file's name tells: `sales.csv`, `sales-2025.csv`, `売上明細_10月.csv`.
pub(super) fn by_file_name(stem: &str) -> Option<&'static Dataset> {
    let stem = stem.to_lowercase();
    let starts = |name: &str| {
        stem.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.', ' ', '(']))
    };
    let by_title = |dataset: &&Dataset| starts(dataset.name) || starts(&dataset.title_ja.to_lowercase());
    let by_other_name = || FILE_NAMES.iter().find(|(name, _)| starts(name)).map(|(_, dataset)| *dataset);
    DATASETS.iter().copied().find(by_title).or_else(by_other_name)
}

/// Whether the key's columns of the data set are there: rows that are in the store can be changed.
pub(super) fn has_key(dataset: &Dataset, mapping: &Mapping) -> bool {
    dataset.key_indexes().into_iter().all(|at| {
        let column = &dataset.columns[at];
        mapping.sources[at].is_some() || column.default.is_some() || column.name == "line_no"
    })
}

/// Whether all needed columns of the data set are there.
pub(super) fn has_needed(dataset: &Dataset, mapping: &Mapping) -> bool {
    dataset.columns.iter().zip(&mapping.sources).all(|(column, at)| !column.required || at.is_some())
}

/// Finds each column of the data set in the headers. The key's columns must be there unless they have a default.
pub(super) fn map(
    dataset: &'static Dataset,
    row: &FirstRow,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<Mapping, Fault> {
    let line = row.line;
    let mut mapping = Mapping {
        sources: vec![None; dataset.columns.len()],
        unknown: Vec::new(),
        secret: Vec::new(),
        extensions: Vec::new(),
        mapped: Vec::new(),
    };
    mapping.map_explicitly(dataset, row, settings, extensions)?;
    let explicit = mapping.sources.clone();
    let by_name = |(at, header): &(usize, &String)| {
        !header.is_empty() && (row.secret[*at] || settings.mapped(header).is_none())
    };
    for (at, header) in row.cells.iter().enumerate().filter(by_name) {
        let secret = row.secret[at];
        let known = position_of_key(dataset, &row.keys[at]).filter(|_| !secret);
        let Some(column) = known.filter(|column| explicit[*column].is_none()) else {
            if secret {
                mapping.secret.push(at);
                mapping.unknown.push(header.clone());
            } else if let Some(field) = extensions.field(dataset, header, settings.extend && known.is_none())
            {
                mapping.extensions.push(ExtensionColumn { cell: at, target: 0, field });
            } else {
                mapping.unknown.push(header.clone());
            }
            continue;
        };
        mapping.put(dataset, column, at, (header, line))?;
    }
    for (column, at) in dataset.columns.iter().zip(&mapping.sources) {
        if at.is_none() && column.default.is_none() && dataset.key.contains(&column.name) {
            let message = message!(
                "「{column}」の列がありません。「{dataset}」の取込に必要です。列を追加するか、--map 見出し={name} で列を\
                 指定してください",
                "the file has no column \"{column}\", which identifies rows of {dataset}; add it, or name the column with \
                 --map HEADER={name}",
                column = column.label,
                dataset = dataset.label(),
                name = Label::new(column.label.ja, column.name),
            );
            let fault = Fault::of_file(line, "missing_column", message);
            return Err(Fault { column: Some(column), ..fault });
        }
    }
    Ok(mapping)
}

impl Mapping {
    /// Follows `--map`.
    fn map_explicitly(
        &mut self,
        dataset: &'static Dataset,
        row: &FirstRow,
        settings: &ImportSettings,
        extensions: &Extensions,
    ) -> Result<(), Fault> {
        for (cell, header) in row.cells.iter().enumerate() {
            let Some(wanted) = settings.mapped(header) else { continue };
            self.mapped.push(header.clone());
            if row.secret[cell] {
                continue;
            }
            if let Some(column) = position(dataset, wanted) {
                self.put(dataset, column, cell, (header, row.line))?;
            } else if let Some(field) = extensions.field(dataset, wanted, settings.extend) {
                self.extensions.push(ExtensionColumn { cell, target: 0, field });
            } else {
                let message = message!(
                    "--map {header}={wanted}: 「{dataset}」に「{wanted}」という列はありません。列の一覧は analytics import \
                     --describe {name} で確認できます",
                    "--map {header}={wanted}: {dataset} has no column {wanted}; `analytics import --describe {name}` \
                     lists them",
                    header = header,
                    wanted = wanted,
                    dataset = dataset.label(),
                    name = dataset.name,
                );
                return Err(Fault::of_file(row.line, "unknown_column", message));
            }
        }
        Ok(())
    }

    /// Takes a column of the data set from a cell; the fault is a second cell for the same column.
    fn put(
        &mut self,
        dataset: &'static Dataset,
        column: usize,
        cell: usize,
        (header, line): (&str, u64),
    ) -> Result<(), Fault> {
        let Some(before) = self.sources[column].replace(cell) else { return Ok(()) };
        let column = &dataset.columns[column];
        let message = message!(
            "{first}列目と{second}列目がどちらも「{column}」です(見出し: {header})。どちらか一方だけにしてください",
            "columns {first} and {second} are both \"{column}\" ({header}); keep one of them",
            first = before + 1,
            second = cell + 1,
            column = column.label,
            header = header,
        );
        Err(Fault { column: Some(column), ..Fault::of_file(line, "duplicate_column", message) })
    }
}

/// Search keys of a data set's columns: of identifiers, Japanese labels, further headers, English labels.
type Names = [HashMap<String, usize>; 4];

/// The column that a header names: its identifier first, whatever others call theirs.
pub(super) fn position(dataset: &Dataset, header: &str) -> Option<usize> {
    position_of_key(dataset, &search_key(header))
}

/// The column that a header's search key names.
fn position_of_key(dataset: &Dataset, key: &str) -> Option<usize> {
    static NAMES: LazyLock<HashMap<&'static str, Names>> =
        LazyLock::new(|| DATASETS.iter().map(|dataset| (dataset.name, names(dataset))).collect());
    NAMES.get(dataset.name)?.iter().find_map(|names| names.get(key)).copied()
}

fn names(dataset: &Dataset) -> Names {
    let by = |names: fn(&Column) -> Vec<&'static str>| {
        let mut keys = HashMap::new();
        for (at, column) in dataset.columns.iter().enumerate() {
            for name in names(column) {
                keys.entry(search_key(name)).or_insert(at);
            }
        }
        keys
    };
    [
        by(|column| vec![column.name]),
        by(|column| vec![column.label.ja]),
        by(|column| column.aliases.to_vec()),
        by(|column| vec![column.label.en]),
    ]
}

/// Whether a search key is that of a header of any data set or layout.
pub(super) fn is_known_header(key: &str) -> bool {
    static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let ours = DATASETS.iter().flat_map(|dataset| names(dataset)).flat_map(HashMap::into_keys);
        let theirs = profile::builtin().iter().flat_map(|profile| {
            let aliases = profile.aliases.iter().flat_map(|(_, names)| names);
            profile.columns.iter().chain(aliases).map(|name| search_key(name))
        });
        ours.chain(theirs).filter(|key| !key.is_empty()).collect()
    });
    KNOWN.contains(key)
}
