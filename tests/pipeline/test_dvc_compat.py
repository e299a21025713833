"""Internals of DVC: one test per name that Trimtab uses and DVC does not promise.

A test that fails after an update of DVC says which name has moved. Adapt ``trimtab.pipeline.dvc_compat``.
"""

from __future__ import annotations

import pytest
from dvc.repo import Repo

from trimtab.errors import ProjectError
from trimtab.pipeline.dvc_compat import (
    HOOKS,
    LOAD_TEMPLATE_FILE,
    Hook,
    hooked,
    plot_definitions,
    read_only_repo,
    settings_files,
    template_key,
)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: f"{hook.owner}.{hook.name}")
def test_hook_exists_with_the_parameters_of_its_replacement(hook):
    _, attribute = hook.find()

    assert attribute is not None


def test_all_hooks_of_the_module_are_tested():
    import trimtab.pipeline.dvc_compat as module

    assert {value for value in vars(module).values() if isinstance(value, Hook)} == set(HOOKS)


@pytest.mark.parametrize(
    ("hook", "change"),
    [
        (Hook("dvc.repo.index.Index", "gone", (), "to test"), "Index.gone has moved: it is gone"),
        (Hook("dvc.repo.index.Gone", "load", (), "to test"), "Gone.load has moved: it is gone"),
        (Hook("dvc.gone", "load", (), "to test"), "dvc.gone.load has moved: it is gone"),
        (
            Hook("dvc.repo.index.Index", "from_file", ("cls", "path"), "to test"),
            "from_file has moved: its parameters are cls, repo, path",
        ),
    ],
)
def test_hook_that_has_moved_is_refused_with_the_name_and_the_purpose(hook, change):
    with pytest.raises(ProjectError, match=change) as refusal, hooked(hook, lambda original: original):
        pass

    assert "to test" in refusal.value.where


def test_hook_is_restored_after_an_error():
    owner, original = LOAD_TEMPLATE_FILE.find()

    def fail_while_hooked() -> None:
        with hooked(LOAD_TEMPLATE_FILE, lambda _: None):
            raise ValueError(vars(owner)["load_from"])

    with pytest.raises(ValueError, match="None"):
        fail_while_hooked()

    assert vars(owner)["load_from"] is original


def test_index_plots_has_the_plots_of_each_dvc_yaml(project):
    checkout = project(
        {
            "dvc.yaml": "stages: {a: {cmd: echo}}\nplots: [one.csv, {Loss: {x: step}}]\n",
            "sub/dvc.yaml": "plots: [two.csv]\n",
        }
    )

    with Repo(str(checkout.root)) as repo:
        definitions = plot_definitions(repo.index)

    plots = [plot for plots in definitions.values() for plot in plots]
    assert {next(iter(plot)) if isinstance(plot, dict) else plot for plot in plots} == {
        "Loss",
        "one.csv",
        "two.csv",
    }


def test_settings_files_are_those_of_dvc_and_the_ignore_file_of_git(project):
    checkout = project({"dvc.yaml": "stages: {a: {cmd: echo}}\n"})

    with Repo(str(checkout.root)) as repo:
        files = settings_files(repo)

    assert {".dvc/config", ".dvc/config.local"} <= set(files)
    assert any(file.endswith("git/ignore") for file in files)


def test_read_only_repo_replaces_nothing_if_the_folder_is_writable(project):
    checkout = project({"dvc.yaml": "stages: {a: {cmd: echo}}\n"})

    with read_only_repo(checkout.root), Repo(str(checkout.root)) as repo:
        assert repo.tmp_dir == str(checkout.root / ".dvc" / "tmp")


def test_template_key_is_found_in_the_frames_of_dvc_parsing(project):
    checkout = project({"dvc.yaml": "vars: [{x: 5}]\nstages: {a: {matrix: {y: '${x}'}, cmd: x}}"})

    with pytest.raises(TypeError) as raised, Repo(str(checkout.root)) as repo:
        _ = repo.index.stages

    assert template_key(raised.value) == "stages.a"


def test_template_key_of_an_error_from_elsewhere_is_empty():
    assert template_key(ValueError("elsewhere")) == ""
