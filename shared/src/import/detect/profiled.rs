//! Files of other programs: whether a profile fits a file, and what its columns then are.

use super::cell_shapes;
use super::column_places::{Place, by_position, with_header};
use super::extensions::Extensions;
use super::header;
use super::profile_rules::{At, record, repeat, skips, target};
use crate::import::input::first_rows::FirstRows;
use crate::import::input::secret::is_secret;
use crate::import::layout::{CounterAt, Layout, RepeatAt, Target};
use crate::import::options::ImportSettings;
use crate::import::report::fault::Fault;
use crate::message;
use crate::message::{Label, Message};
use crate::profile::{HeaderForm, Profile};

/// The file as this profile has it, when a row has the profile's headers.
pub(super) fn by_header(
    profile: &Profile,
    first: &FirstRows,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Option<Result<Layout, Fault>> {
    let place = with_header(profile, first, settings, profile.detect.headers.len())?;
    Some(build(profile, first, &place, settings, extensions))
}

/// The file as this profile has it, when its rows look like the profile's.
pub(super) fn by_shape(
    profile: &Profile,
    first: &FirstRows,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Option<Result<Layout, Fault>> {
    let place =
        by_position(profile, first).filter(|place| cell_shapes::fits(profile, first, &place.cells))?;
    Some(build(profile, first, &place, settings, extensions))
}

/// Whether the rows have as many columns as a layout that needs no headers.
pub(super) fn has_width(profile: &Profile, first: &FirstRows) -> bool {
    !first.form.numbered && by_position(profile, first).is_some()
}

/// The file as the chosen profile has it, in the form in which most fits.
pub(super) fn chosen(
    profile: &Profile,
    forms: &[&FirstRows],
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<Layout, Fault> {
    let by_name = forms
        .iter()
        .filter_map(|first| with_header(profile, first, settings, 1).map(|place| (*first, place)));
    let best = by_name.max_by_key(|(_, place)| place.known);
    let by_position = || {
        let places =
            forms.iter().filter_map(|first| by_position(profile, first).map(|place| (*first, place)));
        let shaped = |(first, place): &(&FirstRows, Place)| {
            usize::from(cell_shapes::fits(profile, first, &place.cells))
        };
        // max_by_key prefers the last of equals, and the likeliest delimiter comes first.
        places.collect::<Vec<_>>().into_iter().rev().max_by_key(shaped)
    };
    match best.or_else(by_position) {
        Some((first, place)) => build(profile, first, &place, settings, extensions),
        None => {
            let line = forms.first().and_then(|first| first.rows.first()).map_or(1, |row| row.line);
            Err(Fault::of_file(line, "profile_mismatch", misfit(profile, forms)))
        }
    }
}

/// Why a file does not fit the chosen profile.
fn misfit(profile: &Profile, forms: &[&FirstRows]) -> Message {
    if profile.header == HeaderForm::Names {
        return message!(
            "取込プロファイル {name} の見出し(「{headers}」)がどの行にもありません。見出しの一覧は analytics import \
             --describe {name} で確認できます",
            "no row has the headers of {name}: {headers}; `analytics import --describe {name}` lists them",
            name = profile.name,
            headers = Message::join(&profile.detect.headers, Label::new("」「", ", ")),
        );
    }
    let rows = forms.iter().flat_map(|first| &first.rows);
    message!(
        "ファイルの列数は{found}ですが、取込プロファイル {name} の列数は{widths}です。別の取込プロファイルか --delimiter を\
         指定してください",
        "the rows have {found} columns, {name} has {widths}; choose another profile, or --delimiter",
        found = rows.map(|row| row.cells.len()).max().unwrap_or_default(),
        name = profile.name,
        widths = Message::join(&profile.widths, Label::new("、", ", ")),
    )
}

/// The profile at the file's columns; the fault is a column that it needs and the file lacks.
fn build(
    profile: &Profile,
    first: &FirstRows,
    place: &Place,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<Layout, Fault> {
    let at = |name: &str| profile.position(name).and_then(|at| place.cells.get(at).copied().flatten());
    let mut counters = Vec::new();
    let mut targets = targets(profile, place, &at, &mut counters)?;
    let repeat = repeat(profile, place, &at);
    mark_repeated(profile, repeat.as_ref(), &mut targets);
    let mut layout = Layout {
        profile: profile.name.clone(),
        form: first.form,
        width: place.width,
        skip_through: place.skip_through,
        unknown: Vec::new(),
        secret: Vec::new(),
        none: profile.none.clone(),
        utc: profile.utc,
        keep_filled: profile.keep_filled,
        skips: skips(profile, &at),
        record: record(profile, place, &at),
        repeat,
        counters,
        targets,
        extensions: Vec::new(),
        mapped: place.headers.iter().filter(|header| settings.mapped(header).is_some()).cloned().collect(),
    };
    map_further(&mut layout, place, settings, extensions)?;
    Ok(layout)
}

/// The data sets that the file feeds.
fn targets(
    profile: &Profile,
    place: &Place,
    at: At<'_>,
    counters: &mut Vec<CounterAt>,
) -> Result<Vec<Target>, Fault> {
    let Some(main) = profile.targets.first().map(|target| target.dataset) else {
        let message = message!(
            "取込プロファイル {name} には取込先のデータ種別がありません",
            "{name} has no data set to import into",
            name = profile.name,
        );
        return Err(Fault::of_file(1, "profile_mismatch", message));
    };
    let mut targets = Vec::new();
    for (position, rules) in profile.targets.iter().enumerate() {
        // A row is made when one of these is filled: never, when the file has none of them.
        let never = !rules.when.is_empty() && rules.when.iter().all(|name| at(name).is_none());
        if position > 0 && never {
            continue;
        }
        let target = target(rules, main, at, counters).map_err(|missing| {
            let message = message!(
                "取込プロファイル {name} に必要な「{missing}」の列がありません",
                "the file has no column {missing}, which {name} needs",
                missing = missing,
                name = profile.name,
            );
            Fault::of_file(place.skip_through, "missing_column", message)
        })?;
        targets.push(target);
    }
    Ok(targets)
}

/// A data set that takes something from a repeated column gets a row for each group.
fn mark_repeated(profile: &Profile, repeat: Option<&RepeatAt>, targets: &mut [Target]) {
    if repeat.is_none() {
        return;
    }
    for target in targets {
        let rules = profile.targets.iter().find(|rules| rules.dataset.name == target.dataset.name);
        target.repeats = rules.is_some_and(|rules| !rules.once_a_record && profile.repeats(rules));
    }
}

/// Follows `--map`, and finds uses for headers that the layout does not have.
fn map_further(
    layout: &mut Layout,
    place: &Place,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<(), Fault> {
    for (cell, name) in place.headers.iter().enumerate() {
        let owner = layout.owner_of(cell);
        let Some(main) = layout.targets.first().map(|target| target.dataset) else { return Ok(()) };
        let Some(wanted) = settings.mapped(name).filter(|_| !is_secret(name)) else { continue };
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
            let message = message!(
                "--map {name}={wanted}: 取込プロファイル {profile} にも「{dataset}」にも「{wanted}」という列はありません。列の\
                 一覧は analytics import --describe {profile} で確認できます",
                "--map {name}={wanted}: neither {profile} nor {dataset} has a column {wanted}; `analytics import \
                 --describe {profile}` lists them",
                name = name,
                wanted = wanted,
                profile = layout.profile,
                dataset = main.label(),
            );
            return Err(Fault::of_file(place.skip_through, "unknown_column", message));
        }
    }
    let is_left = |name: &str| settings.mapped(name).is_none() || is_secret(name);
    for (cell, name) in place.unknown.iter().filter(|(_, name)| is_left(name)) {
        let owner = layout.owner_of(*cell);
        if name == LINE_NO && number_lines(layout, *cell) {
            continue;
        }
        if is_secret(name) {
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

/// The header of line numbers that an export of refused rows adds.
const LINE_NO: &str = "line_no";

/// Takes the numbers of lines from a cell instead of counting them; false when no lines are counted.
fn number_lines(layout: &mut Layout, cell: usize) -> bool {
    let Some(target) = layout.targets.iter_mut().find(|target| target.counts_lines()) else { return false };
    match target.dataset.column_index(LINE_NO) {
        Some(column) => {
            target.take(column, cell);
            true
        }
        None => false,
    }
}
