"""The explanation of a run: what differs from the last good run of its pipeline, and what that changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from trimtab.diagnosis.code_changes import CodeChange, Commit, code_changes, commits_between
from trimtab.diagnosis.data_changes import DataChange, data_changes
from trimtab.diagnosis.environment_changes import environment_changes, environment_note
from trimtab.diagnosis.past_run import PastRun, find_past_run
from trimtab.diagnosis.recorded_runs import earlier_runs
from trimtab.diagnosis.run_content import read_content
from trimtab.diagnosis.stage_changes import StageChange, VerdictChange, stage_changes, verdict_changes
from trimtab.diagnosis.value_change import ValueChange, value_changes
from trimtab.errors import ProjectError


@dataclass(frozen=True)
class Explanation:
    """The differences between two runs.

    Attributes:
        run: The name of the run.
        against: The name of the earlier run.
        failed: The stages of the run that failed.
        data: Files of data.
        code: Files of code, and commands.
        commits: The commits between the revisions of the two.
        params: Values of params.
        environment: Hosts, Python and packages.
        stages: The stages that differ.
        metrics: Values of metrics.
        verdicts: Verdicts of gates.
        remarks: What is not known, and why.
    """

    run: str
    against: str
    failed: tuple[str, ...]
    data: list[DataChange]
    code: list[CodeChange]
    commits: list[Commit]
    params: list[ValueChange]
    environment: list[ValueChange]
    stages: list[StageChange]
    metrics: list[ValueChange]
    verdicts: list[VerdictChange]
    remarks: list[str]

    def to_dict(self) -> dict[str, object]:
        """Serialize the explanation for JSON."""
        return asdict(self)


def explain(root: Path, name: str, *, against: str = "") -> Explanation:
    """Explain a run.

    Args:
        root: The project's root.
        name: The run; see :func:`find_past_run`.
        against: The run to compare it with; by default the last good run of its pipeline before it.

    Raises:
        ProjectError: There is no such run, or no earlier good run of its pipeline.
        ServiceError: A run is not recorded, and Airflow cannot be asked.
    """
    run = find_past_run(root, name)
    earlier = find_past_run(root, against) if against else _last_good_run(root, run)
    before, after = read_content(root, earlier), read_content(root, run)
    environments = earlier.environments, run.environments
    remarks = [*before.problems, *after.problems, environment_note(*environments)]
    return Explanation(
        run=run.name,
        against=earlier.name,
        failed=run.failed,
        data=data_changes(root, before, after),
        code=code_changes(before, after),
        commits=commits_between(root, before, after),
        params=value_changes(before.params, after.params),
        environment=environment_changes(*environments),
        stages=stage_changes(before, after),
        metrics=value_changes(before.metrics, after.metrics, only_shared=bool(run.failed)),
        verdicts=verdict_changes(before, after),
        remarks=list(dict.fromkeys(filter(None, remarks))),
    )


def _last_good_run(root: Path, run: PastRun) -> PastRun:
    found = next(earlier_runs(root, run), None)
    if found is None:
        pipeline = f"of '{run.pipeline}' " if run.pipeline else ""
        raise ProjectError(
            f"No run {pipeline}was recorded before '{run.name}', so there is nothing to compare it with",
            where=str(root),
            fix="name a run with --against; `trimtab fetch` fetches the runs of other hosts",
        )
    return found
