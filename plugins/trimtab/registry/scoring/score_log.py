"""Predictions as MLflow keeps them: a run per window, version and data, made once.

Another version, or other data for the window, makes another run beside it; no run is ever written over. The
champion's runs know nothing of a challenger that is scored in its shadow.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.errors import RegistryError, ScoringError
from trimtab.params_sections import ScorePolicy
from trimtab.registry.publishing import experiment_named, unless_gone
from trimtab.registry.scoring.scoring import Scorer, load_scorer
from trimtab.registry.scoring.shadow import difference
from trimtab.registry.tracking import TAG_PREFIX, Version, by_key, connection, file_digest


@dataclass(frozen=True)
class KeptScores:
    """The scores of one window, in figures small enough to travel.

    Attributes:
        window: The window's name, such as ``2024-06``.
        version: The version that made them.
        run_id: The MLflow run that holds them.
        file: Their name among its artifacts.
        created: Whether they were made now.
        figures: ``rows``; of a shadow also how it differs from the champion.
    """

    window: str
    version: int
    run_id: str
    file: str
    created: bool
    figures: Mapping[str, float]

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values."""
        return {**asdict(self), "figures": dict(self.figures)}


def score_windows(
    version: Version, windows: Path, policy: ScorePolicy, *, by: str, trusted: Collection[str] = ()
) -> list[KeptScores]:
    """Score each window with a version, unless it has scored these very rows before.

    Args:
        version: The champion, say.
        windows: A folder of Parquet files, one per window and named after it; those without rows are passed
            over.
        policy: Says which columns are kept.
        by: Who asks; kept with what is made.
        trusted: The types its model may hold, as the checkout that runs lists them.

    Raises:
        ModelError: The version holds types that nobody listed.
        RegistryError: It cannot be loaded, or the server is away; what is done is kept, and what is not is
            done by the next try.
        ScoringError: A window has not the columns the version reads.
    """
    with connection() as client, TemporaryDirectory(prefix="trimtab-") as folder:
        shelf = _Shelf(client, version, by, Path(folder), trusted)
        return [shelf.scores(file, policy) for file in _with_rows(windows)]


def score_in_shadow(
    challenger: Version,
    champion: Version,
    windows: Path,
    policy: ScorePolicy,
    *,
    by: str,
    trusted: Collection[str] = (),
) -> list[KeptScores]:
    """Score each window with the challenger too, and keep how it differs from what the champion said.

    Args:
        challenger: Who is compared; its scores are used by nobody.
        champion: Who has scored the windows before.
        windows: As for :func:`score_windows`.
        policy: Has the threshold at which they are compared.
        by: Who asks.
        trusted: The types the challenger's model may hold, as the checkout that runs lists them.

    Raises:
        RegistryError: As for :func:`score_windows`; or the champion has not scored a window.
        ScoringError: A window has not the columns the challenger reads.
    """
    with connection() as client, TemporaryDirectory(prefix="trimtab-") as folder:
        ours = _Shelf(client, champion, by, Path(folder))
        shelf = _Shelf(client, challenger, by, Path(folder), trusted)
        return [shelf.shadow(file, policy, ours) for file in _with_rows(windows)]


def _with_rows(windows: Path) -> list[Path]:
    import pyarrow.parquet as pq

    files = sorted(windows.glob("*.parquet"))
    if not files:
        raise ScoringError(
            "There is no window to score", where=str(windows), fix="let the stage write one Parquet file each"
        )
    return [file for file in files if pq.read_metadata(file).num_rows]


class _Shelf:
    """What one version has scored, and scores now."""

    def __init__(
        self, client: Any, version: Version, by: str, folder: Path, trusted: Collection[str] = ()
    ) -> None:
        self.version, self._trusted = version, trusted
        self._client, self._by, self._folder = client, by, folder
        self._experiment = experiment_named(client, f"{version.name}-scores")
        self._scorer: Scorer | None = None

    def scores(self, file: Path, policy: ScorePolicy) -> KeptScores:
        """Return the scores of a window, made now if they are not there."""
        key = self._key(file, policy.keys)
        known = self._find(file, key)
        if known:
            return known
        made, rows = self._score(file, policy)
        return self._keep(file, key, self._tags(file, "champion"), {"rows": rows}, made)

    def shadow(self, file: Path, policy: ScorePolicy, ours: _Shelf) -> KeptScores:
        """Return the scores of a window beside those of the champion, likewise."""
        key = self._key(file, policy.keys, ours.version.key, policy.threshold)
        known = self._find(file, key)
        if known:
            return known
        champions = ours._find(file, ours._key(file, policy.keys))
        if champions is None:
            raise RegistryError(
                f"{ours.version} has not scored {file.stem}, so there is nothing to compare with",
                where=f"MLflow: experiment '{self.version.name}-scores'",
                fix="score the window first",
            )
        made, _ = self._score(file, policy)
        held = self._client.download_artifacts(champions.run_id, champions.file, str(self._folder))
        figures = difference(Path(held), made, threshold=policy.threshold)
        beside = {"beside": str(ours.version.version), "beside_run": champions.run_id}
        return self._keep(file, key, {**self._tags(file, "shadow"), **beside}, figures, made)

    def _key(self, file: Path, *settings: Any) -> str:
        """Return the hash of all that the scores depend on."""
        dependent = [file.stem, self.version.key, file_digest(file), *settings]
        return hashlib.sha256(json.dumps(dependent).encode()).hexdigest()

    def _tags(self, file: Path, role: str) -> dict[str, str]:
        return {"window": file.stem, "role": role, "version": str(self.version.version), "by": self._by}

    def _score(self, file: Path, policy: ScorePolicy) -> tuple[Path, int]:
        self._scorer = self._scorer or load_scorer(self.version, self._trusted)
        made = self._folder / str(self.version.version) / file.name
        return made, self._scorer.score(file, made, keys=policy.keys)

    def _find(self, file: Path, key: str) -> KeptScores | None:
        """Return what is kept under a key, whole: of several, which tries at once can leave, the first."""
        runs = self._client.search_runs(
            [self._experiment], f"{by_key(key)} and attributes.status = 'FINISHED'"
        )
        if not runs:
            return None
        run = min(runs, key=lambda run: (run.info.end_time, run.info.run_id))
        return KeptScores(
            file.stem, self.version.version, run.info.run_id, file.name, False, dict(run.data.metrics)
        )

    def _keep(
        self, file: Path, key: str, tags: Mapping[str, str], figures: Mapping[str, float], made: Path
    ) -> KeptScores:
        """Make them a run. It is finished last, so one that is finished is complete.

        Then what other tries left is removed; one still under way fails, and its retry finds this run.
        """
        import mlflow

        named = {TAG_PREFIX + tag: value for tag, value in {"key": key, **tags}.items()}
        name = f"{file.stem} by version {self.version.version}"
        with mlflow.start_run(experiment_id=self._experiment, run_name=name, tags=named) as run:
            mlflow.log_metrics(dict(figures))
            mlflow.log_artifact(str(made))
        kept = self._find(file, key)
        assert kept, "the run has just been finished"
        for other in self._client.search_runs([self._experiment], by_key(key)):
            if other.info.run_id != kept.run_id:
                unless_gone(self._client.delete_run, other.info.run_id)
        return KeptScores(
            kept.window, kept.version, kept.run_id, kept.file, kept.run_id == run.info.run_id, kept.figures
        )
