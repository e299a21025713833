"""Compare a rebuilt model with the registered one: metrics, and predictions on the same rows."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.learning import load_estimator
from trimtab.pipeline.graph import Graph
from trimtab.registry.loading import ScoringModel
from trimtab.registry.provenance import find_artifact
from trimtab.registry.publishing import Candidate
from trimtab.registry.rebuild.stage_rerun import Difference
from trimtab.registry.tracking import Version

if TYPE_CHECKING:
    import pandas as pd


class RebuiltModel:
    """The candidate of a rebuild, beside the registered model.

    Args:
        root: The checkout in which the stages ran.
        graph: Its pipeline.
        version: The registered version.
        registered: Its model.
        trusted: The types that the rebuilt model may hold.

    Attributes:
        compared: What was compared, for people.
    """

    def __init__(
        self,
        root: Path,
        graph: Graph,
        version: Version,
        registered: ScoringModel,
        trusted: Collection[str],
    ) -> None:
        self._root, self._graph, self._trusted = root, graph, trusted
        self._version, self._registered = version, registered
        self._candidate = Candidate.gather(root, graph, lineage={})
        self.compared: list[str] = []

    def differences(self) -> list[Difference]:
        """Return the differences in metrics and predictions."""
        return [*self._compare_metrics(), *self._compare_predictions()]

    def _compare_metrics(self) -> Iterator[Difference]:
        self.compared.append(f"{len(self._candidate.metrics)} metrics")
        for name, value in self._candidate.metrics.items():
            recorded = self._version.metrics.get(name)
            if recorded is None:
                yield Difference("metric", name, "(none)", repr(value))
            elif recorded != value and not (math.isnan(recorded) and math.isnan(value)):
                yield Difference("metric", name, repr(recorded), repr(value), f"{value - recorded:+.3g}")

    def _compare_predictions(self) -> Iterator[Difference]:
        """Let both models score the input example and the test window."""
        import pandas as pd

        features, problem = self._registered.features, self._registered.problem
        estimator = load_estimator(self._candidate.model, self._trusted, problem)
        model = ScoringModel.load(estimator, features, "the rebuilt model", problem)
        tables = {"the input example": self._candidate.input_example}
        if window := find_artifact(self._graph, "test-window"):
            tables["the test window"] = self._root / window.path
        for name, file in tables.items():
            rows = pd.read_parquet(file)
            self.compared.append(f"predictions on {name} ({len(rows):,} rows)")
            yield from self._compare_scores(name, model, rows)

    def _compare_scores(self, name: str, model: ScoringModel, rows: pd.DataFrame) -> Iterator[Difference]:
        import numpy as np

        distance = (
            np.abs(model.predict(rows) - self._registered.predict(rows, model.problem))
            .reshape(len(rows), -1)
            .max(axis=1, initial=0)
        )
        changed = int(np.count_nonzero(distance))
        if changed:
            yield Difference(
                "prediction",
                name,
                f"{len(rows):,} rows",
                f"{changed:,} changed",
                f"at most {distance.max():.3g}",
            )
