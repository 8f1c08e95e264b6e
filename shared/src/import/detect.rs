//! What a file is: native by its headers, another program's by its headers, or one without headers by its cells.
//!
//! Names come before shapes: a file in which a row has headers is never read by positions.

mod amount_unit;
mod cell_shapes;
mod column_places;
pub(crate) mod extensions;
mod header;
mod native;
mod near_miss;
pub(crate) mod plan;
mod profile_rules;
mod profiled;
mod repeated_columns;

use std::io;

use super::input::first_rows::{FirstRow, FirstRows};
use super::input::secret::is_hash;
use super::input::source::Source;
use super::layout::Layout;
use super::options::{ImportSettings, of_passwords};
use super::report::fault::Fault;
use crate::message;
use crate::message::{Label, Message};
use crate::profile::{self, HeaderForm, Profile};
use extensions::Extensions;
use header::{by_file_name, is_known_header};
use native::{AMBIGUOUS, Native, native};
use near_miss::{NearMiss, near_miss};

/// This many column names in one row are not a coincidence.
const NAMES_MIN: usize = 3;

/// A layout of which this many needed headers are there is meant, whatever else the file fits.
const NEAR_FOUND_MIN: usize = 4;

/// What a file is and what its columns mean, without those that hold passwords.
fn identify(
    source: &Source,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> io::Result<Result<Layout, Fault>> {
    let mut forms = Vec::new();
    for form in source.forms(settings) {
        let mut rows = FirstRows::read(source, form)?;
        hide_hashes(&mut rows);
        forms.push(rows);
    }
    let identified = identify_forms(source, &forms, settings, extensions)?;
    Ok(identified.and_then(|mut layout| {
        layout.keep_filled |= settings.keep_filled;
        amount_unit::fault(&layout, &forms).map_or(Ok(layout), Err)
    }))
}

/// Names a column a password's whose cells are hashes of passwords, whatever its header is.
fn hide_hashes(rows: &mut FirstRows) {
    let columns = rows.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    for at in 0..columns {
        let Some(first) =
            rows.rows.iter().position(|row| row.cells.get(at).is_some_and(|cell| is_hash(cell)))
        else {
            continue;
        };
        for row in &mut rows.rows[..first] {
            if let Some(header) = row.cells.get(at).map(|cell| of_passwords(cell)) {
                row.rename(at, header);
            }
        }
    }
}

fn identify_forms(
    source: &Source,
    forms: &[FirstRows],
    settings: &ImportSettings,
    extensions: &Extensions,
) -> io::Result<Result<Layout, Fault>> {
    let readable: Vec<&FirstRows> = forms.iter().filter(|rows| rows.fault().is_none()).collect();
    if readable.is_empty() {
        let fault = forms.first().and_then(FirstRows::fault);
        let unreadable = || message!("ファイルを読み取れません", "the file cannot be read");
        return Ok(Err(fault.unwrap_or_else(|| Fault::unknown_dataset(&unreadable()))));
    }
    if let Some(profile) = &settings.profile {
        return Ok(profiled::chosen(profile, &readable, settings, extensions));
    }
    let native = native(source, &readable, settings, extensions);
    if settings.native_only || native.as_ref().is_ok_and(|native| native.whole) {
        return Ok(native.map(|native| native.layout));
    }
    let file = Candidate { source, forms: &readable, settings, extensions };
    match file.by_name(native.as_ref().ok()) {
        Ok(None) => {}
        Ok(Some(layout)) => return Ok(Ok(layout)),
        Err(fault) => return Ok(Err(fault)),
    }
    Ok(match native {
        Ok(native) => Ok(native.layout),
        Err(fault) if fault.code == AMBIGUOUS => Err(fault),
        // The likeliest form may be one in which the file cannot be read.
        Err(unknown) => file.by_shape(forms.iter().find_map(FirstRows::fault).unwrap_or(unknown)),
    })
}

/// A file whose data set its name and our headers do not fully tell.
struct Candidate<'a> {
    source: &'a Source,
    forms: &'a [&'a FirstRows],
    settings: &'a ImportSettings,
    extensions: &'a Extensions,
}

impl Candidate<'_> {
    /// The profile whose headers the file has.
    fn by_name(&self, native: Option<&Native>) -> Result<Option<Layout>, Fault> {
        if let Some(layout) = self.only(false, profiled::by_header)? {
            return Ok(Some(layout));
        }
        let general = self.general(native)?;
        let read = general.as_ref().or(native.map(|native| &native.layout));
        let loses = |near: &NearMiss| match read {
            None => true,
            Some(layout) => {
                near.uses_one_of(&ignored(layout)) || general.is_some() && near.found >= NEAR_FOUND_MIN
            }
        };
        match self.near_miss(native).filter(loses) {
            Some(near) => Err(near.fault()),
            None => Ok(general),
        }
    }

    /// The one layout for which `fits` gives one.
    fn only(
        &self,
        general: bool,
        fits: impl Fn(&Profile, &FirstRows, &ImportSettings, &Extensions) -> Option<Result<Layout, Fault>>,
    ) -> Result<Option<Layout>, Fault> {
        let profiles = profile::builtin().iter().filter(|profile| profile.detect.general == general);
        let fitting = |profile: &Profile| {
            self.forms.iter().find_map(|rows| fits(profile, rows, self.settings, self.extensions))
        };
        let (mut found, mut wrong) = (Vec::new(), None);
        for fitted in profiles.filter_map(fitting) {
            match fitted {
                Ok(layout) => found.push(layout),
                // --map cannot be followed; a layout that lacks a column is simply another one.
                Err(fault) if fault.code == "unknown_column" => wrong = Some(fault),
                Err(_) => {}
            }
        }
        if let Some(fault) = wrong.filter(|_| found.is_empty()) {
            return Err(fault);
        }
        let last: Option<Layout> = found.pop();
        match (last, found.as_slice()) {
            (last, []) => Ok(last),
            (last, others) => {
                let names = others.iter().chain(&last).map(|layout| layout.profile.as_str());
                Err(ambiguous(&names.collect::<Vec<_>>()))
            }
        }
    }

    /// A general layout, where the file's name and our headers do not contradict it.
    fn general(&self, native: Option<&Native>) -> Result<Option<Layout>, Fault> {
        let Some(layout) = self.only(true, profiled::by_header)? else { return Ok(None) };
        let mut fed = layout.targets.iter().map(|target| target.dataset.name);
        let main = layout.targets.first().map(|target| target.dataset.name);
        let named = by_file_name(&self.source.stem).is_none_or(|named| main == Some(named.name));
        let read = native.is_none_or(|native| fed.any(|name| name == native.dataset.name));
        Ok(Some(layout).filter(|_| named && read))
    }

    /// The layout of which most needed headers are there, though not all. A file that is of another data set by our own
    /// headers is not one.
    fn near_miss(&self, native: Option<&Native>) -> Option<NearMiss> {
        let is_named = by_file_name(&self.source.stem).is_some();
        let feeds = |profile: &&Profile| {
            let mut fed = profile.datasets().take(if is_named { 1 } else { usize::MAX });
            native.is_none_or(|native| fed.any(|dataset| dataset.name == native.dataset.name))
        };
        let profiles = profile::builtin().iter().filter(|profile| !profile.detect.general).filter(feeds);
        let near = profiles
            .flat_map(|profile| self.forms.iter().filter_map(|rows| near_miss(profile, rows, self.settings)));
        near.max_by_key(|near| near.found)
    }

    /// The layout without headers, when no row has headers; `unknown` is the fault otherwise.
    fn by_shape(&self, unknown: Fault) -> Result<Layout, Fault> {
        let is_header =
            |row: &FirstRow| row.keys.iter().filter(|key| is_known_header(key)).count() >= NAMES_MIN;
        if self.forms.iter().flat_map(|rows| &rows.rows).any(is_header) {
            return Err(unknown);
        }
        match self.only(false, profiled::by_shape)? {
            Some(layout) => Ok(layout),
            None => Err(self.with_hint(unknown)),
        }
    }

    /// Names the layouts that have as many columns as the file.
    fn with_hint(&self, unknown: Fault) -> Fault {
        let fits = |profile: &&Profile| {
            profile.header != HeaderForm::Names
                && self.forms.iter().any(|rows| profiled::has_width(profile, rows))
        };
        let names: Vec<String> = profile::builtin()
            .iter()
            .filter(fits)
            .map(|profile| format!("--profile {}", profile.name))
            .collect();
        if !["unknown_dataset", "missing_column"].contains(&unknown.code) || names.is_empty() {
            return unknown;
        }
        let message = message!(
            "{reason}。列数が一致する取込プロファイルを指定することもできます: {names}",
            "{reason}, or choose a layout with as many columns: {names}",
            reason = unknown.message,
            names = Message::join(&names, Label::new("、", ", ")),
        );
        Fault { message, ..unknown }
    }
}

/// Headers of the file that this layout does not use, except those whose column comes from elsewhere.
fn ignored(layout: &Layout) -> Vec<String> {
    let profile = profile::by_name(&layout.profile);
    let has_none = |header: &&String| profile.is_none_or(|profile| profile.column_of(header).is_none());
    layout.unknown.iter().filter(has_none).cloned().collect()
}

fn ambiguous(names: &[&str]) -> Fault {
    let message = message!(
        "複数の取込プロファイルに当てはまります: {names}。--profile でどれか1つを指定してください",
        "the file fits several profiles: {names}; choose one with --profile NAME",
        names = Message::join(names, Label::new("、", ", ")),
    );
    Fault::of_file(1, "ambiguous_profile", message)
}
