//! What each file is and how it is read, before anything is written; and what speaks against it.

use std::path::Path;

use super::layout::{Layout, Target};
use super::report::{Fault, ImportReport, Warning};
use super::source::Source;
use super::{
    ImportError, ImportOptions, ImportProgress, ImportSettings, SnapshotRefusal, detect, extend, file,
};
use crate::dataset::{DATASETS, Dataset};
use crate::text::search_key;

/// One table and how it is read.
pub(super) type Planned = (Layout, Source);

/// What a file holds and how it is read: one entry for each of its tables.
pub(super) fn plan(
    path: &Path,
    optional: bool,
    settings: &ImportSettings,
    extensions: &extend::Extensions,
    report: &mut ImportReport,
    progress: &mut dyn FnMut(ImportProgress<'_>),
) -> std::io::Result<Vec<Planned>> {
    let name = path.display().to_string();
    let bytes_total = std::fs::metadata(path)?.len().saturating_mul(2);
    let mut read = |bytes_done| progress(ImportProgress::Checking { file: &name, bytes_done, bytes_total });
    let sources = match Source::open(path, settings, &mut read)? {
        Ok((sources, hidden)) => {
            if !hidden.is_empty() {
                let (code, count) = ("hidden_sheet".to_owned(), hidden.len() as u64);
                let titles = hidden.join(", ");
                let message =
                    format!("hidden sheets were passed over: {titles}; --sheet NAME reads one of them");
                report.warnings.push(Warning { file: name.clone(), line: None, code, message, count });
            }
            sources
        }
        Err(fault) => {
            file::refuse_file(fault, &name, report);
            return Ok(Vec::new());
        }
    };
    let (mut planned, mut unknown) = (Vec::new(), Vec::new());
    for source in sources {
        match detect::identify(&source, settings, extensions)? {
            Ok(layout) => match layout.field_twice() {
                None => planned.push((layout, source)),
                Some(fault) => file::refuse_file(fault, &source.name, report),
            },
            Err(fault) => unknown.push((fault, source.name)),
        }
    }
    // A workbook often has sheets for people beside those with data.
    for (fault, name) in unknown {
        if fault.code == "unknown_dataset" && (optional || !planned.is_empty()) {
            let (code, message) =
                ("passed_over".to_owned(), format!("it was passed over: {}", fault.message));
            report.warnings.push(Warning { file: name, line: None, code, message, count: 1 });
        } else {
            file::refuse_file(fault, &name, report);
        }
    }
    Ok(planned)
}

/// A file that is the whole of its data set is the only one.
pub(super) fn only_file_of_each(planned: &[Planned], options: &ImportOptions) -> Result<(), ImportError> {
    if options.snapshot.is_none_or(|snapshot| snapshot.by_month) {
        return Ok(());
    }
    let twice = planned.windows(2).find(|pair| position_of(&pair[0].0) == position_of(&pair[1].0));
    let (Some([(layout, _), (_, source)]), ..) = (twice,) else { return Ok(()) };
    let dataset = layout.targets.first().map_or("", |target| target.dataset.name);
    Err(ImportError::snapshot(source.name.clone(), SnapshotRefusal::SeveralFiles(dataset)))
}

pub(super) fn position_of(layout: &Layout) -> usize {
    layout.targets.first().map_or(usize::MAX, |target| position(target.dataset))
}

/// Refuses all files when `--map` names a header that none of them has: what was meant is not done.
pub(super) fn refuse_unmatched(
    planned: &mut Vec<Planned>,
    settings: &ImportSettings,
    report: &mut ImportReport,
) {
    let has = |name: &str| {
        let mut headers = planned.iter().flat_map(|(layout, _)| &layout.mapped);
        headers.any(|header| search_key(header) == search_key(name))
    };
    let missing: Vec<&str> =
        settings.map.iter().map(|(name, _)| name.as_str()).filter(|name| !has(name)).collect();
    if missing.is_empty() {
        return;
    }
    for (layout, source) in planned.drain(..) {
        let message = format!(
            "--map names {}, which is no header of the file; write it as its first row does",
            missing.join(", ")
        );
        let (line, code, raw) = (layout.skip_through.max(1), "unknown_column", String::new());
        let fault = Fault { line, column: None, code, message, raw };
        file::refuse_file(fault, &source.name, report);
    }
}

/// Refuses corrected rows whose lines are counted: a line by itself would be taken for the first of its slip.
pub(super) fn refuse_counted(planned: &mut Vec<Planned>, report: &mut ImportReport) {
    planned.retain(|(layout, source)| {
        let counts = layout.targets.iter().any(Target::counts_lines);
        if counts {
            let message = "lines of this file have no number and are counted, so that a line by itself would be taken \
                           for the first of its slip; correct the whole file and import it without --corrects";
            let (line, code, raw) = (layout.skip_through.max(1), "lines_counted", String::new());
            let fault = Fault { line, column: None, code, message: message.to_owned(), raw };
            file::refuse_file(fault, &source.name, report);
        }
        !counts
    });
}

fn position(dataset: &Dataset) -> usize {
    DATASETS.iter().position(|known| known.name == dataset.name).unwrap_or(usize::MAX)
}
