"""The same checks as one query of Polars, written by hand: how many rows break each."""

import sys
from datetime import datetime

import polars as pl

from benchmarks.trips import PAYMENTS, VENDORS, ZONES

col = pl.col
table = pl.scan_parquet(sys.argv[1])
broken = {
    "no rows": pl.len() < 1,
    **{
        f"{name} null": col(name).null_count()
        for name in ("ride", "vendor", "medallion", "picked_up", "zone", "fare")
    },
    "ride twice": col("ride").len() - col("ride").n_unique(),
    "vendor": (~col("vendor").is_in(VENDORS)).sum(),
    "payment": (~col("payment").is_in(PAYMENTS)).sum(),
    "passengers": (~col("passengers").is_in(list(range(1, 7)))).sum(),
    "medallion": (~col("medallion").str.contains("^[0-9A-F]{8}$")).sum(),
    "medallion length": (col("medallion").str.len_chars() != 8).sum(),
    "vendor length": (col("vendor").str.len_chars() != 3).sum(),
    "picked up": (col("picked_up") < datetime(2013, 1, 1)).sum(),
    "dropped off": (col("dropped_off") > datetime(2014, 1, 2)).sum(),
    "zone": (~col("zone").is_between(1, ZONES)).sum(),
    "distance": (~col("distance").is_between(0, 200)).sum(),
    "fare": (~col("fare").is_between(2.5, 500)).sum(),
    "mean fare": ~col("fare").mean().is_between(5, 15),
    "median distance": ~col("distance").median().is_between(1, 5),
    # pandas writes a missing number as NaN or null: both are none here.
    "tip null": col("tip").is_null().sum() + col("tip").is_nan().sum(),
    "tip": (~col("tip").is_between(0, 8)).sum(),
}
found = table.select(**broken).collect(engine="streaming").row(0, named=True)
schema = table.collect_schema()
found |= {"columns": len(schema) != 12, "rated": schema["rated"] != pl.Boolean}
print(f"{sum(bool(count) for count in found.values())} of {len(found)} checks failed")
