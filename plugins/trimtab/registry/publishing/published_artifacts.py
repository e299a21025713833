"""Artifacts that the project's own functions publish with a model: metrics, tags and files of the run."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from trimtab.errors import ConfigError, ProjectError
from trimtab.extension import is_extension, is_finite_number, load_extension, require_function
from trimtab.pipeline.graph import Artifact, Graph, Project
from trimtab.registry.provenance import ENVIRONMENT
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.publishing.model_artifacts import published_artifacts
from trimtab.registry.tracking import PATCH

PREFIX = "published."  # of the tags, between the library's prefix and the name of the artifact
LONGEST_NAME, LONGEST_TAG = 100, 5000  # characters
_NAME = re.compile(r"[\w.-]+")  # what MLflow accepts in every kind of name


@dataclass(frozen=True)
class Published:
    """What a function of the project publishes of an artifact, with the run of the model.

    Attributes:
        metrics: Metrics of the run; the name of the artifact and a dot precede each name.
        tags: Tags of run and version; ``trimtab.published.``, the name of the artifact and a dot precede
            each name.
        files: Files of the run: the artifact, or files in it. They keep their paths in the project.
    """

    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[Path] = ()


@dataclass(frozen=True)
class Publisher:
    """A function of the project that publishes an artifact.

    Attributes:
        extension: Its name, ``module:name``.
        function: The function of the artifact's path.
    """

    extension: str
    function: Callable[[Path], Any]


def load_publishers(root: Path) -> dict[str, Publisher]:
    """Return the functions that publish the artifacts of a checkout, by name of the artifact.

    Only the checkout that runs says what may execute: see docs/decisions/0022.

    Args:
        root: The root of the checkout.

    Raises:
        ConfigError: A function cannot be imported, or is none.
        ProjectError: The folder is no DVC project.
    """
    declared = {each.name: _extension(each) for each in published_artifacts(Project(root).graph())}
    found = {}
    for artifact, name in declared.items():
        loaded = load_extension(name, root, declared=set(declared.values()))
        found[artifact] = Publisher(name, require_function(name, loaded, where=_where(artifact)))
    return found


def with_published_artifacts(
    candidate: Candidate, graph: Graph, publishers: Mapping[str, Publisher]
) -> Candidate:
    """Return the candidate with what the project's functions publish of its artifacts.

    Args:
        candidate: The candidate.
        graph: Its pipeline.
        publishers: The functions that the checkout declares, by name of the artifact.

    Raises:
        ConfigError: The checkout does not declare this function for an artifact.
        ProjectError: A function fails, or what it returns cannot be published.
    """
    metrics, tags, files = dict(candidate.metrics), dict[str, str](), dict(candidate.files)
    for artifact in published_artifacts(graph):
        publisher = publishers.get(artifact.name)
        if publisher is None or publisher.extension != _extension(artifact):
            raise ConfigError(
                f"The checkout does not declare '{_extension(artifact)}' for the artifact '{artifact.name}'",
                where=_where(artifact.name),
                fix="declare it in dvc.yaml in a commit; nothing of it was executed",
            )
        path = candidate.root / artifact.path
        published = _publish(publisher, path, artifact.name)
        problems = list(_problems(published, path, candidate.root, artifact.name, metrics))
        if problems:
            raise _refused(publisher, artifact.name, "; ".join(problems))
        metrics |= {f"{artifact.name}.{name}": float(value) for name, value in published.metrics.items()}
        tags |= {f"{PREFIX}{artifact.name}.{name}": value for name, value in published.tags.items()}
        files |= {
            file.relative_to(candidate.root).as_posix(): file
            for file in _files(published, path)
            if not any(file.is_relative_to(folder) for folder in candidate.files.values())
        }
    key = _extend_key(candidate, metrics, tags, files)
    return replace(candidate, metrics=metrics, tags=tags, files=files, key=key)


def _extend_key(
    candidate: Candidate,
    metrics: Mapping[str, float],
    tags: Mapping[str, str],
    files: Mapping[str, Path],
) -> str:
    """Return the content key with what is published added, so that other values are another version.

    A candidate for which nothing is published keeps its key.
    """
    added = {name: value for name, value in metrics.items() if name not in candidate.metrics}
    if not added and not tags and len(files) == len(candidate.files):
        return candidate.key
    content = json.dumps([candidate.key, added, tags, sorted(files)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _extension(artifact: Artifact) -> str:
    name = artifact.meta["publish"]
    if not isinstance(name, str) or not is_extension(name):
        raise ConfigError(
            f"`publish` does not have the form `module:name`: {name!r}",
            where=_where(artifact.name),
            fix="name a function of the artifact's path, such as `extensions.costs:publish`",
        )
    return name


def _publish(publisher: Publisher, path: Path, name: str) -> Published:
    try:
        published = publisher.function(path)
    except Exception as err:
        raise ProjectError(
            f"The function '{publisher.extension}' fails on the artifact '{name}': {err!r}",
            where=str(path),
            fix="correct the function; nothing has been registered",
        ) from err
    if not isinstance(published, Published):
        raise _refused(publisher, name, f"it returns {published!r}")
    if not (
        isinstance(published.metrics, Mapping)
        and isinstance(published.tags, Mapping)
        and isinstance(published.files, list | tuple)
        and all(isinstance(file, Path) for file in published.files)
    ):
        raise _refused(
            publisher, name, f"its metrics or tags are no mapping, or its files no paths: {published!r}"
        )
    return published


def _problems(
    published: Published, path: Path, root: Path, artifact: str, known: Mapping[str, float]
) -> Iterator[str]:
    for name in [*published.metrics, *published.tags]:
        if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            yield f"a name has other characters than letters, digits, `_`, `.` and `-`: {name!r}"
    for name, value in published.metrics.items():
        if not is_finite_number(value):
            yield f"the metric '{name}' is no finite number: {value!r}"
        if f"{artifact}.{name}" in known:
            yield f"another metric has the name '{artifact}.{name}'"
    for name, text in published.tags.items():
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TAG:
            yield f"the tag '{name}' is no text of 1 to {LONGEST_TAG} characters"
    for file in _files(published, path):
        if not file.is_relative_to(path) or not file.is_file():
            yield f"the file is not in the artifact: {file}"
        elif file.relative_to(root).as_posix() in (ENVIRONMENT, PATCH):
            yield f"the library writes a file of this name: {file.name}"


def _files(published: Published, path: Path) -> list[Path]:
    """Return the files without `..`; outputs may be links into DVC's cache, so links are not followed."""
    return [Path(os.path.normpath(path / file)) for file in published.files]


def _where(artifact: str) -> str:
    return f"dvc.yaml: artifacts.{artifact}.meta.publish"


def _refused(publisher: Publisher, artifact: str, problem: str) -> ProjectError:
    return ProjectError(
        f"What '{publisher.extension}' returns for the artifact '{artifact}' cannot be published: {problem}",
        where=_where(artifact),
        fix="return trimtab.registry.Published(metrics, tags, files); nothing has been registered",
    )
