"""The sandbox of a stage of a past run, opened for a person."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from trimtab.diagnosis.past_run import find_past_run
from trimtab.diagnosis.stage_shell import open_stage, run_in_stage
from trimtab.errors import ProjectError, StageError
from trimtab.pipeline.git import git

BROKEN = "cat data/rows.txt data/source.txt && exit 3; touch"


def broken(project):
    """A project whose stage `clean` fails, with uncommitted changes made after the run was pinned."""
    checkout = project()
    checkout.edit("dvc.yaml", "cat data/rows.txt data/source.txt >", BROKEN)
    checkout.commit("Break it")
    return checkout


def test_sandbox_of_a_failed_stage_has_code_params_and_inputs_of_its_run(project, airflow):
    checkout = broken(project)
    airflow(checkout, overrides={"draw.rows": 7})
    checkout.write({"data/source.txt": "edited since\n"})

    with open_stage(checkout.root, find_past_run(checkout.root, "training/failed"), "clean") as opened:
        there = opened.root
        assert (there / "data/source.txt").read_text() == "source\n"
        assert "rows: 7" in (there / "params.yaml").read_text()
        assert "rows: 7" in (there / "data/rows.txt").read_text()
        assert not (there / "data/clean.txt").exists()
        assert opened.stage.cmd == (f"{BROKEN} data/clean.txt",)
        assert opened.env["TRIMTAB_DAG_RUN"] == "training/failed"
        assert opened.env["DVC_STAGE"] == "clean"
        assert run_in_stage(opened, ["sh", "-c", opened.stage.cmd[0]]) == 3

    assert not there.exists()


@pytest.mark.slow
def test_failed_run_is_debugged_in_a_clone_that_has_only_its_baseline(project, airflow, tmp_path):
    checkout = broken(project)
    airflow(checkout, overrides={"draw.rows": 7})
    other = type(checkout)(tmp_path / "laptop")
    checkout.git("clone", "--quiet", f"file://{checkout.root}", str(other.root))
    other.write({".dvc/config.local": f"[cache]\n    dir = {checkout.root}/.dvc/cache\n"})

    with open_stage(other.root, find_past_run(other.root, "training/failed"), "clean") as opened:
        assert "rows: 7" in (opened.root / "data/rows.txt").read_text()


def test_sandbox_of_a_recorded_run_is_that_before_the_results(project, record):
    checkout = project()
    record(checkout, "manual__1", 1, overrides={"draw.rows": 5})

    with open_stage(checkout.root, find_past_run(checkout.root, "training/manual__1"), "count") as opened:
        assert "rows: 5" in (opened.root / "data/clean.txt").read_text()
        assert not (opened.root / "metrics.json").exists()
        assert not (opened.root / "dvc.lock").exists()


def test_changes_in_the_sandbox_touch_neither_cache_nor_checkout(project, record):
    checkout = project()
    checkout.write({".dvc/config": "[cache]\n    type = hardlink,symlink\n"})
    checkout.commit()
    record(checkout, "manual__1", 1)
    cache = checkout.root / ".dvc" / "cache"
    before = checkout.state(), contents(cache)

    with open_stage(checkout.root, find_past_run(checkout.root, "training/manual__1"), "clean") as opened:
        for file in ("data/rows.txt", "data/source.txt", "dvc.yaml"):
            (opened.root / file).chmod(0o644)
            (opened.root / file).write_text("stages: {}\n")
        (opened.root / "data.bin").write_text("mine")
        subprocess.run(["dvc", "add", "--quiet", "data.bin"], cwd=opened.root, check=True)
        git(opened.root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "mine")

    assert (checkout.state(), contents(cache)) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_kept_sandbox_stays_until_it_is_removed(project, record, tmp_path):
    checkout = project()
    record(checkout, "manual__1", 1)
    run = find_past_run(checkout.root, "training/manual__1")

    with open_stage(checkout.root, run, "clean", keep=True) as opened:
        pass

    assert (opened.root / "data/rows.txt").is_file()
    shutil.rmtree(opened.root.parent)


def test_stage_after_the_failed_one_is_refused_with_the_one_to_debug(project, airflow):
    checkout = broken(project)
    airflow(checkout)
    run = find_past_run(checkout.root, "training/failed")

    with (
        pytest.raises(StageError, match=r"no result of count.*\n.*\n.*failed first: clean"),
        open_stage(checkout.root, run, "judge"),
    ):
        pass


def test_unknown_stage_is_refused_with_the_closest(project, record):
    checkout = project()
    record(checkout, "manual__1", 1)
    run = find_past_run(checkout.root, "training/manual__1")

    with pytest.raises(ProjectError, match="did you mean 'clean'"), open_stage(checkout.root, run, "claen"):
        pass


def test_command_that_does_not_exist_is_refused(project, record):
    checkout = project()
    record(checkout, "manual__1", 1)
    run = find_past_run(checkout.root, "training/manual__1")

    with (
        open_stage(checkout.root, run, "clean") as opened,
        pytest.raises(StageError, match="cannot be started: no-such-program"),
    ):
        run_in_stage(opened, ["no-such-program"])
