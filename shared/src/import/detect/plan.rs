//! What each file is and how it is read, before anything is written; and the reasons to refuse it.

use std::path::{Path, PathBuf};

use super::extensions::{Extensions, defines};
use super::identify;
use crate::dataset::{DATASETS, Dataset};
use crate::import::error::ImportError;
use crate::import::input::paths::{NamedFile, files};
use crate::import::input::source::Source;
use crate::import::layout::{Layout, Target};
use crate::import::options::{ImportOptions, ImportProgress, ImportSettings, in_file};
use crate::import::report::fault::Fault;
use crate::import::report::{ImportReport, SnapshotRefusal};
use crate::message;
use crate::message::{Label, Message};
use crate::text::search_key;

/// One table and how it is read.
pub(crate) struct PlannedFile {
    pub(crate) layout: Layout,
    pub(crate) source: Source,
}

/// Plans the import of files.
pub(crate) struct Plans<'a> {
    pub(crate) settings: &'a ImportSettings,
    pub(crate) options: &'a ImportOptions,
    pub(crate) extensions: &'a Extensions,
}

impl Plans<'_> {
    /// The tables of all files in the order of their import. What cannot be imported is refused in the report.
    pub(crate) fn of(
        &self,
        paths: &[PathBuf],
        report: &mut ImportReport,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<Vec<PlannedFile>, ImportError> {
        let mut opened = Vec::new();
        for file in files(paths, report)? {
            let sources = self.sources(&file.path, report, progress);
            let sources = sources.map_err(|error| ImportError::unreadable(&file.path, &error))?;
            opened.push((file, sources));
        }
        let extensions = self.with_defined(&opened)?;
        let mut planned = Vec::new();
        for (file, sources) in opened {
            let found = self.tables(&file, sources, &extensions, report);
            planned.extend(found.map_err(|error| ImportError::unreadable(&file.path, &error))?);
        }
        self.refuse_unmatched_map(&mut planned, report);
        if self.options.corrects.is_some() {
            refuse_numbered_lines(&mut planned, report);
        }
        sort(&mut planned);
        self.check_single_files(&planned)?;
        Ok(planned)
    }

    /// The fields that the store defines and those that files of this run define: each file knows them all, whatever its
    /// place.
    fn with_defined(&self, opened: &[(NamedFile, Vec<Source>)]) -> Result<Extensions, ImportError> {
        let mut all = self.extensions.clone();
        if opened.iter().map(|(_, sources)| sources.len()).sum::<usize>() < 2 {
            return Ok(all);
        }
        let mut defining = Vec::new();
        for source in opened.iter().flat_map(|(_, sources)| sources) {
            let unreadable = |error| ImportError::unreadable(&source.path, &error);
            if let Ok(layout) = identify(source, self.settings, self.extensions).map_err(unreadable)?
                && layout.targets.iter().any(defines)
            {
                defining.push((source, layout));
            }
        }
        defining.sort_by_key(|(source, _)| (&source.path, &source.name));
        if !defining.is_empty() && self.options.snapshot.is_some() {
            all.clear();
        }
        for (source, layout) in defining {
            let defined = all.define(source, &layout, self.settings);
            defined.map_err(|error| ImportError::unreadable(&source.path, &error))?;
        }
        Ok(all)
    }

    /// The tables of one file.
    fn tables(
        &self,
        NamedFile { path, optional }: &NamedFile,
        sources: Vec<Source>,
        extensions: &Extensions,
        report: &mut ImportReport,
    ) -> std::io::Result<Vec<PlannedFile>> {
        let (mut planned, mut unknown) = (Vec::new(), Vec::new());
        for source in sources {
            match identify(&source, self.settings, extensions)? {
                Ok(layout) => match layout.repeated_field().or_else(|| self.repeated_map(&layout)) {
                    None => planned.push(PlannedFile { layout, source }),
                    Some(fault) => report.refuse_file(fault, &source.name),
                },
                Err(fault) => unknown.push((fault, source.name)),
            }
        }
        // A workbook often has sheets for people beside those with data.
        for (fault, name) in unknown {
            if fault.code == "unknown_dataset" && (*optional || !planned.is_empty()) {
                let message = message!(
                    "取り込みませんでした。{reason}",
                    "it was skipped: {reason}",
                    reason = fault.message,
                );
                report.warn(&path.display().to_string(), "passed_over", message, 1);
            } else {
                report.refuse_file(fault, &name);
            }
        }
        Ok(planned)
    }

    /// The fault of two headers that `--map` gives to one column.
    fn repeated_map(&self, layout: &Layout) -> Option<Fault> {
        let wanted = |header: &String| self.settings.mapped(header).map(search_key);
        let (at, second) = layout.mapped.iter().enumerate().find(|(at, header)| {
            layout.mapped[..*at].iter().any(|before| wanted(before) == wanted(header))
        })?;
        let first = layout.mapped[..at].iter().find(|before| wanted(before) == wanted(second))?;
        let message = message!(
            "--map で「{first}」と「{second}」の両方に「{column}」が指定されています。どちらか一方だけにしてください",
            "--map gives {column} to both {first} and {second}; keep one of them",
            first = first,
            second = second,
            column = self.settings.mapped(second).unwrap_or_default(),
        );
        Some(Fault::of_file(layout.first_line(), "duplicate_column", message))
    }

    /// Opens a file; it has no tables when it is refused as a whole.
    fn sources(
        &self,
        path: &Path,
        report: &mut ImportReport,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> std::io::Result<Vec<Source>> {
        let name = &path.display().to_string();
        let bytes_total = std::fs::metadata(path)?.len().saturating_mul(2);
        let mut read =
            |bytes_done| progress(ImportProgress::Checking { file: name, bytes_done, bytes_total });
        let (sources, hidden) = match Source::open(path, self.settings, &mut read)? {
            Ok(tables) => tables,
            Err(fault) => {
                report.refuse_file(fault, name);
                return Ok(Vec::new());
            }
        };
        if !hidden.is_empty() {
            let message = message!(
                "非表示のシートは取り込みませんでした: {titles}。取り込む場合は --sheet でシート名を指定してください",
                "hidden sheets were skipped: {titles}; --sheet NAME reads one of them",
                titles = hidden.join(", "),
            );
            report.warn(name, "hidden_sheet", message, hidden.len() as u64);
        }
        Ok(sources)
    }

    /// Refuses all files when `--map` names a header that none of them has: what was meant is not done.
    fn refuse_unmatched_map(&self, planned: &mut Vec<PlannedFile>, report: &mut ImportReport) {
        let has = |name: &str| {
            let mut headers = planned.iter().flat_map(|file| &file.layout.mapped);
            headers.any(|header| search_key(in_file(header)) == search_key(name))
        };
        let names = self.settings.map.iter().map(|(name, _)| name.as_str());
        let missing: Vec<&str> = names.filter(|name| !has(name)).collect();
        if missing.is_empty() {
            return;
        }
        for PlannedFile { layout, source } in planned.drain(..) {
            let message = message!(
                "--map で指定した見出し「{missing}」がファイルにありません。1行目の見出しのとおりに指定してください",
                "--map names {missing}, which is not a header of the file; write it as in the first row",
                missing = Message::join(&missing, Label::new("」「", ", ")),
            );
            report.refuse_file(Fault::of_file(layout.first_line(), "unknown_column", message), &source.name);
        }
    }

    /// A file that is the whole of its data set must be the only one.
    fn check_single_files(&self, planned: &[PlannedFile]) -> Result<(), ImportError> {
        if self.options.snapshot.is_none_or(|snapshot| snapshot.by_month) {
            return Ok(());
        }
        let same = |pair: &&[PlannedFile]| position(&pair[0].layout) == position(&pair[1].layout);
        let Some([first, second]) = planned.windows(2).find(same) else { return Ok(()) };
        let Some(target) = first.layout.targets.first() else { return Ok(()) };
        let reason = SnapshotRefusal::SeveralFiles(target.dataset.label());
        Err(ImportError::snapshot(second.source.name.clone(), reason))
    }
}

/// Sorts files in the order of their import.
fn sort(planned: &mut [PlannedFile]) {
    planned.sort_by(|a, b| {
        let place = |file: &PlannedFile| position(&file.layout);
        (place(a), &a.source.path, &a.source.name).cmp(&(place(b), &b.source.path, &b.source.name))
    });
}

/// The place of a file among those of an import: that of its data set.
fn position(layout: &Layout) -> usize {
    let place = |dataset: &Dataset| DATASETS.iter().position(|known| known.name == dataset.name);
    layout.targets.first().and_then(|target| place(target.dataset)).unwrap_or(usize::MAX)
}

/// Refuses corrected rows whose lines are numbered in order: a single line would become the first of its slip.
fn refuse_numbered_lines(planned: &mut Vec<PlannedFile>, report: &mut ImportReport) {
    planned.retain(|PlannedFile { layout, source }| {
        let numbered = layout.targets.iter().any(Target::counts_rows);
        if numbered {
            let message = message!(
                "このファイルの明細には行番号がないため、一部の行だけを取り込むと伝票の1行目として登録されます。ファイル全体を\
                 修正し、--corrects を付けずに取り込んでください",
                "lines of this file have no number, so a line by itself would become the first of its slip; correct the \
                 whole file and import it without --corrects",
            );
            report.refuse_file(Fault::of_file(layout.first_line(), "lines_counted", message), &source.name);
        }
        !numbered
    });
}
