"""`trimtab run`, compared with `dvc repro` in a copy of the same checkout."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from dvc.exceptions import DvcException
from ruamel.yaml import YAML

from tests.library.pipeline.dvc2 import as_dvc_2_left_it
from tests.library.pipeline.dvc_comparison import EventRecorder, run_here
from tests.library.pipeline.stage_kinds import FILES, STAGES, every_kind, pipeline
from trimtab.errors import TrimtabError
from trimtab.pipeline.execution.process import CommandError


def test_first_run_equals_dvc_repro(project, as_dvc):
    assert as_dvc(project()).ran == ["draw", "clean", "count", "judge"]


def test_run_with_all_stages_up_to_date_writes_no_file(project, as_dvc):
    checkout = project(ran=True)
    before = checkout.state()

    assert set(as_dvc(checkout).states.values()) == {"unchanged"}
    assert checkout.state() == before


def test_edit_runs_only_the_stages_it_changes(project, as_dvc):
    checkout = project(ran=True)
    checkout.edit("data/source.txt", "source", "SOURCE")
    assert as_dvc(checkout).ran == ["clean", "count"]  # judge has its old metrics.json
    checkout.edit("params.yaml", "limit: 0.5", "limit: 0.6")
    assert as_dvc(checkout).ran == ["judge"]
    checkout.edit("dvc.yaml", "cat data/rows.txt", "cat -u data/rows.txt")
    assert as_dvc(checkout).ran == ["clean"]


def test_force_runs_all_stages(project, as_dvc):
    checkout = project(ran=True)

    assert as_dvc(checkout, force=True).ran == ["draw", "clean", "count", "judge"]


def test_target_runs_with_its_upstream_stages(project, as_dvc):
    checkout = project()

    assert as_dvc(checkout, "clean").ran == ["draw", "clean"]
    assert as_dvc(checkout, "clean", force=True).ran == ["draw", "clean"]
    assert as_dvc(checkout).ran == ["count", "judge"]


@pytest.mark.parametrize("jobs", [1, 4])
def test_dvc_lock_does_not_depend_on_the_number_of_jobs(project, as_dvc, jobs):
    fan = [
        f"s{n}: {{cmd: sleep 0.0{9 - n}; cp source.txt {n}.txt, deps: [source.txt], outs: [{n}.txt]}}"
        for n in range(9)
    ]
    made = ", ".join(f"{n}.txt" for n in range(9))
    join = f"join: {{cmd: 'cat ?.txt > all.txt', deps: [{made}], outs: [all.txt]}}"

    assert len(as_dvc(project(pipeline(join, *fan)), jobs=jobs).ran) == 10


@pytest.mark.slow
def test_each_kind_of_stage_equals_dvc_repro(project, as_dvc):
    checkout = project(every_kind())
    checkout.write({"frozen/a.txt": "one\n"})
    changed = {"source.txt": "two\n", "params.yaml": FILES["params.yaml"].replace("p: 1", "p: 2")}
    for edit in ({}, changed, {"source.txt": "one\n", **FILES}):
        checkout.write({f"{kind}/{path}": text for kind in STAGES for path, text in edit.items()})
        as_dvc(checkout, jobs=2)
    as_dvc(checkout, force=True)


def test_stages_of_several_dvc_yaml_files_run_in_order(project, as_dvc):
    checkout = project(
        {
            "dvc.yaml": "stages:\n  end: {cmd: cat one/a.txt b.txt > end.txt, deps: [one/a.txt, b.txt], outs: [end.txt]}\n",
            "one/dvc.yaml": "stages:\n  a: {cmd: cp ../source.txt a.txt, deps: [../source.txt], outs: [a.txt]}\n",
            "two/dvc.yaml": "stages:\n  b: {wdir: .., cmd: cp one/a.txt b.txt, deps: [one/a.txt], outs: [b.txt]}\n",
            "source.txt": "one\n",
        }
    )

    assert as_dvc(checkout).ran == ["one/dvc.yaml:a", "two/dvc.yaml:b", "end"]
    checkout.write({"source.txt": "two\n"})
    assert as_dvc(checkout, jobs=3).ran == ["one/dvc.yaml:a", "two/dvc.yaml:b", "end"]


def test_stage_and_folder_names_with_special_characters_equal_dvc_repro(project, as_dvc):
    each = "stages: {f: {foreach: ['a:b', c], do: {cmd: 'echo 1 > \"${item}\"', outs: ['${item}']}}}"
    checkout = project({"dvc.yaml": each, "my@dir/dvc.yaml": each, "it:is/dvc.yaml": each})

    assert len(as_dvc(checkout).ran) == 6
    assert as_dvc(checkout).ran == []
    assert as_dvc(checkout, "f@a:b", force=True).ran == ["f@a:b"]


def test_dependency_that_overlaps_with_outputs_equals_dvc_repro(project, as_dvc):
    checkout = project(
        pipeline(
            "a: {cmd: mkdir -p g/a && cp source.txt g/a/x, deps: [source.txt], outs: [g/a]}",
            "b: {cmd: mkdir -p g && cp source.txt g/b, deps: [source.txt], outs: [g/b]}",
            "around: {cmd: 'cat g/a/x g/b g/.gitignore > around.txt', deps: [g], outs: [around.txt]}",
            "inside: {cmd: cp g/a/x inside.txt, deps: [g/a/x], outs: [inside.txt]}",
        )
    )

    assert set(as_dvc(checkout, jobs=4).ran) == {"a", "inside", "b", "around"}
    checkout.write({"g/more": "by hand"})
    assert as_dvc(checkout).ran == ["around"]


def test_project_without_git_equals_dvc_repro(project, as_dvc):
    checkout = project(pipeline(STAGES["folder"]))
    shutil.rmtree(checkout.root / ".git")
    checkout.write({".dvc/config": "[core]\n    no_scm = True\n"})

    assert run_here(checkout)["a"].state == "ran"
    with checkout.dvc() as repo:
        assert repo.status() == {}


def test_project_below_the_root_of_git_equals_dvc_repro(project, as_dvc):
    checkout = project(
        pipeline(STAGES["folder"], STAGES["metrics"].replace("a:", "b:", 1)), below="below/here"
    )

    assert as_dvc(checkout).ran == ["a", "b"]
    assert checkout.git("status", "--porcelain", "--untracked-files").split() == [
        "??",
        "below/here/.gitignore",
        "??",
        "below/here/dvc.lock",
    ]


def test_autostage_stages_the_files_that_dvc_stages(project, as_dvc, tmp_path):
    checkout = project()
    checkout.write({".dvc/config": "[core]\n    autostage = true\n", ".gitignore": ""})
    checkout.commit()
    beside = checkout.copy(tmp_path / "beside")
    beside.repro()

    run_here(checkout)

    assert checkout.git("status", "--porcelain") == beside.git("status", "--porcelain")


SLOW = pytest.mark.slow


LOCKS = {
    "comments": lambda text: "# By hand.\n" + text.replace("deps:", "deps: # these"),
    "another style": lambda text: text.replace("schema: '2.0'", 'schema:   "2.0"').replace(
        "- path: data/rows.txt\n      hash: md5", "- hash: md5\n      path: 'data/rows.txt'"
    ),
    "datasets": lambda text: (
        text + "datasets:\n- name: far\n  type: url\n  url: s3://far\n  lock:\n    meta: {}\n    files: []\n"
    ),
    "an entry of no stage": lambda text: text + "  gone:\n    cmd: 'true'\n",
    "an entry of extra keys": lambda text: text.replace(
        "    outs:\n    - path: report\n", "    outs:\n    - path: old\n      md5: 0123\n    - path: report\n"
    ),
    "stages in another order": lambda text: re.sub(
        r"(?s)(  draw:.*?)(  clean:.*?)(  count:)", r"\2\1\3", text
    ),
    "no stages": lambda text: "schema: '2.0'\n",
}


@pytest.mark.parametrize(
    "lock", [pytest.param(lock, marks=[] if lock == "another style" else SLOW) for lock in LOCKS]
)
def test_dvc_lock_that_was_edited_by_hand_equals_dvc_repro(project, as_dvc, lock):
    checkout = project(ran=True)
    checkout.write({"dvc.lock": LOCKS[lock](checkout.lock())})
    as_dvc(checkout)
    checkout.edit("data/source.txt", "source", "SOURCE")
    as_dvc(checkout)
    (checkout.root / "report/report.json").unlink()
    as_dvc(checkout)


@pytest.mark.slow
def test_dvc_lock_of_dvc_2_equals_dvc_repro(project, as_dvc):
    """Entries of DVC 2 have no ``hash``, and text is hashed with normalized line ends."""
    checkout = project(
        pipeline(
            "a: {cmd: cp source.txt a.txt, deps: [source.txt], outs: [a.txt]}",
            "b: {cmd: mkdir -p b && cp a.txt b/x, deps: [a.txt], outs: [b]}",
            "c: {cmd: cp b/x c.txt, deps: [b], outs: [c.txt]}",
        )
    )
    checkout.write({"source.txt": "one\r\ntwo\r\n"})
    with checkout.dvc() as repo:
        repo.reproduce()
    as_dvc_2_left_it(checkout)
    as_dvc(checkout)
    as_dvc(checkout)
    for lost in ("a.txt", "b/x"):
        (checkout.root / lost).unlink()
        as_dvc(checkout)
    checkout.edit("dvc.yaml", "cp b/x c.txt", "cat b/x > c.txt")
    as_dvc(checkout)
    checkout.write({"source.txt": "one\ntwo\n"})  # the same, for DVC 2
    as_dvc(checkout)
    checkout.write({"source.txt": "three\n"})
    as_dvc(checkout)


@pytest.mark.slow
@pytest.mark.parametrize("old", [{"a"}, {"b", "c"}], ids=["upstream", "downstream"])
def test_dvc_lock_with_some_entries_of_dvc_2_equals_dvc_repro(project, as_dvc, old):
    checkout = project(
        pipeline(
            "a: {cmd: mkdir -p a && cp source.txt a/x, deps: [source.txt], outs: [a]}",
            "b: {cmd: mkdir -p b && cp a/x b/x, deps: [a], outs: [b: {cache: false}]}",
            "c: {cmd: cp b/x c.txt, deps: [b, a/x], metrics: [c.txt: {cache: false}]}",
        )
    )
    checkout.repro()
    as_dvc_2_left_it(checkout, stages=old)
    as_dvc(checkout)
    checkout.edit("dvc.yaml", "cp b/x c.txt", "cat b/x > c.txt")
    as_dvc(checkout)
    checkout.edit("dvc.yaml", "cp a/x b/x", "cat a/x > b/x")
    as_dvc(checkout, jobs=2)
    checkout.write({"source.txt": "two\r\n"})
    as_dvc(checkout, jobs=2)
    checkout.write({"source.txt": "one\n"})
    as_dvc(checkout)


def test_run_cache_entry_of_dvc_2_is_restored(project, as_dvc):
    checkout = project(
        pipeline("a: {cmd: mkdir -p a && cp source.txt a/x, deps: [source.txt], outs: [a]}"),
    )
    checkout.write({"source.txt": "one\r\n"})
    checkout.repro()
    as_dvc_2_left_it(checkout)
    checkout.edit("dvc.yaml", "cp source.txt", "cat source.txt >")
    assert as_dvc(checkout).ran == ["a"]
    checkout.edit("dvc.yaml", "cat source.txt >", "cp source.txt")

    assert as_dvc(checkout).ran == []


FAILS = {
    "command": (
        "bad: {cmd: 'echo half > bad.txt; exit 3', deps: [source.txt], outs: [bad.txt]}",
        "exit code 3",
    ),
    "one of several commands": (
        "bad: {cmd: ['true', 'false', 'touch no.txt'], outs: [no.txt]}",
        "exit code 1",
    ),
    "output not written": (
        "bad: {cmd: 'true', deps: [source.txt], outs: [bad.txt]}",
        "'bad.txt' does not exist",
    ),
    "dependency not there": (
        "bad: {cmd: touch bad.txt, deps: [none.txt], outs: [bad.txt]}",
        "'none.txt' does not exist",
    ),
    "dependency removed": (
        "bad: {cmd: 'mv source.txt b.txt', deps: [source.txt], outs: [b.txt]}",
        "not exist",
    ),
    "param not there": (
        "bad: {cmd: touch bad.txt, params: [none], outs: [bad.txt]}",
        "'none' does not exist",
    ),
    "params file not there": ("bad: {cmd: 'true', params: [none.toml: [a]]}", "does not exist"),
    "params file that is none": ("bad: {cmd: 'true', params: [source.txt: [a]]}", "'a' does not exist"),
    "param that cannot be hashed": ("bad: {cmd: 'true', params: [dates.yml: [day]]}", "cannot hash"),
    "output that git has": ("bad: {cmd: touch source.txt, outs: [source.txt]}", "tracked by git"),
    "folder that git has": ("bad: {cmd: mkdir -p kept && touch kept/x, outs: [kept]}", "tracked by git"),
    "binary metrics": ("bad: {cmd: 'printf \"\\\\0\\\\1\" > m.json', metrics: [m.json]}", "no text"),
    "pipe as output": ("bad: {cmd: mkfifo bad.txt, outs: [bad.txt]}", "neither a file nor a folder"),
    "ignore file in output": ("bad: {cmd: mkdir bad && touch bad/.dvcignore, outs: [bad]}", "dvcignore"),
    "ignore file in dependency": ("bad: {cmd: 'true', deps: [ignoring]}", "dvcignore"),
    "output ignored by DVC": ("bad: {cmd: touch x.tmp, outs: [x.tmp]}", "ignored"),
}


@pytest.mark.parametrize("kind", FAILS)
def test_run_fails_where_dvc_repro_fails_and_keeps_earlier_stages(project, tmp_path, kind):
    stage, why = FAILS[kind]
    files = {
        ".dvcignore": "*.tmp\n",
        "kept/y": "",
        "params.yaml": "p: 1\n",
        "dates.yml": "day: 2013-01-01\n",
        "ignoring/.dvcignore": "",
    }
    checkout = project(
        pipeline("a: {cmd: cp source.txt a.txt, deps: [source.txt], outs: [a.txt]}", stage, **files)
    )
    beside = checkout.copy(tmp_path / "beside")
    with pytest.raises(DvcException), beside.dvc() as repo:
        repo.reproduce()

    with pytest.raises(TrimtabError, match=why):
        run_here(checkout)

    locks = [
        path.read_text() if path.exists() else ""
        for path in (checkout.root / "dvc.lock", beside.root / "dvc.lock")
    ]
    assert locks[0] == locks[1]


def test_failed_stage_stops_downstream_stages_after_running_ones_ended(project, tmp_path):
    log = tmp_path / "log"
    checkout = project(
        pipeline(
            "bad: {cmd: sleep 0.3; exit 3, outs: [bad.txt]}",
            "after: {cmd: cp bad.txt after.txt, deps: [bad.txt], outs: [after.txt]}",
            f"slow: {{cmd: 'sleep 1; echo 1 > slow.txt; echo slow >> {log}', outs: [slow.txt]}}",
            "later: {cmd: cp slow.txt later.txt, deps: [slow.txt], outs: [later.txt]}",
        )
    )
    recorder = EventRecorder()

    with pytest.raises(CommandError) as caught:
        run_here(checkout, jobs=2, listener=recorder)

    assert caught.value.exit_code == 3
    assert log.read_text() == "slow\n"
    assert recorder.events[2:] == [("failed", "bad"), ("ran", "slow")]
    assert list(YAML(typ="safe").load(checkout.lock())["stages"]) == ["slow"]
    checkout.edit("dvc.yaml", "exit 3", "touch bad.txt")
    assert [name for name, outcome in run_here(checkout).items() if outcome.state == "ran"] == [
        "bad",
        "after",
        "later",
    ]


def test_independent_stages_run_in_parallel(project):
    stages = [
        f"s{n}: {{cmd: 'echo $$ >> ../all; while test $(wc -l < ../all) -lt 4; do sleep 0.05; done'}}"
        for n in range(4)
    ]

    assert len(run_here(project(pipeline(*stages)), jobs=4)) == 4


def other(checkout, *command: str) -> subprocess.Popen[str]:
    """Start a run of the checkout in another process, and wait until its stage runs."""
    process = subprocess.Popen(
        [Path(sys.executable).with_name(command[0]), *command[1:]],
        cwd=checkout.root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    deadline = time.monotonic() + 60
    while not (checkout.root.parent / "runs").exists():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


WAITS = pipeline(
    "first: {cmd: echo 1 > first.txt, outs: [first.txt]}",
    "a: {cmd: 'cp source.txt a.txt; touch ../runs; while test -e ../runs; do sleep 0.05; done', deps: [source.txt, first.txt], outs: [a.txt]}",
)
TRIMTAB, DVC = ("trimtab", "run"), ("dvc", "repro")


@pytest.mark.parametrize(
    ("one", "two"), [(DVC, TRIMTAB), pytest.param(TRIMTAB, DVC, marks=SLOW), (TRIMTAB, TRIMTAB)]
)
def test_second_run_in_a_checkout_is_refused(project, one, two):
    checkout = project(WAITS)
    first = other(checkout, *one)

    done = subprocess.run(
        [Path(sys.executable).with_name(two[0]), *two[1:]],
        cwd=checkout.root,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode != 0
    assert "is busy" in done.stdout + done.stderr
    (checkout.root.parent / "runs").unlink()
    assert first.wait(60) == 0, first.communicate()[0]
    with checkout.dvc() as repo:
        assert repo.status() == {}


@pytest.mark.parametrize(
    "signum",
    [pytest.param(signal.SIGINT, marks=SLOW), pytest.param(signal.SIGTERM, marks=SLOW), signal.SIGKILL],
)
def test_killed_run_leaves_no_process_and_keeps_finished_stages(project, as_dvc, signum):
    checkout = project(WAITS)
    process = other(checkout, *TRIMTAB)

    process.send_signal(signum)

    assert process.wait(30) != 0
    deadline = time.monotonic() + 20
    while left_behind := [p for p in psutil.process_iter() if _works_in(p, checkout.root)]:
        assert time.monotonic() < deadline, left_behind
        time.sleep(0.05)
    done = checkout.lock() if (checkout.root / "dvc.lock").exists() else ""
    assert ("first:" in done) == (signum != signal.SIGKILL)
    assert "  a:" not in done
    checkout.edit("dvc.yaml", "while test -e ../runs; do sleep 0.05; done", "true")
    as_dvc(checkout)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.cwd() == str(folder) and process.pid != os.getpid()
    except psutil.Error:
        return False
