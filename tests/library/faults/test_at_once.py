"""Several runs of one project at once, and beside `dvc repro`: each has the result it has alone."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.library.faults.child_processes import answer, in_child

if TYPE_CHECKING:
    from tests.library.conftest import Checkout

PIPELINE = {
    ".gitignore": "/rows.txt\n/parts\n/all.txt\n",
    "params.yaml": "rows: 1000\n",
    "dvc.yaml": """\
stages:
  draw:
    cmd: sleep 0.2; seq $(sed 's/.* //' params.yaml) > rows.txt
    params: [rows]
    outs: [rows.txt]
  split:
    cmd: mkdir parts; sleep 0.2; split -l 100 rows.txt parts/p
    deps: [rows.txt]
    outs: [parts]
  join:
    cmd: sleep 0.2; cat parts/* > all.txt
    deps: [parts]
    outs: [all.txt]
  count:
    cmd: sleep 0.2; cat parts/* | wc -l > count.txt
    deps: [parts]
    metrics: [count.txt: {cache: false}]
""",
}


def expected(checkout: Checkout, rows: int) -> str:
    other = checkout.copy(checkout.root.parent / f"alone-{rows}")
    other.edit("params.yaml", "rows: 1000", f"rows: {rows}")
    other.repro()
    return other.lock()


def at_once(checkout: Checkout, runs: list[dict[str, Any]]) -> list[str]:
    """Run once for each params, each in its own process; return their dvc.lock texts."""
    children = [
        in_child(lambda n=n, params=params: checkout.run_all(params, name=f"run-{n}").record.commit)
        for n, params in enumerate(runs)
    ]
    commits = [answer(*child) for child in children]
    assert all(commits), "a run failed"
    return [checkout.show(commit, "dvc.lock") for commit in commits]


@pytest.mark.slow
def test_three_equal_runs_at_once_write_the_dvc_lock_of_one(project) -> None:
    checkout = project(PIPELINE)
    assert set(at_once(checkout, [{}, {}, {}])) == {expected(checkout, 1000)}


@pytest.mark.slow
def test_runs_with_different_params_at_once_write_their_own_dvc_lock(project) -> None:
    checkout = project(PIPELINE)
    rows = [1000, 500, 700, 1000]
    wanted = {n: expected(checkout, n) for n in set(rows)}
    assert at_once(checkout, [{"rows": n} for n in rows]) == [wanted[n] for n in rows]


@pytest.mark.slow
def test_runs_of_different_revisions_at_once_write_their_own_dvc_lock(project) -> None:
    checkout = project(PIPELINE)
    checkout.edit("params.yaml", "1000", "300")
    dirty = in_child(lambda: checkout.run_all(name="dirty").record.commit)
    clean = checkout.clone(checkout.root.parent / "clean", "HEAD")
    committed = in_child(lambda: clean.run_all(name="committed").record.commit)
    locks = [checkout.show(answer(*dirty), "dvc.lock"), clean.show(answer(*committed), "dvc.lock")]
    checkout.edit("params.yaml", "300", "1000")
    assert locks == [expected(checkout, 300), expected(checkout, 1000)]


@pytest.mark.slow
def test_runs_beside_dvc_repro_write_the_same_dvc_lock(project) -> None:
    checkout = project(PIPELINE)
    wanted = expected(checkout, 1000)
    local = subprocess.Popen(["dvc", "repro", "--force"], cwd=checkout.root, stdout=subprocess.DEVNULL)
    locks = at_once(checkout, [{"rows": 700}, {}, {"rows": 1000}])
    assert local.wait() == 0
    assert locks == [expected(checkout, 700), wanted, wanted]
    assert checkout.lock() == wanted
    assert checkout.repro() == []


@pytest.mark.slow
def test_second_local_run_at_once_is_refused_or_up_to_date(project) -> None:
    checkout = project(PIPELINE)
    command = ["trimtab", "run", "--jobs", "2"]
    running = [
        subprocess.Popen(command, cwd=checkout.root, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    ends = [(process.communicate()[1], process.returncode) for process in running]
    assert 0 in [code for _, code in ends]
    for text, code in ends:
        assert code == 0 or ("busy" in text and "Traceback" not in text), text
    assert checkout.lock() == expected(checkout, 1000)
    assert checkout.repro() == []


@pytest.mark.slow
def test_local_run_beside_dvc_repro_writes_the_same_dvc_lock(project) -> None:
    checkout = project(PIPELINE)
    commands = [["trimtab", "run", "--jobs", "2"], ["dvc", "repro"]]
    running = [
        subprocess.Popen(command, cwd=checkout.root, stderr=subprocess.PIPE, text=True)
        for command in commands
    ]
    ends = [(process.communicate()[1], process.returncode) for process in running]
    assert 0 in [code for _, code in ends]
    assert "Traceback" not in ends[0][0]
    subprocess.run(commands[0], cwd=checkout.root, check=True)
    assert checkout.lock() == expected(checkout, 1000)
    assert checkout.repro() == []
