"""The content of ``verdict.json``: the verdict and every measured value, for programs."""

from __future__ import annotations

from dataclasses import asdict

from trimtab.drift.measurement import ComparedValue, Measurement, NoisyValue, PredictionDrift
from trimtab.drift.policy import DriftVerdict

SCHEMA = "trimtab.drift-verdict/3"


def verdict_to_dict(verdict: DriftVerdict, *, window: str, champion: str) -> dict[str, object]:
    """Return the content of ``verdict.json``.

    Args:
        verdict: The verdict.
        window: The window's name.
        champion: The model that was checked.
    """
    measurement = verdict.measurement
    return {
        "schema": SCHEMA,
        "window": window,
        "champion": champion,
        "decision": verdict.decision,
        "sentence": verdict.sentence,
        "rules": [asdict(rule) for rule in verdict.rules],
        "rows": {"reference": measurement.reference.rows, "window": measurement.rows},
        "predictions": _predictions_to_dict(measurement.predictions) if measurement.predictions else None,
        "joint": asdict(measurement.joint) if measurement.joint else None,
        "features": _features_to_list(measurement),
        "history": [past.model_dump(mode="json") for past in verdict.history],
    }


def _predictions_to_dict(predictions: PredictionDrift) -> dict[str, object]:
    return {
        "problem": predictions.problem.name,
        "metric": predictions.metric.name,
        "unit": predictions.unit,
        "performance": {name: _value_to_dict(metric) for name, metric in predictions.performance.items()},
        "estimate": _value_to_dict(predictions.estimate),
        "columns": [
            {
                "name": column.name,
                "calibrated": column.calibrated,
                "psi": column.psi,
                "p_value": column.p_value,
                "observed": _value_to_dict(column.observed),
                "expected": column.expected,
            }
            for column in predictions.columns
        ],
        "slices": [
            {
                "feature": part.feature,
                "category": part.category,
                "rows": part.rows,
                "figure": _value_to_dict(part.figure),
            }
            for part in predictions.slices
        ],
        **({"attributions": _attributions_to_list(predictions)} if predictions.attributions else {}),
        **({"dependence": asdict(predictions.dependence)} if predictions.dependence else {}),
    }


def _attributions_to_list(predictions: PredictionDrift) -> list[dict[str, object]]:
    return [
        {
            "feature": shift.feature,
            "movement": _noisy_to_dict(shift.movement),
            "importance": _noisy_to_dict(shift.importance) if shift.importance else None,
        }
        for shift in predictions.attributions
    ]


def _noisy_to_dict(value: NoisyValue) -> dict[str, float | None]:
    return {**_value_to_dict(value.value), "noise": value.noise}


def _features_to_list(measurement: Measurement) -> list[dict[str, object]]:
    return [
        {
            **asdict(feature),
            "missing": _value_to_dict(feature.missing),
            "unseen": _value_to_dict(feature.unseen),
        }
        for feature in measurement.features
    ]


def _value_to_dict(value: ComparedValue) -> dict[str, float | None]:
    return {**asdict(value), "change": value.change}
