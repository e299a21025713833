"""The same checks as a schema of pandera, on the data frame pandas reads."""

import sys

import pandas as pd
import pandera.pandas as pa

from benchmarks.trips import PAYMENTS, VENDORS, ZONES

Check = pa.Check
schema = pa.DataFrameSchema(
    {
        "ride": pa.Column(int, unique=True),
        "vendor": pa.Column(str, [Check.isin(VENDORS), Check.str_length(3, 3)]),
        "medallion": pa.Column(str, [Check.str_matches("^[0-9A-F]{8}$"), Check.str_length(8, 8)]),
        "picked_up": pa.Column(checks=Check.ge(pd.Timestamp("2013-01-01"))),
        "dropped_off": pa.Column(checks=Check.le(pd.Timestamp("2014-01-02")), nullable=True),
        "passengers": pa.Column(checks=Check.isin(list(range(1, 7))), nullable=True),
        "zone": pa.Column(checks=Check.in_range(1, ZONES)),
        "distance": pa.Column(
            checks=[Check.in_range(0, 200), Check(lambda column: 1 <= column.median() <= 5)], nullable=True
        ),
        "payment": pa.Column(str, Check.isin(PAYMENTS), nullable=True),
        "fare": pa.Column(checks=[Check.in_range(2.5, 500), Check(lambda column: 5 <= column.mean() <= 15)]),
        "tip": pa.Column(checks=Check.in_range(0, 8), nullable=False),
        "rated": pa.Column(bool),
    },
    checks=[Check(lambda frame: len(frame) >= 1), Check(lambda frame: len(frame.columns) == 12)],
)
failed = 0
try:
    schema.validate(pd.read_parquet(sys.argv[1]), lazy=True)
except pa.errors.SchemaErrors as err:
    failed = len(err.schema_errors)
print(f"{failed} of 25 checks failed")
