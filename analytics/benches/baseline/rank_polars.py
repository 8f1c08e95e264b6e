"""`rank_polars.py FOLDER TARGET`: the rank update of data/rank.toml as of 2026-10-31 as one Polars script.

The same metrics, points and ranks for every customer. Amounts are integers of 1/10 000, so that nothing is
rounded. It may rely on those settings, as the hand-written query does.
"""

import sys
from datetime import date

import polars as pl

folder, target = sys.argv[1:]
NOT_COUNTED = ["cancelled", "deleted", "provisional", "contract", "estimate", "article"]
FROM, AS_OF = date(2025, 10, 31), date(2026, 10, 31)
r1, r2, r3, code = pl.col("r1"), pl.col("r2"), pl.col("r3"), pl.col("customer_code")

slips = (
    pl.scan_parquet(f"{folder}/sales/*.parquet")
    .filter(pl.col("sold_on").is_between(FROM, AS_OF) & ~pl.col("status").is_in(NOT_COUNTED).fill_null(False))
    .group_by("slip_no", "sold_on", "customer_code")
    .agg(
        pl.col("related_customer_1").min().alias("r1"),
        pl.col("related_customer_2").min().alias("r2"),
        pl.col("related_customer_3").min().alias("r3"),
        (pl.col("amount") * 10_000).cast(pl.Int64).sum().alias("net"),
    )
)


def link(who, rate, condition=None):
    rows = slips if condition is None else slips.filter(condition)
    return rows.select(who.alias("customer_code"), "sold_on", "net", pl.lit(rate, pl.Int64).alias("rate"))


links = pl.concat([
    link(code, 100),
    link(r1, 50, r1.is_not_null() & (r1 != code)),
    link(r2, 0, r2.is_not_null() & (r2 != code) & r2.ne_missing(r1)),
    link(r3, 0, r3.is_not_null() & (r3 != code) & r3.ne_missing(r1) & r3.ne_missing(r2)),
])
is_sale = pl.col("net") > 0
totals = links.group_by("customer_code").agg(
    pl.col("rate").filter(is_sale).sum().alias("percent"),
    (pl.col("net") * pl.col("rate")).sum().alias("amount"),
    pl.col("sold_on").filter(is_sale).max().alias("latest"),
)


def points(column, rows):
    chain = pl.when(column >= rows[0]).then(4)
    for score, row in zip((3, 2, 1), rows[1:]):
        chain = chain.when(column >= row).then(score)
    return chain.otherwise(0)


latest = pl.col("latest_date")
months = (2026 * 12 + 10) - (latest.dt.year().cast(pl.Int32) * 12 + latest.dt.month().cast(pl.Int32))
kept = (
    pl.when(pl.col("rank_auto_update_excluded").fill_null(False)).then(pl.lit("excluded"))
    .when(pl.col("rank_before").is_in(["A", "B", "C"]).not_().fill_null(False)).then(pl.lit("not_target_rank"))
)
result = (
    pl.scan_parquet(f"{folder}/customers.parquet")
    .select("customer_code", pl.col("rank").alias("rank_before"), "rank_auto_update_excluded")
    .join(totals, on="customer_code", how="left")
    .with_columns(
        pl.col("percent").fill_null(0), pl.col("amount").fill_null(0),
        pl.when(pl.col("percent") > 0).then(pl.col("latest")).alias("latest_date"),
    )
    .with_columns(
        points(latest, [date(2026, 7, 31), date(2026, 4, 30), date(2026, 1, 31), FROM]).alias("recency"),
        points(pl.col("percent"), [1000, 300, 100, 50]).alias("count_points"),
        points(pl.col("amount"), [n * 1_000_000 for n in (5_000_000, 2_000_000, 1_000_000, 1)]).alias("amount_points"),
        (months + (latest < latest.dt.month_end()).cast(pl.Int32)).alias("months_within"),
        kept.alias("kept"),
    )
    .with_columns((pl.col("recency") * 20 + pl.col("count_points") * 10 + pl.col("amount_points") * 20).alias("total"))
    .with_columns(
        pl.when(pl.col("total") >= 180).then(pl.lit("A")).when(pl.col("total") >= 80).then(pl.lit("B"))
        .otherwise(pl.lit("C")).alias("earned")
    )
    .select(
        "customer_code", "latest_date", "months_within",
        # In their integer units, which are cheaper to write than decimals.
        pl.col("percent").alias("count"), "amount",
        pl.struct(recency="recency", count="count_points", amount="amount_points").alias("points"),
        "total", "rank_before",
        pl.when(pl.col("kept").is_null()).then("earned").otherwise("rank_before").alias("rank_after"),
        pl.coalesce(
            "kept",
            pl.when(pl.col("earned").ne_missing(pl.col("rank_before"))).then(pl.lit("changed"))
            .otherwise(pl.lit("unchanged")),
        ).alias("reason"),
    )
)
result.collect(engine="streaming").write_ndjson(target)
