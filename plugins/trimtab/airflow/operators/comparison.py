"""The operator that compares the registered versions with the champion."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow.sdk import Context

from trimtab.airflow.candidate_results import registered_versions, to_payload
from trimtab.airflow.operators.mlflow_operator import MlflowOperator
from trimtab.airflow.operators.upstream_tasks import Upstream, pull_record, pull_result, upstream_reference
from trimtab.airflow.xcom_payloads import Comparison, RegisteredVersion
from trimtab.slo_policy import SloPolicy, read_slo_policy

if TYPE_CHECKING:
    from trimtab.registry import ComparedCandidate, PromotePolicy, Version


class Examination(NamedTuple):
    """The registered versions, compared with the champion.

    Attributes:
        compared: The candidates, the one that goes on first.
        policy: The policy of the run.
        frozen: Why no version is promoted automatically; empty if promotions go on.
    """

    compared: list[ComparedCandidate]
    policy: PromotePolicy
    frozen: str


class ComparingOperator(MlflowOperator):
    """An operator that can compare the registered versions with the champion.

    Args:
        project: The project's root.
        registered_by: The registration: its task, its output or its task id. Airflow adds the upstream edge.
        record: The record of the run; see :class:`~trimtab.airflow.RegisterOperator`.
        **kwargs: Everything :class:`MlflowOperator` takes.
    """

    template_fields = ("registered_by", "record", *MlflowOperator.template_fields)
    params_section = "promote"  # of params.yaml: its fields are in the trigger form
    ui_color = "#e6dff1"

    def __init__(
        self, *, project: Path, registered_by: Upstream, record: Upstream | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.project = project
        self.registered_by = upstream_reference(registered_by, argument="registered_by")
        self.record = upstream_reference(record, argument="record")

    def registered(self, context: Context) -> dict[int, Version]:
        """Return the versions that the run has registered; asked inside a ``tracking_server`` block."""
        from trimtab.registry import find_version

        registered: RegisteredVersion = pull_result(self, context, self.registered_by)
        found = [find_version(each["name"], each["version"]) for each in registered_versions(registered)]
        return {version.version: version for version in found}

    def examine(self, context: Context) -> Examination:
        """Compare on the test window of the run's record, by the policy of the run's params."""
        from trimtab.config import load_params
        from trimtab.pipeline.graph import declared_dependence, declared_weight
        from trimtab.pipeline.record import open_recorded_outputs
        from trimtab.registry import (
            PromotePolicy,
            compare_candidates,
            find_promote_metric,
            project_problem_type,
            promote_metrics,
            read_label_column,
            read_model_trust,
            require_test_window,
        )

        versions = [*self.registered(context).values()]
        commit = pull_record(self, context, self.project).commit
        # Not those of the record, which an XCom names; and before its sandbox is the working directory.
        trusted, problem = read_model_trust(self.project), project_problem_type(self.project)
        metrics = promote_metrics(self.project, problem)
        with open_recorded_outputs(self.project, commit, lambda graph: [require_test_window(graph).path]) as (
            folder,
            graph,
        ):
            policy = load_params(PromotePolicy, "promote", folder / "params.yaml")
            test = folder / require_test_window(graph).path
            objectives = read_slo_policy(folder)
            compared = compare_candidates(
                versions,
                policy,
                test=test,
                label=read_label_column(graph),
                metric=find_promote_metric(policy, metrics, problem),
                trusted=trusted,
                problem=problem,
                dependence=declared_dependence(graph),
                weight=declared_weight(graph),
            )
        return Examination(compared, policy, self.find_freeze(versions[0].name, objectives))

    def find_freeze(self, model: str, of_run: SloPolicy | None = None) -> str:
        """Return why promotions are frozen; empty if they go on. Asked inside a ``tracking_server`` block.

        Args:
            model: The registered model.
            of_run: The objectives of the run's params, which may be stricter than those of the commit.
        """
        from trimtab.slo import find_freeze

        committed = read_slo_policy(Path(self.project))
        objectives = of_run.tighten(committed) if of_run and committed else of_run or committed
        return find_freeze(model, objectives, datetime.now(UTC))


class CompareOperator(ComparingOperator):
    """Compares the registered versions with the champion, and keeps a report with the MLflow run of each.

    | outcome | state |
    |---|---|
    | compared, whatever the verdict; or there is no champion | success |
    | MLflow does not answer, or a challenger does not load | up for retry, then failed |

    Args:
        **kwargs: Everything :class:`ComparingOperator` takes.
    """

    def execute(self, context: Context) -> Comparison:
        """Score all models on the newest labelled window of the run; return verdict, figures and policy."""
        from trimtab.registry.promotion import COMPARISON_REPORT

        with self.hook.tracking_server() as address:
            examined = self.examine(context)
            run_id = examined.compared[0].summary.run_id
            if run_id:  # the champion is not compared with itself
                self.push_artifact_page(context, address, run_id, COMPARISON_REPORT)
        for each in examined.compared:
            self.log.info("%s", each.summary.sentence)
        if examined.frozen:
            self.log.warning("%s", examined.frozen)
        return to_payload(examined.compared, examined.policy, examined.frozen)
