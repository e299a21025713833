"""What the options of the registry's commands stand for."""

from __future__ import annotations

import pytest

from trimtab.cli.registry_options import current_user, project_trusted_types, resolve_model
from trimtab.errors import ProjectError, RegistryError


def test_model_that_is_not_given_is_that_of_the_project(checkout):
    assert resolve_model(None) == checkout.name


def test_model_that_is_given_needs_no_project(client, contenders, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert resolve_model("contenders") == "contenders"


def test_unknown_model_is_refused_with_the_closest_one(client, contenders):
    with pytest.raises(RegistryError, match="'contender'; did you mean 'contenders'"):
        resolve_model("contender")


def test_folder_without_a_project_has_no_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectError):
        resolve_model(None)


def test_trusted_types_are_those_that_the_project_lists(checkout):
    assert project_trusted_types() == ()
    file = checkout.root / "dvc.yaml"
    file.write_text(file.read_text().replace("trusted_types: []", "trusted_types: [numpy.dtype]"))
    assert project_trusted_types() == ("numpy.dtype",)


def test_no_type_is_trusted_outside_of_a_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert project_trusted_types() == ()


def test_current_user_is_the_one_of_the_login(monkeypatch):
    monkeypatch.setenv("LOGNAME", "alice")
    assert current_user() == "alice"
