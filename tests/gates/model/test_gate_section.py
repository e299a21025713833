"""Declarations: what cannot be meant is refused before anything is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trimtab.errors import ConfigError
from trimtab.gates import check_model
from trimtab.gates.model.gate_section import TYPES, load_gate_section

SCORE = {"type": "score", "metric": "roc_auc", "min": 0.6}


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ({"type": "slice", "metric": "roc_auc"}, "no check of type 'slice'; did you mean 'slices'?"),
        ({"type": ["score"]}, "no check of type"),
        ({**SCORE, "mni": 0.6}, "unknown key 'mni'; did you mean 'min'?"),
        ({"type": "score", "metric": "roc_auc"}, "needs min or max"),
        ({**SCORE, "max": 0.5}, "nothing can pass"),
        ({**SCORE, "metric": "roc_aux"}, "'roc_auc'"),
        ({**SCORE, "metric": "recall"}, "recall needs a threshold"),
        ({**SCORE, "threshold": 0.5}, "roc_auc has no threshold"),
        ({"type": "gain", "metric": "calibration_slope"}, "neither higher nor lower is better"),
        ({"type": "gap", "metric": "roc_auc"}, "'max' is missing"),
        ({**SCORE, "type": "slices", "by": ["origin"]}, "'min_rows' is missing"),
        ({**SCORE, "type": "slices", "by": [["a", "b", "c"]], "min_rows": 9}, "pairs of columns"),
        ({"type": "direction", "column": "wind", "by": 0, "never": "lower"}, "nothing changes"),
        ({"type": "direction", "column": "wind", "by": 1, "never": "rise"}, "'lower' or 'raise'"),
        ({"type": "leakage", "max_auc": 0.5}, "'max_auc'"),
        (
            {"type": "fairness", "column": "origin", "rate": "selection", "threshold": 0.5},
            "either max_difference or min_ratio",
        ),
        (
            {
                "type": "fairness",
                "column": "origin",
                "rate": "selection",
                "threshold": 0.5,
                "min_ratio": 0.8,
                "groups": ["EWR"],
            },
            "one group cannot be compared",
        ),
        ({"type": "stability", "rows": 0}, "'rows'"),
        ({"type": "inference", "max_seconds": 0}, "'max_seconds'"),
    ],
)
def test_check_with_contradictory_arguments_is_refused(check, told, run_gate, tmp_path):
    with pytest.raises(ConfigError) as caught:
        run_gate(SCORE, check)

    assert told in str(caught.value)
    assert "check 2 of 2" in str(caught.value)
    assert not (tmp_path / "out" / "report.json").exists()


@pytest.mark.parametrize(
    ("check", "given", "told"),
    [
        ({"metric": "auc", "min": 0}, (), "type metric need --metrics"),
        (SCORE, ("model",), "type score need --test"),
        ({"type": "gain", "metric": "roc_auc"}, ("model", "test"), "type gain need --baseline"),
        ({"type": "gap", "metric": "roc_auc", "max": 1}, ("model", "test"), "type gap need --train"),
    ],
)
def test_check_that_needs_a_file_which_is_not_given_is_refused(check, given, told, tmp_path):
    (tmp_path / "params.yaml").write_text(f"m: {{label: late, checks: [{check}]}}".replace("'", '"'))
    nowhere = dict.fromkeys(given, tmp_path / "none")

    with pytest.raises(ConfigError, match=told):
        check_model(params=tmp_path / "params.yaml", section="m", out=tmp_path / "out", **nowhere)


def test_section_without_a_label_column_is_refused_if_a_check_reads_labels(run_gate):
    with pytest.raises(ConfigError, match="add `label"):
        run_gate(SCORE, label="")


@pytest.mark.parametrize(
    "section", [{"resamples": 10}, {"confidence": 1.0}, {"seed": -1}, {"resample": 1000}, {"checks": []}]
)
def test_section_with_invalid_values_is_refused(section, run_gate):
    with pytest.raises(ConfigError, match=next(iter(section))):
        run_gate(SCORE, **section)


def test_docs_show_every_type_of_check_as_it_can_be_declared(tmp_path):
    text = (Path(__file__).parents[3] / "docs" / "model-gates.md").read_text()
    shown = re.findall(r"`(\{(?:type|metric): [^`]+\})`", text)
    params = tmp_path / "params.yaml"
    params.write_text("m: {label: late, checks: [" + ", ".join(shown) + "]}")

    _, checks = load_gate_section(
        params, "m", dict.fromkeys(("model", "test", "train", "baseline", "metrics"), params), root=tmp_path
    )

    assert {check.type for check in checks} == set(TYPES)
