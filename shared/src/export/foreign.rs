//! The layout of another program: a profile read from right to left.

use super::companion::{companions, rows_beside};
use super::sink::{CellKind, Sink};
use super::{Counts, ExportError, push_cell};
use crate::dataset::{ColumnKind, Dataset};
use crate::import::{scaled_amount, scaled_product};
use crate::money::from_scaled;
use crate::profile::{ColumnRule, DateForm, HeaderForm, Less, Profile, Take, TargetRules, located_address};
use crate::store::Reader;

/// Hours between the instants of the store and the times of Japan.
const JAPAN_HOURS: i64 = 9;

/// The highest number of a line where lines are counted.
const LINES_MAX: usize = 1_000;

/// An amount and a rate in per cent, both in 1/10000, multiplied and divided by this are whole yen.
const TAX_UNIT: i128 = 100 * 10_000 * 10_000;

/// One yen in 1/10000.
const YEN: i128 = 10_000;

/// The most lines that are missing before one.
const GAP_MAX: i64 = 1_000;

/// Where a cell of the layout comes from.
struct Piece<'p> {
    /// The data set among the profile's.
    target: usize,
    /// The column of the data set.
    column: usize,
    rule: &'p ColumnRule,
}

/// What is written.
struct Writer<'p> {
    profile: &'p Profile,
    /// For each column of the layout, what may stand there: that of the first data set which has a row.
    pieces: Vec<Vec<Piece<'p>>>,
    names: Vec<String>,
    counts: Counts,
    /// Rows of the further data sets that were written, lines aside.
    beside_written: u64,
    /// The slip, or whatever lines are counted in, and how many of its lines were written.
    counted: (String, i64),
}

/// The rows of the profile's further data sets that belong to one row, by the data set's position.
type Beside = Vec<Vec<Vec<String>>>;

/// Writes the file of a profile.
pub(super) fn write(
    reader: &mut Reader,
    profile: &Profile,
    sink: &mut Sink<'_>,
) -> Result<Counts, ExportError> {
    let Some(main) = profile.targets.first() else { return Ok(Counts::default()) };
    let mut companions = companions(reader, profile, main)?;
    let mut writer = Writer {
        profile,
        pieces: profile.columns.iter().map(|name| pieces(profile, name)).collect(),
        names: std::iter::repeat_n(String::new(), profile.lead)
            .chain(profile.columns.iter().cloned())
            .collect(),
        counts: Counts::default(),
        beside_written: 0,
        counted: (String::new(), 0),
    };
    if profile.header != HeaderForm::None {
        sink.header(&writer.names)?;
    }
    let mut cells = vec![String::new(); main.dataset.columns.len()];
    let key = main.dataset.key_indexes().first().copied().unwrap_or_default();
    super::scan(reader, main.dataset, &mut |row| {
        for (at, column) in main.dataset.columns.iter().enumerate() {
            cells[at].clear();
            push_cell(row, at, column, &mut cells[at]);
        }
        let mut beside = vec![Vec::new(); profile.targets.len()];
        for (found, companion) in beside.iter_mut().zip(&mut companions) {
            if let Some(companion) = companion {
                *found = companion.of(&cells[key])?;
            }
        }
        for (at, target) in profile.targets.iter().enumerate().skip(1) {
            let found = std::mem::take(&mut beside[at]);
            beside[at] = if writer.has_lines(target) {
                writer.in_places(target, found)
            } else {
                writer.settled(at, found, &cells, &beside)
            };
        }
        writer.row(main, &cells, &beside, sink)
    })?;
    writer.counts.left_out_beside = rows_beside(profile, &companions).saturating_sub(writer.beside_written);
    Ok(writer.counts)
}

/// What the layout's column feeds, at most one column of each data set.
fn pieces<'p>(profile: &'p Profile, name: &str) -> Vec<Piece<'p>> {
    // The parts of an address are written together, behind the cells that may say some of them by themselves.
    let written = |rule: &'p ColumnRule| {
        if rule.take.is_some_and(Take::is_address) { rule.from.last() } else { rule.from.first() }
    };
    let names = |rule: &'p ColumnRule| written(rule).is_some_and(|from| from == name);
    let piece = |(target, rules): (usize, &'p TargetRules)| {
        let (column, rule) = rules.columns.iter().find(|(_, rule)| names(rule))?;
        Some(Piece { target, column: rules.dataset.column_index(column)?, rule })
    };
    profile.targets.iter().enumerate().filter_map(piece).collect()
}

impl Writer<'_> {
    fn row(
        &mut self,
        main: &TargetRules,
        cells: &[String],
        beside: &Beside,
        sink: &mut Sink<'_>,
    ) -> Result<(), ExportError> {
        let value = |name: &str| main.dataset.column_index(name).map_or("", |at| cells[at].as_str());
        let excluded =
            main.only.iter().any(|(name, values)| !values.iter().any(|known| known == value(name)));
        let lines = beside.iter().map(Vec::len).max().unwrap_or_default();
        let lines = if self.profile.record.is_some() { lines.max(1) } else { 1 };
        let first = if excluded { None } else { self.line(main, cells, beside, 0) };
        let Some(first) = first else {
            self.counts.left_out += 1;
            return Ok(());
        };
        if !self.fill_gaps(main, cells, &first, sink)? {
            self.counts.left_out += 1;
            return Ok(());
        }
        self.put(&first, sink)?;
        let further = beside.iter().zip(&self.profile.targets).skip(1);
        self.beside_written += further
            .filter(|(_, target)| !self.has_lines(target))
            .map(|(rows, _)| rows.len() as u64)
            .sum::<u64>();
        for line in 1..lines {
            if let Some(further) = self.line(main, cells, beside, line) {
                self.put(&further, sink)?;
            }
        }
        Ok(())
    }

    /// Whether the data set's rows stand below each other, and not beside the record.
    fn has_lines(&self, target: &TargetRules) -> bool {
        self.profile.record.is_some() && !target.once_a_record
    }

    /// The one row that stands beside the record: the first that no data set before has taken, and that says the same
    /// in each column of the layout in which one before has its own cell.
    fn settled(
        &self,
        at: usize,
        found: Vec<Vec<String>>,
        cells: &[String],
        beside: &Beside,
    ) -> Vec<Vec<String>> {
        let targets = &self.profile.targets;
        let cell_before = |pieces: &[Piece<'_>]| -> Option<String> {
            let row = |target: usize| {
                if target == 0 { Some(cells) } else { beside[target].first().map(Vec::as_slice) }
            };
            let mut before = pieces.iter().filter(|piece| piece.target < at);
            before.find_map(|piece| row(piece.target)?.get(piece.column).cloned())
        };
        let agrees = |row: &Vec<String>| {
            self.pieces.iter().all(|pieces| {
                let own = pieces.iter().find(|piece| piece.target == at);
                let own = own.and_then(|piece| row.get(piece.column));
                own.zip(cell_before(pieces)).is_none_or(|(own, before)| *own == before)
            })
        };
        let is_taken = |row: &Vec<String>| {
            let same = |earlier: &usize| targets[*earlier].dataset.name == targets[at].dataset.name;
            (1..at).filter(same).any(|earlier| beside[earlier].first() == Some(row))
        };
        found.into_iter().find(|row| !is_taken(row) && agrees(row)).into_iter().collect()
    }

    /// The lines of a record at the places of their numbers, where an import counts them. An empty one is a place
    /// without a line; a number that no place has leaves the line out.
    fn in_places(&mut self, target: &TargetRules, lines: Vec<Vec<String>>) -> Vec<Vec<String>> {
        let counted = target.columns.iter().find(|(_, rule)| rule.count.is_some());
        let Some(at) = counted.and_then(|(name, _)| target.dataset.column_index(name)) else { return lines };
        let mut places: Vec<Vec<String>> = Vec::new();
        for line in lines {
            let place = line.get(at).and_then(|number| number.parse::<usize>().ok());
            match place.filter(|place| (1..=LINES_MAX).contains(place)) {
                Some(place) => {
                    places.resize_with(places.len().max(place), Vec::new);
                    places[place - 1] = line;
                }
                None => self.counts.left_out += 1,
            }
        }
        places
    }

    /// The cells of one line; `None` when the layout has no way to say one of them.
    fn line(
        &mut self,
        main: &TargetRules,
        cells: &[String],
        beside: &Beside,
        line: usize,
    ) -> Option<Vec<String>> {
        let mut made = Vec::with_capacity(self.pieces.len());
        let key = main.dataset.key_indexes();
        for (name, pieces) in self.profile.columns.iter().zip(&self.pieces) {
            let has_row = |piece: &&Piece<'_>| {
                piece.target == 0 || beside.get(piece.target).is_some_and(|rows| !rows.is_empty())
            };
            let text = match pieces.iter().find(has_row) {
                None => String::new(),
                // Further lines repeat whose they are, and nothing else of the record.
                Some(piece) if piece.target == 0 && line > 0 && !key.contains(&piece.column) => String::new(),
                Some(piece) if piece.target == 0 => shown(main, piece, cells, &mut self.counts)?,
                Some(piece) => {
                    let target = self.profile.targets.get(piece.target)?;
                    let of_record = line > 0 && self.has_lines(target);
                    match beside.get(piece.target)?.get(if of_record { line } else { 0 }) {
                        Some(row) if row.is_empty() || (line > 0 && !of_record) => String::new(),
                        Some(row) => shown(target, piece, row, &mut self.counts)?,
                        None => String::new(),
                    }
                }
            };
            made.push(if text.is_empty() { self.blank(name, line) } else { text });
        }
        for (_, rule) in &main.columns {
            if let Some(less) = &rule.less {
                self.add_tax(main.dataset, cells, (rule, less), &mut made);
            }
        }
        Some(made)
    }

    /// Puts the tax into an amount that the layout has with it, and beside it, so that an import takes it off again:
    /// by the row's rate, cut to the yen. Without a rate the amount is written as it is, and no tax.
    fn add_tax(
        &self,
        dataset: &Dataset,
        cells: &[String],
        (rule, less): (&ColumnRule, &Less),
        made: &mut [String],
    ) {
        let place = |name: &String| self.profile.position(name).filter(|at| *at < made.len());
        let (Some(whole), Some(tax), Some(only)) =
            (rule.from.first().and_then(place), place(&less.column), place(&less.only.0))
        else {
            return;
        };
        let rate = dataset.column_index("tax_rate").and_then(|at| scaled_amount(&cells[at]).ok());
        let (Some(rate), Ok(net)) = (rate, scaled_amount(&made[whole])) else { return };
        let contained = i128::from(net) * i128::from(rate) / TAX_UNIT * YEN;
        let gross = i64::try_from(i128::from(net) + contained).map(|gross| from_scaled(gross).to_string());
        let takes = less.only.1.contains(&made[only]) && rate > 0;
        // What an import would not take is written as it is.
        if let (true, Ok(gross), Ok(contained)) = (takes, gross, i64::try_from(contained))
            && scaled_amount(&gross).is_ok()
        {
            made[whole] = gross;
            made[tax] = from_scaled(contained).to_string();
        }
    }

    /// What stands in a column that has nothing to say.
    fn blank(&self, name: &str, line: usize) -> String {
        let start = self.profile.record.as_ref().filter(|record| line == 0 && record.start == name);
        let fill = self.profile.fill.iter().find(|(column, _)| column == name);
        start
            .map(|record| record.mark.clone())
            .or_else(|| fill.map(|(_, value)| value.clone()))
            .unwrap_or_default()
    }

    /// Where lines have no number and are counted: a line of text for each number that is missing. False when the
    /// row's number is none that comes next.
    fn fill_gaps(
        &mut self,
        main: &TargetRules,
        cells: &[String],
        line: &[String],
        sink: &mut Sink<'_>,
    ) -> Result<bool, ExportError> {
        let counted = main.columns.iter().find_map(|(name, rule)| Some((name, rule.count.as_ref()?)));
        let Some((name, group)) = counted else { return Ok(true) };
        let number: Option<i64> = main.dataset.column_index(name).and_then(|at| cells[at].parse().ok());
        let group = self.profile.position(group).and_then(|at| line.get(at)).cloned().unwrap_or_default();
        let before = if self.counted.0 == group { self.counted.1 } else { 0 };
        let skip = self.profile.skip.iter().find(|skip| !skip.unless);
        let missing = number.map(|number| number - before - 1);
        let (Some(number), Some(missing)) =
            (number, missing.filter(|missing| (0..GAP_MAX).contains(missing)))
        else {
            return Ok(false);
        };
        if missing > 0 {
            let Some(skip) = skip else { return Ok(false) };
            let filler = self.filler(main, line, &skip.column, skip.values.first());
            for _ in 0..missing {
                self.put_cells(&filler, sink)?;
            }
        }
        self.counted = (group, number);
        Ok(true)
    }

    /// A line that an import passes over: what tells whose slip it is, and why it is none.
    fn filler(
        &self,
        main: &TargetRules,
        line: &[String],
        column: &str,
        value: Option<&String>,
    ) -> Vec<String> {
        let cell = |(at, name): (usize, &String)| {
            let says_whose = self.pieces[at].first().is_some_and(|piece| {
                let column = &main.dataset.columns[piece.column];
                piece.target == 0 && column.required && column.kind != ColumnKind::Decimal
            });
            match value.filter(|_| name == column) {
                Some(value) => value.clone(),
                None if says_whose => line[at].clone(),
                None => String::new(),
            }
        };
        self.profile.columns.iter().enumerate().map(cell).collect()
    }

    fn put(&mut self, line: &[String], sink: &mut Sink<'_>) -> Result<(), ExportError> {
        self.counts.rows += 1;
        self.put_cells(line, sink)
    }

    fn put_cells(&self, line: &[String], sink: &mut Sink<'_>) -> Result<(), ExportError> {
        for name in self.names.iter().take(self.profile.lead) {
            sink.cell(name, "", CellKind::Text)?;
        }
        for ((name, piece), text) in self.profile.columns.iter().zip(&self.pieces).zip(line) {
            // Dates have the layout's own form, so that they stay text in a workbook.
            let tax = |rule: &ColumnRule| rule.less.as_ref().is_some_and(|less| less.column == *name);
            let is_tax =
                || self.profile.targets.iter().flat_map(|target| &target.columns).any(|(_, rule)| tax(rule));
            let number = piece.first().is_some_and(|piece| {
                let dataset = self.profile.targets.get(piece.target).map(|target| target.dataset);
                dataset.is_some_and(|dataset| dataset.columns[piece.column].kind == ColumnKind::Decimal)
            });
            sink.cell(name, text, if number || is_tax() { CellKind::Number } else { CellKind::Text })?;
        }
        sink.end_row()
    }
}

/// A value as the layout writes it; `None` when it has no word for it.
fn shown(target: &TargetRules, piece: &Piece<'_>, cells: &[String], counts: &mut Counts) -> Option<String> {
    let dataset = target.dataset;
    let (column, rule) = (&dataset.columns[piece.column], piece.rule);
    let native = cells.get(piece.column)?;
    if let Some(times) = &rule.times {
        return Some(divided(target, native, times, cells).unwrap_or_default());
    }
    if rule.take.is_some_and(Take::is_address) {
        return Some(address(dataset, cells, counts));
    }
    if native.is_empty() {
        return Some(String::new());
    }
    if !rule.map.is_empty() || rule.rest.is_some() {
        if let Some((word, _)) = rule.map.iter().find(|(_, meaning)| meaning == native) {
            return Some(word.clone());
        }
        match rule.rest.as_deref() {
            Some("") => return Some(String::new()),
            Some(_) => return None,
            None => {}
        }
    }
    Some(match column.kind {
        ColumnKind::Date => date(rule.date, native),
        ColumnKind::Instant => japan_time(native),
        ColumnKind::Choice(_) | ColumnKind::OpenChoice(_) => column.choice_label_ja(native).to_owned(),
        _ => native.clone(),
    })
}

/// The number that an import multiplies by the cell of `times`, when there is one that gives the value again.
fn divided(target: &TargetRules, native: &str, times: &str, cells: &[String]) -> Option<String> {
    let feeds = |(_, rule): &&(&'static str, ColumnRule)| {
        rule.times.is_none() && rule.from.first().is_some_and(|from| from == times)
    };
    let (by, _) = target.columns.iter().find(feeds)?;
    let by = scaled_amount(cells.get(target.dataset.column_index(by)?)?).ok()?;
    let value = scaled_amount(native).ok()?;
    let quotient = (i128::from(value) * YEN).checked_div(i128::from(by))?;
    let exact = |one: &i64| scaled_product(*one, by) == i128::from(value);
    let one = [0, 1, -1].into_iter().filter_map(|step| i64::try_from(quotient + step).ok()).find(exact)?;
    let text = from_scaled(one).to_string();
    scaled_amount(&text).is_ok().then_some(text)
}

/// Prefecture, city and street in one cell.
fn address(dataset: &Dataset, cells: &[String], counts: &mut Counts) -> String {
    let part =
        |name: &str| dataset.column_index(name).and_then(|at| cells.get(at)).map_or("", String::as_str);
    let parts = (part("prefecture"), part("city"), part("street"));
    let line = [parts.0, parts.1, parts.2].concat();
    if located_address(&line) != parts {
        counts.inexact += 1;
    }
    line
}

fn date(form: Option<DateForm>, iso: &str) -> String {
    match form {
        None | Some(DateForm::Iso) => iso.to_owned(),
        Some(DateForm::Compact) => iso.replace('-', ""),
        Some(DateForm::Slashes) => iso.replace('-', "/"),
        Some(DateForm::ShortYear) if iso.starts_with("20") => iso[2..].replace('-', "/"),
        Some(DateForm::Era) => {
            let day = iso.parse().ok().and_then(crate::era::to_wareki_short);
            day.unwrap_or_else(|| iso.to_owned())
        }
        Some(DateForm::EraDigit) if iso.starts_with("20") => format!("1{}", iso[2..].replace('-', "")),
        Some(DateForm::ShortYear | DateForm::EraDigit) => iso.to_owned(),
    }
}

/// An instant as the clock in Japan shows it, as short as it goes.
fn japan_time(instant: &str) -> String {
    let Ok(at) = chrono::DateTime::parse_from_rfc3339(instant) else { return instant.to_owned() };
    let local = at.naive_utc() + chrono::Duration::hours(JAPAN_HOURS);
    let text = local.format("%Y-%m-%d %H:%M:%S%.3f").to_string();
    let text = text.strip_suffix(".000").unwrap_or(&text);
    text.strip_suffix(":00").unwrap_or(text).to_owned()
}
