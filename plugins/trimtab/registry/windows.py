"""New windows, looked at with the champion: each verdict is kept in MLflow beside the models."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
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
from trimtab.registry.artifacts import require_artifact
from trimtab.registry.candidate import MODEL
from trimtab.registry.champion import Champion, load_champion
from trimtab.registry.driftlog import KeptVerdict, keep_verdict, read_verdicts
from trimtab.registry.server import connection
from trimtab.registry.testwindow import label_of


@dataclass(frozen=True)
class CheckedWindow:
    """What a drift check found, in figures small enough to travel.

    Attributes:
        window: The window's name, such as ``2013-06``.
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
        also: Other windows judged at the same time: missed before, or completed by their outcomes.
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

    Windows that were missed since the last verdict are judged before it, in order, and those whose outcomes
    have come since are completed. What follows is decided by the newest window that has outcomes, if it is
    judged now and asks for a retrain, else by the newest. Where a later window has been judged already, as
    when months are backfilled side by side, nothing new is asked for. Each verdict becomes an MLflow run in
    the experiment ``<model>-drift``, one for each champion and window, whatever the number of tries.

    Args:
        root: The project's root; the windows lie in it.
        graph: Its pipeline.
        windows: A folder of Parquet files, one per window, named so that the newest sorts last.
        dag_run: Who asks; kept with the verdict.
        trusted: The types the champion's model may hold, as the checkout that runs lists them.

    Raises:
        ConfigError: The policy in ``params.yaml`` cannot be used.
        DriftError: There is no window, or it cannot be compared.
        RegistryError: There is no champion, or the server is away.
    """
    policy = load_params(DriftPolicy, "drift", root / "params.yaml")
    files = _files(root / windows)
    name = require_artifact(graph, "model", MODEL).name
    with TemporaryDirectory(prefix="trimtab-") as folder, connection() as client:
        newest, labelled = len(files) - 1, len(files) - policy.label_delay
        champion = load_champion(name, into=Path(folder, "champion"), trusted=trusted)
        check = _Check(client, champion, policy, files, label_of(graph), dag_run, Path(folder))
        known = read_verdicts(client, name)
        over = any(verdict.past.window > files[-1].stem for verdict in known)
        asking = set() if over else {labelled - 1, newest}
        checked = [
            check.judge(files[place], labelled=place < labelled, may_ask=place in asking)
            for place in _due(files, known, labelled, str(champion.version.version))
        ]
    # With outcomes that come late, a true loss is seen in the newest window that has them, not in the newest.
    acted = next((one for one in checked if one.asks), checked[-1])
    return replace(acted, also=tuple(one.window for one in checked if one is not acted))


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise DriftError(
            "There is no window to look at",
            where=str(folder),
            fix="let the stage write one Parquet file each",
        )
    return files


def _due(files: Sequence[Path], known: Sequence[KeptVerdict], labelled: int, champion: str) -> list[int]:
    """Return the places of the windows to judge: missed ones, those with new outcomes, the newest.

    The newest with outcomes is among them though it may have been judged: a retry has to hear what it asked.
    """
    verdicts = {verdict.past.window: verdict for verdict in known}
    last = max((window for window in verdicts if window < files[-1].stem), default=None)

    def is_due(place: int) -> bool:
        verdict = verdicts.get(files[place].stem)
        if verdict is None:
            return last is not None and files[place].stem > last
        if verdict.past.champion != champion or place >= labelled:
            return False
        return not verdict.labelled or place == labelled - 1

    newest = len(files) - 1
    return [*(place for place in range(newest) if is_due(place)), newest]


@dataclass(frozen=True)
class _Check:
    """One look with one champion, the same for every window of it though the alias may move meanwhile."""

    client: Any
    champion: Champion
    policy: DriftPolicy
    files: Sequence[Path]
    label: str
    dag_run: str
    folder: Path

    def judge(self, file: Path, *, labelled: bool, may_ask: bool) -> CheckedWindow:
        """Judge a window and keep the verdict, unless these very rows were judged already."""
        version, window = self.champion.version, file.stem
        known = read_verdicts(self.client, version.name)
        verdict = self._decide(file, labelled, [kept.past for kept in known if kept.past.window < window])
        past = past_window(verdict, window, str(version.version))
        content = hashlib.sha256(file.read_bytes()).hexdigest()
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
            distributions=declared_reference(self.policy, reference, self.files, file),
        )
        return decide(measurement, self.policy, history, champion=str(champion.version.version))

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
