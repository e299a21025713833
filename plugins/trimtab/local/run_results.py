"""The results of the tasks of the main job, as Airflow's REST API returns them; other keys are left out."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict


class RegisteredVersion(TypedDict):
    """The result of the task that registers.

    Attributes:
        name: The registered model.
        version: The model version.
        run_id: The MLflow run of the version.
        reason: Why the model was trained.
        candidates: The versions of the other candidates, if there are any.
    """

    name: str
    version: int
    run_id: str
    reason: str
    candidates: NotRequired[list[RegisteredVersion]]


class PromotionDecision(TypedDict):
    """The result of the task that promotes.

    Attributes:
        version: The version that was decided on.
        promoted: Whether it became champion.
        sentence: The decision and why.
        challenger_figures: Metrics of the version.
        champion_figures: Metrics of the champion before.
    """

    version: int
    promoted: bool
    sentence: str
    challenger_figures: dict[str, float]
    champion_figures: dict[str, float]


class DecidedVersion(PromotionDecision):
    """The decision on a version, and how it was registered; see :class:`RegisteredVersion`."""

    name: str
    run_id: str
    reason: str


class WindowVerdict(TypedDict):
    """The result of the task that checks a window for drift.

    Attributes:
        window: The window of time.
        rows: Rows in the window.
        metric: The metric of the drift policy.
        reference_figure: Its figure on the champion's reference.
        window_figure: Its figure on the window; None without labels.
        score_psi: Population stability index of the predictions.
        decision: ``none``, ``watch``, ``retrain`` or ``investigate``.
        sentence: The decision and why.
        run_id: The MLflow run that holds verdict and report.
        asks: Whether a retrain is to follow.
    """

    window: str
    rows: int
    metric: str
    reference_figure: float
    window_figure: float | None
    score_psi: float
    decision: str
    sentence: str
    run_id: str
    asks: bool


class CheckedWindow(WindowVerdict):
    """A verdict, and the DAG run that reached it.

    Attributes:
        dag_run: The id of the DAG run.
    """

    dag_run: str
