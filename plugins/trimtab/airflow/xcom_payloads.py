"""The XCom payloads of Trimtab's tasks: one typed dictionary for each.

The keys are a contract: a task of a newer release reads what a task of an older one wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from trimtab.json_value import JsonValue
    from trimtab.pipeline.git import RevisionDict
    from trimtab.pipeline.lock import LockEntry, LockItem


class PlanHead(TypedDict):
    """The part of the plan that each task reads; XCom key ``head`` of ``plan``.

    Attributes:
        id: The try of ``plan`` that wrote it.
        revision: The pinned revision.
        pages: Number of pages that the steps are split into.
        environment: Digest of the environment of ``plan``; its XCom ``environment`` has the packages.
    """

    id: str
    revision: RevisionDict
    pages: int
    environment: NotRequired[str]


class PlanStep(TypedDict):
    """The step of one stage; a value in ``page_<number>`` of ``plan``.

    Attributes:
        state: ``run`` or ``unchanged``.
        reason: Why, for a person.
        digest: Digest of the stage at the pinned revision.
        entry: Lock entry of an unchanged stage; None for a stage that runs.
        forced: Whether the command runs even if the run cache has its result.
    """

    state: str
    reason: str
    digest: str
    entry: LockEntry | None
    forced: bool


class StageResult(TypedDict):
    """The result of a stage's task.

    Attributes:
        plan: Id of the plan that the result belongs to; see :class:`PlanHead`.
        ran: Whether the command ran, and was not restored from the run cache.
        entry: The lock entry.
        host: The host that the task ran on.
        environment: Digest of its environment. If it is not that of ``plan``, the task's XCom
            ``environment`` has the packages.
    """

    plan: str
    ran: bool
    entry: LockEntry
    host: NotRequired[str]
    environment: NotRequired[str]


class ReportLocation(TypedDict):
    """Where the report of a gate is; XCom key ``report`` of the gate's task.

    Attributes:
        outs: The outputs of the gate's stage, as its lock entry has them: hashes, the same on every host.
    """

    outs: list[LockItem]


class RegisteredVersion(TypedDict):
    """The result of :class:`~trimtab.airflow.RegisterOperator`.

    Attributes:
        name: The registered model.
        version: The model version; with several candidates, that of the model itself.
        created: False if an earlier run has registered the same content.
        run_id: The MLflow run of the version.
        reason: Why the model was trained.
        url: Page of the version; empty where MLflow is no server.
        candidates: The versions of the other candidates; left out if there are none.
    """

    name: str
    version: int
    created: bool
    run_id: str
    reason: str
    url: str
    candidates: NotRequired[list[RegisteredVersion]]


class ComparedVersion(TypedDict):
    """A candidate that does not go on.

    Attributes:
        version: The version.
        summary: The keys of a :class:`Comparison`, without those of the policy.
    """

    version: int
    summary: Mapping[str, JsonValue]


class WorsePart(TypedDict):
    """A slice or a class in which the challenger is worse.

    Attributes:
        name: The slice, or the class.
        rows: Its rows.
        gain: The gain, which is below 0.
        low: Its lower bound.
        high: Its upper bound; below 0 if the challenger is surely worse.
    """

    name: str
    rows: int
    gain: float
    low: float
    high: float


class Comparison(TypedDict):
    """The result of :class:`~trimtab.airflow.CompareOperator`: the examination, and the policy of the run.

    With several candidates it is that of the one that goes on.

    Attributes:
        verdict: ``better``, ``not better``, ``a person decides`` or ``champion``.
        sentence: The verdict and why.
        champion: The version it was compared with; None if there was no champion.
        head: Hash of the ledger's last entry at that time.
        challenger_figures: Metrics of the challenger.
        champion_figures: Metrics of the champion.
        gain: Gain of the policy's metric, and its bounds.
        gains: Those of every metric; left out by earlier releases, as the next three keys are.
        losses: The metrics of which the lower figure is better.
        worse: Slices and classes in which the challenger is worse.
        costs: What challenger and champion cost.
        run_id: The MLflow run that holds the report.
        report_sha256: Hash of the report's data.
        policy: ``promote.policy`` of the run's ``params.yaml``.
        deadline_hours: Hours to wait for an approval.
        second_person: Whether who triggered the run may not approve; left out if everybody may.
        frozen: Why no version is promoted automatically; left out if promotions go on.
        version: The candidate that goes on; left out if one version was registered.
        others: The other candidates, the better ones first; likewise.
    """

    verdict: str
    sentence: str
    champion: int | None
    head: str
    challenger_figures: Mapping[str, float]
    champion_figures: Mapping[str, float]
    gain: Mapping[str, float]
    gains: NotRequired[Mapping[str, Mapping[str, float]]]
    losses: NotRequired[list[str]]
    worse: NotRequired[list[WorsePart]]
    costs: NotRequired[Mapping[str, Mapping[str, float]]]
    run_id: str
    report_sha256: str
    policy: Literal["automatic", "approval", "never"]
    deadline_hours: float
    second_person: NotRequired[bool]
    frozen: NotRequired[str]
    version: NotRequired[int]
    others: NotRequired[list[ComparedVersion]]


class ApprovalAnswer(TypedDict):
    """The result of :class:`~trimtab.airflow.ApproveOperator`, where a person was asked.

    Attributes:
        approved: Whether to promote.
        by: The user; empty if nobody answered by the deadline.
        comment: The user's comment.
    """

    approved: bool
    by: str
    comment: str


class PromotionDecision(TypedDict):
    """The result of :class:`~trimtab.airflow.PromoteOperator`.

    Attributes:
        promoted: Whether the version became champion.
        sentence: The decision and why.
        model: The registered model.
        version: The version that was decided on.
        was: The champion before the decision; None if there was none.
        challenger_figures: Metrics of the version.
        champion_figures: Metrics of the champion before.
    """

    promoted: bool
    sentence: str
    model: str
    version: int
    was: int | None
    challenger_figures: dict[str, float]
    champion_figures: dict[str, float]


class RolledBack(TypedDict):
    """The result of :class:`~trimtab.airflow.RollBackOperator`: the ledger entry, and ``url``.

    The ledger entry has more keys; these are read.

    Attributes:
        model: The registered model.
        champion: The new champion; None if there is none from now on.
        was: The champion before; None if there was none.
        by: The DAG run and the user.
        reason: Why.
        url: Page of the version; empty where MLflow is no server.
    """

    model: str
    champion: int | None
    was: int | None
    by: str
    reason: str
    url: str


class DriftVerdict(TypedDict):
    """The result of :class:`~trimtab.airflow.MeasureDriftOperator`.

    Attributes:
        window: The window of time, such as ``2024-06``.
        champion: The version that scored it.
        rows: Rows in the window.
        metric: The metric of the drift policy.
        reference_figure: Its figure on the champion's reference.
        window_figure: Its figure on the window; None without labels.
        score_psi: Population stability index of the predictions.
        decision: ``none``, ``watch``, ``retrain`` or ``investigate``.
        sentence: The decision and why.
        run_id: The MLflow run that holds verdict and report.
        asks: Whether a retrain is to follow.
        also: Other windows that the same check judged.
        model: The registered model; an earlier release did not store it.
    """

    window: str
    champion: int
    rows: int
    metric: str
    reference_figure: float
    window_figure: float | None
    score_psi: float
    decision: str
    sentence: str
    run_id: str
    asks: bool
    also: list[str]
    model: NotRequired[str]


class CheckedObjectives(TypedDict):
    """The result of :class:`~trimtab.airflow.CheckObjectivesOperator`.

    Attributes:
        model: The registered model.
        health: ``ok``, ``watch`` or ``act``.
        frozen: Why no version is promoted automatically; empty if promotions go on.
        burning: A sentence for each burn-rate alert that fires, the most urgent one of each objective.
        faults: The newest faults of the objectives whose budget is spent or burns.
    """

    model: str
    health: str
    frozen: str
    burning: list[str]
    faults: list[str]


class WindowScores(TypedDict):
    """One item of the result of :class:`~trimtab.airflow.ScoreOperator`.

    Attributes:
        window: The window of time.
        version: The version that scored it.
        run_id: The MLflow run that holds the scores.
        file: The artifact that holds them.
        created: False if the version had scored the same rows before.
        figures: ``rows``; of a shadow also its differences from the champion.
    """

    window: str
    version: int
    run_id: str
    file: str
    created: bool
    figures: dict[str, float]
