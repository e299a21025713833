"""The files of a version that its figures come from: gate reports and metrics, compared with the lock.

MLflow has a copy of each. Anyone with write access there can change it, so its DVC hash has to be the one in
the lock entry, which the seal of the version covers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from trimtab.dossier.content import Source
from trimtab.errors import ProjectError, RegistryError
from trimtab.flattening import flatten
from trimtab.gate_report import REPORT, ReportContent, parse_report
from trimtab.params_file import load_yaml
from trimtab.pipeline.graph import Stage
from trimtab.registry.loading import download_output
from trimtab.registry.provenance import RecordedLock
from trimtab.registry.tracking import RESTORE, MlflowClient, Version, hash_file


@dataclass(frozen=True)
class StoredGate:
    """The report of a gate.

    Attributes:
        stage: Its stage.
        kind: ``data`` or ``model``.
        report: The report.
        sources: The report's SHA-256, and the DVC hash of its folder.
    """

    stage: str
    kind: str
    report: ReportContent
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class StoredMetrics:
    """A metrics file.

    Attributes:
        path: Its path in the project.
        values: Its numbers, flattened.
        sources: Its DVC hash.
    """

    path: str
    values: Mapping[str, float]
    sources: tuple[Source, ...]


def read_stored_files(
    client: MlflowClient, version: Version, lock: RecordedLock
) -> tuple[tuple[StoredGate, ...], tuple[StoredMetrics, ...]]:
    """Download gate reports and metrics files of a version, and compare them with its lock entries.

    Args:
        client: MLflow's client.
        version: The version.
        lock: Its lock entries, in a checkout of its revision that may be changed.

    Raises:
        GateError: A report cannot be read.
        RegistryError: A file is missing, or differs from its lock entry.
    """
    stages = [stage for stage, _ in lock.entries]
    reports = {_find_report(client, version, stage): stage for stage in stages if stage.gate}
    metrics = [out.path for stage in stages for out in stage.outs if out.kind == "metric"]
    for path in (*reports, *metrics):
        download_output(client, version, path, lock.root)
    _require_locked(version, lock, {*reports, *metrics})
    gates = tuple(_read_gate(lock, stage, path) for path, stage in reports.items())
    return gates, tuple(_read_metrics(lock, path) for path in metrics)


def _find_report(client: MlflowClient, version: Version, gate: Stage) -> str:
    """Return the folder of a gate's report; its other outputs, such as a quarantine, are not published."""
    for out in gate.outs:
        listed = client.list_artifacts(version.run_id, out.path)
        if any(each.path == f"{out.path}/{REPORT}" for each in listed):
            return out.path
    raise RegistryError(
        f"The run of {version} has no report of gate '{gate.name}'",
        where=f"MLflow: artifacts of run {version.run_id}",
        fix=f"{RESTORE}; no dossier was written",
    )


def _require_locked(version: Version, lock: RecordedLock, paths: Collection[str]) -> None:
    try:
        lock.check(paths)
    except ProjectError as err:
        raise RegistryError(
            f"The files of {version} differ from its lock entries: {err.what.partition(': ')[2]}",
            where=f"MLflow: artifacts of run {version.run_id}",
            fix=f"{RESTORE}; no dossier was written",
        ) from err


def _read_gate(lock: RecordedLock, stage: Stage, path: str) -> StoredGate:
    file = lock.root / path / REPORT
    report = Source(kind="gate report", name=f"{path}/{REPORT}", hash=hash_file(file))
    sources = (report, _dvc_source(lock, path))
    return StoredGate(stage.name, stage.gate or "", parse_report(file.read_bytes()), sources)


def _read_metrics(lock: RecordedLock, path: str) -> StoredMetrics:
    file = lock.root / path
    values = {
        name: float(value)
        for name, value in flatten(load_yaml(file))
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }
    return StoredMetrics(path, values, (_dvc_source(lock, path),))


def _dvc_source(lock: RecordedLock, path: str) -> Source:
    return Source(kind="DVC hash", name=path, hash=lock.output_hash(path)[path])
