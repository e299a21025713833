"""The program that scores a table: each format and problem type, by the seam of models."""

from __future__ import annotations

import pytest

from tests.library.gates.model.test_scoring_job import job_of
from tests.library.learning.formats.model_files import ROWS
from trimtab.errors import ModelError
from trimtab.gates.model.scoring_process import run

MODELS = [
    ("skops", "binary"),
    ("skops", "multiclass"),
    ("lightgbm", "regression"),
    ("xgboost", "quantile"),
    ("onnx", "binary"),
]


@pytest.mark.parametrize(("file_format", "problem"), MODELS)
def test_model_of_each_format_and_problem_type_is_scored(file_format, problem, tmp_path):
    once, tenfold = run(job_of(file_format, problem, tmp_path))

    assert (once.rows, tenfold.rows) == (300, 3000)
    assert min(once.seconds, tenfold.seconds) > 0


def test_model_of_types_that_are_not_trusted_is_not_scored(tmp_path):
    import skops.io
    from sklearn.ensemble import HistGradientBoostingRegressor

    job = job_of("skops", "regression", tmp_path)
    trees = HistGradientBoostingRegressor(max_iter=1).fit(ROWS, ROWS["length"])
    skops.io.dump(trees, tmp_path / "model.skops")

    with pytest.raises(ModelError, match="types that are not trusted"):
        run(job)
