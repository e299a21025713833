"""A recorded run, checked out into a new folder."""

from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli
from trimtab.errors import ProjectError
from trimtab.pipeline.record.checkout import check_out, find_run


def test_dvc_repro_is_up_to_date_in_a_checkout_of_a_run(project, tmp_path):
    checkout = project()
    run = checkout.run_all({"draw.rows": 5}, name="training-manual__2013")

    commit = check_out(checkout.root, "training/manual__2013", tmp_path / "run")

    there = type(checkout)(tmp_path / "run")
    assert commit == run.record.commit
    assert "rows: 5" in there.read("params.yaml")
    assert there.repro() == []
    assert there.read("data/clean.txt")
    assert there.git("status", "--short") == ""


def test_checkout_of_a_run_has_the_data_of_dvc_files(project, tmp_path):
    checkout = project()
    checkout.write({"data/big.txt": "much\n"})
    with checkout.dvc() as repo:
        repo.add(str(checkout.root / "data/big.txt"))
    checkout.edit("dvc.yaml", "data/source.txt]", "data/source.txt, data/big.txt]")
    checkout.commit()
    checkout.run_all(name="run")

    check_out(checkout.root, "run", tmp_path / "run")

    there = type(checkout)(tmp_path / "run")
    assert there.read("data/big.txt") == "much\n"
    assert there.repro() == []


def test_checkout_of_a_run_may_be_repeated_after_its_folder_was_removed(project, tmp_path):
    checkout = project(ran=True)
    checkout.run_all(name="run")
    check_out(checkout.root, "run", tmp_path / "run")
    shutil.rmtree(tmp_path / "run")

    check_out(checkout.root, "run", tmp_path / "run")

    assert type(checkout)(tmp_path / "run").repro() == []


def test_run_is_found_by_each_of_its_names(project):
    checkout = project(ran=True)
    commit = checkout.run_all(name="training-run:1").record.commit

    assert find_run(checkout.root, "training-run-1") == commit
    assert find_run(checkout.root, "training/run:1") == commit
    assert find_run(checkout.root, commit[:9]) == commit
    with pytest.raises(ProjectError, match=r"no run 'training-run-2'; did you mean 'training-run-1'"):
        find_run(checkout.root, "training-run-2")


def test_existing_output_folder_is_refused_and_not_changed(project, tmp_path):
    checkout = project(ran=True)
    checkout.run_all(name="run")
    (tmp_path / "mine").write_text("mine")

    with pytest.raises(ProjectError, match="The output folder exists"):
        check_out(checkout.root, "run", tmp_path / "mine")

    assert (tmp_path / "mine").read_text() == "mine"


def test_checkout_of_a_run_without_its_data_leaves_no_folder(project, tmp_path):
    checkout = project()
    run = checkout.run_all(name="run")
    checkout.cache_object(run.entries["clean"]["outs"][0]["md5"]).unlink()

    with pytest.raises(ProjectError, match=r"'data/clean\.txt' .* is not in DVC's cache"):
        check_out(checkout.root, "run", tmp_path / "run")

    assert not (tmp_path / "run").exists()
    assert len(checkout.git("worktree", "list").splitlines()) == 1


def test_checkout_command_prints_the_folder(project, monkeypatch):
    checkout = project(ran=True)
    checkout.run_all(name="run")
    monkeypatch.chdir(checkout.root)

    done = CliRunner().invoke(cli, ["checkout", "run"], catch_exceptions=False)

    assert done.exit_code == 0, done.output
    assert f"{checkout.root}-run: " in done.output
    assert (checkout.root.parent / f"{checkout.root.name}-run" / "dvc.lock").exists()
