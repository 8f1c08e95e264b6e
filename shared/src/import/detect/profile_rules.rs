//! A profile's rules at the columns of a file.

use super::column_places::Place;
use crate::dataset::Dataset;
use crate::import::layout::{CounterAt, Derived, LessAt, RecordAt, RepeatAt, Rule, SkipAt, Target};
use crate::profile::{ColumnRule, Less, Profile, Skip, TargetRules};
use crate::text::search_key;

/// The file's column for a column of the layout.
pub(super) type At<'a> = &'a dyn Fn(&str) -> Option<usize>;

pub(super) fn skips(profile: &Profile, at: At<'_>) -> Vec<SkipAt> {
    let skip = |skip: &Skip| {
        let empty: Vec<usize> = skip.empty.iter().filter_map(|name| at(name)).collect();
        let cell = if skip.column.is_empty() { None } else { Some(at(&skip.column)?) };
        // When one of the columns is missing, it is unknown whether it is empty.
        let known = empty.len() == skip.empty.len();
        let (values, reason) = (skip.values.clone(), skip.reason.clone());
        known.then_some(SkipAt { cell, values, empty, unless: skip.unless, reason })
    };
    profile.skip.iter().filter_map(skip).collect()
}

pub(super) fn record(profile: &Profile, place: &Place, at: At<'_>) -> Option<RecordAt> {
    let record = profile.record.as_ref()?;
    let own = record.table.iter().filter_map(|name| at(name));
    let repeated = place.groups.iter().flatten().flatten().copied();
    let own: Vec<usize> = own.chain(repeated).collect();
    let own = (0..place.width).map(|at| own.contains(&at)).collect();
    Some(RecordAt { cell: at(&record.start)?, mark: record.mark.clone(), own })
}

/// The repeated columns of the layout, when the file has some.
pub(super) fn repeat(profile: &Profile, place: &Place, at: At<'_>) -> Option<RepeatAt> {
    if place.groups.is_empty() {
        return None;
    }
    // A column that no group has is known by a cell that no row has.
    let cells = profile.repeat.iter().map(|name| at(name).unwrap_or(usize::MAX)).collect();
    Some(RepeatAt { cells, groups: place.groups.clone() })
}

/// A data set's rules at the file's columns; the error is a column that the data set needs and the file lacks.
pub(super) fn target(
    rules: &TargetRules,
    main: &Dataset,
    at: At<'_>,
    counters: &mut Vec<CounterAt>,
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

fn rule(column: &ColumnRule, at: At<'_>, counters: &mut Vec<CounterAt>) -> Rule {
    let cells: Vec<usize> = column.from.iter().filter_map(|name| at(name)).collect();
    let or: Vec<usize> = column.or.iter().filter_map(|name| at(name)).collect();
    if let Some(counted) = &column.count {
        let Some(cell) = at(counted) else { return Rule::Absent };
        let counter = counter(counters, CounterAt::of_slip(cell));
        return Rule::Derived(Box::new(Derived { counter: Some(counter), ..Derived::default() }));
    }
    if cells.is_empty() && or.is_empty() && column.constant.is_none() {
        return Rule::Absent;
    }
    let less = column.less.as_ref().map(|less| (less.only.is_none(), less_at(less, at)));
    // What is always deducted and not there leaves nothing that is known.
    if let Some((true, None)) = less {
        return Rule::Absent;
    }
    let nth = column.nth.then(|| {
        let join = if column.join.is_empty() { "-".to_owned() } else { column.join.clone() };
        counter(counters, CounterAt { cells: cells.clone(), join: Some(join) })
    });
    let unchanged = ColumnRule {
        from: column.from.clone(),
        or: column.or.iter().filter(|_| or.is_empty()).cloned().collect(),
        join: column.join.clone(),
        ..ColumnRule::default()
    };
    match cells.as_slice() {
        [cell] if *column == unchanged => Rule::Cell(*cell),
        _ => Rule::Derived(Box::new(Derived {
            cells,
            join: column.join.clone(),
            or,
            constant: column.constant.clone(),
            map: column.map.iter().map(|(cell, meaning)| (search_key(cell), meaning.clone())).collect(),
            rest: column.rest.clone(),
            take: column.take,
            date: column.date,
            counter: None,
            nth,
            times: column.times.as_ref().and_then(|name| at(name)),
            factor: column.factor,
            less: less.and_then(|(_, less)| less),
            negative: column
                .negative
                .as_ref()
                .and_then(|(name, values)| at(name).map(|cell| (cell, values.clone()))),
            keep: column.keep,
        })),
    }
}

/// The position of a counter, which is added when there is none like it.
fn counter(counters: &mut Vec<CounterAt>, wanted: CounterAt) -> usize {
    counters.iter().position(|known| *known == wanted).unwrap_or_else(|| {
        counters.push(wanted);
        counters.len() - 1
    })
}

fn less_at(less: &Less, at: At<'_>) -> Option<LessAt> {
    let only = match &less.only {
        Some((name, values)) => Some((at(name)?, values.clone())),
        None => None,
    };
    Some(LessAt { cell: at(&less.column)?, only, unsigned: less.unsigned })
}
