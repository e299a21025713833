"""The reference: what a champion saw and how well it did, in some kilobytes that follow it."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
    model_validator,
)

from trimtab.drift.profile.column_profile import NumericProfile, Profile
from trimtab.drift.profile.slices import Slices
from trimtab.drift.statistics import Performance
from trimtab.errors import DriftError

SCHEMA = "trimtab.drift-reference/2"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Predictions(_Part):
    """What the model said of the rows, and what became of them.

    Attributes:
        base_rate: Share of positive outcomes.
        performance: How good the model was.
        scores: The predicted probabilities in quantile bins, which measure best.
        positives: Rows with a positive outcome per bin of ``scores``: how well calibrated the model was.
        histogram: The probabilities in bins of equal width, which show best.
        slices: How good the model was by category.
    """

    base_rate: float
    performance: Performance
    scores: NumericProfile
    positives: tuple[NonNegativeInt, ...]
    histogram: NumericProfile
    slices: Slices

    @model_validator(mode="after")
    def _bins_fit(self) -> Self:
        if len(self.positives) != len(self.scores.counts):
            raise ValueError("the positives do not fit the bins of the scores")
        return self


class Noise(_Part):
    """How much each statistic moves between clean periods of the reference, against independent rows.

    Attributes:
        features: Design effect by feature; 1 is what independent rows have.
        scores: The same of the predicted probabilities.
        base_rate: The same of the outcomes.
        roc_auc: The same of the area under the ROC curve.
        joint: How well a classifier tells the reference's halves in time apart; 0.5 if it cannot.
    """

    features: dict[str, float] = Field(default_factory=dict)
    scores: float = 1.0
    base_rate: float = 1.0
    roc_auc: float = 1.0
    joint: float = 0.5


class Reference(_Part):
    """A profile of the window a model was last judged on, or of any table.

    Attributes:
        rows: Rows of the window.
        features: A profile per feature, by name.
        importance: What the model loses of its ROC AUC without a feature; empty if nobody measured it.
        predictions: The model's part; None for a mere table.
        noise: What is normal.
        sample: Places of the values of some rows in the features' profiles, a byte each, packed.
    """

    rows: PositiveInt
    features: dict[str, Profile]
    importance: dict[str, float]
    predictions: Predictions | None
    noise: Noise
    sample: str

    @model_validator(mode="after")
    def _profiles_have_all_rows(self) -> Self:
        profiles: dict[str, Profile] = dict(self.features)
        if self.predictions:
            profiles |= {"scores": self.predictions.scores, "histogram": self.predictions.histogram}
        if odd := [name for name, profile in profiles.items() if profile.rows != self.rows]:
            raise ValueError(f"the profiles of {', '.join(odd)} do not hold {self.rows} rows")
        return self

    @cached_property
    def sampled(self) -> NDArray[np.uint8]:
        """The sample, of shape (n_sampled, n_features), features in the order of ``features``."""
        places = np.frombuffer(zlib.decompress(base64.b64decode(self.sample)), dtype=np.uint8)
        return places.reshape(len(self.features), -1).T

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


def pack(sample: NDArray[np.uint8]) -> str:
    """Return a sample of shape (n_sampled, n_features) as text, feature by feature, which packs best."""
    return base64.b64encode(zlib.compress(np.ascontiguousarray(sample.T).tobytes(), 9)).decode("ascii")


def importance_of(known: Mapping[str, float], features: Mapping[str, object]) -> dict[str, float]:
    """Return the importance of the features, none below 0: shuffling one that is useless may gain by chance.

    Raises:
        DriftError: It is of something that is no feature.
    """
    if odd := sorted(set(known) - set(features)):
        raise DriftError(
            f"Importance is given of what is no feature: {', '.join(odd)}",
            where="importance",
            fix="give it by the features' names",
        )
    return {name: max(float(known[name]), 0.0) for name in sorted(known)}
