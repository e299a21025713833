"""The result of a drift check, small enough for an XCom."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from trimtab.drift.policy import Decision


@dataclass(frozen=True)
class CheckedWindow:
    """The result of a drift check.

    Attributes:
        window: The window's name, such as ``2024-06``.
        champion: The version that scored it.
        rows: Rows of the window.
        metric: The metric of the drift policy.
        reference_figure: Its figure in the champion's reference.
        window_figure: Its figure in the window; None while the labels are delayed.
        score_psi: Population stability index of the predictions.
        decision: ``none``, ``watch``, ``retrain`` or ``investigate``.
        sentence: The decision and its reason.
        run_id: The MLflow run with the verdict and the report.
        asks: Whether the window requests a retrain: this was decided, the retrain has no result yet, and no
            later window was checked before.
        also: Other windows checked in the same run: they were missed, were incomplete before, or have labels
            now.
    """

    window: str
    champion: int
    rows: int
    metric: str
    reference_figure: float
    window_figure: float | None
    score_psi: float
    decision: Decision
    sentence: str
    run_id: str
    asks: bool
    also: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the result as JSON-serializable values: the XCom of the drift check."""
        return {**asdict(self), "also": list(self.also)}
