"""Operators that score new windows with the champion, and with the challenger in its shadow."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowSkipException

from trimtab.airflow.hooks.mlflow import reach_server
from trimtab.airflow.operators.upstream_tasks import pull, pull_record
from trimtab.airflow.project_outputs import require_output

if TYPE_CHECKING:
    from trimtab.registry import ScorePolicy


class ScoreOperator(BaseOperator):
    """Scores the run's windows with the champion, and keeps the scores in MLflow: once per version and rows.

    | outcome | state |
    |---|---|
    | scored, or these rows were scored by this version before | success |
    | no version is champion yet, or no window has rows | skipped, with the reason |
    | a window has not the columns the champion reads | up for retry, then failed; nothing of it is kept |
    | MLflow does not answer | up for retry, then failed; what is missing is done by the retry |

    Args:
        project: The project's root.
        windows: The output that holds one Parquet file per window, named after it.
    """

    params_section = "score"  # what it reads of params.yaml
    ui_color = "#dfe9f1"

    def __init__(self, *, project: Path, windows: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        require_output(project, windows, argument="windows")
        self.project, self.windows = project, windows

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Score; the XCom has, for each window, the version and the MLflow run that holds its scores."""
        from trimtab.registry import find_champion, own_model, score_windows, trusted_types

        reach_server()
        name = own_model(self.project)
        champion = find_champion(name)
        if champion is None:
            raise AirflowSkipException(f"No version of '{name}' is champion yet: run `training` first")
        by, trusted = f"{self.dag_id}/{context['run_id']}", trusted_types(self.project)
        with _windows(self, context) as (folder, policy):
            kept = score_windows(champion, folder, policy, by=by, trusted=trusted)
        if not kept:
            raise AirflowSkipException("There are no rows to score")
        for scores in kept:
            what = "scored" if scores.created else "had been scored"
            self.log.info("%s: %.0f rows %s by %s", scores.window, scores.figures["rows"], what, champion)
        return [scores.plain() for scores in kept]


class ShadowOperator(BaseOperator):
    """Scores what the champion has scored with the challenger too, if ``score.shadow`` says so.

    It is a task of its own, so that a challenger that fails is seen and told of, and the champion's scores
    stand.

    | outcome | state |
    |---|---|
    | scored, and how it differs is kept as metrics | success |
    | ``score.shadow`` is false, or no version is challenger | skipped, with the reason |
    | the challenger does not load or cannot read a window | up for retry, then failed |

    Args:
        project: The project's root.
        windows: As for :class:`ScoreOperator`.
        scored_by: Task id of the champion's scoring.
    """

    params_section = "score"  # what it reads of params.yaml
    ui_color = "#dfe9f1"

    def __init__(self, *, project: Path, windows: str, scored_by: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        require_output(project, windows, argument="windows")
        self.project, self.windows, self.scored_by = project, windows, scored_by

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Score and compare; the XCom has the figures of each window."""
        from trimtab.registry import find_challenger, find_version, own_model, score_in_shadow, trusted_types

        reach_server()
        name, trusted = own_model(self.project), trusted_types(self.project)
        with _windows(self, context) as (folder, policy):
            if not policy.shadow:
                raise AirflowSkipException("score.shadow of params.yaml is false")
            challenger = find_challenger(name)
            if challenger is None:
                raise AirflowSkipException(f"No version of '{name}' is challenger")
            scored = pull(self, context, self.scored_by)
            champion = find_version(name, scored[0]["version"])
            by = f"{self.dag_id}/{context['run_id']}"
            kept = score_in_shadow(challenger, champion, folder, policy, by=by, trusted=trusted)
        for scores in kept:
            self.log.info("%s: %s beside %s: %s", scores.window, challenger, champion, dict(scores.figures))
        return [scores.plain() for scores in kept]


@contextlib.contextmanager
def _windows(task: ScoreOperator | ShadowOperator, context: Context) -> Iterator[tuple[Path, ScorePolicy]]:
    """Bring the windows of the run's record; the policy is the run's too."""
    from trimtab.config import load_params
    from trimtab.pipeline.record import outputs_of
    from trimtab.registry import ScorePolicy

    commit = pull_record(task, context, task.project).commit
    with outputs_of(task.project, commit, lambda graph: [task.windows]) as (folder, _):
        yield folder / task.windows, load_params(ScorePolicy, "score", folder / "params.yaml")
