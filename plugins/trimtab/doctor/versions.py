"""Check the versions of Python and of packages against the ranges that the library declares."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, version

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from trimtab.doctor.finding import Finding

NAME = "trimtab"


def check_versions() -> Iterator[Finding]:
    """Check Python, the dependencies, and of the extras those packages that are installed."""
    try:
        library = distribution(NAME)
    except PackageNotFoundError:
        yield Finding(
            "versions", "warning", f"{NAME} runs from a folder that is not installed", f"pip install {NAME}"
        )
        return
    supported, python = library.metadata["Requires-Python"] or "", platform.python_version()
    if python not in SpecifierSet(supported, prereleases=True):
        yield Finding("Python", "error", f"{python}, supported is {supported}", f"use Python {supported}")
    else:
        yield Finding("Python", "ok", f"{python}, {NAME} {library.version}")
    problems = list(_problems(library.requires or []))
    yield from problems
    if not problems:
        yield Finding("packages", "ok", f"{len(library.requires or [])} declared ranges hold")


def _problems(requirements: list[str]) -> Iterator[Finding]:
    for requirement in map(Requirement, requirements):
        optional = requirement.marker is not None and "extra" in str(requirement.marker)
        if requirement.marker and not optional and not requirement.marker.evaluate():
            continue
        name, supported = requirement.name, requirement.specifier
        try:
            found = version(name)
        except PackageNotFoundError:
            if not optional:
                yield Finding(name, "error", "it is not installed", f"pip install '{name}{supported}'")
            continue
        if not supported.contains(found, prereleases=True):
            yield Finding(
                name, "error", f"{found}, supported is {supported}", f"pip install '{name}{supported}'"
            )
