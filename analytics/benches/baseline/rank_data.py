"""Makes the bench's company: `rank_data.py ANALYTICS FOLDER CUSTOMERS LINES MONTHS [import]`.

The rows are those of `analytics sample`. Taking 20 million of them into the store is what the import bench
measures and takes long, so that by default only the mirror is made of them, with the files, the order and the
manifest that `analytics sync` writes, beside a store that knows nothing but the change numbers; `rank simulate`
reads nothing else of it. With `import` the rows go through `analytics import` and `analytics sync`.
"""

import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys

import duckdb

analytics, folder = sys.argv[1], pathlib.Path(sys.argv[2])
customers, lines, months = sys.argv[3:6]
through_import = sys.argv[6:] == ["import"]


def run(*arguments):
    subprocess.run([analytics, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def mirror_of(store, sample):
    """The mirror that a sync would make of these files."""
    run("--store", store, "sync")  # of the empty store: folders, manifest, declared columns
    mirror = pathlib.Path(f"{store}.mirror")
    version = mirror / (mirror / "current").read_text().strip()
    manifest = json.loads((version / "manifest.json").read_text())
    scratch, changes = folder / "scratch.duckdb", []
    scratch.unlink(missing_ok=True)
    engine = duckdb.connect(str(scratch))

    def add(dataset, month, where, order):
        columns = manifest["datasets"][dataset]["columns"]
        path = f"{dataset}/{month}.parquet" if month else f"{dataset}.parquet"
        (version / path).parent.mkdir(exist_ok=True)
        (version / path).unlink(missing_ok=True)
        given = {row[0] for row in engine.sql(f"DESCRIBE {dataset}").fetchall()}
        select = ", ".join(
            (f"{name}::{kind}" if name in given else f"NULL::{kind}") + f" AS {name}" for name, kind in columns
        )
        rows = engine.execute(
            f"COPY (SELECT {select} FROM {dataset} WHERE {where} ORDER BY {order})"
            f" TO '{version / path}' (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()[0]
        size = (version / path).stat().st_size
        decimals = [name for name, kind in columns if kind.startswith("DECIMAL")]
        totals = engine.execute(
            f"SELECT {', '.join(f'SUM({name})' for name in decimals) or '0'} FROM read_parquet('{version / path}')"
        ).fetchone()
        sums = {name: str(total) for name, total in zip(decimals, totals) if total is not None}
        manifest["datasets"][dataset]["files"][month] = {
            "path": path, "change_no": 1, "rows": rows, "bytes": size, "sums": sums}
        changes.append((dataset, month, 1))

    for dataset in ("customers", "products", "sales"):
        engine.sql(f"CREATE TABLE {dataset} AS SELECT * FROM read_csv('{sample}/{dataset}.csv', all_varchar=true)")
    add("customers", "", "true", "customer_code")
    add("products", "", "true", "product_code")
    for (month,) in engine.sql("SELECT DISTINCT sold_on[:7] FROM sales ORDER BY 1").fetchall():
        add("sales", month, f"sold_on[:7] = '{month}'", "sold_on, slip_no, line_no::INTEGER")
    engine.close()
    scratch.unlink()
    manifest["change_no"] = 1
    (version / "manifest.json").write_text(json.dumps(manifest))
    with sqlite3.connect(store) as database:
        database.executemany("INSERT OR REPLACE INTO dataset_change VALUES (?, ?, ?)", changes)
        database.execute("UPDATE store_state SET change_no = 1")


folder.mkdir(parents=True, exist_ok=True)
sample, store = folder / "sample", folder / "company.db"
run("sample", "--out", sample, "--customers", customers, "--lines", lines, "--months", months, "--seed", "1")
run("--store", store, "init")
if through_import:
    run("--store", store, "import", *(sample / f"{name}.csv" for name in ("products", "customers", "sales")))
    run("--store", store, "sync")
else:
    mirror_of(store, sample)
shutil.rmtree(sample)
(folder / "ready").touch()
