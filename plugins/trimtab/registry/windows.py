"""A new window, looked at with the champion: the verdict is kept in MLflow beside the models."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.config import load_params
from trimtab.drift import DriftPolicy, Reference, Verdict, decide, measure, write_report
from trimtab.errors import DriftError
from trimtab.pipeline.graph import Graph
from trimtab.registry.artifacts import require_artifact
from trimtab.registry.candidate import MODEL
from trimtab.registry.champion import Champion, load_champion
from trimtab.registry.publish import experiment_named
from trimtab.registry.server import connection
from trimtab.registry.testwindow import label_of
from trimtab.registry.version import TAG_PREFIX, by_key


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
        decision: ``none``, ``retrain`` or ``investigate``.
        sentence: The decision and why.
        run_id: The MLflow run that holds verdict and report.
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

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values."""
        return asdict(self)


def check_newest_window(root: Path, graph: Graph, windows: str, *, dag_run: str) -> CheckedWindow:
    """Score the newest window with the champion, compare it with the champion's reference, and decide.

    The verdict becomes an MLflow run of its own, in the experiment ``<model>-drift``. The same window and
    champion give the same run, whatever the number of tries.

    Args:
        root: The project's root; the windows lie in it.
        graph: Its pipeline.
        windows: A folder of Parquet files, one per window, named so that the newest sorts last.
        dag_run: Who asks; kept with the verdict.

    Raises:
        ConfigError: The policy in ``params.yaml`` cannot be used.
        DriftError: There is no window, or it cannot be compared.
        RegistryError: There is no champion, or the server is away.
    """
    policy = load_params(DriftPolicy, "drift", root / "params.yaml")
    file = _newest(root / windows)
    name = require_artifact(graph, "model", MODEL).name
    with TemporaryDirectory(prefix="trimtab-") as folder:
        champion = load_champion(name, into=Path(folder, "champion"))
        verdict = _judge(champion, file, label_of(graph), policy)
        report = Path(folder, "report")
        write_report(verdict, report, window=file.stem, champion=str(champion.version))
        run_id = _keep(champion, file, verdict, report, dag_run)
    auc = verdict.measurement.performance["roc_auc"]
    return CheckedWindow(
        window=file.stem,
        champion=champion.version.version,
        rows=verdict.measurement.rows,
        reference_auc=auc.reference,
        window_auc=auc.window,
        score_psi=verdict.measurement.score_psi,
        decision=verdict.decision,
        sentence=verdict.sentence,
        run_id=run_id,
    )


def _newest(folder: Path) -> Path:
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise DriftError(
            "There is no window to look at",
            where=str(folder),
            fix="let the stage write one Parquet file each",
        )
    return files[-1]


def _judge(champion: Champion, file: Path, label: str, policy: DriftPolicy) -> Verdict:
    import pandas as pd

    if champion.reference is None:
        raise DriftError(
            f"{champion.version} was published without a reference, so nothing can be compared with it",
            where="dvc.yaml: artifacts",
            fix="declare an artifact of type `drift-reference` and train again",
        )
    table = pd.read_parquet(file)
    labels = table[label].to_numpy() if label in table else None
    features = table[list(champion.model.features)]
    measurement = measure(Reference.load(champion.reference), features, champion.model.score(table), labels)
    return decide(measurement, policy)


def _keep(champion: Champion, file: Path, verdict: Verdict, report: Path, dag_run: str) -> str:
    """Log the verdict as an MLflow run, or find the one it already is."""
    import mlflow

    content = f"{champion.version.key} {file.stem} {hashlib.sha256(file.read_bytes()).hexdigest()}"
    key = hashlib.sha256(f"{content} {verdict.sentence}".encode()).hexdigest()
    with connection() as client:
        experiment = experiment_named(client, f"{champion.version.name}-drift")
        for run in client.search_runs([experiment], by_key(key)):
            if run.info.status == "FINISHED":
                return str(run.info.run_id)
            client.delete_run(run.info.run_id)  # an earlier try died in the middle of it
        tags = {
            "key": key,
            "window": file.stem,
            "champion": str(champion.version.version),
            "decision": verdict.decision,
            "dag_run": dag_run,
        }
        with mlflow.start_run(
            experiment_id=experiment,
            run_name=f"{file.stem} {verdict.decision}",
            tags={TAG_PREFIX + tag: value for tag, value in tags.items()},
            description=verdict.sentence,
        ) as started:
            mlflow.log_artifacts(str(report))
            mlflow.log_metrics(_figures(verdict))
        return str(started.info.run_id)


def _figures(verdict: Verdict) -> dict[str, float]:
    measured = verdict.measurement
    known = {
        name: figure.window for name, figure in measured.performance.items() if figure.window is not None
    }
    return {"rows": float(measured.rows), "score_psi": measured.score_psi, **known}
