"""How far the data of a version go: where its training data end, and where its test window ends."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Artifact
from trimtab.registry.tracking import Lineage, Version
from trimtab.time_window import clock, moment

# Tags of a version, without the prefix.
LEARNT_UNTIL_TAG, SEEN_UNTIL_TAG, DATA_UNTIL_TAG = "learnt_until", "seen_until", "data_until"


@dataclass(frozen=True)
class DataExtent:
    """How far the data of a version go.

    Attributes:
        learnt_until: End of the training data, which is the beginning of the test window.
        seen_until: End of the test window.
    """

    learnt_until: datetime
    seen_until: datetime

    @classmethod
    def of_version(cls, version: Version) -> Self | None:
        """Return the extent that a version's tags give; ``None`` if they give none.

        For a version that was published without windows, ``data_until`` is both ends.
        """
        with contextlib.suppress(ValueError):
            return cls(moment(version.tag("learnt_until")), moment(version.tag("seen_until")))
        with contextlib.suppress(ValueError):
            until = moment(version.tag("data_until"))
            return cls(until, until)
        return None

    @property
    def tested_from(self) -> datetime | None:
        """The beginning of the test window, if it is known."""
        return self.learnt_until if self.learnt_until < self.seen_until else None

    def to_lineage(self) -> Lineage:
        """Return the extent as tags of a version."""
        return {"learnt_until": self.learnt_until.isoformat(), "seen_until": self.seen_until.isoformat()}


def declared_data_end(model: Artifact) -> datetime | None:
    """Return ``meta.data_until`` of the model's artifact, the end of this run's data; ``None`` if not set.

    Raises:
        ProjectError: It is no ISO date.
    """
    if DATA_UNTIL_TAG not in model.meta:
        return None
    try:
        return moment(str(model.meta[DATA_UNTIL_TAG]))
    except ValueError as err:
        raise ProjectError(
            f"meta.{DATA_UNTIL_TAG} of the artifact '{model.name}' is no ISO date:"
            f" {model.meta[DATA_UNTIL_TAG]!r}",
            where=f"dvc.yaml: artifacts, meta.{DATA_UNTIL_TAG}",
            fix="give a date such as 2024-06-01, or a param that holds one",
        ) from err


def current_data_end(model: Artifact) -> datetime:
    """Return the end of the data that a run can have: the declared end, and never later than the clock.

    Raises:
        ProjectError: The declared end is no ISO date.
    """
    return min(declared_data_end(model) or datetime.max, clock())
