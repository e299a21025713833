"""The reference profile: the data a champion was tested on and its performance, in some kilobytes of JSON."""

from __future__ import annotations

import base64
import json
import zlib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    model_validator,
)

from trimtab.drift.profile.column_profile import ColumnProfile
from trimtab.drift.profile.noise import Noise
from trimtab.drift.profile.prediction_profile import PredictionProfile
from trimtab.drift.profile.schema_2 import SCHEMA_2, migrate_schema_2
from trimtab.errors import DriftError

SCHEMA = "trimtab.drift-reference/3"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class ReferenceProfile(_Part):
    """The profile of the test window of a model, or of any table.

    Attributes:
        rows: Rows of the table.
        features: The profile of each feature, by name.
        importance: How much worse the metric gets without a feature, by name; empty if not measured.
        predictions: The profile of the predictions; None for a table without a model.
        noise: How much the statistics vary between periods of the reference.
        sample: Bin indices of sampled rows, a byte each, compressed.
    """

    rows: PositiveInt
    features: dict[str, Annotated[ColumnProfile, Field(discriminator="kind")]]
    importance: dict[str, float]
    predictions: PredictionProfile | None
    noise: Noise
    sample: str

    @model_validator(mode="after")
    def _profiles_have_all_rows(self) -> Self:
        profiles: dict[str, ColumnProfile] = dict(self.features)
        if self.predictions:
            for name, column in self.predictions.columns.items():
                profiles |= {f"({name})": column.predicted, f"({name}) histogram": column.histogram}
        if odd := [name for name, profile in profiles.items() if profile.rows != self.rows]:
            raise ValueError(f"the profiles of {', '.join(odd)} do not hold {self.rows} rows")
        return self

    @cached_property
    def sampled(self) -> NDArray[np.uint8]:
        """Bin indices of the sample, of shape (n_sampled, n_features), in the order of ``features``."""
        indices = np.frombuffer(zlib.decompress(base64.b64decode(self.sample)), dtype=np.uint8)
        return indices.reshape(len(self.features), -1).T

    def save(self, path: Path) -> None:
        """Write the reference profile as JSON. Equal profiles give equal bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"schema": SCHEMA, **self.model_dump(mode="json")}
        path.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a reference profile. One of an earlier schema is read too.

        Raises:
            DriftError: The file is missing, is not JSON, has another schema or is damaged.
        """
        fix = "build it again with trimtab.drift.build_reference"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as err:
            raise DriftError(
                f"The reference profile cannot be read: {err}", where=str(path), fix=fix
            ) from err
        schema = content.pop("schema", None) if isinstance(content, dict) else None
        if schema == SCHEMA_2:
            schema, content = SCHEMA, _migrate(content, path, fix)
        if schema != SCHEMA:
            raise DriftError(
                f"The schema of the reference profile is not '{SCHEMA}': {schema!r}",
                where=str(path),
                fix=fix,
            )
        try:
            return cls.model_validate_json(json.dumps(content))
        except ValidationError as err:
            raise DriftError(f"The reference profile is damaged: {err}", where=str(path), fix=fix) from err


def _migrate(content: dict[str, Any], path: Path, fix: str) -> dict[str, Any]:
    try:
        return migrate_schema_2(content)
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise DriftError(f"The reference profile is damaged: {err!r}", where=str(path), fix=fix) from err


def pack_sample(sample: NDArray[np.uint8]) -> str:
    """Return a sample of shape (n_sampled, n_features) as text, by feature, which compresses best."""
    return base64.b64encode(zlib.compress(np.ascontiguousarray(sample.T).tobytes(), 9)).decode("ascii")
