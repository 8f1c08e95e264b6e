//! Which data set a file is by its name or headers, and which of its columns is which.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::ImportSettings;
use super::extend::{ExtensionColumn, Extensions};
use super::head::Head;
use super::layout::{Layout, Made, Rule, Target};
use super::report::Fault;
use crate::dataset::{Column, DATASETS, Dataset, FILE_NAMES};
use crate::profile;
use crate::text::search_key;

/// Where the columns of a data set are in a file.
#[derive(Debug)]
pub(super) struct Mapping {
    /// For each column of the data set, the file's column.
    pub(super) sources: Vec<Option<usize>>,
    /// Headers that the data set does not have.
    pub(super) unknown: Vec<String>,
    /// File columns that hold secrets, whose cells appear nowhere.
    pub(super) secret: Vec<usize>,
    /// File columns that are extension fields.
    pub(super) extensions: Vec<ExtensionColumn>,
    /// Headers that `--map` names.
    pub(super) mapped: Vec<String>,
}

impl Mapping {
    /// How many columns are known.
    pub(super) fn known(&self) -> usize {
        let fields = self.extensions.iter().filter(|column| !column.field.is_new()).count();
        self.sources.iter().flatten().count() + fields
    }

    /// Whether nothing in the headers is foreign.
    pub(super) fn is_whole(&self) -> bool {
        let new = self.extensions.iter().any(|column| column.field.is_new());
        self.unknown.len() == self.secret.len() && !new
    }

    /// How the file is read.
    pub(super) fn layout(self, dataset: &'static Dataset, head: &Head, row: usize) -> Layout {
        let mut rules: Vec<Rule> =
            self.sources.iter().map(|at| at.map_or(Rule::Absent, Rule::Cell)).collect();
        let counters = count_lines(dataset, &mut rules);
        Layout {
            profile: "native".to_owned(),
            form: head.form,
            width: head.rows[row].cells.len(),
            skip_through: head.rows[row].line,
            unknown: self.unknown,
            secret: self.secret,
            skips: Vec::new(),
            record: None,
            counters,
            targets: vec![Target::new(dataset, rules, dataset)],
            extensions: self.extensions,
            mapped: self.mapped,
        }
    }
}

/// Lines of slips that the file gives no number are counted; the cells by which they are.
fn count_lines(dataset: &Dataset, rules: &mut [Rule]) -> Vec<usize> {
    let line = dataset.column_index("line_no").filter(|_| dataset.key.contains(&"line_no"));
    let slip = dataset.key_indexes().first().map(|at| &rules[*at]);
    let (Some(line), Some(&Rule::Cell(slip))) = (line, slip) else { return Vec::new() };
    if !matches!(rules[line], Rule::Absent) {
        return Vec::new();
    }
    rules[line] = Rule::Made(Box::new(Made { counter: Some(0), ..Made::default() }));
    vec![slip]
}

/// The data set that a file's name says: `sales.csv`, `sales-2025.csv`, `売上明細_10月.csv`.
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

/// Whether all needed columns of the data set are there.
pub(super) fn has_needed(dataset: &Dataset, mapping: &Mapping) -> bool {
    dataset.columns.iter().zip(&mapping.sources).all(|(column, at)| !column.required || at.is_some())
}

/// A fault of a file whose data set cannot be told.
pub(super) fn unknown(what: &str) -> Fault {
    let message = format!("{what}; name it after its data set, for example sales.csv (docs/datasets.md)");
    Fault { line: 1, column: None, code: "unknown_dataset", message, raw: String::new() }
}

/// Finds each column of the data set in the headers. The key's columns must be there unless they have a default.
pub(super) fn map(
    dataset: &'static Dataset,
    headers: &[String],
    line: u64,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<Mapping, Fault> {
    let fault = |column, code, message| Fault { line, column, code, message, raw: String::new() };
    let mut mapping = Mapping {
        sources: vec![None; dataset.columns.len()],
        unknown: Vec::new(),
        secret: Vec::new(),
        extensions: Vec::new(),
        mapped: Vec::new(),
    };
    let mut told = vec![false; headers.len()];
    for (at, header) in headers.iter().enumerate() {
        let Some(wanted) = settings.mapped(header) else { continue };
        told[at] = true;
        mapping.mapped.push(header.clone());
        if let Some(column) = position(dataset, wanted) {
            mapping.sources[column] = Some(at);
        } else if let Some(field) = extensions.field(dataset, wanted, settings.extend) {
            mapping.extensions.push(ExtensionColumn { cell: at, target: 0, field });
        } else {
            let message = format!(
                "--map {header}={wanted}: {} has no column {wanted}; `analytics import --describe {}` lists them",
                dataset.name, dataset.name
            );
            return Err(fault(None, "unknown_column", message));
        }
    }
    let explicit = mapping.sources.clone();
    for (at, header) in headers.iter().enumerate().filter(|(at, header)| !header.is_empty() && !told[*at]) {
        let known = position(dataset, header);
        let Some(column) = known.filter(|column| explicit[*column].is_none()) else {
            if is_secret(header) {
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
        if let Some(before) = mapping.sources[column].replace(at) {
            let name = dataset.columns[column].name;
            let message =
                format!("columns {} and {} are both {name} ({header}); keep one of them", before + 1, at + 1);
            return Err(fault(Some(name), "duplicate_column", message));
        }
    }
    for (column, at) in dataset.columns.iter().zip(&mapping.sources) {
        if at.is_none() && column.default.is_none() && dataset.key.contains(&column.name) {
            let message = format!(
                "the file has no column {} ({}), by which rows of {} are known",
                column.name, column.label_ja, dataset.name
            );
            return Err(fault(Some(column.name), "missing_column", message));
        }
    }
    Ok(mapping)
}

/// Search keys of a data set's columns: of identifiers, of labels, of further headers.
type Names = [HashMap<String, usize>; 3];

/// The column that a header names: its identifier first, whatever others call theirs.
pub(super) fn position(dataset: &Dataset, header: &str) -> Option<usize> {
    static NAMES: LazyLock<HashMap<&'static str, Names>> =
        LazyLock::new(|| DATASETS.iter().map(|dataset| (dataset.name, names(dataset))).collect());
    let key = search_key(header);
    NAMES.get(dataset.name)?.iter().find_map(|names| names.get(&key)).copied()
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
    [by(|column| vec![column.name]), by(|column| vec![column.label_ja]), by(|column| column.aliases.to_vec())]
}

/// Whether a search key is that of a header of any data set or layout.
pub(super) fn is_known(key: &str) -> bool {
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

/// Whether a column holds passwords, which are never taken in.
pub(super) fn is_secret(header: &str) -> bool {
    let key = search_key(header);
    ["PASSWORD", "パスワード", "PASSWD", "暗証番号"].iter().any(|word| key.contains(word))
}
