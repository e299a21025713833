"""What came of a content: versions, scores and drift verdicts, by the locks of versions and recorded runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from trimtab.errors import RegistryError, RemoteError
from trimtab.registry.drift_log import drift_experiment
from trimtab.registry.isolation import (
    FolderListings,
    IsolationEntry,
    open_listings,
    read_taint,
)
from trimtab.registry.ledger import Ledger
from trimtab.registry.promotion import read_aliases
from trimtab.registry.recovery.recorded_windows import RecordedWindows
from trimtab.registry.scoring import scores_experiment
from trimtab.registry.tracking import (
    TAG_PREFIX,
    Entity,
    MlflowClient,
    Version,
    list_versions,
    read_tag,
)

PAGE = 1000  # runs a request


@dataclass(frozen=True)
class AffectedVersion:
    """A version that came of the content.

    Attributes:
        model: The registered model.
        version: Its number.
        live: Its aliases, and whether it was champion; empty if neither.
        because: The stage and the path that held the content.
    """

    model: str
    version: int
    live: str
    because: str


@dataclass(frozen=True)
class AffectedRun:
    """Scores or a drift verdict that came of the content.

    Attributes:
        model: The registered model.
        window: The window that was scored or checked.
        version: The version that did it.
        run_id: Its MLflow run.
        by: The DAG run or the user.
        because: The version, or the window's data.
    """

    model: str
    window: str
    version: int | None
    run_id: str
    by: str
    because: str


@dataclass(frozen=True)
class Affected:
    """What came of a content.

    Attributes:
        versions: Model versions, the newest first.
        scores: Scores of windows.
        verdicts: Drift verdicts.
        unknown: A sentence for each version or run of which it could not be found out.
    """

    versions: tuple[AffectedVersion, ...]
    scores: tuple[AffectedRun, ...]
    verdicts: tuple[AffectedRun, ...]
    unknown: tuple[str, ...] = ()

    @property
    def live(self) -> dict[str, list[int]]:
        """Model to the affected versions that an alias names or that have been champion."""
        found: dict[str, list[int]] = {}
        for version in self.versions:
            if version.live:
                found.setdefault(version.model, []).append(version.version)
        return found

    def to_dict(self) -> dict[str, object]:
        """Return JSON values."""
        return asdict(self)


def find_affected(client: MlflowClient, hash_: str, roots: Mapping[str, Path], default: Path) -> Affected:
    """Find what came of a content, in all models of the MLflow server.

    Args:
        client: MLflow's client.
        hash_: The MD5 of the content, without ``.dir``.
        roots: Model to the root of the pipeline that declares it.
        default: The root for other models.
    """
    versions: list[AffectedVersion] = []
    scores: list[AffectedRun] = []
    verdicts: list[AffectedRun] = []
    unknown: list[str] = []
    numbers: dict[str, list[int]] = {}
    for found in list_versions():
        if read_tag(found.tags, "key"):  # the library registered it
            numbers.setdefault(found.name, []).append(int(found.version))
    for model, of_model in sorted(numbers.items()):
        root = roots.get(model, default)
        with open_listings(root) as listings:
            own = list(_affected_versions(client, model, of_model, hash_, listings, unknown))
            runs = RecordedWindows(root, hash_, listings)
            tainted = {version.version for version in own}
            versions += own
            scores += _affected_runs(client, scores_experiment(model), model, tainted, runs)
            verdicts += _affected_runs(client, drift_experiment(model), model, tainted, runs)
            unknown += [f"{model}: {sentence}" for sentence in runs.unknown]
    return Affected(tuple(versions), tuple(scores), tuple(verdicts), tuple(unknown))


def _affected_versions(
    client: MlflowClient,
    model: str,
    numbers: Sequence[int],
    hash_: str,
    listings: FolderListings,
    unknown: list[str],
) -> Iterator[AffectedVersion]:
    live = _live_names(client, model, unknown)
    # What `read_taint` says of an isolation that is about to be made.
    entry = IsolationEntry(number=1, hash=hash_, how="isolated", by="", reason="", at="")
    for number in numbers:
        version = Version.read(client, model, number)
        try:
            taint = read_taint(client, version, {hash_: entry}, listings)
        except (RegistryError, RemoteError) as err:
            unknown.append(f"{version}: {err.what}")
            continue
        if taint:
            because = f"{taint.path} of stage '{taint.stage}'"
            yield AffectedVersion(model, number, live.get(number, ""), because)


def _live_names(client: MlflowClient, model: str, unknown: list[str]) -> dict[int, str]:
    """Return what makes a version live or made it so: its aliases, and that it was champion."""
    names: dict[int, list[str]] = {}
    for alias, number in sorted(read_aliases(client, model).items()):
        names.setdefault(int(number), []).append(alias)
    try:
        entries = Ledger.read(client, model).entries
    except RegistryError as err:
        unknown.append(f"champions of {model}: {err.what}")
        entries = ()
    for entry in entries:
        if entry.champion is not None and "champion" not in names.get(entry.champion, []):
            names.setdefault(entry.champion, []).append("was champion")
    return {number: ", ".join(dict.fromkeys(found)) for number, found in names.items()}


def _affected_runs(
    client: MlflowClient, experiment: str, model: str, tainted: Collection[int], runs: RecordedWindows
) -> Iterator[AffectedRun]:
    """Yield the runs of windows that a tainted version made, or whose data came of the content."""
    for run in _read_runs(client, experiment):
        tags = {name.removeprefix(TAG_PREFIX): value for name, value in run.data.tags.items()}
        if "window" not in tags:
            continue
        version, by = (
            tags.get("version") or tags.get("champion", ""),
            tags.get("by") or tags.get("dag_run", ""),
        )
        number = int(version) if version.isdecimal() else None
        because = f"version {number}" if number in tainted else runs.window_because(by, tags["window"])
        if because:
            yield AffectedRun(model, tags["window"], number, run.info.run_id, by, because)


def _read_runs(client: MlflowClient, experiment: str) -> Iterator[Entity]:
    """Yield the finished runs of an experiment, the newest first; none if it does not exist."""
    found = client.get_experiment_by_name(experiment)
    token: str | None = None
    while found is not None:
        page: Entity = client.search_runs(
            [found.experiment_id], "attributes.status = 'FINISHED'", max_results=PAGE, page_token=token
        )
        yield from page
        token = page.token
        if not token:
            return
