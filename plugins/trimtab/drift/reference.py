"""The reference: what a champion saw and how well it did, in a few kilobytes that follow it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError, model_validator

from trimtab.drift.performance import DIGITS, Performance, checked_labels, checked_scores, performance
from trimtab.drift.profile import NumericProfile, Profile, profile_column, quantile_edges
from trimtab.errors import DriftError

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "trimtab.drift-reference/1"
HISTOGRAM_EDGES = np.arange(1, 40) / 40


class Reference(BaseModel):
    """A profile of the window a model was last judged on.

    Attributes:
        rows: Rows of the window.
        base_rate: Share of positive labels.
        performance: How good the model was on the window.
        scores: The predicted probabilities in quantile bins, which measure best.
        score_histogram: The same in bins of equal width, which show best.
        features: A profile per feature, by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    rows: PositiveInt
    base_rate: float
    performance: Performance
    scores: NumericProfile
    score_histogram: NumericProfile
    features: dict[str, Profile]

    @model_validator(mode="after")
    def _profiles_have_all_rows(self) -> Self:
        profiles = {"scores": self.scores, "score_histogram": self.score_histogram, **self.features}
        if odd := [name for name, profile in profiles.items() if profile.rows != self.rows]:
            raise ValueError(f"the profiles of {', '.join(odd)} do not hold {self.rows} rows")
        return self

    def save(self, path: Path) -> None:
        """Write the reference as JSON; equal references give equal bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"schema": SCHEMA, **self.model_dump(mode="json")}
        path.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a reference.

        Raises:
            DriftError: The file is missing, is not JSON, is of another schema or is damaged.
        """
        fix = "build it again with trimtab.drift.build_reference"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as err:
            raise DriftError(f"The drift reference cannot be read: {err}", where=str(path), fix=fix) from err
        schema = content.pop("schema", None) if isinstance(content, dict) else None
        if schema != SCHEMA:
            raise DriftError(
                f"This is no drift reference of schema '{SCHEMA}', its schema is {schema!r}",
                where=str(path),
                fix=fix,
            )
        try:
            return cls.model_validate_json(json.dumps(content))
        except ValidationError as err:
            raise DriftError(f"The drift reference is damaged: {err}", where=str(path), fix=fix) from err


def build_reference(features: pd.DataFrame, scores: ArrayLike, labels: ArrayLike) -> Reference:
    """Profile the held-out window of a model.

    Args:
        features: The model's features, one row per case; numbers are binned, anything else is a category.
        scores: Predicted probability of the positive class, of shape (n_rows,).
        labels: Outcomes, 0 or 1, of shape (n_rows,).

    Raises:
        DriftError: There are no rows, lengths differ, a score is no probability, or the labels hold one
            class.
    """
    rows = len(features)
    if rows == 0:
        raise DriftError("A reference needs rows", where="features", fix="build it on the held-out window")
    probabilities, outcomes = checked_scores(scores, rows=rows), checked_labels(labels, rows=rows)
    quality = performance(outcomes, probabilities)
    if quality is None:
        raise DriftError(
            f"All {rows} labels are {outcomes[0]}; performance needs both classes",
            where="labels",
            fix="build the reference on a window that holds both outcomes",
        )
    return Reference(
        rows=rows,
        base_rate=round(float(outcomes.mean()), DIGITS),
        performance=quality,
        scores=NumericProfile.of(probabilities, quantile_edges(probabilities)),
        score_histogram=NumericProfile.of(probabilities, HISTOGRAM_EDGES),
        # By name, so that the order of columns does not change the bytes.
        features={name: profile_column(features[name]) for name in sorted(features.columns)},
    )
