"""What a resolved graph depends on, and whether that is still so: no DVC, and no walk through data.

DVC looks for ``dvc.yaml`` and ``*.dvc`` files in every folder that is neither ignored nor an output. So a
graph holds as long as those files, the ignore files beside them, and what templating read are the same: the
same folders are ignored then, and what is in them does not matter.
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

from trimtab.pipeline.graph.graph import Graph, split_address

IGNORES = ".gitignore"
MANY = 10_000  # files that can be looked at in no time
NEVER = (".git", ".hg", ".dvc")  # folders that DVC never looks into
PLACES = ("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR")


@dataclass(frozen=True)
class Inputs:
    """What one graph was resolved from. Paths are relative to the root, or absolute outside of it.

    Attributes:
        environment: DVC's version and ours, and where DVC looks for settings.
        place: The root, if a file names it: then another checkout is another project. A sandbox's is that of
            the project itself.
        found: Every ``dvc.yaml``, ``*.dvc`` and ``.dvcignore`` that DVC saw, by path, and its hash.
        read: What else was read, or would be if it were there; no hash for what is not there.
        ignored: Patterns of each ``.gitignore``, and of git's own exclude files.
        skipped: Folders that DVC did not look into.
        looked: How many files and folders were looked at.
        locks: The ``dvc.lock`` files that DVC reads if they are there.
    """

    environment: Mapping[str, str]
    place: str | None
    found: Mapping[str, str]
    read: Mapping[str, str]
    ignored: Mapping[str, list[str]]
    skipped: list[str]
    looked: int
    locks: list[str]

    def same_files(self, root: Path, home: Path, digest: Callable[[Path], str]) -> bool:
        """Whether every file that is known of is as it was."""
        return (
            self.environment == environment()
            and self.place in (None, str(home))
            and all(digest(root / path) == known for path, known in self.found.items())
            and all(digest(root / path) == known for path, known in self.read.items())
        )

    def same_folders(self, root: Path, graph: Graph) -> bool:
        """Whether DVC would find the same files again, those of the graph that was resolved from them.

        If a lot has come that need perhaps not be looked at, DVC is asked which of it to skip from now on.
        """
        names, looked = look(root, {*self.skipped, *_own_outputs(graph)})
        if looked > self.looked + MANY:
            return False
        ignoring = {name for name in names if name.endswith(IGNORES)}.union(self.ignored)
        outputs = {f"/{out.path}" for stage in (*graph.sources, *graph.stages) for out in stage.outs}
        return names - ignoring == self.found.keys() and all(
            self._same_patterns(root, name, outputs) for name in ignoring
        )

    def _same_patterns(self, root: Path, name: str, outputs: Collection[str]) -> bool:
        """Whether a ``.gitignore`` is the same but for outputs of the graph that DVC has added since.

        No file that DVC looks for is in an output: it would have refused that.
        """
        now, known = patterns(root / name), self.ignored.get(name, [])
        added = set(now).difference(known) if not name.startswith("..") else set()
        folder = f"/{name.removesuffix(IGNORES)}".removesuffix("/")
        ours = {line for line in added if line[0] == "/" and f"{folder}{line}" in outputs}
        return [line for line in now if line not in ours] == known


def environment() -> dict[str, str]:
    """Return what else decides on a graph, outside of the project's files."""
    code = [digest(Path(__file__).with_name(name)) for name in ("graph.py", "translation.py")]
    return {
        "dvc": importlib.metadata.version("dvc"),
        "trimtab": "".join(code),
        **{name: os.environ[name] for name in PLACES if name in os.environ},
    }


def look(root: Path, skipped: Collection[str]) -> tuple[set[str], int]:
    """Look for the files that decide what DVC finds, and for ``.dvc`` of projects inside this one.

    Returns:
        Their paths, and how much was looked at.
    """
    found, looked, pending = set[str](), 0, [""]
    while pending:
        folder = pending.pop()
        try:
            entries = list(os.scandir(root / folder))
        except OSError:  # removed meanwhile, or not ours to read: DVC goes on too
            continue
        looked += len(entries)
        for entry in entries:
            name, path = entry.name, f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if name == ".dvc" and folder:
                    found.add(path)
                elif name not in NEVER and path not in skipped:
                    pending.append(f"{path}/")
            elif name in ("dvc.yaml", ".dvcignore", IGNORES) or name.endswith(".dvc"):
                found.add(path)
    return found, looked


def git_excludes(root: Path) -> list[str]:
    """Return the ignore files of git above the root and in its own folder, there or not."""
    for above in (root, *root.parents):
        if (above / ".git").exists():
            parents = root.parents[: root.parents.index(above) + 1] if above != root else ()
            paths = [*(parent / IGNORES for parent in parents), above / ".git" / "info" / "exclude"]
            return [os.path.relpath(path, root) for path in paths]
    return []


def patterns(path: Path) -> list[str]:
    """Return what an ignore file says; nothing if it is not there."""
    try:
        lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    return [line for line in lines if line.strip() and not line.startswith("#")]


def digest(path: Path) -> str:
    """Return the hash of a file's content; nothing if there is no file."""
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    if path.parent.name == ".dvc":
        text = content.decode("utf-8", "surrogateescape")
        content = "\n".join(_settings(text)).encode("utf-8", "surrogateescape")
        if not content:
            return ""
    return hashlib.sha256(content).hexdigest()


def memory() -> Callable[[Path], str]:
    """Return :func:`digest`, with every file read once."""
    return functools.cache(digest)


def _settings(config: str) -> Iterator[str]:
    """The lines of DVC's settings, but those of its cache, which a sandbox sets and no graph depends on."""
    section = ""
    for line in map(str.strip, config.splitlines()):
        if line.startswith("["):
            section = line.strip("[]'\" ")
        elif line and (section not in ("cache", "core") or line.startswith("no_scm")):
            yield f"{section}: {line}"


def _own_outputs(graph: Graph) -> Iterator[str]:
    """Outputs below the folder of the file that defines them: DVC has always read it before it gets there."""
    files = [(source.name, source) for source in graph.sources]
    files += [(split_address(stage.name)[0], stage) for stage in graph.stages]
    for file, stage in files:
        folder = posixpath.dirname(file)
        yield from (out.path for out in stage.outs if not folder or out.path.startswith(f"{folder}/"))
