//! A profile's TOML, checked as a whole: every mistake is named with its line.

mod plain;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{
    ColumnRule, DateForm, Detect, HeaderForm, Less, Profile, ProfileError, ProfileMistake, Record, Shape,
    Skip, Take, TargetRules,
};
use crate::dataset::{self, DATASETS};
use crate::encoding::Encoding;

/// The most bytes of a profile.
const BYTES_MAX: usize = 1 << 20;

/// Columns that a layout may have.
const COLUMNS_MAX: usize = 1_000;

/// Reads a profile. `file` is for messages.
///
/// # Errors
/// [`ProfileError`] with every mistake and its line.
pub fn parse(file: &str, text: &str) -> Result<Profile, ProfileError> {
    let mut reader = Reader { text, mistakes: Vec::new() };
    let profile = if text.len() > BYTES_MAX {
        reader
            .mistakes
            .push(ProfileMistake { line: 1, message: "the profile is longer than 1 MiB".to_owned() });
        None
    } else {
        reader.read()
    };
    let mut mistakes = reader.mistakes;
    mistakes.sort_by_key(|mistake| mistake.line);
    match profile {
        Some(profile) if mistakes.is_empty() => Ok(profile),
        _ => Err(ProfileError { file: file.to_owned(), mistakes }),
    }
}

type Node<'a> = Spanned<DeValue<'a>>;

struct Reader<'t> {
    text: &'t str,
    mistakes: Vec<ProfileMistake>,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<Profile> {
        let text = self.text;
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            self.wrong_at(error.span().map_or(0, |span| span.start), error.message());
        }
        if !errors.is_empty() {
            return None;
        }
        let mut profile = empty();
        // The columns first: everything else is checked against them.
        for (key, value) in root.get_ref() {
            if key.get_ref() == "columns" {
                profile.columns = self.strings(value);
            }
        }
        if profile.columns.is_empty() || profile.columns.len() > COLUMNS_MAX {
            self.wrong_at(0, "columns must list the layout's columns, 1 to 1,000, in their order");
        }
        for (key, value) in root.get_ref() {
            self.top(&mut profile, key.get_ref(), key.span().start, value);
        }
        self.finish(&mut profile);
        Some(profile)
    }

    fn top(&mut self, profile: &mut Profile, key: &str, at: usize, value: &Node<'_>) {
        match key {
            "columns" => {}
            "name" => profile.name = self.string(value),
            "title" => profile.title = self.string(value),
            "about" => profile.about = self.string(value),
            "encoding" => {
                let known = self.string(value);
                profile.encoding = self.one_of(value, &known, ENCODINGS).unwrap_or(Encoding::Utf8);
            }
            "delimiter" => {
                let known = self.string(value);
                profile.delimiter = self.one_of(value, &known, DELIMITERS).unwrap_or(b',');
            }
            "header" => {
                let known = self.string(value);
                profile.header = self.one_of(value, &known, HEADERS).unwrap_or(HeaderForm::Names);
            }
            "widths" => profile.widths = self.numbers(value),
            "lead" => profile.lead = self.number(value),
            "first_row" => profile.first_row = self.number(value).max(1) as u64,
            "aliases" => {
                for (column, at, value) in self.entries(value) {
                    self.check(profile, column, at);
                    profile.aliases.push((column.to_owned(), self.strings(value)));
                }
            }
            "detect" => profile.detect = self.detect(profile, value),
            "skip" => profile.skip = self.tables(value, |reader, table| reader.skip(profile, table)),
            "fill" => {
                profile.fill = self.pairs(value);
                for (column, at, _) in self.entries(value) {
                    self.check(profile, column, at);
                }
            }
            "record" => profile.record = Some(self.record(profile, value)),
            "dataset" => {
                let targets = self.tables(value, |reader, table| reader.target(profile, table));
                profile.targets = targets.into_iter().flatten().collect();
            }
            _ => self.wrong_at(at, &format!("{key} is no setting of a profile")),
        }
    }

    fn finish(&mut self, profile: &mut Profile) {
        if profile.name.is_empty() {
            self.wrong_at(0, "name is missing");
        }
        if profile.targets.is_empty() {
            self.wrong_at(0, "there is no [[dataset]] that the layout feeds");
        }
        if profile.widths.is_empty() {
            profile.widths = vec![profile.columns.len()];
        }
        if profile.widths.iter().any(|width| *width == 0 || *width > profile.columns.len()) {
            self.wrong_at(0, "widths must be 1 to the number of columns");
        }
        if profile.header == HeaderForm::None && profile.detect.shape.is_empty() {
            self.wrong_at(0, "without a header, [detect] needs a shape by which a file is known");
        }
        if profile.header != HeaderForm::None && profile.detect.headers.is_empty() {
            self.wrong_at(0, "[detect] needs the headers by which a file is known");
        }
    }

    fn detect(&mut self, profile: &Profile, value: &Node<'_>) -> Detect {
        let mut detect = Detect::default();
        for (key, at, value) in self.entries(value) {
            match key {
                "headers" => detect.headers = self.columns(profile, value),
                "any" => detect.any = self.columns(profile, value),
                "absent" => detect.absent = self.strings(value),
                "general" => detect.general = self.flag(value),
                "shape" => {
                    for (column, at, value) in self.entries(value) {
                        self.check(profile, column, at);
                        if let Some(shape) = self.shape(value) {
                            detect.shape.push((column.to_owned(), shape));
                        }
                    }
                }
                _ => self.wrong_at(at, &format!("{key} is no setting of [detect]")),
            }
        }
        detect
    }

    fn shape(&mut self, value: &Node<'_>) -> Option<Shape> {
        if value.get_ref().is_array() {
            return Some(Shape::OneOf(self.strings(value)));
        }
        let known = self.string(value);
        self.one_of(value, &known, SHAPES)
    }

    fn skip(&mut self, profile: &Profile, table: &Node<'_>) -> Skip {
        let mut skip = Skip::default();
        for (key, at, value) in self.entries(table) {
            match key {
                "column" => {
                    skip.column = self.string(value);
                    self.check(profile, &skip.column, at);
                }
                "values" => skip.values = self.strings(value),
                "except" => {
                    skip.values = self.strings(value);
                    skip.unless = true;
                }
                "empty" => skip.empty = self.columns(profile, value),
                "reason" => skip.reason = self.string(value),
                _ => self.wrong_at(at, &format!("{key} is no setting of [[skip]]")),
            }
        }
        let by_value = !skip.column.is_empty() && !skip.values.is_empty();
        if by_value != skip.empty.is_empty() || skip.reason.is_empty() {
            let message = "[[skip]] needs a column and values (or except), or empty, and a reason";
            self.wrong_at(table.span().start, message);
        }
        skip
    }

    fn record(&mut self, profile: &Profile, table: &Node<'_>) -> Record {
        let mut record = Record { start: String::new(), mark: "*".to_owned(), table: Vec::new() };
        for (key, at, value) in self.entries(table) {
            match key {
                "start" => {
                    record.start = self.string(value);
                    self.check(profile, &record.start, at);
                }
                "mark" => record.mark = self.string(value),
                "table" => record.table = self.columns(profile, value),
                _ => self.wrong_at(at, &format!("{key} is no setting of [record]")),
            }
        }
        if record.start.is_empty() {
            self.wrong_at(table.span().start, "[record] needs the column in which records start");
        }
        record
    }

    fn target(&mut self, profile: &Profile, table: &Node<'_>) -> Option<TargetRules> {
        let entries = self.entries(table);
        let name = entries.iter().find(|(key, ..)| *key == "name");
        let Some((_, at, value)) = name else {
            self.wrong_at(table.span().start, "[[dataset]] needs a name");
            return None;
        };
        let name = self.string(value);
        let Some(dataset) = dataset::by_name(&name) else {
            let known: Vec<&str> = DATASETS.iter().map(|dataset| dataset.name).collect();
            self.wrong_at(*at, &format!("{name} is no data set; there are: {}", known.join(", ")));
            return None;
        };
        let mut target = TargetRules {
            dataset,
            once_a_record: false,
            when: Vec::new(),
            split_phones: None,
            only: Vec::new(),
            columns: Vec::new(),
        };
        for (key, at, value) in entries {
            match key {
                "name" => {}
                "rows" => {
                    let known = self.string(value);
                    let forms: &[(&str, bool)] = &[("record", true), ("line", false)];
                    target.once_a_record = self.one_of(value, &known, forms).unwrap_or(false);
                }
                "when" => target.when = self.columns(profile, value),
                "split_phones" => {
                    let column = self.string(value);
                    self.check(profile, &column, at);
                    target.split_phones = Some(column);
                }
                "only" => {
                    for (column, at, value) in self.entries(value) {
                        match dataset.column(column) {
                            Some(known) => target.only.push((known.name, self.strings(value))),
                            None => self.wrong_at(at, &format!("{name} has no column {column}")),
                        }
                    }
                }
                "columns" => {
                    for (column, at, value) in self.entries(value) {
                        match dataset.column(column) {
                            Some(known) => {
                                let rule = self.rule(profile, value);
                                target.columns.push((known.name, rule));
                            }
                            None => self.wrong_at(at, &format!("{name} has no column {column}")),
                        }
                    }
                }
                _ => self.wrong_at(at, &format!("{key} is no setting of [[dataset]]")),
            }
        }
        for column in dataset.columns.iter().filter(|column| column.required) {
            if !target.columns.iter().any(|(name, _)| *name == column.name) {
                let message = format!("{name} needs its column {} from somewhere", column.name);
                self.wrong_at(table.span().start, &message);
            }
        }
        Some(target)
    }

    fn rule(&mut self, profile: &Profile, value: &Node<'_>) -> ColumnRule {
        let mut rule = ColumnRule::default();
        if !value.get_ref().is_table() {
            rule.from = self.columns(profile, value);
            return rule;
        }
        for (key, at, value) in self.entries(value) {
            match key {
                "from" => rule.from = self.columns(profile, value),
                "join" => rule.join = self.string(value),
                "const" => rule.constant = Some(self.string(value)),
                "map" => rule.map = self.pairs(value),
                "rest" => rule.rest = Some(self.string(value)),
                "take" => {
                    let known = self.string(value);
                    rule.take = self.one_of(value, &known, TAKES);
                }
                "date" => {
                    let known = self.string(value);
                    rule.date = self.one_of(value, &known, DATES);
                }
                "count" => {
                    let column = self.string(value);
                    self.check(profile, &column, at);
                    rule.count = Some(column);
                }
                "times" => {
                    let column = self.string(value);
                    self.check(profile, &column, at);
                    rule.times = Some(column);
                }
                "less" => rule.less = self.less(profile, value),
                "keep" => rule.keep = self.flag(value),
                "negative" => {
                    for (column, at, value) in self.entries(value) {
                        self.check(profile, column, at);
                        rule.negative = Some((column.to_owned(), self.strings(value)));
                    }
                }
                _ => self.wrong_at(at, &format!("{key} is no setting of a column")),
            }
        }
        if rule.from.is_empty() && rule.constant.is_none() && rule.count.is_none() {
            self.wrong_at(value.span().start, "a column needs one of from, const and count");
        }
        rule
    }
}

impl Reader<'_> {
    /// `{ column = "内税額", only = { "税込区分" = ["1"] } }`.
    fn less(&mut self, profile: &Profile, table: &Node<'_>) -> Option<Less> {
        let mut less = Less { column: String::new(), only: (String::new(), Vec::new()) };
        for (key, at, value) in self.entries(table) {
            match key {
                "column" => {
                    less.column = self.string(value);
                    self.check(profile, &less.column, at);
                }
                "only" => {
                    for (column, at, value) in self.entries(value) {
                        self.check(profile, column, at);
                        less.only = (column.to_owned(), self.strings(value));
                    }
                }
                _ => self.wrong_at(at, &format!("{key} is no setting of less")),
            }
        }
        let whole = !less.column.is_empty() && !less.only.0.is_empty();
        if !whole {
            self.wrong_at(table.span().start, "less needs the column that is taken off, and only");
        }
        whole.then_some(less)
    }
}

const ENCODINGS: &[(&str, Encoding)] = &[
    ("utf8", Encoding::Utf8),
    ("utf8-bom", Encoding::Utf8Bom),
    ("cp932", Encoding::Cp932),
    ("utf16le", Encoding::Utf16Le),
    ("utf16be", Encoding::Utf16Be),
];
const DELIMITERS: &[(&str, u8)] = &[(",", b','), ("tab", b'\t'), (";", b';'), ("space", b' ')];
const HEADERS: &[(&str, HeaderForm)] =
    &[("names", HeaderForm::Names), ("none", HeaderForm::None), ("either", HeaderForm::Either)];
const SHAPES: &[(&str, Shape)] = &[
    ("date", Shape::Date),
    ("digits", Shape::Digits),
    ("number", Shape::Number),
    ("filled", Shape::Filled),
    ("postal", Shape::Postal),
    ("phone", Shape::Phone),
];
const TAKES: &[(&str, Take)] = &[
    ("prefecture", Take::Prefecture),
    ("city", Take::City),
    ("street", Take::Street),
    ("percent", Take::Percent),
];
const DATES: &[(&str, DateForm)] = &[
    ("yyyymmdd", DateForm::Compact),
    ("yyyy/mm/dd", DateForm::Slashes),
    ("yyyy-mm-dd", DateForm::Iso),
    ("yy/mm/dd", DateForm::ShortYear),
    ("era", DateForm::Era),
    ("era-digit", DateForm::EraDigit),
];

fn empty() -> Profile {
    Profile {
        name: String::new(),
        title: String::new(),
        about: String::new(),
        encoding: Encoding::Utf8,
        delimiter: b',',
        header: HeaderForm::Names,
        columns: Vec::new(),
        aliases: Vec::new(),
        widths: Vec::new(),
        lead: 0,
        first_row: 1,
        detect: Detect::default(),
        skip: Vec::new(),
        fill: Vec::new(),
        record: None,
        targets: Vec::new(),
    }
}
