"""Great Expectations as its documentation shows it: a data frame, a suite, ``batch.validate``."""

import sys

import great_expectations as gx
import pandas as pd

from benchmarks.trips import suite

context = gx.get_context(mode="ephemeral")
batch = context.data_sources.pandas_default.read_dataframe(pd.read_parquet(sys.argv[1]))
outcome = batch.validate(gx.ExpectationSuite(name="trips", expectations=suite()))
print(
    f"{outcome.statistics['unsuccessful_expectations']} of "
    f"{outcome.statistics['evaluated_expectations']} checks failed"
)
