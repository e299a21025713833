"""Make a version again from what the registry says about it, and compare the two."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from trimtab.errors import RegistryError, TrimtabError
from trimtab.model_file import load_estimator
from trimtab.pipeline.execution import graph_in
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.lock import LOCK_FILE as LOCK
from trimtab.registry.loading import ScoringModel, fetch, load_version
from trimtab.registry.provenance import ENVIRONMENT, changes_since, find_artifact
from trimtab.registry.publishing import Candidate, behind, trusted_types
from trimtab.registry.rebuild.recorded_revision import checkout_of, commit_of, has_locks_of
from trimtab.registry.rebuild.stage_rerun import Difference, refuse_external, run_anew
from trimtab.registry.tracking import RESTORE, Version, connection

if TYPE_CHECKING:
    import pandas as pd

    from trimtab.terminal import Console

HASH = 10  # characters of a content hash that a person is shown


@dataclass(frozen=True)
class Rebuilt:
    """What came of it.

    Attributes:
        version: The version, for a person.
        commit: What was checked out.
        stages: Those that ran anew.
        compared: What was compared and found the same or different, for a person.
        differences: What differs, that of the first stage first.
        stopped: Why it could not be made to the end; empty if it could.
        warnings: What is not as it was, and may be why.
    """

    version: str
    commit: str
    stages: tuple[str, ...]
    compared: tuple[str, ...]
    differences: tuple[Difference, ...]
    stopped: str
    warnings: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether nothing differs."""
        return not self.differences and not self.stopped

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values."""
        return {"verdict": "identical" if self.identical else "differs", **asdict(self)}


def rebuild(root: Path, version: Version, *, show: Callable[[str], None]) -> Rebuilt:
    """Make a version again, in a place of its own that is thrown away, and compare.

    The stages run on the code, params and lock on record, without any cache; the registered model stays as it
    is, and so does the user's checkout.

    Args:
        root: The project's root.
        version: The version.
        show: Is told what the stages print.

    Raises:
        ProjectError: A stage would write outside of the project.
        RegistryError: The server is away, or the repository does not hold the commit.
        StageError: Data is neither in the cache nor in the remote, or a stage fails.
    """
    with connection() as client, TemporaryDirectory(prefix="trimtab-") as folder:
        commit, _ = commit_of(root, version)
        warnings = tuple(_environment_changes(client, version, folder))
        trusted = trusted_types(root)
        registered = load_version(version, Path(folder, "model"), trusted)
        with checkout_of(root, client, version, to_run=True) as tree:
            if not has_locks_of(version, tree.root):
                raise RegistryError(
                    f"The {LOCK} of the record of {version} is not the one it was registered with",
                    where=f"{root}: commit {commit[:12]}",
                    fix=RESTORE,
                )
            graph = graph_in(tree)
            needed = behind(graph)
            refuse_external(needed)
            differences, stopped = run_anew(tree, needed, show)
            compared = [f"outputs of {len(needed.stages)} stages"]
            if not stopped:
                try:
                    again = _Again(tree.root, graph, version, registered, trusted)
                    differences += again.differences()
                    compared += again.compared
                except TrimtabError as err:
                    if not differences:
                        raise
                    stopped = str(err)
        return Rebuilt(
            version=str(version),
            commit=commit,
            stages=tuple(stage.name for stage in needed.stages),
            compared=tuple(compared),
            differences=tuple(differences),
            stopped=stopped,
            warnings=warnings,
        )


def _environment_changes(client: Any, version: Version, into: str) -> Iterator[str]:
    if ENVIRONMENT in {file.path for file in client.list_artifacts(version.run_id)}:
        yield from changes_since(fetch(client, version, ENVIRONMENT, Path(into)).read_text(encoding="utf-8"))
    else:
        yield f"{version} does not say what was installed when it was made"


class _Again:
    """The model made again, beside the registered one."""

    def __init__(
        self,
        root: Path,
        graph: Graph,
        version: Version,
        registered: ScoringModel,
        trusted: Collection[str],
    ) -> None:
        self._root, self._graph, self._trusted = root, graph, trusted
        self._version, self._registered = version, registered
        self._candidate = Candidate.gather(root, graph, lineage={})
        self.compared: list[str] = []

    def differences(self) -> list[Difference]:
        """Return what differs in metrics and predictions."""
        return [*self._metrics(), *self._predictions()]

    def _metrics(self) -> Iterator[Difference]:
        self.compared.append(f"{len(self._candidate.metrics)} metrics")
        for name, value in self._candidate.metrics.items():
            recorded = self._version.metrics.get(name)
            if recorded is None:
                yield Difference("metric", name, "(none)", repr(value))
            elif recorded != value and not (math.isnan(recorded) and math.isnan(value)):
                yield Difference("metric", name, repr(recorded), repr(value), f"{value - recorded:+.3g}")

    def _predictions(self) -> Iterator[Difference]:
        """Let both score the same rows: the input example, and the window the version was judged on."""
        import pandas as pd

        estimator = load_estimator(self._candidate.model, self._trusted)
        model = ScoringModel(estimator, self._registered.features, "the model made again")
        tables = {"the input example": self._candidate.input_example}
        if window := find_artifact(self._graph, "test-window"):
            tables["the test window"] = self._root / window.path
        for name, file in tables.items():
            rows = pd.read_parquet(file)
            self.compared.append(f"predictions on {name} ({len(rows):,} rows)")
            yield from self._apart(name, model, rows)

    def _apart(self, name: str, model: ScoringModel, rows: pd.DataFrame) -> Iterator[Difference]:
        import numpy as np

        apart = np.abs(model.score(rows) - self._registered.score(rows))
        changed = int(np.count_nonzero(apart))
        if changed:
            yield Difference(
                "prediction",
                name,
                f"{len(rows):,} rows",
                f"{changed:,} changed",
                f"at most {apart.max():.3g}",
            )


def show_rebuilt(rebuilt: Rebuilt, console: Console) -> None:
    """Print what came of it: the verdict first, then what differs, then what may be why."""
    from rich.table import Table

    from trimtab.terminal import Text

    verdict = Text("identical", "bold green") if rebuilt.identical else Text("differs", "bold red")
    console.print(f"{rebuilt.version} at {rebuilt.commit[:12]}:", verdict, highlight=False)
    console.print(f"compared: {', '.join(rebuilt.compared)}", highlight=False)
    if rebuilt.differences:
        table = Table("what", "", "recorded", "made again", "by", box=None, pad_edge=False)
        table.columns[1].overflow = "fold"
        for each in rebuilt.differences:
            cut = HASH if each.kind == "output" else None
            shown = (each.what, each.recorded[:cut], each.rebuilt[:cut], each.by)
            table.add_row(each.kind, *shown)
        console.print(table)
    if rebuilt.stopped:
        console.print(Text.assemble(("it went no further", "red"), f": {rebuilt.stopped}"))
    for warning in rebuilt.warnings:
        console.print(Text("environment", "yellow"), warning, highlight=False)
