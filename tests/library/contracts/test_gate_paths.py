"""Gates between the data and the model."""

from __future__ import annotations

import pytest

from tests.library.contracts.conftest import FILES
from trimtab.contracts.gate_paths import check_gate_paths
from trimtab.contracts.problem import Problem
from trimtab.errors import ProjectError


def changed(old: str, new: str) -> dict[str, str]:
    assert old in FILES["dvc.yaml"]
    return {"dvc.yaml": FILES["dvc.yaml"].replace(old, new)}


def test_pipeline_with_a_data_gate_and_a_model_gate_has_no_problem(pipeline):
    assert list(check_gate_paths(pipeline())) == []


def test_stage_that_does_not_wait_for_the_gate_is_found(pipeline):
    found = check_gate_paths(pipeline(changed("features.py, rows.csv, report]", "features.py, rows.csv]")))
    assert list(found) == [
        Problem(
            "No gate is on the path ingest → train to the model 'demand'",
            "dvc.yaml: artifacts.demand",
            "add a data gate that reads what 'ingest' writes, and its report to `deps` of the next stage",
        )
    ]


def test_gate_of_other_data_does_not_count(pipeline):
    found = check_gate_paths(pipeline(changed("deps: [validate.py, rows.csv]", "deps: [validate.py]")))
    assert ["ingest → train" in problem.what for problem in found] == [True]


def test_gate_between_later_stages_counts(pipeline):
    later = """\
  train:
    cmd: python train.py
    deps: [train.py, features.py, table.csv, report]
    params: [train]
    outs: [model.txt]
  prepare: {cmd: cp rows.csv table.csv, deps: [rows.csv], outs: [table.csv]}
"""
    first = FILES["dvc.yaml"].replace("deps: [validate.py, rows.csv]", "deps: [validate.py, table.csv]")
    start, end = first.index("  train:"), first.index("  judge:")
    assert list(check_gate_paths(pipeline({"dvc.yaml": first[:start] + later + first[end:]}))) == []


def test_second_source_without_a_gate_is_found(pipeline):
    text = FILES["dvc.yaml"].replace("rows.csv, report]", "rows.csv, report, weather.csv]")
    text = text.replace(
        "  validate:", "  weather: {cmd: touch weather.csv, outs: [weather.csv]}\n  validate:"
    )
    (problem,) = check_gate_paths(pipeline({"dvc.yaml": text}))
    assert problem.what == "No gate is on the path weather → train to the model 'demand'"


def test_data_that_dvc_has_added_needs_a_gate_too(pipeline):
    text = FILES["dvc.yaml"].replace("rows.csv, report]", "rows.csv, report, old.csv]")
    old = "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 0\n  hash: md5\n  path: old.csv\n"
    (problem,) = check_gate_paths(pipeline({"dvc.yaml": text, "old.csv.dvc": old}))
    assert problem.what == "No gate is on the path old.csv.dvc → train to the model 'demand'"


def test_model_without_a_model_gate_is_found(pipeline):
    (problem,) = check_gate_paths(pipeline(changed("deps: [judge.py, model.txt]", "deps: [judge.py]")))
    assert problem.what == "No model gate reads the model 'demand': model.txt"


def test_model_that_no_stage_writes_is_found(pipeline):
    (problem,) = check_gate_paths(pipeline(changed("path: model.txt", "path: other.txt")))
    assert problem.what == "No stage writes the model 'demand': other.txt"


def test_stage_that_fetches_its_data_itself_is_found(pipeline):
    found = check_gate_paths(pipeline(changed("[train.py, features.py, rows.csv, report]", "[train.py]")))
    assert [problem.fix for problem in found] == [
        "let a stage of its own fetch the data, and a data gate read them"
    ]


def test_gate_that_is_not_declared_is_refused(pipeline):
    with pytest.raises(ProjectError, match="runs a model gate but does not declare it"):
        list(
            check_gate_paths(pipeline({"dvc.yaml": "stages:\n  judge: {cmd: trimtab gate model --out v}\n"}))
        )
