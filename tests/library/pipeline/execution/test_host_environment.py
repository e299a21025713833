"""The environment that stages run in."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.metadata import version

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.execution.host_environment import HostEnvironment, current_environment


def test_packages_have_the_versions_that_python_imports():
    packages = current_environment().packages
    assert {name: packages[name] for name in ("dvc", "ruamel-yaml", "click")} == {
        name: version(name) for name in ("dvc", "ruamel-yaml", "click")
    }


def test_first_folder_of_the_path_counts(tmp_path, monkeypatch):
    for folder, number in (("one", "2.0"), ("two", "1.0")):
        (tmp_path / folder / f"My_Pkg-{number}.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "one"), str(tmp_path / "two"), "/nowhere"])

    assert current_environment.__wrapped__().packages == {"my-pkg": "2.0"}


def test_digest_is_equal_on_another_host_and_differs_with_a_package():
    here = current_environment()
    assert replace(here, host="other").digest == here.digest
    assert replace(here, packages={"numpy": "1"}).digest != here.digest


def test_environment_survives_a_round_trip():
    here = current_environment()
    assert HostEnvironment.from_dict(here.to_dict(), where="") == here


@pytest.mark.parametrize(
    "values", [None, [], {}, {"host": "h", "python": 3, "platform": "p", "packages": {}}]
)
def test_value_that_is_no_environment_is_refused(values):
    with pytest.raises(ProjectError, match="no environment of a run"):
        HostEnvironment.from_dict(values, where="XCom")
