"""The operators that score new windows: with the champion, and with the challenger as its shadow."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from trimtab.airflow.operators.mlflow_operator import MlflowOperator
from trimtab.airflow.operators.upstream_tasks import Upstream, pull_record, pull_result, upstream_reference
from trimtab.airflow.project_outputs import require_output
from trimtab.airflow.xcom_payloads import WindowScores

if TYPE_CHECKING:
    from trimtab.registry import LoggedScores, ScorePolicy


class ScoringOperator(MlflowOperator):
    """An operator that scores the windows of a recorded run.

    Args:
        project: The project's root.
        windows: The output that holds one Parquet file for each window, named after it:
            ``2024-04.parquet``. A template.
        model: The registered model; that of the project if not given. A template.
        record: The record of the run; see :class:`~trimtab.airflow.RegisterOperator`.
        **kwargs: Everything :class:`MlflowOperator` takes.
    """

    template_fields = ("windows", "model", "record", *MlflowOperator.template_fields)
    params_section = "score"  # of params.yaml: its fields are in the trigger form
    ui_color = "#dfe9f1"

    def __init__(
        self,
        *,
        project: Path,
        windows: str,
        model: str | None = None,
        record: Upstream | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        require_output(project, windows, argument="windows")
        self.project, self.windows, self.model = project, windows, model
        self.record = upstream_reference(record, argument="record")

    def model_name(self) -> str:
        """Return the name of the registered model."""
        from trimtab.registry import read_model_name

        return self.model or read_model_name(self.project)

    @contextlib.contextmanager
    def restored_windows(self, context: Context) -> Iterator[tuple[Path, ScorePolicy]]:
        """Restore the windows of the run's record; yield their folder and the policy of the run's params."""
        from trimtab.config import load_params
        from trimtab.pipeline.record import open_recorded_outputs
        from trimtab.registry import ScorePolicy

        commit = pull_record(self, context, self.project).commit
        with open_recorded_outputs(self.project, commit, lambda graph: [self.windows]) as (folder, _):
            yield folder / self.windows, load_params(ScorePolicy, "score", folder / "params.yaml")


class ScoreOperator(ScoringOperator):
    """Scores windows with the champion; MLflow keeps the scores, once for each version and content.

    | outcome | state |
    |---|---|
    | scored, now or by an earlier run with the same version and rows | success |
    | no version is champion yet, or no window has rows | skipped, with the reason |
    | a window lacks columns that the champion reads | up for retry, then failed; nothing of it is kept |
    | MLflow does not answer | up for retry, then failed; the retry scores what is missing |

    Args:
        **kwargs: Everything :class:`ScoringOperator` takes.
    """

    def execute(self, context: Context) -> list[WindowScores]:
        """Score; return the version and the MLflow run of each window."""
        from trimtab.registry import find_champion, project_problem_type, read_model_trust, score_windows

        with self.hook.tracking_server() as address:
            name = self.model_name()
            champion = find_champion(name)
            if champion is None:
                raise AirflowSkipException(f"No version of '{name}' is champion yet: run `training` first")
            by, trusted = f"{self.dag_id}/{context['run_id']}", read_model_trust(self.project)
            problem = project_problem_type(self.project)
            with self.restored_windows(context) as (folder, policy):
                scored = score_windows(champion, folder, policy, by=by, trusted=trusted, problem=problem)
            if scored:  # the newest window comes last
                self.push_artifact_page(context, address, scored[-1].run_id)
        if not scored:
            raise AirflowSkipException("There are no rows to score")
        for scores in scored:
            what = "scored" if scores.created else "had been scored"
            self.log.info("%s: %.0f rows %s by %s", scores.window, scores.figures["rows"], what, champion)
        return [_payload(scores) for scores in scored]


class ShadowOperator(ScoringOperator):
    """Scores with the challenger what the champion has scored, if ``score.shadow`` says so.

    It is a task of its own: a challenger that fails sends an alert, and the champion's scores stay.

    | outcome | state |
    |---|---|
    | scored; the differences from the champion are kept as metrics | success |
    | ``score.shadow`` is false, or no version is challenger | skipped, with the reason |
    | the challenger does not load or cannot read a window | up for retry, then failed |

    Args:
        scored_by: The champion's scoring: its task, its output or its task id. Airflow adds the upstream
            edge.
        **kwargs: Everything :class:`ScoringOperator` takes.
    """

    template_fields = ("scored_by", *ScoringOperator.template_fields)

    def __init__(self, *, scored_by: Upstream, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scored_by = upstream_reference(scored_by, argument="scored_by")

    def execute(self, context: Context) -> list[WindowScores]:
        """Score and compare; return the metrics of each window."""
        from trimtab.registry import (
            find_challenger,
            find_version,
            project_problem_type,
            read_model_trust,
            score_in_shadow,
        )

        with self.hook.tracking_server() as address:
            name, trusted = self.model_name(), read_model_trust(self.project)
            problem = project_problem_type(self.project)
            with self.restored_windows(context) as (folder, policy):
                if not policy.shadow:
                    raise AirflowSkipException("score.shadow of params.yaml is false")
                challenger = find_challenger(name)
                if challenger is None:
                    raise AirflowSkipException(f"No version of '{name}' is challenger")
                of_champion: list[WindowScores] = pull_result(self, context, self.scored_by)
                champion = find_version(name, of_champion[0]["version"])
                by = f"{self.dag_id}/{context['run_id']}"
                scored = score_in_shadow(
                    challenger, champion, folder, policy, by=by, trusted=trusted, problem=problem
                )
            if scored:
                self.push_artifact_page(context, address, scored[-1].run_id)
        for scores in scored:
            self.log.info("%s: %s beside %s: %s", scores.window, challenger, champion, dict(scores.figures))
        return [_payload(scores) for scores in scored]


def _payload(scores: LoggedScores) -> WindowScores:
    return {
        "window": scores.window,
        "version": scores.version,
        "run_id": scores.run_id,
        "file": scores.file,
        "created": scores.created,
        "figures": dict(scores.figures),
    }
