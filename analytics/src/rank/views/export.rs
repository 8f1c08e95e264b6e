//! `rank export`: runs, scores, changes, months and saved settings as CSV files (`docs/rank.md#after-the-run`).

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde_json::{Value, json};
use shared::exit::Failure;
use shared::store::{RankTable, Reader};

use crate::context::Context;
use crate::output::file::unwritable;
use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::labels;

/// `analytics rank export`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The folder, created if necessary. Existing files are not overwritten.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Runs the command. All files show one state of the store.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    std::fs::create_dir_all(&args.folder).map_err(|error| unwritable(&args.folder, &error))?;
    let mut reader = context.store()?.reader()?;
    let written = reader.consistent(|reader| {
        let mut written: Vec<(PathBuf, u64)> = Vec::new();
        for table in RankTable::ALL {
            let path = args.folder.join(format!("{}.csv", table.name()));
            let done = OpenOptions::new().write(true).create_new(true).open(&path);
            let rows = done.map_err(|error| unwritable(&path, &error)).and_then(|file| {
                written.push((path.clone(), 0));
                write(reader, table, file)?.map_err(|error| unwritable(&path, &error))
            });
            match rows {
                Ok(rows) => written.iter_mut().for_each(|(at, n)| *n = if *at == path { rows } else { *n }),
                Err(error) => {
                    // An incomplete export is removed; files that were there before stay.
                    for (path, _) in &written {
                        let _ = std::fs::remove_file(path);
                    }
                    return Err(error);
                }
            }
        }
        Ok::<_, Failure>(written)
    })?;
    let row =
        |(path, rows): &(PathBuf, u64)| vec![Cell::Text(path.display().to_string()), Cell::Count(*rows)];
    let sheet = Sheet {
        title: context.label(labels::EXPORT).to_owned(),
        columns: [crate::labels::FILE, crate::labels::ROWS].map(SheetColumn::new).to_vec(),
        rows: written.iter().map(row).collect(),
        ..Sheet::default()
    };
    let files: Vec<Value> = written
        .iter()
        .map(|(path, rows)| json!({"file": path.display().to_string(), "rows": rows}))
        .collect();
    context.emit(&sheet, &json!({"command": "rank export", "files": files}))
}

/// Writes one table; the inner error is that of the file.
fn write(reader: &mut Reader, table: RankTable, file: File) -> Result<io::Result<u64>, Failure> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BufWriter::new(file));
    let mut done = writer.write_record(table.columns()).map_err(io::Error::from).map(|()| 0_u64);
    reader.scan_ranks(table, &mut |cells| {
        let Ok(rows) = &mut done else { return ControlFlow::Break(()) };
        *rows += 1;
        if let Err(error) = writer.write_record(cells.iter().map(|cell| cell.as_deref().unwrap_or_default()))
        {
            done = Err(error.into());
        }
        ControlFlow::Continue(())
    })?;
    Ok(done.and_then(|rows| {
        let mut file = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        file.flush()?;
        file.get_ref().sync_all()?;
        Ok(rows)
    }))
}
