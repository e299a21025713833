"""The commands `trimtab plan`, `run`, `dag` and `checkout`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner
from dvc.exceptions import DvcException
from dvc.repo import Repo

from tests.library.pipeline.dvc_comparison import assert_same, written_files
from trimtab.cli.main import cli
from trimtab.errors import ProjectError


@pytest.mark.parametrize(
    ("command", "said"), [("plan", "no stages to run"), ("run", "no stages to run in"), ("dag", "no stages")]
)
def test_plan_and_run_of_a_project_without_stages_say_so(project, monkeypatch, command, said):
    monkeypatch.chdir(project({"dvc.yaml": ""}).root)

    shown = CliRunner().invoke(cli, [command], catch_exceptions=False)

    assert (shown.exit_code, shown.output.startswith(said)) == (0, True), shown.output


@pytest.mark.parametrize("command", ["plan", "run", "dag"])
def test_command_in_the_root_of_several_pipelines_names_their_folders(project, monkeypatch, command):
    root = project({"pipelines/late/.dvc/config": "", "pipelines/storms/.dvc/config": ""}).root
    monkeypatch.chdir(root)

    shown = CliRunner().invoke(cli, [command])

    said = shown.output if command == "dag" else shown.exception.fix
    assert "go to the folder of a pipeline: pipelines/late, pipelines/storms" in said


@pytest.mark.parametrize("command", ["plan", "run"])
def test_run_in_a_folder_without_dvc_yaml_is_refused_as_by_dvc_repro(project, monkeypatch, command):
    folder = project().root / "data"
    monkeypatch.chdir(folder)

    with pytest.raises(DvcException) as theirs, Repo() as repo:
        repo.reproduce()
    with pytest.raises(ProjectError) as ours:
        CliRunner().invoke(cli, [command], catch_exceptions=False)

    assert ours.value.what == str(theirs.value)
    assert "--all-pipelines" in ours.value.fix


def test_run_of_all_pipelines_works_in_any_folder(project, monkeypatch):
    files = {
        "dvc.yaml": "stages: {a: {cmd: echo 1 > a, outs: [a]}}",
        "sub/dvc.yaml": "stages: {b: {cmd: echo 2 > b, outs: [b]}}",
        "other/x": "",
    }
    checkout = project(files)
    monkeypatch.chdir(checkout.root / "other")

    shown = CliRunner().invoke(cli, ["run", "-P"], catch_exceptions=False)

    assert "2 ran" in shown.output
    assert (checkout.read("a"), checkout.read("sub/b")) == ("1\n", "2\n")
    assert CliRunner().invoke(cli, ["run", "-P", "a"]).exit_code == 2


def test_run_in_a_folder_does_not_run_stages_that_its_dvc_yaml_does_not_need(project, monkeypatch):
    files = {
        "dvc.yaml": "stages: {a: {cmd: echo 1 > a, outs: [a]}, no: {cmd: echo 1 > no, outs: [no]}}",
        "sub/dvc.yaml": "stages: {b: {cmd: cp ../a b, deps: [../a], outs: [b]}}",
    }
    root = project(files).root
    monkeypatch.chdir(root / "sub")

    CliRunner().invoke(cli, ["run"], catch_exceptions=False)

    assert ((root / "sub" / "b").exists(), (root / "no").exists()) == (True, False)


def test_checkout_in_a_subfolder_is_refused_with_the_root_of_the_project(project, monkeypatch):
    root = project().root
    monkeypatch.chdir(root / "data")

    with pytest.raises(ProjectError) as refusal:
        CliRunner().invoke(cli, ["dag"], catch_exceptions=False)

    assert refusal.value.fix == f"go to the root of the project: {root}"


def test_run_downstream_leaves_stale_upstream_stages_as_dvc_repro_does(project, monkeypatch, tmp_path):
    stages = "a: {cmd: echo 1 > a, outs: [a]}, b: {cmd: echo 1 > b, outs: [b]}"
    join = "c: {cmd: cat a b > c, deps: [a, b], outs: [c]}"
    checkout = project({"dvc.yaml": f"stages: {{{stages}, {join}}}"}, ran=True)
    checkout.write({"dvc.yaml": f"stages: {{{stages.replace('echo 1', 'echo 2')}, {join}}}"})
    beside = checkout.copy(tmp_path / "beside")
    with beside.dvc() as repo:
        repo.reproduce(["a"], downstream=True)
    monkeypatch.chdir(checkout.root)

    planned = CliRunner().invoke(cli, ["plan", "--downstream", "a"], catch_exceptions=False)
    shown = CliRunner().invoke(cli, ["run", "--downstream", "a"], catch_exceptions=False)

    assert "2 ran" in shown.output
    assert [line.split()[0] for line in planned.output.splitlines()[1:-2]] == ["a", "c"]
    assert checkout.read("c") == "2\n1\n"
    assert_same(written_files(checkout), written_files(beside))


def test_plan_ends_with_its_totals_and_the_models_to_train(project, monkeypatch):
    stages = "stages:\n  a: {cmd: echo 1 > a, outs: [a]}\n  b: {cmd: cp a b, deps: [a], outs: [b]}\n"
    models = "artifacts: {early: {path: a, type: model}, late: {path: b, type: model}, table: {path: b}}\n"
    checkout = project({"dvc.yaml": stages + models}, ran=True)
    monkeypatch.chdir(checkout.root)

    unchanged = CliRunner().invoke(cli, ["plan"], catch_exceptions=False).output.splitlines()
    checkout.write({"dvc.yaml": stages.replace("cp a b", "cp a  b") + models})
    changed = CliRunner().invoke(cli, ["plan"], catch_exceptions=False).output.splitlines()
    content = json.loads(CliRunner().invoke(cli, ["plan", "--json"], catch_exceptions=False).stdout)

    assert unchanged[-1] == "Plan: 0 to run, 0 to restore, 2 unchanged."
    assert changed[-2:] == ["Plan: 1 to run, 0 to restore, 1 unchanged.", "Models to train: late."]
    assert content["totals"] == {"run": 1, "restore": 0, "unchanged": 1}
    assert content["models"] == ["late"]


def test_run_with_a_log_encoding_that_lacks_our_symbols_succeeds(project):
    checkout = project()
    main = "from trimtab.cli.main import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", main, "run", "draw"],
        cwd=checkout.root,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"? draw it has never run\n")


def test_run_gives_the_same_reasons_as_the_plan(project, monkeypatch):
    monkeypatch.chdir(project().root)

    planned = CliRunner().invoke(cli, ["plan"], catch_exceptions=False)
    shown = CliRunner().invoke(cli, ["run"], catch_exceptions=False)

    assert "draw   run    it has never run" in planned.output
    assert "▸ draw it has never run\n" in shown.output


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "log"])
def test_run_shows_hostile_names_values_and_output_without_terminal_commands(project, monkeypatch, terminal):
    stage, out = "e\x1b[2J\u202eb", "o\u202e[red].txt"
    command = f"cp params.yaml '{out}'; printf '\\033]0;t\\007\\033[2J\\033[31m[/x]\\302\\233\\377\\n'"
    stages = {
        stage: {"cmd": command, "params": ["a.x"], "outs": [out]},
        "q": {"cmd": "true [/x]", "deps": [out]},
    }
    checkout = project({"params.yaml": "a: {x: '[/x] [a-z]+'}\n", "dvc.yaml": json.dumps({"stages": stages})})
    monkeypatch.chdir(checkout.root)
    if terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")

    def shown(command: str) -> str:
        done = CliRunner().invoke(cli, [command], catch_exceptions=False, color=True)
        left = re.sub(r"\x1b\[(\?25[lh]|\d*(;\d+)*[mAK])", "", done.output)  # rich's own
        assert not re.findall("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", left)
        assert r"e\u001b[2J\u202eb" in left
        return left

    shown("dag")
    shown("plan")
    assert "[/x]" in shown("run")
    checkout.edit("params.yaml", "[/x] [a-z]+", "[b][/y]+")
    assert re.search(r"a\.x: \[/x\] \[a-z\]\+ → \[b\]\[/y\]\+", shown("plan"))
