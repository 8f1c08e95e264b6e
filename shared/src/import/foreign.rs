//! Files of other programs: whether a profile fits a file, and what its columns then are.

use super::ImportSettings;
use super::cell::amount;
use super::extend::Extensions;
use super::head::{Head, HeadRow};
use super::header;
use super::layout::{Layout, Made, RecordAt, Rule, SkipAt, Target};
use super::report::Fault;
use crate::era::parse_date;
use crate::profile::{ColumnRule, HeaderForm, Profile, Shape, TargetRules, position};
use crate::text::search_key;

/// The file as this profile has it, when its content fits.
pub(super) fn detect(
    profile: &Profile,
    head: &Head,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Option<Layout> {
    let place = with_header(profile, head, profile.detect.headers.len())
        .or_else(|| by_position(profile, head).filter(|place| has_shape(profile, head, place)))?;
    build(profile, head, &place, settings, extensions).ok()
}

/// The file as the profile that was chosen has it, in the form in which most fits.
pub(super) fn chosen(
    profile: &Profile,
    heads: &[&Head],
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<Layout, Fault> {
    let by_name = heads.iter().filter_map(|head| with_header(profile, head, 1).map(|place| (*head, place)));
    let best = by_name.max_by_key(|(_, place)| place.known);
    let by_position = || {
        let places = heads.iter().filter_map(|head| by_position(profile, head).map(|place| (*head, place)));
        let shaped = |(head, place): &(&Head, Place)| usize::from(has_shape(profile, head, place));
        // Of equals the last is the best for max_by_key: the likeliest delimiter comes first.
        places.collect::<Vec<_>>().into_iter().rev().max_by_key(shaped)
    };
    match best.or_else(by_position) {
        Some((head, place)) => build(profile, head, &place, settings, extensions),
        None => {
            let line = heads.first().and_then(|head| head.rows.first()).map_or(1, |row| row.line);
            Err(fault(line, "profile_mismatch", misfit(profile, heads)))
        }
    }
}

fn misfit(profile: &Profile, heads: &[&Head]) -> String {
    let found = heads.iter().flat_map(|head| &head.rows).map(|row| row.cells.len()).max().unwrap_or_default();
    let widths: Vec<String> = profile.widths.iter().map(usize::to_string).collect();
    match profile.header {
        HeaderForm::Names => format!(
            "no row has the headers of {}: {}; `analytics import --describe {}` lists them",
            profile.name,
            profile.detect.headers.join(", "),
            profile.name
        ),
        _ => format!(
            "the rows have {found} columns, {} has {}; choose another profile, or --delimiter",
            profile.name,
            widths.join(", ")
        ),
    }
}

fn fault(line: u64, code: &'static str, message: String) -> Fault {
    Fault { line, column: None, code, message, raw: String::new() }
}

/// Where in the file the layout's columns are.
struct Place {
    /// For each column of the layout, the file's column.
    cells: Vec<Option<usize>>,
    /// How many are known by name.
    known: usize,
    headers: Vec<String>,
    unknown: Vec<(usize, String)>,
    width: usize,
    skip_through: u64,
}

/// The row with the profile's headers, of which at least so many must be there.
fn with_header(profile: &Profile, head: &Head, needed: usize) -> Option<Place> {
    if profile.header == HeaderForm::None {
        return None;
    }
    let fits = |row: &&HeadRow| {
        let has = |name: &&String| position(&row.cells, name).is_some();
        profile.detect.headers.iter().filter(has).count() >= needed.max(1)
            && !profile.detect.absent.iter().any(|name| position(&row.cells, name).is_some())
    };
    head.rows.iter().filter(fits).map(|row| named(profile, row)).max_by_key(|place| place.known)
}

fn named(profile: &Profile, row: &HeadRow) -> Place {
    let cells: Vec<Option<usize>> = profile.columns.iter().map(|name| position(&row.cells, name)).collect();
    let foreign = row.cells.iter().enumerate().filter(|(at, header)| {
        !header.is_empty() && !cells.contains(&Some(*at)) && position(&profile.columns, header).is_none()
    });
    Place {
        known: cells.iter().flatten().count(),
        unknown: foreign.map(|(at, header)| (at, header.clone())).collect(),
        headers: row.cells.clone(),
        width: row.cells.len(),
        skip_through: row.line,
        cells,
    }
}

/// The columns by their positions, when the rows have as many as the layout.
fn by_position(profile: &Profile, head: &Head) -> Option<Place> {
    if profile.header == HeaderForm::Names {
        return None;
    }
    let data = || head.rows.iter().filter(|row| row.line >= profile.first_row);
    let width = if head.form.numbered {
        // A sheet's rows end with their last filled cell.
        let longest = data().map(|row| row.cells.len()).max()?;
        let all = profile.lead + profile.widths.iter().max()?;
        (longest <= all).then_some(all)?
    } else {
        let first = data().next()?.cells.len();
        profile.widths.iter().map(|width| width + profile.lead).find(|width| *width == first)?
    };
    let cells = (0..profile.columns.len()).map(|at| at + profile.lead).map(|at| (at < width).then_some(at));
    Some(Place {
        cells: cells.collect(),
        known: 0,
        headers: Vec::new(),
        unknown: Vec::new(),
        width,
        skip_through: profile.first_row - 1,
    })
}

fn has_shape(profile: &Profile, head: &Head, place: &Place) -> bool {
    let mut data = head.rows.iter().filter(|row| row.line >= profile.first_row).peekable();
    if profile.detect.shape.is_empty() || data.peek().is_none() {
        return false;
    }
    data.all(|row| {
        profile.detect.shape.iter().all(|(column, shape)| {
            let at = profile.position(column).and_then(|at| place.cells.get(at).copied().flatten());
            at.is_some_and(|at| is_shape(shape, row.cells.get(at).map_or("", String::as_str)))
        })
    })
}

fn is_shape(shape: &Shape, cell: &str) -> bool {
    match shape {
        Shape::Date => parse_date(cell).is_ok(),
        Shape::Digits => !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit()),
        Shape::Number => cell.is_empty() || amount(cell).is_ok(),
        Shape::Filled => !cell.is_empty(),
        Shape::OneOf(values) => values.iter().any(|value| value == cell),
    }
}

fn build(
    profile: &Profile,
    head: &Head,
    place: &Place,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<Layout, Fault> {
    let at = |name: &str| profile.position(name).and_then(|at| place.cells.get(at).copied().flatten());
    let mut counters = Vec::new();
    let mut targets = Vec::new();
    let Some(main) = profile.targets.first().map(|target| target.dataset) else {
        return Err(fault(1, "profile_mismatch", format!("{} feeds no data set", profile.name)));
    };
    for rules in &profile.targets {
        let target = target(rules, main, &at, &mut counters);
        let target = target.map_err(|missing| {
            let message = format!("the file has no column {missing}, which {} needs", profile.name);
            fault(place.skip_through, "missing_column", message)
        })?;
        targets.push(target);
    }
    let skips = profile.skip.iter().filter_map(|skip| {
        let (values, reason) = (skip.values.clone(), skip.reason.clone());
        at(&skip.column).map(|cell| SkipAt { cell, values, unless: skip.unless, reason })
    });
    let record = profile.record.as_ref().and_then(|record| {
        let own: Vec<usize> = record.table.iter().filter_map(|name| at(name)).collect();
        let own = (0..place.width).map(|at| own.contains(&at)).collect();
        at(&record.start).map(|cell| RecordAt { cell, mark: record.mark.clone(), own })
    });
    let mut layout = Layout {
        profile: profile.name.clone(),
        form: head.form,
        width: place.width,
        skip_through: place.skip_through,
        unknown: Vec::new(),
        secret: Vec::new(),
        skips: skips.collect(),
        record,
        counters,
        targets,
        extensions: Vec::new(),
    };
    map_further(&mut layout, place, settings, extensions)?;
    Ok(layout)
}

/// What `--map` says, and headers that the layout does not have.
fn map_further(
    layout: &mut Layout,
    place: &Place,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<(), Fault> {
    for (cell, name) in place.headers.iter().enumerate() {
        let owner = layout.owner_of(cell);
        let Some(main) = layout.targets.first().map(|target| target.dataset) else { return Ok(()) };
        let Some(wanted) = settings.mapped(name) else { continue };
        if let Some(column) = header::position(main, wanted) {
            layout.targets[0].rules[column] = Rule::Cell(cell);
        } else if let Some(field) = extensions.field(layout.targets[owner].dataset, wanted, settings.extend) {
            layout.extend(cell, owner, field);
        } else {
            let message = format!("--map {name}={wanted}: {} has no column {wanted}", main.name);
            return Err(fault(place.skip_through, "unknown_column", message));
        }
    }
    for (cell, name) in place.unknown.iter().filter(|(_, name)| settings.mapped(name).is_none()) {
        let owner = layout.owner_of(*cell);
        if header::is_secret(name) {
            layout.secret.push(*cell);
            layout.unknown.push(name.clone());
        } else if let Some(field) =
            layout.targets.get(owner).and_then(|of| extensions.field(of.dataset, name, settings.extend))
        {
            layout.extend(*cell, owner, field);
        } else {
            layout.unknown.push(name.clone());
        }
    }
    Ok(())
}

/// A data set's rules at the file's columns; the error is a column that the data set needs and the file lacks.
fn target(
    rules: &TargetRules,
    main: &crate::dataset::Dataset,
    at: &dyn Fn(&str) -> Option<usize>,
    counters: &mut Vec<usize>,
) -> Result<Target, String> {
    let mut made: Vec<Rule> = rules.dataset.columns.iter().map(|_| Rule::Absent).collect();
    for (name, column) in &rules.columns {
        let Some(position) = rules.dataset.column_index(name) else { continue };
        made[position] = rule(column, at, counters);
        let needed = rules.dataset.key.contains(name) && rules.dataset.columns[position].default.is_none();
        if needed && matches!(made[position], Rule::Absent) {
            return Err(column.from.join(", "));
        }
    }
    let mut target = Target::new(rules.dataset, made, main);
    target.when = rules.when.iter().filter_map(|name| at(name)).collect();
    target.once_a_record = rules.once_a_record;
    target.split = rules.split_phones.as_ref().and_then(|name| at(name));
    Ok(target)
}

fn rule(column: &ColumnRule, at: &dyn Fn(&str) -> Option<usize>, counters: &mut Vec<usize>) -> Rule {
    let cells: Vec<usize> = column.from.iter().filter_map(|name| at(name)).collect();
    if let Some(counted) = &column.count {
        let Some(cell) = at(counted) else { return Rule::Absent };
        let known = counters.iter().position(|known| *known == cell);
        let counter = known.unwrap_or_else(|| {
            counters.push(cell);
            counters.len() - 1
        });
        return Rule::Made(Box::new(Made { counter: Some(counter), ..Made::default() }));
    }
    if cells.is_empty() && column.constant.is_none() {
        return Rule::Absent;
    }
    let as_it_is =
        ColumnRule { from: column.from.clone(), join: column.join.clone(), ..ColumnRule::default() };
    match cells.as_slice() {
        [cell] if *column == as_it_is => Rule::Cell(*cell),
        _ => Rule::Made(Box::new(Made {
            cells,
            join: column.join.clone(),
            constant: column.constant.clone(),
            map: column.map.iter().map(|(cell, meaning)| (search_key(cell), meaning.clone())).collect(),
            rest: column.rest.clone(),
            take: column.take,
            date: column.date,
            counter: None,
            negative: column
                .negative
                .as_ref()
                .and_then(|(name, values)| at(name).map(|cell| (cell, values.clone()))),
            keep: column.keep,
        })),
    }
}
