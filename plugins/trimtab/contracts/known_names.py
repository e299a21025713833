"""The names that a page may use: commands, make targets, stages, params, files, DAG ids."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path, PurePosixPath

from trimtab.contracts.checked_project import CheckedProject
from trimtab.contracts.parsed_dags import parse_dags
from trimtab.errors import closest
from trimtab.flattening import flatten
from trimtab.params_file import PARAMS_FILE
from trimtab.pipeline.git import git
from trimtab.pipeline.graph import PIPELINE_FILE
from trimtab.pipeline.worktree import overlap

_PATH = re.compile(r"[\w-][\w.-]*(?:/[\w.-]+)+/?")
_PARAM = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)+")
_TARGET = re.compile(r"^([\w-]+):(?!=)", re.M)
# The endings of the ids of a pipeline's DAGs.
_DAG_ENDINGS = ("batch_score", "drift_check", "drill", "objectives", "rollback", "training", "verify")
_RUNNERS = (["dvc", "repro"], ["trimtab", "run"], ["trimtab", "plan"])


class KnownNames:
    """What exists in a pipeline and its repository."""

    def __init__(self, pipeline: CheckedProject) -> None:
        self._pipeline = pipeline

    def missing(self, code: str, *, is_command: bool) -> Iterator[tuple[str, str]]:
        """Yield what code names and does not exist, and what to do.

        Args:
            code: A code span, or a line of a shell block.
            is_command: Whether it is a line of a shell block, so no path and no param alone.
        """
        words = _words(code)
        if len(words) > 1:
            yield from self._missing_of_command(words)
        elif not is_command and words == [code]:
            yield from self._missing_name(code)

    def _missing_of_command(self, words: Sequence[str]) -> Iterator[tuple[str, str]]:
        if words[0] == "trimtab":
            yield from _missing_subcommand(words[1:])
        if words[0] == "make":
            for target in words[1:]:
                if re.fullmatch(r"[a-z][\w-]*", target) and target not in self._targets:
                    yield f"The Makefile has no target '{target}'{closest(target, self._targets)}", "add it"
        if list(words[:2]) in _RUNNERS:
            for name in words[2:]:
                if re.fullmatch(r"[a-z_]\w*", name) and name not in self._stages and not self._exists(name):
                    yield (
                        f"There is no stage '{name}'{closest(name, self._stages)}",
                        f"add it to {PIPELINE_FILE}",
                    )
        for option, value in pairwise(words):
            key = value.partition("=")[0]
            if option in ("-S", "--set-param") and _PARAM.fullmatch(key) and key not in self._params:
                yield f"There is no param '{key}'{closest(key, self._params)}", f"add it to {PARAMS_FILE}"

    def _missing_name(self, name: str) -> Iterator[tuple[str, str]]:
        if _PATH.fullmatch(name):
            if self._is_below_a_folder(name) and not self._exists(name):
                yield f"The path {name} does not exist", "add it"
        elif _PARAM.fullmatch(name):
            section, _, key = name.partition(".")
            if section in self._sections and not self._is_param(name) and not self._is_code(section, key):
                yield f"There is no param '{name}'{closest(name, self._params)}", f"add it to {PARAMS_FILE}"
        elif self._is_dag_id(name) and name not in self._dags:
            yield f"There is no DAG '{name}'{closest(name, self._dags)}", "add a file to dags/"

    # Files

    def _is_below_a_folder(self, path: str) -> bool:
        first = PurePosixPath(path).parts[0]
        return any((folder / first).is_dir() for folder in self._folders)

    def _exists(self, path: str) -> bool:
        if any((folder / path).exists() for folder in self._folders):
            return True
        clean = path.rstrip("/")
        outs = [out.path for stage in self._pipeline.graph.stages for out in stage.outs]
        outs += [out.path for source in self._pipeline.graph.sources for out in source.outs]
        if any(overlap(clean, out) for out in outs):
            return True
        return any(git(folder, "check-ignore", clean, accept=(0, 1)) for folder in self._folders)

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys((self._pipeline.root, self._pipeline.top)))

    # Params

    @cached_property
    def _params(self) -> set[str]:
        return {key for key, _ in flatten(self._pipeline.params, only_addressable=True)}

    @cached_property
    def _sections(self) -> set[str]:
        return {key.partition(".")[0] for key in self._params}

    def _is_param(self, key: str) -> bool:
        return key in self._params or any(known.startswith(f"{key}.") for known in self._params)

    def _is_code(self, module: str, name: str) -> bool:
        """Whether a module has the name of the section: ``train.py``, or ``train.fit`` in it."""
        files = [PurePosixPath(file) for file in self._pipeline.files]
        if any(file.name == f"{module}.{name}" for file in files):
            return True
        defined = re.compile(rf"^(?:async def|def|class) {re.escape(name)}\b|^{re.escape(name)}\b.*=", re.M)
        modules = [file for file in files if file.name == f"{module}.py"]
        return any(
            defined.search((self._pipeline.root / file).read_text(encoding="utf-8")) for file in modules
        )

    # Stages, targets, DAGs

    @cached_property
    def _stages(self) -> set[str]:
        names = {stage.name for stage in self._pipeline.graph.stages}
        return names | {name.partition("@")[0] for name in names}

    @cached_property
    def _targets(self) -> set[str]:
        files = [*self._pipeline.top.glob("Makefile"), *self._pipeline.top.glob("*.mk")]
        return {target for file in files for target in _TARGET.findall(file.read_text(encoding="utf-8"))}

    def _is_dag_id(self, name: str) -> bool:
        pipeline = self._pipeline.name
        return bool(pipeline) and name in {f"{pipeline}_{ending}" for ending in _DAG_ENDINGS}

    @cached_property
    def _dags(self) -> set[str]:
        return {dag["dag_id"] for parsed in parse_dags(self._pipeline.top).values() for dag in parsed["dags"]}


def _words(code: str) -> list[str]:
    try:
        return shlex.split(code)
    except ValueError:
        return []


def _missing_subcommand(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    import click

    from trimtab.cli.main import cli

    group: click.Command | None = cli
    for place, word in enumerate(words):
        if not isinstance(group, click.Group) or not re.fullmatch(r"[a-z][a-z-]*", word):
            return
        context = click.Context(group)
        known = group.list_commands(context)
        if word not in known:
            yield (
                f"There is no command 'trimtab {' '.join(words[: place + 1])}'{closest(word, known)}",
                "look at `trimtab --help`",
            )
            return
        group = group.get_command(context, word)
