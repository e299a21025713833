"""The record of a run, compared with `dvc repro` at the same revision and params."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from dvc.repo.experiments.show import show
from ruamel.yaml import YAML

from tests.library.pipeline.dvc_comparison import assert_same, checkout_files
from tests.library.pipeline.stage_kinds import STAGES, every_kind, pipeline
from trimtab.errors import StageError
from trimtab.pipeline.git.revision import Revision, pin_revision
from trimtab.pipeline.record.checkout import check_out
from trimtab.pipeline.record.record import Record, experiment_name, record_run

Yaml = dict[str, Any]
JUDGE = ["mkdir report", "cp metrics.json report/other.json"]


def change_what_makes_no_difference(stages: Yaml, params: Yaml) -> None:
    params["draw"]["word"] = "train"
    params["judge"]["limit"] = 0.9
    stages["draw"]["desc"] = "Draw anew."
    stages["clean"]["cmd"] = stages["clean"]["cmd"].replace("cat", "cat -u")


def change_shape_of_commands(stages: Yaml, params: Yaml) -> None:
    stages["clean"]["cmd"] += "\necho more >> data/clean.txt\n"
    stages["judge"]["cmd"] = JUDGE


def add_an_output_the_command_always_wrote(stages: Yaml, params: Yaml) -> None:
    stages["judge"]["outs"] = ["report", "judged.txt"]


def add_inputs(stages: Yaml, params: Yaml) -> None:
    stages["draw"]["params"] = ["draw.rows", "draw.word"]
    stages["judge"]["deps"] = ["metrics.json", "data/source.txt"]


def take_away_inputs_and_outputs(stages: Yaml, params: Yaml) -> None:
    stages["clean"]["deps"] = ["data/rows.txt"]
    stages["judge"] = {"cmd": stages["judge"]["cmd"], "deps": ["metrics.json"]}


def depend_on_sections_and_files_of_params(stages: Yaml, params: Yaml) -> None:
    stages["draw"]["params"] = ["draw"]
    stages["judge"]["params"] = [{"params.yaml": None}]


def add_a_stage_in_the_middle(stages: Yaml, params: Yaml) -> None:
    stages["middle"] = {"cmd": "sort data/clean.txt > s.txt", "deps": ["data/clean.txt"], "outs": ["s.txt"]}
    stages["count"] = {
        "cmd": "printf 7 > metrics.json",
        "deps": ["s.txt"],
        "metrics": [{"metrics.json": {"cache": False}}],
    }


def rename_a_stage(stages: Yaml, params: Yaml) -> None:
    stages["verdict"] = stages.pop("judge")


def change_who_keeps_an_output(stages: Yaml, params: Yaml) -> None:
    stages["count"] = {**stages["count"], "metrics": ["metrics.json"]}
    stages["judge"]["outs"] = [{"report": {"cache": False}}]


def add_stages_that_lack_something(stages: Yaml, params: Yaml) -> None:
    stages["check"] = {"cmd": "test -s metrics.json", "deps": ["metrics.json"]}
    stages["note"] = {"cmd": "echo 1 > note.txt", "outs": ["note.txt"]}
    stages["always"] = {
        "cmd": "echo 1 > a.txt",
        "deps": ["params.yaml"],
        "outs": ["a.txt"],
        "always_changed": True,
    }


def use_params_of_every_type(stages: Yaml, params: Yaml) -> None:
    kinds = {
        "by_number": {0: "no", 1: "yes"},
        "rate": 1e-3,
        "endless": float("inf"),
        "none": None,
        "on": True,
    }
    params["kinds"] = {**kinds, "list": [1, [2, {"a": "b"}]], "text": "1e-3", "empty": {}, "many": "a\nb\n"}
    stages["draw"]["params"] = [f"kinds.{key}" for key in params["kinds"]]


def loop(stages: Yaml, params: Yaml) -> None:
    copy = {"cmd": "cp data/clean.txt ${item}.txt", "deps": ["data/clean.txt"], "outs": ["${item}.txt"]}
    join = {"cmd": "cat ${item.a}.txt > ${key}.out", "deps": ["${item.a}.txt"], "outs": ["${key}.out"]}
    stages["copy"] = {"foreach": ["x", "y"], "do": copy}
    stages["join"] = {"matrix": {"a": ["x", "y"], "b": [1, 2]}, **join}


EDITS = [
    change_what_makes_no_difference,
    change_shape_of_commands,
    add_an_output_the_command_always_wrote,
    add_inputs,
    take_away_inputs_and_outputs,
    depend_on_sections_and_files_of_params,
    add_a_stage_in_the_middle,
    rename_a_stage,
    change_who_keeps_an_output,
    add_stages_that_lack_something,
    use_params_of_every_type,
    loop,
]


FAST = {add_inputs, add_a_stage_in_the_middle, depend_on_sections_and_files_of_params, loop}


@pytest.mark.parametrize(
    "edit",
    [pytest.param(edit, marks=[] if edit in FAST else pytest.mark.slow) for edit in EDITS],
    ids=lambda edit: edit.__name__,
)
def test_recorded_dvc_lock_equals_the_one_of_dvc_repro_after_any_edit(
    project, tmp_path, edit: Callable[[Yaml, Yaml], None]
) -> None:
    checkout = project(ran=True)
    yaml = YAML(typ="safe", pure=True)
    pipeline, params = yaml.load(checkout.read("dvc.yaml")), yaml.load(checkout.read("params.yaml"))
    edit(pipeline["stages"], params)
    for path, content in {"dvc.yaml": pipeline, "params.yaml": params}.items():
        with (checkout.root / path).open("w") as file:
            yaml.dump(content, file)
    beside = checkout.copy(tmp_path / "beside")
    changed = beside.repro()

    run = checkout.run_all()

    assert checkout.show(run.record.commit, "dvc.lock") == beside.lock()
    assert set(run.ran) <= set(changed)


def test_recorded_dvc_lock_of_the_first_run_equals_the_one_of_dvc_repro(project, tmp_path):
    checkout = project()
    beside = checkout.copy(tmp_path / "beside")
    beside.repro()

    run = checkout.run_all()

    assert checkout.show(run.record.commit, "dvc.lock") == beside.lock()
    assert checkout.show(run.record.commit, "metrics.json") == beside.read("metrics.json")


def test_recorded_dvc_lock_with_set_params_equals_the_one_of_dvc_repro(project, tmp_path):
    checkout = project(ran=True)
    beside = checkout.copy(tmp_path / "beside")
    beside.edit("params.yaml", "rows: 3 ", "rows: 5 ")
    beside.repro()

    run = checkout.run_all({"draw.rows": 5})

    assert checkout.show(run.record.commit, "dvc.lock") == beside.lock()
    assert checkout.show(run.record.commit, "params.yaml") == beside.read("params.yaml")


def test_recorded_commit_is_up_to_date_in_a_fresh_clone(project, tmp_path):
    checkout = project()
    ignored = checkout.read(".gitignore") + "/metrics.json\n"  # which is an output that only git keeps
    checkout.write({".gitignore": ignored})
    run = checkout.run_all({"draw.rows": 5})

    clone = checkout.clone(tmp_path / "clone", run.record.commit)
    with clone.dvc() as repo:
        repo.checkout()

    assert clone.repro() == []
    assert "rows: 5" in clone.read("data/clean.txt")
    assert clone.git("status", "--porcelain") == ""


def test_dvc_exp_show_lists_the_run_under_its_baseline(project):
    checkout = project()

    run = checkout.run_all({"draw.rows": 5}, name="training-manual__2026-01-01T00:00:00+00:00")

    with checkout.dvc() as repo:
        baseline = next(row for row in show(repo) if row.rev == run.revision.baseline)
    (experiment,) = [found.revs[0] for found in baseline.experiments]
    assert (experiment.name, experiment.rev) == (run.record.experiment, run.record.commit)
    assert experiment.data.params["params.yaml"]["data"]["draw"]["rows"] == 5
    assert experiment.data.metrics["metrics.json"]["data"] == {"bytes": 38}


@pytest.mark.parametrize(
    "name", ["manual__2026-01-01T00:00:00+00:00", "a..b", "run.lock", "-x", "x/~1^{}?*[", "ü"]
)
def test_experiment_name_is_valid_in_git_for_any_run_name(name):
    subprocess.run(["git", "check-ref-format", f"refs/exps/aa/bb/{experiment_name(name)}"], check=True)


def test_incomplete_run_is_not_recorded(project):
    checkout = project(ran=True)
    graph, revision = checkout.graph(), pin_revision(checkout.root)
    entries = checkout.plan().unchanged
    del entries["count"]

    with pytest.raises(StageError, match="no result of count"):
        record_run(checkout.root, revision, graph, entries, name="run")

    assert checkout.git("for-each-ref", "refs/exps") == ""


def test_record_of_the_same_run_is_the_same_commit_and_changes_nothing_of_the_user(project):
    checkout = project(ran=True)
    checkout.edit("data/source.txt", "source", "not committed")
    before = checkout.state()
    run = checkout.run_all()

    again = record_run(checkout.root, run.revision, checkout.graph(), run.entries, name="dag-run")

    assert again == run.record
    assert checkout.state() == before


@pytest.mark.slow
def test_record_of_each_kind_of_stage_equals_dvc_repro(project, tmp_path):
    checkout = project(every_kind(but=("frozen", "own dependency")))
    beside = checkout.copy(tmp_path / "beside")
    # What no lock holds: a dependency made executable, an ignored file, who may execute a file in a folder.
    no_result = {"executable dependency/tool.sh", "ignored files in a folder/a/x.tmp", "executables/d/b.sh"}
    for name, source in (("first", "one\n"), ("second", "two\n")):
        for one in (checkout, beside):
            one.write({f"{kind}/source.txt": source for kind in STAGES})
        with beside.dvc() as repo:
            repo.reproduce(all_pipelines=True)

        run = checkout.run_all(name=name)

        check_out(checkout.root, name, tmp_path / name)
        both = [checkout_files(dataclasses.replace(checkout, root=tmp_path / name)), checkout_files(beside)]
        assert_same(*({path: found[path] for path in found.keys() - no_result} for found in both))
        checkout.git("read-tree", "--reset", "-u", run.record.commit)


def test_record_has_the_dvc_lock_of_each_dvc_yaml(project, tmp_path):
    checkout = project(
        {
            ".gitignore": "*.out\n",
            "one/dvc.yaml": "stages:\n  a:\n    cmd: echo 1 > a.out\n    outs: [a.out]\n",
            "two/dvc.yaml": """\
stages:
  b:
    wdir: deep
    cmd: cat ../../one/a.out > b.out
    deps: [../../one/a.out]
    outs: [b.out]
""",
            "two/deep/kept": "",
        }
    )
    beside = checkout.copy(tmp_path / "beside")
    with beside.dvc() as repo:
        repo.reproduce(all_pipelines=True)

    run = checkout.run_all()

    assert run.ran == ["one/dvc.yaml:a", "two/dvc.yaml:b"]
    for path in ("one/dvc.lock", "two/dvc.lock"):
        assert checkout.show(run.record.commit, path) == beside.read(path)


@pytest.mark.parametrize("links", ["symlink", "hardlink"])
def test_record_has_files_and_no_links_for_each_cache_type(project, links):
    stage = "a: {cmd: cp source.txt a.txt, deps: [source.txt], outs: [a.txt: {cache: false}]}"
    checkout = project(pipeline(stage, **{".dvc/config": f"[cache]\n    type = {links}\n"}))

    commit = checkout.run_all().record.commit

    assert checkout.git("ls-tree", commit, "a.txt").startswith("100644 blob ")


def test_record_is_read_from_the_xcom_of_an_earlier_release():
    xcom = {
        "commit": "a" * 40,
        "revision": "b" * 40,
        "experiment": "training-run-1",
        "lock_sha256": "c" * 64,
        "message": "Run training-run-1",
        "pinned": {"baseline": "b" * 40, "dirty": False, "overrides": {"train.depth": 5}},
        "files": {"dvc.lock": {"hash": "md5", "md5": "d" * 32, "size": 1}},
    }
    record = Record.from_dict(xcom)
    assert record.base == Revision("b" * 40, "b" * 40, dirty=False, overrides={"train.depth": 5})
    assert record.to_dict() == xcom
