"""The installed packages, and how they differ from an earlier environment."""

from __future__ import annotations

import platform

import pytest

from trimtab.registry.provenance.python_environment import environment_changes, environment_lock


def test_environment_lock_pins_each_package_once_in_order():
    first, *packages = environment_lock().splitlines()
    names = [package.partition("==")[0] for package in packages]

    assert first.startswith(f"# Python {platform.python_version()}, ")
    assert f"pytest=={pytest.__version__}" in packages
    assert names == sorted(set(names))


def test_environment_without_a_change_has_none():
    assert list(environment_changes(environment_lock())) == []


def test_environment_changes_name_each_package_that_is_new_gone_or_of_another_version():
    pinned = f"pytest=={pytest.__version__}\n"
    before = environment_lock().replace(pinned, "pytest==0.1\n")

    assert list(environment_changes(f"{before}gone==2.0\n")) == [
        "gone was 2.0, is not installed",
        f"pytest was 0.1, is {pytest.__version__}",
    ]
    assert list(environment_changes(environment_lock().replace(pinned, ""))) == [
        f"pytest was not installed, is {pytest.__version__}"
    ]
