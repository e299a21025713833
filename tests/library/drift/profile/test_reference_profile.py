import json
import os
import subprocess
import sys

import pytest

from tests.library.drift.known_models import MODELS, draw_rows
from trimtab.drift import ReferenceProfile, build_reference
from trimtab.errors import DriftError


@pytest.mark.parametrize("name", ["reference", "numbers", "classes"])
def test_reference_profile_is_equal_after_save_and_load(request, name, tmp_path):
    profile, path = request.getfixturevalue(name), tmp_path / "models" / "reference.json"
    profile.save(path)
    assert ReferenceProfile.load(path) == profile
    assert path.stat().st_size < 16_000


@pytest.mark.parametrize("name", MODELS)
def test_reference_profile_with_attributions_is_equal_after_save_and_load(name, tmp_path):
    profile = MODELS[name].reference(draw_rows(1))
    profile.save(tmp_path / "reference.json")
    loaded = ReferenceProfile.load(tmp_path / "reference.json")
    assert loaded == profile
    assert loaded.predictions.attributions["size"].movement.value > 0


def test_file_of_a_reference_profile_without_attributions_is_as_before_they_were_known(reference, tmp_path):
    reference.save(tmp_path / "reference.json")
    content = json.loads((tmp_path / "reference.json").read_text())
    assert content["schema"] == "trimtab.drift-reference/3"
    assert [*content["predictions"]] == [
        "problem",
        "classes",
        "unit",
        "figures",
        "columns",
        "slices",
        "errors",
    ]


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
            "is not '.*/3': 'trimtab.drift-reference/1'",
        ),
        ('{"schema": "trimtab.drift-reference/2"}', "damaged"),
        ('{"schema": "trimtab.drift-reference/3"}', "damaged"),
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
    content["predictions"]["columns"]["score"]["predicted"]["edges"].pop()


def _lose_a_sum(content):
    content["predictions"]["columns"]["score"]["sums"].pop()


def _disorder(content):
    content["predictions"]["columns"]["score"]["predicted"]["edges"].reverse()


def _lose_the_metric(content):
    del content["predictions"]["figures"]["roc_auc"]


def _lose_a_column(content):
    content["predictions"]["columns"].clear()


def _rename_the_problem(content):
    content["predictions"]["problem"] = "ranking"


def _make_nan(content):
    content["predictions"]["columns"]["score"]["mean"] = float("nan")


def _add_a_key(content):
    content["more"] = 1


@pytest.mark.parametrize(
    "damage",
    [
        _lose_rows,
        _lose_a_bin,
        _lose_a_sum,
        _disorder,
        _lose_the_metric,
        _lose_a_column,
        _rename_the_problem,
        _make_nan,
        _add_a_key,
    ],
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
