//! What a file is: ours by its headers, another program's by its headers, or one without headers by its shape.
//!
//! Names go before shapes: a file of which a row has headers is never read by positions.

use std::io;

use super::ImportSettings;
use super::extend::Extensions;
use super::foreign::{self, NearMiss};
use super::head::{Head, HeadRow};
use super::header::{by_file_name, is_known, unknown};
use super::layout::Layout;
use super::native::{AMBIGUOUS, Native, native};
use super::report::Fault;
use super::source::Source;
use crate::profile::{self, HeaderForm, Profile};

/// So many names of columns in one row are no accident.
const NAMES_MIN: usize = 3;

/// A layout of which so many needed headers are there is meant, whatever else the file fits.
const NEAR_FOUND_MIN: usize = 4;

/// What a file is and what its columns mean.
pub(super) fn identify(
    source: &Source,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> io::Result<Result<Layout, Fault>> {
    let mut heads = Vec::new();
    for form in source.forms(settings) {
        heads.push(Head::read(source, form)?);
    }
    let readable: Vec<&Head> = heads.iter().filter(|head| head.fault().is_none()).collect();
    if readable.is_empty() {
        let fault = heads.first().and_then(Head::fault);
        return Ok(Err(fault.unwrap_or_else(|| unknown("the file cannot be read"))));
    }
    if let Some(profile) = &settings.profile {
        return Ok(foreign::chosen(profile, &readable, settings, extensions));
    }
    let native = native(source, &readable, settings, extensions);
    if settings.native_only || native.as_ref().is_ok_and(|native| native.whole) {
        return Ok(native.map(|native| native.layout));
    }
    let file = File { source, heads: &readable, settings, extensions };
    match file.by_name(native.as_ref().ok()) {
        Ok(None) => {}
        Ok(Some(layout)) => return Ok(Ok(layout)),
        Err(fault) => return Ok(Err(fault)),
    }
    Ok(match native {
        Ok(native) => Ok(native.layout),
        Err(fault) if fault.code == AMBIGUOUS => Err(fault),
        // The likeliest way to take it apart may be the one in which it cannot be.
        Err(unknown) => file.by_shape(heads.iter().find_map(Head::fault).unwrap_or(unknown)),
    })
}

/// A file whose data set neither its name nor our headers tell as a whole.
struct File<'a> {
    source: &'a Source,
    heads: &'a [&'a Head],
    settings: &'a ImportSettings,
    extensions: &'a Extensions,
}

impl File<'_> {
    /// The profile whose headers the file has.
    fn by_name(&self, native: Option<&Native>) -> Result<Option<Layout>, Fault> {
        if let Some(layout) = self.only(false, foreign::by_header)? {
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

    /// The one layout that fits in this way.
    fn only(
        &self,
        general: bool,
        fits: impl Fn(&Profile, &Head, &ImportSettings, &Extensions) -> Option<Result<Layout, Fault>>,
    ) -> Result<Option<Layout>, Fault> {
        let profiles = profile::builtin().iter().filter(|profile| profile.detect.general == general);
        let fitting = |profile: &Profile| {
            self.heads.iter().find_map(|head| fits(profile, head, self.settings, self.extensions))
        };
        let (mut found, mut wrong) = (Vec::new(), None);
        for fitted in profiles.filter_map(fitting) {
            match fitted {
                Ok(layout) => found.push(layout),
                // What --map says cannot be done; a layout that lacks a column is simply another one.
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

    /// A layout for any program's list, where the file's name and our headers say nothing else.
    fn general(&self, native: Option<&Native>) -> Result<Option<Layout>, Fault> {
        let Some(layout) = self.only(true, foreign::by_header)? else { return Ok(None) };
        let mut fed = layout.targets.iter().map(|target| target.dataset.name);
        let main = layout.targets.first().map(|target| target.dataset.name);
        let named = by_file_name(&self.source.stem).is_none_or(|named| main == Some(named.name));
        let read = native.is_none_or(|native| fed.any(|name| name == native.dataset.name));
        Ok(Some(layout).filter(|_| named && read))
    }

    /// The layout of which the most needed headers are there, though not all. A file that is another data set's by our
    /// own headers is none of a layout.
    fn near_miss(&self, native: Option<&Native>) -> Option<NearMiss> {
        let is_named = by_file_name(&self.source.stem).is_some();
        let feeds = |profile: &&Profile| {
            let mut fed = profile.datasets().take(if is_named { 1 } else { usize::MAX });
            native.is_none_or(|native| fed.any(|dataset| dataset.name == native.dataset.name))
        };
        let profiles = profile::builtin().iter().filter(|profile| !profile.detect.general).filter(feeds);
        let near = profiles.flat_map(|profile| {
            self.heads.iter().filter_map(|head| foreign::near_miss(profile, head, self.settings))
        });
        near.max_by_key(|near| near.found)
    }

    /// The layout without headers, when no row has headers; `unknown` is what else is to be said of the file.
    fn by_shape(&self, unknown: Fault) -> Result<Layout, Fault> {
        let is_header = |row: &HeadRow| row.keys.iter().filter(|key| is_known(key)).count() >= NAMES_MIN;
        if self.heads.iter().flat_map(|head| &head.rows).any(is_header) {
            return Err(unknown);
        }
        match self.only(false, foreign::by_shape)? {
            Some(layout) => Ok(layout),
            None => Err(self.with_hint(unknown)),
        }
    }

    /// Names the layouts that have as many columns as the file.
    fn with_hint(&self, unknown: Fault) -> Fault {
        let fits = |profile: &&Profile| {
            profile.header != HeaderForm::Names
                && self.heads.iter().any(|head| foreign::has_width(profile, head))
        };
        let names: Vec<String> = profile::builtin()
            .iter()
            .filter(fits)
            .map(|profile| format!("--profile {}", profile.name))
            .collect();
        if !["unknown_dataset", "missing_column"].contains(&unknown.code) || names.is_empty() {
            return unknown;
        }
        let message =
            format!("{}, or choose a layout with as many columns: {}", unknown.message, names.join(", "));
        Fault { message, ..unknown }
    }
}

/// Headers of the file that this reading has no use for, but for those whose column comes from elsewhere.
fn ignored(layout: &Layout) -> Vec<String> {
    let profile = profile::by_name(&layout.profile);
    let has_none = |header: &&String| profile.is_none_or(|profile| profile.column_of(header).is_none());
    layout.unknown.iter().filter(has_none).cloned().collect()
}

fn ambiguous(names: &[&str]) -> Fault {
    let message =
        format!("the file fits several profiles: {}; choose one with --profile NAME", names.join(", "));
    Fault { line: 1, column: None, code: "ambiguous_profile", message, raw: String::new() }
}
