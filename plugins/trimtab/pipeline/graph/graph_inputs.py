"""The inputs of a resolved graph, and a check that they are unchanged: without DVC or a walk through data.

DVC searches every folder that is neither ignored nor an output for ``dvc.yaml`` and ``*.dvc`` files. So a
graph is valid as long as those files, the ignore files beside them and the files that templating read are the
same. The ignored folders are the same then, and their content does not matter.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.stage import split_address

IGNORE_FILE = ".gitignore"
MAX_NEW_FILES = 10_000  # that are searched before DVC is called again; so many take no time
INTERNAL_FOLDERS = (".git", ".hg", ".dvc")  # folders that DVC never searches
# Environment variables that say where DVC's config files are.
CONFIG_VARIABLES = (
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_CONFIG_DIRS",
    "DVC_GLOBAL_CONFIG_DIR",
    "DVC_SYSTEM_CONFIG_DIR",
)


@dataclass(frozen=True)
class GraphInputs:
    """Everything that a resolved graph depends on. The cache stores these fields.

    Paths are relative to the root, or absolute outside of it.

    Attributes:
        environment: DVC's version and ours, and where DVC's config files are.
        place: The root, if a file contains its path: then another checkout has another graph. For a sandbox,
            it is the root of the project itself.
        found: Hash of every ``dvc.yaml``, ``*.dvc`` and ``.dvcignore`` that DVC saw, by path.
        read: Hash of every other file that DVC read, or would read; empty for one that does not exist.
        ignored: Patterns of each ``.gitignore``, and of git's own exclude files.
        skipped: Folders that DVC did not search.
        looked: How many files and folders were searched.
        locks: The ``dvc.lock`` files that DVC reads if they exist.
    """

    environment: Mapping[str, str]
    place: str | None
    found: Mapping[str, str]
    read: Mapping[str, str]
    ignored: Mapping[str, list[str]]
    skipped: list[str]
    looked: int
    locks: list[str]

    def has_same_files(
        self, root: Path, home: Path, environment: Mapping[str, str], file_hash: Callable[[Path], str]
    ) -> bool:
        """Whether the environment and every recorded file are unchanged.

        Args:
            root: The project's root.
            home: The root of the project whose cache it is.
            environment: :func:`resolver_environment` as it is now.
            file_hash: Returns the hash of a file.
        """
        return (
            self.environment == environment
            and self.place in (None, str(home))
            and all(file_hash(root / path) == known for path, known in self.found.items())
            and all(file_hash(root / path) == known for path, known in self.read.items())
        )

    def has_same_folders(self, root: Path, graph: Graph) -> bool:
        """Whether DVC would find the same files again.

        If many new files have appeared, the answer is no: DVC may be able to skip their folders.

        Args:
            root: The project's root.
            graph: The graph that was resolved from these inputs.
        """
        names, looked = find_dvc_files(root, {*self.skipped, *_outputs_below_their_file(graph)})
        if looked > self.looked + MAX_NEW_FILES:
            return False
        ignoring = {name for name in names if name.endswith(IGNORE_FILE)}.union(self.ignored)
        outputs = {f"/{out.path}" for stage in (*graph.sources, *graph.stages) for out in stage.outs}
        return names - ignoring == self.found.keys() and all(
            self._has_same_patterns(root, name, outputs) for name in ignoring
        )

    def _has_same_patterns(self, root: Path, name: str, outputs: Collection[str]) -> bool:
        """Whether a ``.gitignore`` is the same except for outputs of the graph that DVC has added since.

        No file that DVC searches for is in an output: DVC would have refused that.
        """
        now, known = ignore_patterns(root / name), self.ignored.get(name, [])
        added = set(now).difference(known) if not name.startswith("..") else set()
        folder = f"/{name.removesuffix(IGNORE_FILE)}".removesuffix("/")
        ours = {line for line in added if line[0] == "/" and f"{folder}{line}" in outputs}
        return [line for line in now if line not in ours] == known


def resolver_environment() -> dict[str, str]:
    """Return what a graph depends on outside of the project's files."""
    code = [file_hash(Path(__file__).with_name(name)) for name in ("graph.py", "stage.py", "translation.py")]
    return {
        "dvc": importlib.metadata.version("dvc"),
        "trimtab": "".join(code),
        **{name: os.environ[name] for name in CONFIG_VARIABLES if name in os.environ},
    }


def find_dvc_files(root: Path, skipped: Collection[str]) -> tuple[set[str], int]:
    """Find the files that DVC's search depends on, and the ``.dvc`` folders of projects inside this one.

    Args:
        root: The project's root.
        skipped: Folders that are not searched.

    Returns:
        The paths, and how many files and folders were searched.
    """
    found, looked, pending = set[str](), 0, [""]
    while pending:
        folder = pending.pop()
        try:
            entries = list(os.scandir(root / folder))
        except OSError:  # removed meanwhile, or not readable: DVC goes on too
            continue
        looked += len(entries)
        for entry in entries:
            name, path = entry.name, f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if name == ".dvc" and folder:
                    found.add(path)
                elif name not in INTERNAL_FOLDERS and path not in skipped:
                    pending.append(f"{path}/")
            elif name in ("dvc.yaml", ".dvcignore", IGNORE_FILE) or name.endswith(".dvc"):
                found.add(path)
    return found, looked


def list_folders(root: Path) -> set[str]:
    """Return the folders below the root that DVC may search, as paths relative to the root."""
    found = set[str]()
    for folder, names, _ in os.walk(root):
        names[:] = [name for name in names if name not in INTERNAL_FOLDERS]
        found.update(os.path.relpath(f"{folder}/{name}", root) for name in names)
    return found


def git_exclude_files(root: Path) -> list[str]:
    """Return the ignore files of git above the root and in ``.git``; they need not exist."""
    for above in (root, *root.parents):
        if (above / ".git").exists():
            parents = root.parents[: root.parents.index(above) + 1] if above != root else ()
            paths = [*(parent / IGNORE_FILE for parent in parents), above / ".git" / "info" / "exclude"]
            return [os.path.relpath(path, root) for path in paths]
    return []


def ignore_patterns(path: Path) -> list[str]:
    """Return the patterns of an ignore file; none if it does not exist."""
    try:
        lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    return [line for line in lines if line.strip() and not line.startswith("#")]


def file_hash(path: Path) -> str:
    """Return the SHA-256 hash of a file's content; empty if there is no file.

    A config file of DVC is hashed without its cache settings: a sandbox sets them, and no graph depends on
    them.
    """
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    if path.parent.name == ".dvc":
        text = content.decode("utf-8", "surrogateescape")
        content = "\n".join(_graph_settings(text)).encode("utf-8", "surrogateescape")
        if not content:
            return ""
    return hashlib.sha256(content).hexdigest()


def cached_file_hash() -> Callable[[Path], str]:
    """Return a :func:`file_hash` that reads every file once."""
    return functools.cache(file_hash)


def _graph_settings(config: str) -> Iterator[str]:
    """Yield the lines of a DVC config file except those of its cache."""
    section = ""
    for line in map(str.strip, config.splitlines()):
        if line.startswith("["):
            section = line.strip("[]'\" ")
        elif line and (section not in ("cache", "core") or line.startswith("no_scm")):
            yield f"{section}: {line}"


def _outputs_below_their_file(graph: Graph) -> Iterator[str]:
    """Yield outputs below the folder of the file that defines them: DVC always reads that file first."""
    files = [(source.name, source) for source in graph.sources]
    files += [(split_address(stage.name)[0], stage) for stage in graph.stages]
    for file, stage in files:
        folder = posixpath.dirname(file)
        yield from (out.path for out in stage.outs if not folder or out.path.startswith(f"{folder}/"))
