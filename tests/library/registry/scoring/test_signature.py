from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from mlflow.exceptions import MlflowException
from mlflow.models.utils import _enforce_schema
from mlflow.types import ColSpec, Schema

from trimtab.errors import RegistryError, ScoringError
from trimtab.registry.scoring.signature import Signature, SignatureColumn
from trimtab.registry.scoring.table_scorer import load_scorer

FLIGHTS = Signature(
    (
        SignatureColumn("carrier", "string", True),
        SignatureColumn("distance", "double", True),
        SignatureColumn("hour", "double", True),
    ),
    "flights version 3",
)
GOOD = {"carrier": pa.string(), "distance": pa.float64(), "hour": pa.float64()}


def check(**changes):
    FLIGHTS.check(pa.schema({**GOOD, **changes}), where="june.parquet")


def test_signature_accepts_further_columns_in_any_order():
    FLIGHTS.check(pa.schema({"late": pa.int64(), **dict(reversed(GOOD.items()))}), where="")


def test_signature_check_names_each_missing_column_and_the_closest_match():
    found = pa.schema({"carier": pa.string(), "distance": pa.float64()})
    with pytest.raises(ScoringError) as refused:
        FLIGHTS.check(found, where="june.parquet")
    assert refused.value.what == (
        "flights version 3 cannot read the table: 'carrier' is missing; did you mean 'carier'?; "
        "'hour' is missing"
    )
    assert refused.value.where == "june.parquet"


def test_signature_check_names_both_types_when_a_type_differs():
    with pytest.raises(ScoringError, match=r"'distance' is string, not double; 'hour' is int64, not double"):
        check(distance=pa.string(), hour=pa.int64())


def test_signature_check_refuses_a_column_that_occurs_twice():
    twice = pa.schema(
        [*(pa.field(name, type_) for name, type_ in GOOD.items()), pa.field("hour", pa.float64())]
    )
    with pytest.raises(ScoringError, match="'hour' occurs 2 times"):
        FLIGHTS.check(twice, where="")


def test_signature_accepts_a_column_of_nulls_only_when_it_is_optional():
    with pytest.raises(ScoringError, match="'hour' is null, not double"):
        check(hour=pa.null())
    optional = Signature((SignatureColumn("hour", "double", False),), "flights version 3")
    optional.check(pa.schema({"hour": pa.null()}), where="")
    batch = pa.record_batch({"hour": pa.nulls(2)})
    assert optional.frame(batch)["hour"].dtype == np.float64


DTYPES = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"]
DTYPES += ["bool", "str", "datetime64[ms]"]
DECLARED = ["integer", "long", "float", "double", "string", "boolean", "datetime"]


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("dtype", DTYPES)
def test_signature_accepts_the_types_that_the_mlflow_server_accepts(declared, dtype):
    values = ["a", "b"] if dtype == "str" else [2, 3]  # MLflow takes 0 and 1 for more than they are
    table = pd.DataFrame({"x": pd.Series(values).astype(dtype)})
    signature = Signature((SignatureColumn("x", declared, True),), "m")
    schema = Schema([ColSpec(declared, "x")])

    def takes(attempt, error):
        try:
            return attempt()
        except error:
            return None

    theirs = takes(lambda: _enforce_schema(table, schema), MlflowException)
    ours = takes(lambda: frame(signature, table), ScoringError)

    assert (ours is None) == (theirs is None)
    if ours is not None:
        pd.testing.assert_frame_equal(ours, theirs)


def frame(signature, table):
    batch = pa.RecordBatch.from_pandas(table, preserve_index=False)
    signature.check(batch.schema, where="")
    return signature.frame(batch)


def test_signature_frame_reads_categories_as_their_values():
    table = pd.DataFrame({"x": pd.Categorical(["UA", "DL", "UA"])})
    read = frame(Signature((SignatureColumn("x", "string", True),), "m"), table)
    assert read["x"].tolist() == ["UA", "DL", "UA"]
    assert read["x"].dtype == "str"


def test_signature_frame_reads_nulls_as_missing_and_refuses_them_in_integers():
    signature = Signature((SignatureColumn("x", "double", True),), "m")
    assert frame(signature, pd.DataFrame({"x": [1.5, None]}))["x"].isna().tolist() == [False, True]
    whole = Signature((SignatureColumn("x", "long", True),), "m")
    with pytest.raises(ScoringError, match="cannot read nulls in x"):
        frame(whole, pd.DataFrame({"x": pd.array([1, None], "Int64")}))


def test_scorer_signature_has_the_columns_of_the_version(client, contenders):
    assert load_scorer(contenders[1]).signature == Signature(FLIGHTS.columns, "contenders version 1")


def test_scorer_refuses_a_version_without_named_columns(client, contenders, monkeypatch):
    def tensors(uri):
        from mlflow.models import ModelSignature
        from mlflow.types import TensorSpec

        return type("Info", (), {"signature": ModelSignature(Schema([TensorSpec(np.dtype("f4"), (-1, 3))]))})

    monkeypatch.setattr("mlflow.models.Model.load", tensors)
    with pytest.raises(RegistryError, match="does not name the columns it reads"):
        load_scorer(contenders[1])
