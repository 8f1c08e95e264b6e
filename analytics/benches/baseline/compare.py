"""`compare.py OURS DUCKDB POLARS`: whether the three results say the same of every customer."""

import json
import sys
from decimal import Decimal


def rows(path, unit_count=1, unit_amount=1):
    text = open(path, encoding="utf-8").read()
    parse = {"parse_float": Decimal, "parse_int": Decimal}
    if text.lstrip().startswith("["):
        found = json.loads(text, **parse)
    else:
        found = [json.loads(line, **parse) for line in text.splitlines()]
    return {
        row["customer_code"]: (
            row.get("latest_date"), row.get("months_within"),
            Decimal(row["count"]) / unit_count, Decimal(row["amount"]) / unit_amount,
            row["points"], Decimal(row["total"]), row.get("rank_before"), row.get("rank_after"), row["reason"],
        )
        for row in found
    }


ours, duckdb, polars = rows(sys.argv[1]), rows(sys.argv[2]), rows(sys.argv[3], 100, 1_000_000)
for name, other in (("DuckDB", duckdb), ("Polars", polars)):
    different = [code for code in ours.keys() | other.keys() if ours.get(code) != other.get(code)]
    for code in sorted(different)[:5]:
        print(f"{code}: ours {ours.get(code)}, {name} {other.get(code)}", file=sys.stderr)
    if different:
        sys.exit(f"{len(different)} of {len(ours)} customers differ between ours and {name}")
print(len(ours))
