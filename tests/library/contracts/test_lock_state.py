"""The lock entries, compared with the commit; no data is there."""

from __future__ import annotations

import shutil

from trimtab.contracts.checked_project import CheckedProject
from trimtab.contracts.lock_state import check_lock_state


def changes(checkout) -> list[str]:
    root = checkout.root.resolve()
    start = "The lock entry of the stage "
    return [problem.what.removeprefix(start) for problem in check_lock_state(CheckedProject(root, root))]


def without_data(project):
    """The standard project after a run, as CI clones it: without the cache and the outputs."""
    checkout = project(ran=True)
    shutil.rmtree(checkout.root / ".dvc" / "cache")
    for path in ("data/rows.txt", "data/clean.txt", "report", "judged.txt"):
        target = checkout.root / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    return checkout


def test_lock_of_a_run_is_up_to_date_without_data(project):
    assert changes(without_data(project)) == []


def test_folder_of_git_with_an_output_in_it_is_not_compared_without_the_output(project):
    files = {
        ".gitignore": "/data/copy.txt\n/all.txt\n",
        "data/source.txt": "source\n",
        "dvc.yaml": """\
stages:
  copy: {cmd: cp data/source.txt data/copy.txt, deps: [data/source.txt], outs: [data/copy.txt]}
  all: {cmd: cat data/*.txt > all.txt, deps: [data], outs: [all.txt]}
""",
    }
    checkout = project(files, ran=True)
    shutil.rmtree(checkout.root / ".dvc" / "cache")
    (checkout.root / "data" / "copy.txt").unlink()
    assert changes(checkout) == []


def test_stage_that_never_ran_is_found(project):
    found = changes(project())
    assert found[0] == "'draw' is not up to date: there is none, the stage has never run"
    assert len(found) == 4


def test_changed_param_is_found(project):
    checkout = without_data(project)
    checkout.edit("params.yaml", "rows: 3", "rows: 4")
    assert changes(checkout) == ["'draw' is not up to date: draw.rows: 3 → 4"]


def test_changed_file_of_git_is_found(project):
    checkout = without_data(project)
    checkout.edit("data/source.txt", "source", "other")
    assert changes(checkout) == ["'clean' is not up to date: data/source.txt changed"]


def test_dependency_that_does_not_exist_is_found(project):
    checkout = without_data(project)
    (checkout.root / "data" / "source.txt").unlink()
    (change,) = changes(checkout)
    assert change.startswith("'clean' is not up to date: ")
    assert "data/source.txt" in change


def test_changed_command_is_found(project):
    checkout = without_data(project)
    checkout.edit("dvc.yaml", "grep rows", "grep -e rows")
    assert changes(checkout) == ["'draw' is not up to date: cmd changed"]


def test_output_that_the_reader_has_with_another_hash_is_found(project):
    checkout = without_data(project)
    rows = checkout.locked("draw")["outs"][0]["md5"]
    first, _, rest = checkout.lock().partition(rows)
    checkout.write({"dvc.lock": f"{first}{'f' * 32}{rest}"})
    assert changes(checkout) == ["'clean' is not up to date: data/rows.txt changed"]


def test_metric_of_git_that_a_person_edited_is_found(project):
    checkout = without_data(project)
    checkout.edit("metrics.json", "bytes", "octets")
    assert "'count' is not up to date: metrics.json is not what the stage wrote" in changes(checkout)


def test_param_that_does_not_exist_is_found(project):
    checkout = without_data(project)
    checkout.edit("params.yaml", "  limit: 0.5", "  bound: 0.5")
    (change,) = changes(checkout)
    assert change.startswith("'judge' is not up to date: The param 'judge.limit' does not exist")


def test_problem_names_the_lock_and_the_command(project):
    root = without_data(project).root.resolve()
    (root / "data/source.txt").write_text("other\n")
    (problem,) = check_lock_state(CheckedProject(root, root))
    assert problem.where == "dvc.lock: stages.clean"
    assert problem.fix == "run `dvc repro`, `dvc push`, and commit dvc.lock"


def test_contract_changes_no_file(project):
    checkout = without_data(project)
    before = checkout.state()
    assert changes(checkout) == []
    assert checkout.state() == before
