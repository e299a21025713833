"""What a dossier is made from: all that the system keeps of one version, checked where it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from trimtab.control_room import WindowFigures, parse_figures
from trimtab.dossier.content import Source
from trimtab.dossier.person_texts import WrittenTexts, read_texts
from trimtab.dossier.stored_files import StoredGate, StoredMetrics, read_stored_files
from trimtab.errors import RegistryError
from trimtab.flattening import flatten
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.pipeline.graph import Artifact, Project, candidate_graph
from trimtab.registry.drift_log import RecordedVerdict, read_verdicts
from trimtab.registry.ledger import Ledger
from trimtab.registry.loading import download_verified
from trimtab.registry.provenance import ENVIRONMENT, RecordedLock, require_artifact
from trimtab.registry.publishing import MODEL_DECLARATION, candidate_stages
from trimtab.registry.rebuild import checkout_version, is_project_commit
from trimtab.registry.tracking import (
    RESTORE,
    MlflowClient,
    Version,
    connection,
    hash_file,
    hash_seal,
    hash_text,
    require_tags,
    require_version,
    temporary_folder,
)

VERDICT = "verdict.json"  # the drift report of a window
POLICIES = ("drift", "promote", "retention")  # sections of params.yaml that no stage reads


@dataclass(frozen=True)
class MonitoredWindow:
    """A window that the version was checked on.

    Attributes:
        verdict: The verdict.
        sentence: The decision and its reason, as its report has it.
        figures: The figures of its report.
        source: The report.
    """

    verdict: RecordedVerdict
    sentence: str
    figures: WindowFigures
    source: Source


class _Report(BaseModel):
    """The parts of a drift report that the log repeats; those of earlier releases may have neither."""

    decision: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Evidence:
    """What the system keeps of a version.

    Attributes:
        version: The version, whose tags equal its seal.
        seal: Its seal.
        commit: The commit that it comes from.
        lock: Its lock entries; only while the checkout is open may its files be read.
        lock_files: The lock files.
        model: The artifact of the model, as the commit declares it.
        gates: The reports of its gates.
        metrics: Its metrics files.
        policies: Section of ``params.yaml`` to its values, flattened; the seal covers the file.
        environment: The lines of its Python environment.
        ledger: The history of champions of its model.
        windows: The windows that it was checked on, the oldest first.
        unread_windows: The windows whose report MLflow no longer has.
        drift_log: All verdicts on the model.
        texts: What persons have written in its commit.
    """

    version: Version
    seal: Source
    commit: Source
    lock: RecordedLock
    lock_files: Source
    model: Artifact
    gates: tuple[StoredGate, ...]
    metrics: tuple[StoredMetrics, ...]
    policies: Mapping[str, Mapping[str, object]]
    environment: tuple[str, ...]
    ledger: Ledger
    windows: tuple[MonitoredWindow, ...]
    unread_windows: tuple[str, ...]
    drift_log: Source
    texts: WrittenTexts

    @property
    def code(self) -> tuple[Source, ...]:
        """What sentences about the code rest on: the commit, and the seal if it covers a patch."""
        return (self.commit, self.seal) if self.version.tag("uncommitted") else (self.commit,)


def read_evidence(root: Path, name: str, number: int) -> Evidence:
    """Read what the system keeps of a version; nothing is written.

    Args:
        root: The root of the pipeline, in a repository that has the commit of the version.
        name: The registered model.
        number: The version.

    Raises:
        ConfigError: The texts in the commit are not valid.
        GateError: The report of a gate cannot be read.
        RegistryError: There is no such version, it has no seal, something of it or of the ledger was altered,
            the repository does not have its commit, or MLflow does not answer.
    """
    root = root.resolve()
    with connection() as client:
        version = require_version(client, name, number)
        require_tags(version)
        ledger = Ledger.read(client, name)
        ledger.require_intact()
        _require_ledger_seal(version, ledger)
        commit = _own_commit(root, version)
        texts = read_texts(root, commit)
        log = read_verdicts(client, name)
        windows, unread = _read_windows(client, version, log)
        with checkout_version(root, client, version) as tree:
            graph = candidate_graph(Project(tree.root, home=tree.home).graph(), version.tag("candidate"))
            lock = RecordedLock.read(tree.root, candidate_stages(graph).stages)
            gates, metrics = read_stored_files(client, version, lock)
            return Evidence(
                version=version,
                seal=Source(kind="seal", name=f"seal of {version}", hash=hash_seal(version)),
                commit=Source(kind="git commit", name="code and configuration", hash=commit),
                lock=lock,
                lock_files=Source(
                    kind="lock files", name=", ".join(lock.files), hash=version.tag("lock_hash")
                ),
                model=require_artifact(graph, "model", MODEL_DECLARATION),
                gates=gates,
                metrics=metrics,
                policies=_read_policies(client, version) if (tree.root / PARAMS_FILE).is_file() else {},
                environment=_read_environment(client, version),
                ledger=ledger,
                windows=windows,
                unread_windows=unread,
                drift_log=_log_source(name, log),
                texts=texts,
            )


def _require_ledger_seal(version: Version, ledger: Ledger) -> None:
    """Refuse a version whose seal differs from that in the ledger."""
    recorded = [entry.seal for entry in ledger.entries if entry.champion == version.version and entry.seal]
    if recorded and recorded[-1] != hash_seal(version):
        raise RegistryError(
            f"{version} has changed since it became champion: the ledger records another seal",
            where=f"MLflow: {version.uri}",
            fix="`trimtab restore` a backup; no dossier was written",
        )


def _own_commit(root: Path, version: Version) -> str:
    """Return the commit that a version comes from, if it belongs to the project."""
    commit = version.tag("git_revision")
    if not is_project_commit(root, commit):
        raise RegistryError(
            f"The repository has no commit of {version}: {commit[:12] or 'its tags name none'}",
            where=str(root),
            fix="fetch all branches with git, and `trimtab fetch` the records; no dossier was written",
        )
    return commit


def _log_source(name: str, log: Sequence[RecordedVerdict]) -> Source:
    """Return the hash of all verdicts on a model: what says that a window has none, or what became of it."""
    windows = [verdict.past.model_dump(mode="json") for verdict in log]
    return Source(kind="drift log", name=name, hash=hash_text(json.dumps(windows, sort_keys=True)))


def _read_windows(
    client: MlflowClient, version: Version, log: Sequence[RecordedVerdict]
) -> tuple[tuple[MonitoredWindow, ...], tuple[str, ...]]:
    """Return the windows that a version was checked on, and the names of those without a report."""
    from mlflow.exceptions import MlflowException

    found, unread = [], []
    for verdict in log:
        if verdict.past.champion != str(version.version):
            continue
        with temporary_folder() as folder:
            try:
                file = Path(client.download_artifacts(verdict.run_id, VERDICT, str(folder)))
            except (MlflowException, OSError):  # it was pruned: the dossier says so
                unread.append(verdict.past.window)
            else:
                found.append(_read_window(verdict, file))
    return tuple(found), tuple(unread)


def _read_window(verdict: RecordedVerdict, file: Path) -> MonitoredWindow:
    """Read a drift report; refuse one that says something else than the log."""
    window, text = verdict.past.window, file.read_bytes()
    where = f"MLflow: run {verdict.run_id}, {VERDICT}"
    try:
        report = _Report.model_validate_json(text)
    except ValidationError as err:
        raise RegistryError(f"The drift report on {window} cannot be read", where=where, fix=RESTORE) from err
    if report.decision not in ("", verdict.past.decision):
        raise RegistryError(
            f"The drift log says '{verdict.past.decision}' of {window}, the report says '{report.decision}'",
            where=where,
            fix=f"{RESTORE}; no dossier was written",
        )
    source = Source(kind="drift report", name=window, hash=hash_file(file))
    return MonitoredWindow(verdict, report.sentence or verdict.sentence, parse_figures(text), source)


def _read_policies(client: MlflowClient, version: Version) -> dict[str, dict[str, object]]:
    """Read the policies that the version was registered with; a run may have had stricter ones."""
    with temporary_folder() as folder:
        values = load_yaml(download_verified(client, version, PARAMS_FILE, folder))
    return {name: dict(flatten(values[name])) for name in POLICIES if isinstance(values.get(name), dict)}


def _read_environment(client: MlflowClient, version: Version) -> tuple[str, ...]:
    with temporary_folder() as folder:
        file = download_verified(client, version, ENVIRONMENT, folder)
        return tuple(file.read_text(encoding="utf-8").splitlines())
