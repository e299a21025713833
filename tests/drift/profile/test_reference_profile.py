import json
import os
import subprocess
import sys

import pytest

from trimtab.drift import ReferenceProfile, build_reference
from trimtab.errors import DriftError


def test_reference_profile_is_equal_after_save_and_load(reference, tmp_path):
    path = tmp_path / "models" / "reference.json"
    reference.save(path)
    assert ReferenceProfile.load(path) == reference
    assert path.stat().st_size < 12_000


def test_saved_bytes_do_not_depend_on_column_order_or_process(draw, reference, tmp_path):
    features, scores, labels = draw(seed=1)
    shuffled = build_reference(features[["temp", "precip", "carrier"]], scores, labels)
    for name, built in (("a", reference), ("b", shuffled)):
        built.save(tmp_path / name)
    copy = "import sys, pathlib, trimtab.drift as d; a, c = map(pathlib.Path, sys.argv[1:])"
    subprocess.run(
        [sys.executable, "-c", f"{copy}; d.ReferenceProfile.load(a).save(c)", tmp_path / "a", tmp_path / "c"],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


def test_reference_profile_is_immutable(reference):
    with pytest.raises(ValueError, match="frozen"):
        reference.rows = 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be read"),
        ("[1, 2]", "The schema of the reference profile is not .*: None"),
        ('{"rows": 3}', "The schema of the reference profile is not .*: None"),
        (
            '{"schema": "trimtab.drift-reference/1"}',
            "is not '.*/2': 'trimtab.drift-reference/1'",
        ),
        ('{"schema": "trimtab.drift-reference/2"}', "damaged"),
    ],
)
def test_file_with_another_schema_is_refused(tmp_path, content, message):
    path = tmp_path / "reference.json"
    path.write_text(content)
    with pytest.raises(DriftError, match=message):
        ReferenceProfile.load(path)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(DriftError, match="cannot be read"):
        ReferenceProfile.load(tmp_path / "absent.json")


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
def test_damaged_reference_profile_is_refused(reference, tmp_path, damage):
    path = tmp_path / "reference.json"
    reference.save(path)
    content = json.loads(path.read_text())
    damage(content)
    path.write_text(json.dumps(content))

    with pytest.raises(DriftError, match="damaged"):
        ReferenceProfile.load(path)


def test_import_of_drift_loads_no_numpy_scipy_or_sklearn():
    heavy = "{'numpy', 'pandas', 'sklearn', 'scipy', 'mlflow', 'dvc', 'airflow'}"
    code = f"import sys, trimtab.drift; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
