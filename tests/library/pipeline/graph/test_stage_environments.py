"""The lock files of stages with an environment of their own."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError, ProjectError
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.stage import Output, Stage
from trimtab.pipeline.graph.stage_environments import (
    check_environment_locks,
    check_environments,
    environment_locks,
)

LOCK = f"tabulate==0.9.0 --hash=sha256:{'0' * 64}\n"


def stage(*cmd: str, deps: tuple[str, ...] = (), wdir: str = ".", **settings: object) -> Stage:
    return Stage("train", cmd=cmd, deps=deps, wdir=wdir, meta={"trimtab": settings})


@pytest.fixture
def root(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.lock").write_text(LOCK)
    return tmp_path


@pytest.mark.parametrize(
    "cmd",
    [
        "trimtab exec --environment b.lock -- python train.py",
        "trimtab exec --environment=b.lock python train.py --environment other",
        "/opt/bin/trimtab exec --environment 'b.lock' -- python train.py",
        "python -m trimtab.cli exec --environment b.lock -- python train.py",
        "cd x && trimtab exec \\\n  --environment b.lock \\\n -- python train.py",
    ],
)
def test_lock_of_a_command_is_found_relative_to_the_working_folder(cmd):
    assert environment_locks(stage(cmd, wdir="sub")) == ["sub/b.lock"]


@pytest.mark.parametrize(
    "cmd",
    [
        "python train.py --environment b.lock",
        "trimtab gate data --environment b.lock",
        "trimtab exec -- python train.py --environment b.lock",
    ],
)
def test_command_without_an_environment_has_no_lock(cmd):
    assert environment_locks(stage(cmd)) == []


@pytest.mark.parametrize("dependency", ["sub/b.lock", "sub"])
def test_lock_that_is_a_dependency_is_accepted(root, dependency):
    found = stage("trimtab exec --environment sub/b.lock -- x", deps=(dependency,))
    check_environments(Graph((found,), ()))
    check_environment_locks(root, Graph((found,), ()))


def test_lock_that_is_no_dependency_is_refused():
    with pytest.raises(ProjectError, match=r"sub/b\.lock, which is no dependency") as err:
        check_environments(Graph((stage("trimtab exec --environment sub/b.lock -- x"),), ()))
    assert "add sub/b.lock to its deps" in err.value.fix


def test_lock_that_a_stage_makes_is_refused():
    maker = Stage("lock", cmd=("x",), outs=(Output("sub/b.lock"),))
    user = stage("trimtab exec --environment sub/b.lock -- x", deps=("sub/b.lock",))
    with pytest.raises(ProjectError, match="is data that DVC tracks"):
        check_environments(Graph((maker, user), (("lock", "train"),)))


@pytest.mark.parametrize(
    ("lock", "problem"),
    [("missing.lock", "cannot be read"), ("../b.lock", "outside of the project")],
)
def test_lock_that_cannot_be_used_is_refused(root, lock, problem):
    found = stage(f"trimtab exec --environment {lock} -- x", deps=(lock,))
    with pytest.raises(ConfigError, match=problem):
        check_environment_locks(root, Graph((found,), ()))


def test_environment_in_meta_is_refused_with_the_command_to_write():
    with pytest.raises(ProjectError, match=r"unknown key in meta\.trimtab: 'environment'") as err:
        check_environments(Graph((stage("python x.py", environment="sub/b.lock"),), ()))
    assert "trimtab exec --environment sub/b.lock -- …" in err.value.fix
