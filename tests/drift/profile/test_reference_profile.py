import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from trimtab.drift import Reference, build_reference
from trimtab.errors import DriftError


def test_it_holds_what_the_champion_saw_and_how_well_it_did(draw, reference):
    features, scores, labels = draw(seed=1)

    assert reference.rows == len(features)
    assert reference.predictions.base_rate == labels.mean()
    assert reference.predictions.performance.roc_auc == pytest.approx(roc_auc_score(labels, scores), abs=1e-6)
    assert {name: profile.kind for name, profile in reference.features.items()} == {
        "carrier": "category",
        "precip": "numeric",
        "temp": "numeric",
    }


def test_saved_and_loaded_it_is_equal(reference, tmp_path):
    path = tmp_path / "models" / "reference.json"
    reference.save(path)
    assert Reference.load(path) == reference
    assert path.stat().st_size < 12_000


def test_bytes_depend_neither_on_the_order_of_columns_nor_on_the_process(draw, reference, tmp_path):
    features, scores, labels = draw(seed=1)
    shuffled = build_reference(features[["temp", "precip", "carrier"]], scores, labels)
    for name, built in (("a", reference), ("b", shuffled)):
        built.save(tmp_path / name)
    copy = "import sys, pathlib, trimtab.drift as d; a, c = map(pathlib.Path, sys.argv[1:])"
    subprocess.run(
        [sys.executable, "-c", f"{copy}; d.Reference.load(a).save(c)", tmp_path / "a", tmp_path / "c"],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


def test_it_cannot_be_changed(reference):
    with pytest.raises(ValueError, match="frozen"):
        reference.rows = 1


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([0.1, 0.2, 0.3], [0, 0, 0], "All 3 labels are 0"),
        ([0.1, 0.2, 0.3], [0, 1], r"Labels of shape \(2,\) do not fit 3 rows"),
        ([[0.9, 0.1]] * 3, [0, 1, 0], r"Scores of shape \(3, 2\) do not fit 3 rows"),
        ([0.1, 1.2, np.nan], [0, 1, 0], "2 of 3 scores are no probabilities"),
        ([0.1, 0.2, 0.3], [0, 1, np.nan], "1 of 3 labels are neither 0 nor 1"),
        ([0.1, 0.2, 0.3], pd.array([True, False, None], dtype="boolean"), "1 of 3 labels are neither"),
        ([0.1, 0.2, 0.3], ["late", "on time", "late"], "'labels' holds values that are not numbers"),
    ],
)
def test_values_that_cannot_be_judged_are_refused(scores, labels, message):
    with pytest.raises(DriftError, match=message):
        build_reference(pd.DataFrame({"x": [1, 2, 3]}), scores, labels)


def test_no_rows_are_refused():
    with pytest.raises(DriftError, match="needs rows"):
        build_reference(pd.DataFrame({"x": []}), [], [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be read"),
        ("[1, 2]", "no drift reference"),
        ('{"rows": 3}', "its schema is None"),
        ('{"schema": "trimtab.drift-reference/1"}', "its schema is 'trimtab.drift-reference/1'"),
        ('{"schema": "trimtab.drift-reference/2"}', "damaged"),
    ],
)
def test_a_foreign_file_is_refused(tmp_path, content, message):
    path = tmp_path / "reference.json"
    path.write_text(content)
    with pytest.raises(DriftError, match=message):
        Reference.load(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DriftError, match="cannot be read"):
        Reference.load(tmp_path / "absent.json")


def _lose_rows(content):
    content["features"]["temp"]["counts"][0] = 0


def _lose_a_bin(content):
    content["predictions"]["scores"]["edges"].pop()


def _disorder(content):
    content["predictions"]["scores"]["edges"].reverse()


def _lose_a_metric(content):
    del content["predictions"]["performance"]["roc_auc"]


def _make_nan(content):
    content["predictions"]["base_rate"] = float("nan")


def _add_a_key(content):
    content["more"] = 1


@pytest.mark.parametrize(
    "damage",
    [_lose_rows, _lose_a_bin, _disorder, _lose_a_metric, _make_nan, _add_a_key],
    ids=lambda f: f.__name__,
)
def test_a_damaged_reference_is_refused(reference, tmp_path, damage):
    path = tmp_path / "reference.json"
    reference.save(path)
    content = json.loads(path.read_text())
    damage(content)
    path.write_text(json.dumps(content))

    with pytest.raises(DriftError, match="damaged"):
        Reference.load(path)


def test_importing_drift_is_cheap():
    heavy = "{'pandas', 'sklearn', 'scipy', 'mlflow', 'dvc', 'airflow'}"
    code = f"import sys, trimtab.drift; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
