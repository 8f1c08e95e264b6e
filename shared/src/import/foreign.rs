//! Files of other programs: whether a profile fits a file, and what its columns then are.

mod place;

pub(super) use place::{NearMiss, near_miss};
use place::{Place, by_position, with_header};

use super::ImportSettings;
use super::extend::Extensions;
use super::head::Head;
use super::header;
use super::layout::{Layout, LessAt, Made, RecordAt, Rule, SkipAt, Target};
use super::report::Fault;
use super::shape;
use crate::profile::{ColumnRule, HeaderForm, Profile, TargetRules};
use crate::text::search_key;

/// The file as this profile has it, when a row has the profile's headers.
pub(super) fn by_header(
    profile: &Profile,
    head: &Head,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Option<Result<Layout, Fault>> {
    let place = with_header(profile, head, settings, profile.detect.headers.len())?;
    Some(build(profile, head, &place, settings, extensions))
}

/// The file as this profile has it, when its rows look like the profile's.
pub(super) fn by_shape(
    profile: &Profile,
    head: &Head,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Option<Result<Layout, Fault>> {
    let place = by_position(profile, head).filter(|place| shape::fits(profile, head, &place.cells))?;
    Some(build(profile, head, &place, settings, extensions))
}

/// Whether the rows have as many columns as a layout that needs no headers.
pub(super) fn has_width(profile: &Profile, head: &Head) -> bool {
    !head.form.numbered && by_position(profile, head).is_some()
}

/// The file as the profile that was chosen has it, in the form in which most fits.
pub(super) fn chosen(
    profile: &Profile,
    heads: &[&Head],
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<Layout, Fault> {
    let by_name =
        heads.iter().filter_map(|head| with_header(profile, head, settings, 1).map(|place| (*head, place)));
    let best = by_name.max_by_key(|(_, place)| place.known);
    let by_position = || {
        let places = heads.iter().filter_map(|head| by_position(profile, head).map(|place| (*head, place)));
        let shaped = |(head, place): &(&Head, Place)| usize::from(shape::fits(profile, head, &place.cells));
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

/// The profile at the file's columns; the fault is a column that it needs and the file lacks.
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
    for (position, rules) in profile.targets.iter().enumerate() {
        // A row is made when one of these is filled: of a file that has none of them, never.
        let never = !rules.when.is_empty() && rules.when.iter().all(|name| at(name).is_none());
        if position > 0 && never {
            continue;
        }
        let target = target(rules, main, &at, &mut counters);
        let target = target.map_err(|missing| {
            let message = format!("the file has no column {missing}, which {} needs", profile.name);
            fault(place.skip_through, "missing_column", message)
        })?;
        targets.push(target);
    }
    let skips = profile.skip.iter().filter_map(|skip| {
        let (values, reason) = (skip.values.clone(), skip.reason.clone());
        let empty: Vec<usize> = skip.empty.iter().filter_map(|name| at(name)).collect();
        let cell = if skip.column.is_empty() { None } else { Some(at(&skip.column)?) };
        // Without one of the columns nothing is known of their being empty.
        let known = empty.len() == skip.empty.len();
        known.then_some(SkipAt { cell, values, empty, unless: skip.unless, reason })
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
        mapped: place.headers.iter().filter(|header| settings.mapped(header).is_some()).cloned().collect(),
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
        if place.cells.contains(&Some(cell)) {
            continue;
        }
        let column = |target: &Target| header::position(target.dataset, wanted);
        if let Some((at, column)) =
            layout.targets.iter().map(column).enumerate().find_map(|(at, column)| Some((at, column?)))
        {
            layout.targets[at].take(column, cell);
        } else if let Some(field) = extensions.field(layout.targets[owner].dataset, wanted, settings.extend) {
            layout.extend(cell, owner, field);
        } else {
            let message = format!(
                "--map {name}={wanted}: neither {} nor {} has a column {wanted}; `analytics import --describe {}` \
                 lists them",
                layout.profile, main.name, layout.profile
            );
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
            times: column.times.as_ref().and_then(|name| at(name)),
            less: column.less.as_ref().and_then(|less| {
                let (cell, only) = (at(&less.column)?, at(&less.only.0)?);
                Some(LessAt { cell, only, values: less.only.1.clone() })
            }),
            negative: column
                .negative
                .as_ref()
                .and_then(|(name, values)| at(name).map(|cell| (cell, values.clone()))),
            keep: column.keep,
        })),
    }
}
