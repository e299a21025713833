"""Check one window with the champion, and record the verdict."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.drift import (
    DriftExtensions,
    DriftPolicy,
    DriftVerdict,
    LastRetrain,
    Measurement,
    PastWindow,
    ReferenceProfile,
    choose_feature_reference,
    decide,
    measure,
    to_past_window,
    write_report,
)
from trimtab.drift.measurement import with_units
from trimtab.drift.policy import hold_repository_budget
from trimtab.errors import DriftError
from trimtab.learning import INDEPENDENT, Dependence, ProblemType
from trimtab.registry.drift_log.checked_window import CheckedWindow
from trimtab.registry.drift_log.complete_windows import CompleteWindows, hash_window
from trimtab.registry.drift_log.drift_log import (
    DROP,
    SLICE_DROP,
    RecordedVerdict,
    count_retrains,
    estimate_name,
    read_verdicts,
    record_verdict,
)
from trimtab.registry.drift_log.drift_telemetry import record_drift_check
from trimtab.registry.drift_log.predecessor import Predecessor
from trimtab.registry.promotion import Champion
from trimtab.repository_settings import DriftLimits
from trimtab.time_window import Window

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient

    from trimtab.learning import Floats

NO_LIMITS = DriftLimits()
DIGITS = 12  # of the hash of a window in its report
MOST_COLUMNS = 20  # of predictions whose calibration is a curve in MLflow


@dataclass(frozen=True)
class WindowCheck:
    """The checks of several windows with one champion, even if the alias moves meanwhile.

    Attributes:
        client: An MLflow client.
        champion: The champion.
        policy: The drift policy.
        extensions: The project's own functions that the policy names.
        windows: The complete windows.
        problem: The problem type that the project declares.
        label: The column of the label.
        dependence: The columns by which rows depend on each other.
        predecessor: The model before the champion; None if there is none.
        limits: The limits of the repository.
        dag_run: The DAG run that checks.
        folder: A temporary folder for reports.
    """

    client: MlflowClient
    champion: Champion
    policy: DriftPolicy
    extensions: DriftExtensions
    windows: CompleteWindows
    problem: ProblemType
    label: str
    dag_run: str
    folder: Path
    dependence: Dependence = INDEPENDENT
    predecessor: Predecessor | None = None
    limits: DriftLimits = NO_LIMITS

    def run(self, checked: Window, *, may_request: bool) -> CheckedWindow:
        """Check a window and record the verdict, unless these rows have a verdict already.

        Args:
            checked: The window.
            may_request: Whether the window may request a retrain.
        """
        version, window, file = self.champion.version, checked.name, self.windows.files[checked]
        labelled, content = checked in self.windows.with_labels, hash_window(file)
        recorded = read_verdicts(self.client, version.name)
        history = [self._history_entry(one.past) for one in recorded if one.past.window < window]
        verdict, before = self._decide(checked, labelled, history), self._recorded_before(recorded, window)
        if may_request and not (before and before.past.outcome):
            verdict = self._hold_repository_budget(verdict)
        past = to_past_window(verdict, window, self.champion_name)
        if before and (before.content, before.labelled) == (content, labelled):
            return self._result(verdict, before.past, before.sentence, before.run_id)
        if before and before.past.outcome:  # its retrain was requested already
            past = past.model_copy(update={"outcome": before.past.outcome})
        elif not may_request:
            past = past.model_copy(update={"outcome": None})
        report = self.folder / window
        facts = self._facts(file.name, content)
        write_report(verdict, report, window=window, champion=str(version), facts=facts, outcome=past.outcome)
        written = record_verdict(
            self.client,
            version.name,
            RecordedVerdict("", past, labelled, content, verdict.sentence, complete=True),
            key=hashlib.sha256(f"{version.key} {window}".encode()).hexdigest(),
            dag_run=self.dag_run,
            metrics=_metrics(verdict),
            step=len(verdict.history),
            report=report,
        )
        record_drift_check(version.name, verdict, past)
        return self._result(verdict, past, verdict.sentence, written.run_id)

    @property
    def champion_name(self) -> str:
        """The champion, as verdicts name it."""
        return str(self.champion.version.version)

    def _facts(self, file: str, content: str) -> list[tuple[str, str, str]]:
        """Return where a report comes from as rows: name, text, address."""
        version = self.champion.version
        return [
            ("Checked", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", ""),
            ("Run", self.dag_run, ""),
            ("Data", f"{file}, content {content[:DIGITS]}", ""),
            ("Commit of the champion", version.tag("git_revision"), ""),
            ("Run of the champion", version.tag("dag_run"), version.tag("dag_run_url")),
        ]

    def _recorded_before(self, recorded: Sequence[RecordedVerdict], window: str) -> RecordedVerdict | None:
        before = next((one for one in recorded if one.past.window == window), None)
        return before if before and before.past.champion == self.champion_name else None

    def _history_entry(self, past: PastWindow) -> PastWindow:
        """Return a verdict as history. A window that the champion has seen counts for retrain limits only."""
        window = Window.find(past.window)
        if window and window.begin >= self.windows.seen_until:
            return past
        return past.model_copy(
            update={"champion": "" if past.champion == self.champion_name else past.champion}
        )

    def _decide(self, checked: Window, labelled: bool, history: Sequence[PastWindow]) -> DriftVerdict:
        import pandas as pd

        champion, reference, file = self.champion, self._load_reference(), self.windows.files[checked]
        table = pd.read_parquet(file)
        if table.empty:
            raise DriftError(
                "The window has no rows",
                where=str(file),
                fix="check the window's dates and the data behind it",
            )
        files = list(self.windows.files.values())
        predict = _predictor(champion, reference)
        labels = table[self.label] if labelled and self.label in table else None
        labels, units = with_units(labels, table, self.dependence, file)
        measurement = measure(
            reference,
            table[list(champion.model.features)],
            predict(table),
            labels,
            metric=self.policy.metric,
            feature_reference=choose_feature_reference(self.policy, reference, files, file),
            statistics=self.extensions.statistics,
            predict=predict,
            units=units,
        )
        return decide(
            measurement,
            self.policy,
            history,
            champion=self.champion_name,
            extensions=self.extensions,
            last_retrain=self._last_retrain(checked, measurement),
        )

    def _hold_repository_budget(self, verdict: DriftVerdict) -> DriftVerdict:
        if verdict.decision != "retrain" or self.limits.retrains is None:
            return verdict
        since = datetime.now(UTC) - timedelta(days=self.limits.retrain_days)
        return hold_repository_budget(verdict, self.limits, count_retrains(self.client, since))

    def _last_retrain(self, checked: Window, measurement: Measurement) -> LastRetrain | None:
        predictions = measurement.predictions
        if self.predecessor is None or predictions is None or not predictions.performance_known:
            return None
        return self.predecessor.measure_gain(self.windows.files[checked], checked.begin, predictions.metric)

    def _load_reference(self) -> ReferenceProfile:
        version, file = self.champion.version, self.champion.reference
        if file is None:
            raise DriftError(
                f"{version} has no reference profile",
                where="dvc.yaml: artifacts",
                fix="declare an artifact of type `drift-reference` and train again",
            )
        reference = ReferenceProfile.load(file)
        recorded = reference.predictions.problem if reference.predictions else "without a model"
        if recorded != self.problem.name:
            raise DriftError(
                f"The reference profile of {version} is {recorded}, and the project is {self.problem.name}",
                where="dvc.yaml: meta.problem_type of the model's artifact",
                fix="pass `problem_type=` of the project to `build_reference`, and train again",
            )
        return reference

    def _result(self, verdict: DriftVerdict, past: PastWindow, sentence: str, run_id: str) -> CheckedWindow:
        predictions = verdict.measurement.predictions
        assert predictions is not None, "a champion's reference has predictions"
        return CheckedWindow(
            window=past.window,
            champion=self.champion.version.version,
            rows=verdict.measurement.rows,
            metric=predictions.metric.name,
            reference_figure=predictions.figure.reference,
            window_figure=predictions.figure.window,
            score_psi=predictions.psi,
            decision=past.decision,
            sentence=sentence,
            run_id=run_id,
            asks=past.decision == "retrain" and past.outcome == "pending",
        )


def _predictor(champion: Champion, reference: ReferenceProfile) -> Callable[[pd.DataFrame], Floats]:
    """Return the function that gives the champion's predictions, in the columns of its reference."""
    assert reference.predictions is not None, "the reference profile was checked"
    return partial(champion.model.predict, problem=reference.predictions.problem_type)


def _metrics(verdict: DriftVerdict) -> dict[str, float]:
    """Return the known values as MLflow metrics."""
    measurement, predictions = verdict.measurement, verdict.measurement.predictions
    assert predictions is not None, "a champion's reference has predictions"
    metrics = {name: metric.window for name, metric in predictions.performance.items()}
    rules = {rule.name: rule.value for rule in verdict.rules if rule.value is not None}
    metrics |= {
        estimate_name(predictions.metric.name): predictions.estimate.window,
        "domain_auc": measurement.joint.auc if measurement.joint else None,
        DROP: rules.get("max_metric_drop", rules.get("max_estimated_metric_drop")),
        SLICE_DROP: rules.get("max_slice_metric_drop"),
        "score_psi": predictions.psi,
    }
    metrics |= {
        re.sub(r"[^\w./ -]", "_", column.calibrated): column.observed.window
        for column in predictions.columns[:MOST_COLUMNS]
    }
    known = {name: value for name, value in metrics.items() if value is not None}
    return {"rows": float(measurement.rows), **known}
