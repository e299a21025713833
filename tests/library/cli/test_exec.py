"""The command `trimtab exec`: the same environment under `dvc repro`, `trimtab run` and in a sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.library.pipeline.dvc_comparison import assert_same, run_here, written_files
from trimtab.cli.main import cli
from trimtab.errors import ConfigError, ProjectError
from trimtab.params_file import load_yaml

CLI = [sys.executable, "-m", "trimtab.cli"]


@pytest.fixture(autouse=True)
def caches(request, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    if "slow" not in request.keywords:  # no package is installed
        monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/")


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "project"
    (folder / ".dvc").mkdir(parents=True)
    (folder / "empty.lock").touch()
    monkeypatch.chdir(folder)
    return folder


def test_command_runs_in_the_environment_with_its_arguments_and_exit_code(root):
    script = (
        "import json, os, sys;"
        "print(json.dumps([sys.prefix, os.environ['VIRTUAL_ENV'], sys.argv[1:]]));"
        "sys.exit(7)"
    )
    command = [
        *CLI,
        "exec",
        "--environment",
        "empty.lock",
        "--",
        "python",
        "-c",
        script,
        "--json",
        "a b",
        "--",
        "-x",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    prefix, variable, args = json.loads(done.stdout)
    assert prefix == variable != sys.prefix
    assert args == ["--json", "a b", "--", "-x"]
    assert done.returncode == 7


def test_program_that_does_not_exist_is_refused(root):
    with pytest.raises(ConfigError, match="The program does not exist: no-such-program"):
        CliRunner().invoke(
            cli, ["exec", "--environment", "empty.lock", "no-such-program"], catch_exceptions=False
        )


def test_folder_without_a_project_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectError, match="in no DVC project"):
        CliRunner().invoke(cli, ["exec", "--environment", "x.lock", "true"], catch_exceptions=False)


@pytest.mark.parametrize("args", [["python"], ["--environment", "empty.lock"]])
def test_environment_and_command_are_required(root, args):
    assert CliRunner().invoke(cli, ["exec", *args]).exit_code == 2


@pytest.mark.slow
def test_stage_has_the_same_result_under_dvc_repro_and_trimtab_run_and_in_a_sandbox(
    project, tmp_path, monkeypatch
):
    """The lock has another version of tabulate than the environment of DVC and Trimtab."""
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    lock = "tabulate==0.8.9 --hash=sha256:d7c013fe7abbc5e491394e10fa845f8f32fe54f8dc60c6622c6cf482d25d47e4\n"
    checkout = project(
        {
            "dvc.yaml": """\
stages:
  own:
    cmd: trimtab exec --environment team.lock -- python version.py > own
    deps: [version.py, team.lock]
    outs: [own]
  main:
    cmd: python version.py > main
    deps: [version.py]
    outs: [main]
""",
            "version.py": "import tabulate; print(tabulate.__version__)\n",
            "team.lock": lock,
        }
    )
    beside, on_worker = (checkout.copy(tmp_path / name) for name in ("beside", "worker"))

    with beside.dvc() as repo:
        repo.reproduce()
    run_here(checkout)
    in_sandboxes = on_worker.run_all()

    assert checkout.read("own") == "0.8.9\n" != checkout.read("main")
    assert_same(written_files(checkout), written_files(beside))
    locked = load_yaml(beside.root / "dvc.lock")["stages"]["own"]
    assert sorted(in_sandboxes.ran) == ["main", "own"]
    assert in_sandboxes.entries["own"]["cmd"] == locked["cmd"]
    assert in_sandboxes.entries["own"]["outs"][0]["md5"] == locked["outs"][0]["md5"]
    assert "team.lock" in checkout.read("dvc.lock")
    assert set(checkout.states().values()) == {"unchanged"}
    checkout.write({"team.lock": f"{lock}# changed\n"})
    assert checkout.states() == {"own": "run", "main": "unchanged"}
