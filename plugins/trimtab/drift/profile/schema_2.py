"""Reference profiles of schema 2, which knew binary classification only, as registered models have them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from trimtab.drift.statistics import bin_means, round_figure
from trimtab.learning import BINARY, auc_standard_error, expected_auc

SCHEMA_2 = "trimtab.drift-reference/2"
(COLUMN,) = BINARY.columns
AUC = "roc_auc"


def migrate_schema_2(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a profile of schema 2 as one of schema 3.

    Only the ROC AUC has a standard error and an estimate: the others were not recorded.
    """
    noise, before = content["noise"], content["predictions"]
    predictions = None if before is None else _migrate_predictions(before, content["rows"])
    return {
        **content,
        "predictions": predictions,
        "noise": {
            "features": noise["features"],
            "predictions": {COLUMN: noise["scores"]},
            "calibrated": {COLUMN: noise["base_rate"]},
            "metrics": {AUC: noise[AUC]},
            "joint": noise["joint"],
        },
    }


def _migrate_predictions(before: Mapping[str, Any], rows: int) -> dict[str, Any]:
    rate, positives, scores = before["base_rate"], before["positives"], before["scores"]
    figures: dict[str, Any] = {
        name: {"value": value, "error": None} for name, value in before["performance"].items()
    }
    expected = expected_auc(scores["counts"], bin_means(scores["counts"], positives))
    figures[AUC] = {
        **_figure(before["performance"][AUC], rows, rate),
        "expected": None if expected is None else round_figure(expected),
    }
    return {
        "problem": BINARY.name,
        "classes": [],
        "unit": "",
        "figures": figures,
        "columns": {
            COLUMN: {
                "mean": rate,
                "deviation": round_figure(math.sqrt(rate * (1 - rate))),
                "predicted": scores,
                "sums": positives,
                "squares": positives,
                "histogram": before["histogram"],
            }
        },
        "slices": {
            feature: {
                category: {
                    "rows": part["rows"],
                    "figures": {AUC: _figure(part[AUC], part["rows"], part["base_rate"])},
                }
                for category, part in parts.items()
            }
            for feature, parts in before["slices"].items()
        },
        "errors": None,
    }


def _figure(auc: float, rows: int, rate: float) -> dict[str, float | None]:
    error = auc_standard_error(auc, rows * rate, rows * (1 - rate))
    return {"value": auc, "error": round_figure(error) if math.isfinite(error) else None}
