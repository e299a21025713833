"""The scores in MLflow: one run for each window, version and data.

Another version, or other data of the window, makes another run. No run is ever overwritten. The champion's
runs are the same with or without a challenger that scores in its shadow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.escaping import code
from trimtab.learning import BINARY, ProblemType
from trimtab.params_sections import ScorePolicy
from trimtab.registry.loading import NO_PROJECT, ModelTrust, require_problem_type
from trimtab.registry.scoring.shadow import compare_shadow_scores
from trimtab.registry.scoring.table_scorer import TableScorer, load_scorer
from trimtab.registry.tracking import (
    TAG_PREFIX,
    MlflowClient,
    Version,
    delete_if_exists,
    ensure_experiment,
    filter_by_key,
    hash_file,
    hash_text,
)


@dataclass(frozen=True)
class LoggedScores:
    """The scores of one window in MLflow, without the scores themselves.

    Attributes:
        window: The window's name, such as ``2024-06``.
        version: The version that scored.
        run_id: The MLflow run that has the scores.
        file: The name of the scores among its artifacts.
        created: Whether the scores were made by this call.
        figures: ``rows``; for a shadow also how the scores differ from the champion's.
    """

    window: str
    version: int
    run_id: str
    file: str
    created: bool
    figures: Mapping[str, float]

    def to_dict(self) -> dict[str, object]:
        """Return JSON values."""
        return {**asdict(self), "figures": dict(self.figures)}


class ScoreLog:
    """The scores of one version in MLflow.

    Args:
        client: MLflow's client.
        version: The version.
        by: The DAG run or the user.
        folder: A temporary folder.
        trusted: What the checkout trusts: types that its model may hold, and keys that sign it.
        problem: The problem type that the checkout declares.

    Raises:
        RegistryError: The version has another problem type.
    """

    def __init__(
        self,
        client: MlflowClient,
        version: Version,
        by: str,
        folder: Path,
        trusted: ModelTrust = NO_PROJECT,
        problem: ProblemType = BINARY,
    ) -> None:
        require_problem_type(version, problem)
        self.version, self._trusted, self._problem = version, trusted, problem
        self._client, self._by, self._folder = client, by, folder
        about = f"Each run is the scores of a version of {code(version.name)} on a window."
        self._experiment = ensure_experiment(client, scores_experiment(version.name), about)
        self._scorer: TableScorer | None = None

    def ensure_scores(self, file: Path, policy: ScorePolicy) -> LoggedScores:
        """Return the scores of a window, after making them if MLflow has none."""
        key = self._key(file, policy.keys)
        known = self._find(file, key)
        if known:
            return known
        scores, rows = self._score(file, policy)
        return self._log(file, key, self._tags(file, "champion"), {"rows": rows}, scores)

    def ensure_shadow(self, file: Path, policy: ScorePolicy, champion_log: ScoreLog) -> LoggedScores:
        """Return the shadow scores of a window, after making and comparing them if MLflow has none."""
        champion = champion_log.version
        key = self._key(file, policy.keys, champion.key, policy.threshold)
        known = self._find(file, key)
        if known:
            return known
        logged = champion_log._find(file, champion_log._key(file, policy.keys))
        if logged is None:
            raise RegistryError(
                f"{champion} has not scored {file.stem}, so the challenger has nothing to compare with",
                where=f"MLflow: experiment '{scores_experiment(self.version.name)}'",
                fix="score the window with the champion first",
            )
        scores, _ = self._score(file, policy)
        downloaded = self._client.download_artifacts(logged.run_id, logged.file, str(self._folder))
        figures = compare_shadow_scores(
            Path(downloaded), scores, threshold=policy.threshold, problem=self._load_scorer().model.problem
        )
        beside = {"beside": str(champion.version), "beside_run": logged.run_id}
        return self._log(file, key, {**self._tags(file, "shadow"), **beside}, figures, scores)

    def _key(self, file: Path, *settings: object) -> str:
        """Return the hash of everything that the scores depend on."""
        dependencies = [file.stem, self.version.key, hash_file(file), *settings]
        return hash_text(json.dumps(dependencies))

    def _tags(self, file: Path, role: str) -> dict[str, str]:
        return {"window": file.stem, "role": role, "version": str(self.version.version), "by": self._by}

    def _score(self, file: Path, policy: ScorePolicy) -> tuple[Path, int]:
        """Score a window, and return the file of the scores and the number of rows."""
        scores = self._folder / str(self.version.version) / file.name
        return scores, self._load_scorer().score(file, scores, keys=policy.keys)

    def _load_scorer(self) -> TableScorer:
        self._scorer = self._scorer or load_scorer(self.version, self._trusted, self._problem)
        return self._scorer

    def _find(self, file: Path, key: str) -> LoggedScores | None:
        """Return the complete scores of a key; of several, which tries at once can leave, the first."""
        runs = self._client.search_runs(
            [self._experiment], f"{filter_by_key(key)} and attributes.status = 'FINISHED'"
        )
        if not runs:
            return None
        run = min(runs, key=lambda run: (run.info.end_time or 0, run.info.run_id))
        return LoggedScores(
            file.stem, self.version.version, run.info.run_id, file.name, False, dict(run.data.metrics)
        )

    def _log(
        self,
        file: Path,
        key: str,
        tags: Mapping[str, str],
        figures: Mapping[str, float],
        scores: Path,
    ) -> LoggedScores:
        """Log scores as a run. The run is finished last, so a finished run is complete.

        Then the runs of other tries are removed. A try that is still running fails, and its retry finds this
        run.
        """
        import mlflow

        prefixed = {TAG_PREFIX + tag: value for tag, value in {"key": key, **tags}.items()}
        name = f"{file.stem} by version {self.version.version}"
        with mlflow.start_run(experiment_id=self._experiment, run_name=name, tags=prefixed) as run:
            mlflow.log_metrics(dict(figures))
            mlflow.log_artifact(str(scores))
        logged = self._find(file, key)
        assert logged, "the run has just been finished"
        for other in self._client.search_runs([self._experiment], filter_by_key(key)):
            if other.info.run_id != logged.run_id:
                delete_if_exists(self._client.delete_run, other.info.run_id)
        return LoggedScores(
            logged.window,
            logged.version,
            logged.run_id,
            logged.file,
            logged.run_id == run.info.run_id,
            logged.figures,
        )


def scores_experiment(name: str) -> str:
    """Return the name of the experiment that holds the scores of a model."""
    return f"{name}-scores"
