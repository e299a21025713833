"""New windows, looked at with the champion: each verdict is kept in MLflow beside the models."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.config import load_params
from trimtab.drift import (
    DriftPolicy,
    PastWindow,
    Reference,
    Verdict,
    decide,
    declared_reference,
    measure,
    past_window,
    write_report,
)
from trimtab.errors import DriftError
from trimtab.pipeline.graph import Graph
from trimtab.registry.drift_log.drift_log import keep_verdict, read_verdicts
from trimtab.registry.drift_log.due_windows import NothingToJudgeError, Windows, content_of
from trimtab.registry.promotion import Champion, label_of, load_champion
from trimtab.registry.provenance import SEEN, UNTIL, Learnt, require_artifact, world_until
from trimtab.registry.publishing import MODEL
from trimtab.registry.tracking import TAG_PREFIX, connection
from trimtab.time_window import Window, windows_in


@dataclass(frozen=True)
class CheckedWindow:
    """What a drift check found, in figures small enough to travel.

    Attributes:
        window: The window's name, such as ``2024-06``.
        champion: The version that scored it.
        rows: Rows in the window.
        reference_auc: The champion's ROC AUC when it was trained.
        window_auc: The same on the window; ``None`` while its outcomes are not known.
        score_psi: Population stability index of the predicted probabilities.
        decision: ``none``, ``watch``, ``retrain`` or ``investigate``.
        sentence: The decision and why.
        run_id: The MLflow run that holds verdict and report.
        asks: Whether a retrain is to follow: it was decided, has no result yet, and no later window was
            judged before this one.
        also: Other windows judged at the same time: missed before, not complete before, or completed by their
            outcomes.
    """

    window: str
    champion: int
    rows: int
    reference_auc: float
    window_auc: float | None
    score_psi: float
    decision: str
    sentence: str
    run_id: str
    asks: bool
    also: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values."""
        return {**asdict(self), "also": list(self.also)}


def check_newest_window(
    root: Path, graph: Graph, windows: str, *, dag_run: str, trusted: Collection[str] = ()
) -> CheckedWindow:
    """Score the newest window with the champion, compare it with the champion's reference, and decide.

    Judged are complete windows only: those that end by what the model's artifact declares as ``data_until``,
    and by now. Never judged is a window that begins before the data end that the champion has learnt from or
    was tested on.

    Windows that were missed since then are judged before it, in order; those judged when they were not
    complete are judged anew, and those whose outcomes have come are completed. What follows is decided by the
    newest window that has outcomes, if it is judged now and asks for a retrain, else by the newest. Where a
    later window has been judged already, as when months are backfilled side by side, nothing new is asked
    for. Each verdict becomes an MLflow run in the experiment ``<model>-drift``, one for each champion and
    window, whatever the number of tries.

    Args:
        root: The project's root; the windows lie in it.
        graph: Its pipeline.
        windows: A folder of Parquet files, one per window and named after it: ``2024-04.parquet``.
        dag_run: Who asks; kept with the verdict.
        trusted: The types the champion's model may hold, as the checkout that runs lists them.

    Raises:
        ConfigError: The policy in ``params.yaml`` cannot be used.
        DriftError: There is no window, or it cannot be compared; or nothing is on record of what the champion
            has learnt from.
        NothingToJudgeError: No complete window begins after the data that the champion has seen.
        RegistryError: There is no champion, or the server is away.
    """
    policy = load_params(DriftPolicy, "drift", root / "params.yaml")
    model = require_artifact(graph, "model", MODEL)
    found, until = windows_in(root / windows), world_until(model)
    files = {window: file for window, file in found.items() if window.is_complete(until)}
    with TemporaryDirectory(prefix="trimtab-") as folder, connection() as client:
        champion = load_champion(model.name, into=Path(folder, "champion"), trusted=trusted)
        seen_until = _seen_until(champion)
        before = 0 if policy.reference == "champion" else policy.reference_windows
        over = Windows(files, seen_until, max(len(files) - policy.label_delay, 0), before)
        if not files or over.order[-1].begin < seen_until:
            raise _nothing(champion, seen_until, newest=max(found), until=until)
        check = _Check(client, champion, policy, over, label_of(graph), dag_run, Path(folder))
        known = read_verdicts(client, model.name)
        asking = over.asking(known)
        due = over.due(known, str(champion.version.version))
        checked = [check.judge(window, may_ask=window in asking) for window in due]
    # With outcomes that come late, a true loss is seen in the newest window that has them, not in the newest.
    acted = next((one for one in checked if one.asks), checked[-1])
    return replace(acted, also=tuple(one.window for one in checked if one is not acted))


def _seen_until(champion: Champion) -> datetime:
    learnt = Learnt.of_version(champion.version)
    if learnt is None:
        raise DriftError(
            f"{champion.version} does not say until when its data go, so it may have learnt from any window",
            where=f"MLflow: tags {', '.join(TAG_PREFIX + tag for tag in (SEEN, UNTIL))}",
            fix="declare `meta: {data_until: …}` of the model's artifact in dvc.yaml, train and promote anew",
        )
    return learnt.seen_until


def _nothing(
    champion: Champion, seen_until: datetime, *, newest: Window, until: datetime
) -> NothingToJudgeError:
    complete = newest.is_complete(until)
    return NothingToJudgeError(
        f"There is no window to judge {champion.version} on: it has seen the data until {seen_until},"
        f" the newest window is {newest.name}"
        + ("" if complete else f", which is complete at {newest.end} and the world has got to {until}"),
        where=f"{newest.name}: {newest.begin} to {newest.end}",
        fix="check again once the next window is complete",
    )


@dataclass(frozen=True)
class _Check:
    """One look with one champion, the same for every window of it though the alias may move meanwhile."""

    client: Any
    champion: Champion
    policy: DriftPolicy
    windows: Windows
    label: str
    dag_run: str
    folder: Path

    def judge(self, judged: Window, *, may_ask: bool) -> CheckedWindow:
        """Judge a window and keep the verdict, unless these very rows were judged already."""
        version, window, file = self.champion.version, judged.name, self.windows.files[judged]
        labelled = judged in self.windows.with_outcomes
        known = read_verdicts(self.client, version.name)
        history = [self._counted(kept.past) for kept in known if kept.past.window < window]
        verdict = self._decide(file, labelled, history)
        past = past_window(verdict, window, self.own)
        content = content_of(file)
        before = next((kept for kept in known if kept.past.window == window), None)
        same_champion = before is not None and before.past.champion == past.champion
        if before and same_champion and (before.content, before.labelled) == (content, labelled):
            return self._checked(verdict, before.past, before.sentence, before.run_id)
        if before and same_champion and before.past.outcome:  # its retrain was asked for already
            past = past.model_copy(update={"outcome": before.past.outcome})
        elif not may_ask:  # nothing is asked for on behalf of a window that is over
            past = past.model_copy(update={"outcome": None})
        report = self.folder / window
        write_report(verdict, report, window=window, champion=str(version))
        kept = keep_verdict(
            self.client,
            version.name,
            past,
            key=hashlib.sha256(f"{version.key} {window}".encode()).hexdigest(),
            labelled=labelled,
            content=content,
            sentence=verdict.sentence,
            dag_run=self.dag_run,
            metrics=_figures(verdict),
            step=len(verdict.history),
            report=report,
        )
        return self._checked(verdict, past, verdict.sentence, kept.run_id)

    def _counted(self, past: PastWindow) -> PastWindow:
        """Return a verdict as history; one on what the champion has seen counts for restraints only."""
        window = Window.find(past.window)
        if window and window.begin >= self.windows.seen_until:
            return past
        return past.model_copy(update={"champion": "" if past.champion == self.own else past.champion})

    @property
    def own(self) -> str:
        """The champion, as verdicts name it."""
        return str(self.champion.version.version)

    def _decide(self, file: Path, labelled: bool, history: Sequence[PastWindow]) -> Verdict:
        import pandas as pd

        champion = self.champion
        if champion.reference is None:
            raise DriftError(
                f"{champion.version} was published without a reference, so nothing can be compared with it",
                where="dvc.yaml: artifacts",
                fix="declare an artifact of type `drift-reference` and train again",
            )
        table = pd.read_parquet(file)
        if table.empty:
            raise DriftError(
                "The window has no rows", where=str(file), fix="check its dates and the data behind it"
            )
        labels = table[self.label].to_numpy() if labelled and self.label in table else None
        reference = Reference.load(champion.reference)
        measurement = measure(
            reference,
            table[list(champion.model.features)],
            champion.model.score(table),
            labels,
            distributions=declared_reference(self.policy, reference, list(self.windows.files.values()), file),
        )
        return decide(measurement, self.policy, history, champion=self.own)

    def _checked(self, verdict: Verdict, past: PastWindow, sentence: str, run_id: str) -> CheckedWindow:
        predictions = verdict.measurement.predictions
        assert predictions is not None, "a champion's reference has scores"
        auc = predictions.performance["roc_auc"]
        return CheckedWindow(
            window=past.window,
            champion=self.champion.version.version,
            rows=verdict.measurement.rows,
            reference_auc=auc.reference,
            window_auc=auc.window,
            score_psi=predictions.psi,
            decision=past.decision,
            sentence=sentence,
            run_id=run_id,
            asks=past.decision == "retrain" and past.outcome == "pending",
        )


def _figures(verdict: Verdict) -> dict[str, float]:
    measured, predictions = verdict.measurement, verdict.measurement.predictions
    assert predictions is not None, "a champion's reference has scores"
    figures = {name: figure.window for name, figure in predictions.performance.items()}
    figures |= {"estimated_auc": predictions.estimated_auc.window, "base_rate": predictions.base_rate.window}
    figures |= {"domain_auc": measured.joint.auc if measured.joint else None, "score_psi": predictions.psi}
    known = {name: value for name, value in figures.items() if value is not None}
    return {"rows": float(measured.rows), **known}
