"""The table and the checks that the data gate is measured with: rides of a taxi, as ordinary as can be.

Nothing is imported before it is used: the import of this module counts in what is measured.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

VENDORS, PAYMENTS, ZONES = ["CMT", "VTS", "DDS"], ["card", "cash", "no charge", "dispute"], 263
PIECE = 1_000_000  # rows made at a time, and rows per group of the file


def write_trips(path: Path, rows: int) -> None:
    """Write a Parquet file of so many rides, 12 columns, the same for every call."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for start in range(0, rows, PIECE):
        table = pa.Table.from_pandas(_trips(start, min(PIECE, rows - start)), preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def _trips(start: int, rows: int) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(start)
    picked = pd.Timestamp("2013-01-01").to_datetime64() + (
        draw.integers(0, 365 * 86400, rows).astype("timedelta64[s]")
    )
    seconds = draw.integers(60, 7200, rows)
    distance = draw.gamma(2, 1.5, rows).round(2)
    fare = (2.5 + 2 * distance).round(2)
    tip = np.where(draw.random(rows) < 0.03, np.nan, (fare * draw.random(rows) / 4).round(2))
    return pd.DataFrame(
        {
            "ride": np.arange(start, start + rows),
            "vendor": draw.choice(VENDORS, rows),
            "medallion": pd.Series(draw.integers(0, 13000, rows)).map("{:08X}".format),
            "picked_up": picked,
            "dropped_off": picked + seconds.astype("timedelta64[s]"),
            "passengers": draw.integers(1, 7, rows),
            "zone": draw.integers(1, ZONES + 1, rows),
            "distance": distance,
            "payment": draw.choice(PAYMENTS, rows, p=[0.6, 0.38, 0.015, 0.005]),
            "fare": fare,
            "tip": tip,
            "rated": draw.random(rows) < 0.2,
        }
    )


def suite() -> list[dict[str, Any]]:
    """Return 25 checks of the rides in Great Expectations' terms; the last two do not hold, and only warn."""
    return [
        _expect("table_row_count_to_be_between", min_value=1),
        _expect("table_column_count_to_equal", value=12),
        *(
            _expect("column_values_to_not_be_null", column=name)
            for name in ("ride", "vendor", "medallion", "picked_up", "zone", "fare")
        ),
        _expect("column_values_to_be_unique", column="ride"),
        _expect("column_values_to_be_in_set", column="vendor", value_set=VENDORS),
        _expect("column_values_to_be_in_set", column="payment", value_set=PAYMENTS),
        _expect("column_values_to_be_in_set", column="passengers", value_set=list(range(1, 7))),
        _expect("column_values_to_match_regex", column="medallion", regex="^[0-9A-F]{8}$"),
        _expect("column_value_lengths_to_equal", column="medallion", value=8),
        _expect("column_value_lengths_to_be_between", column="vendor", min_value=3, max_value=3),
        _expect("column_values_to_be_between", column="picked_up", min_value="2013-01-01T00:00:00"),
        _expect("column_values_to_be_between", column="dropped_off", max_value="2014-01-02T00:00:00"),
        _expect("column_values_to_be_between", column="zone", min_value=1, max_value=ZONES),
        _expect("column_values_to_be_between", column="distance", min_value=0, max_value=200),
        _expect("column_values_to_be_between", column="fare", min_value=2.5, max_value=500),
        _expect("column_mean_to_be_between", column="fare", min_value=5, max_value=15),
        _expect("column_median_to_be_between", column="distance", min_value=1, max_value=5),
        _expect("column_values_to_be_of_type", column="rated", type_="bool"),
        {**_expect("column_values_to_not_be_null", column="tip"), "severity": "warning"},
        {
            **_expect("column_values_to_be_between", column="tip", min_value=0, max_value=8),
            "severity": "warning",
        },
    ]


def _expect(kind: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": f"expect_{kind}", "kwargs": kwargs}
