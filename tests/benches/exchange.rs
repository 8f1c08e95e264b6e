//! Import and sync against the least work that could do the same (`docs/benchmarks.md#import-and-sync`): a bare prepared
//! insert of the same rows, a bare scan of the same table; and a rank run against its simulation.
//!
//! Each side is a process of its own, so that seconds and peak memory are comparable. The company of each size is
//! generated once into the cache folder.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints its figures")]

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use shared::dataset::{ColumnKind, SALES};
use test_support::program;

/// Lines of sales for each customer, as in the rank bench.
const LINES_BY_CUSTOMER: u64 = 20;

/// The last day of the generated company's sales.
const AS_OF: &str = "2026-10-31";

/// The writing connection's page cache, as the store sets it.
const CACHE_KIB: i64 = 256 * 1024;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--insert", store, file] => bare_insert(Path::new(store), Path::new(file)),
        ["--scan", store] => bare_scan(Path::new(store)),
        arguments if arguments.contains(&"--bench") => measure_all(),
        // `cargo test --benches` runs this file too; there is nothing to test.
        _ => Ok(()),
    }
}

fn measure_all() -> anyhow::Result<()> {
    let sizes = std::env::var("CHAKUDEN_BENCH_EXCHANGE_LINES");
    let sizes = sizes.unwrap_or_else(|_| "1000000,5000000,20000000".to_owned());
    println!(
        "{:<28} {:>9} {:>11} {:>9} {:>9} {:>9} {:>9}",
        "", "ours s", "baseline s", "ratio", "µs/row", "ours MiB", "base MiB"
    );
    for size in sizes.split(',') {
        let lines = size.trim().parse().with_context(|| format!("{size} is not a number of lines"))?;
        Sized::prepare(lines)?.measure()?;
    }
    Ok(())
}

/// The company of one size.
struct Sized {
    lines: u64,
    folder: PathBuf,
}

/// One run: seconds, and peak memory in MiB.
#[derive(Clone, Copy)]
struct Run(f64, f64);

impl Sized {
    fn prepare(lines: u64) -> anyhow::Result<Self> {
        let folder = cache_folder()?.join(format!("exchange-{lines}"));
        let company = Self { lines, folder };
        if !company.folder.join("ready").exists() {
            eprintln!("generating {lines} lines into {} (once)", company.folder.display());
            let customers = (lines / LINES_BY_CUSTOMER).max(1).to_string();
            let mut sample = program("analytics");
            sample.args(["sample", "--customers", &customers, "--lines", &lines.to_string(), "--out"]);
            run(sample.arg(&company.folder))?;
            std::fs::write(company.folder.join("ready"), b"")?;
        }
        Ok(company)
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// A store with the customers and no sales.
    fn fresh_store(&self, name: &str) -> anyhow::Result<String> {
        let store = self.path(name);
        for file in [store.clone(), format!("{store}-wal"), format!("{store}-shm")] {
            if Path::new(&file).exists() {
                std::fs::remove_file(file)?;
            }
        }
        analytics(&store, &["init"])?;
        analytics(&store, &["import", &self.path("customers.csv"), "--no-cards"])?;
        Ok(store)
    }

    fn measure(&self) -> anyhow::Result<()> {
        let (ours, bare) = (self.fresh_store("ours.db")?, self.fresh_store("bare.db")?);
        let sales = self.path("sales.csv");
        let this = std::env::current_exe()?.display().to_string();
        let program = program("analytics").get_program().to_string_lossy().into_owned();
        let import = measured(&[&program, "--store", &ours, "import", &sales, "--no-cards"])?;
        let insert = measured(&[&this, "--insert", &bare, &sales])?;
        let rows = same_rows(&ours, &bare)?;
        std::fs::remove_file(&bare)?;
        self.row("import", rows, import, insert, "bare insert");
        let again = measured(&[&program, "--store", &ours, "import", &sales, "--no-cards"])?;
        self.row("import again, unchanged", rows, again, insert, "bare insert");
        let scan = measured(&[&this, "--scan", &ours])?;
        let sync = measured(&[&program, "--store", &ours, "sync", "--rebuild"])?;
        self.row("sync", rows, sync, scan, "bare scan");
        self.measure_ranks(&program, &ours)
    }

    /// A rank run, which writes a score for every customer, against the simulation, which writes none.
    fn measure_ranks(&self, program: &str, store: &str) -> anyhow::Result<()> {
        let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/rank.toml").display().to_string();
        let common = ["--settings", &settings, "--as-of", AS_OF, "--format", "json"];
        let simulate = [&[program, "--store", store, "rank", "simulate", "--all"], &common[..]].concat();
        let run =
            [&[program, "--store", store, "rank", "run", "--save", "--allow-changes"], &common[..]].concat();
        let (simulate, run) = (measured(&simulate)?, measured(&run)?);
        let customers = open(Path::new(store))?
            .query_row("SELECT count(*) FROM customer", [], |row| row.get::<_, i64>(0))?;
        self.row("rank run", u64::try_from(customers)?, run, simulate, "the simulation");
        Ok(())
    }

    fn row(&self, name: &str, rows: u64, ours: Run, baseline: Run, what: &str) {
        let million = self.lines as f64 / 1e6;
        println!(
            "{:<28} {:9.1} {:11.1} {:9.2} {:9.2} {:9.0} {:9.0}  {what}",
            format!("{name}, {million} M lines"),
            ours.0,
            baseline.0,
            ours.0 / baseline.0,
            ours.0 * 1e6 / rows as f64,
            ours.1,
            baseline.1,
        );
    }
}

fn cache_folder() -> anyhow::Result<PathBuf> {
    if let Some(folder) = std::env::var_os("CHAKUDEN_BENCH_DIR") {
        return Ok(PathBuf::from(folder));
    }
    let home = std::env::var("HOME").context("neither CHAKUDEN_BENCH_DIR nor HOME is set")?;
    let cache = std::env::var("XDG_CACHE_HOME").unwrap_or_else(|_| format!("{home}/.cache"));
    Ok(PathBuf::from(cache).join("chakuden/bench"))
}

fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn analytics(store: &str, arguments: &[&str]) -> anyhow::Result<String> {
    run(program("analytics").args(["--store", store]).args(arguments))
}

/// Runs a command as a process of its own and measures it.
fn measured(command: &[&str]) -> anyhow::Result<Run> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../analytics/benches/baseline/measure.py");
    let said = run(Command::new("python3").arg(script).args(command))?;
    let (seconds, kilobytes) = said.trim().split_once(' ').context("measure.py printed nothing")?;
    Ok(Run(seconds.parse()?, kilobytes.parse::<f64>()? / 1024.0))
}

/// Checks that both stores hold the same lines; returns their number.
fn same_rows(ours: &str, bare: &str) -> anyhow::Result<u64> {
    let totals = |store: &str| -> anyhow::Result<(i64, i64)> {
        let sql = "SELECT count(*), sum(amount) / 10000 FROM sales_line";
        Ok(open(Path::new(store))?.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    };
    let (found, expected) = (totals(ours)?, totals(bare)?);
    ensure!(found == expected, "the stores differ: {found:?} and {expected:?}");
    Ok(u64::try_from(found.0)?)
}

fn open(store: &Path) -> anyhow::Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(store)?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(connection)
}

/// The same rows of the same file into the same table, unchecked: no report, no second pass for the encoding, and no
/// way to repeat it.
fn bare_insert(store: &Path, file: &Path) -> anyhow::Result<()> {
    let mut connection = open(store)?;
    let mut reader = csv::Reader::from_path(file)?;
    let columns: Vec<_> = reader
        .headers()?
        .iter()
        .map(|name| SALES.column(name).with_context(|| format!("{name} is not a column of sales")))
        .collect::<Result<_, _>>()?;
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
    let tx = connection.transaction()?;
    let sql = format!("INSERT INTO sales_line ({}) VALUES ({})", names.join(", "), places.join(", "));
    let mut insert = tx.prepare(&sql)?;
    let mut row = csv::ByteRecord::new();
    while reader.read_byte_record(&mut row)? {
        for (place, (cell, column)) in row.iter().zip(&columns).enumerate() {
            insert.raw_bind_parameter(place + 1, bare_value(column.kind, cell))?;
        }
        insert.raw_execute()?;
    }
    drop(insert);
    tx.commit()?;
    Ok(())
}

/// A cell in the form in which it is stored.
fn bare_value(kind: ColumnKind, cell: &[u8]) -> ToSqlOutput<'_> {
    match kind {
        _ if cell.is_empty() => ToSqlOutput::Owned(Value::Null),
        ColumnKind::Decimal => ToSqlOutput::Owned(Value::Integer(scaled(cell))),
        ColumnKind::Integer => ToSqlOutput::Owned(Value::Integer(scaled(cell) / 10_000)),
        _ => ToSqlOutput::Borrowed(ValueRef::Text(cell)),
    }
}

/// A plain decimal of at most four places, in 1/10000.
fn scaled(cell: &[u8]) -> i64 {
    let (mut number, mut places, mut point) = (0_i64, 0, false);
    for byte in cell.iter().filter(|byte| **byte != b'-') {
        point |= *byte == b'.';
        if byte.is_ascii_digit() {
            number = number * 10 + i64::from(byte - b'0');
            places += u32::from(point);
        }
    }
    let number = number * 10_i64.pow(4 - places.min(4));
    if cell.first() == Some(&b'-') { -number } else { number }
}

/// Every column of every sales line, in the table's own order.
fn bare_scan(store: &Path) -> anyhow::Result<()> {
    let connection = open(store)?;
    connection.pragma_update(None, "mmap_size", 16_i64 << 30)?;
    let names: Vec<&str> = SALES.columns.iter().map(|column| column.name).collect();
    let mut select = connection.prepare(&format!("SELECT {} FROM sales_line", names.join(", ")))?;
    let mut rows = select.query([])?;
    let (mut count, mut bytes) = (0_u64, 0_usize);
    while let Some(row) = rows.next()? {
        count += 1;
        for at in 0..names.len() {
            bytes += match row.get_ref(at)? {
                ValueRef::Text(text) => text.len(),
                ValueRef::Integer(number) => usize::from(number != 0),
                _ => 0,
            };
        }
    }
    println!("{count} {bytes}");
    Ok(())
}
