"""A clone has the same files as the project's own checkout."""

from __future__ import annotations

import subprocess

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.git.repository_clone import clone

SWAP = "tr a-z n-za-m"  # its own inverse


def configured(checkout, settings: dict[str, str], attributes: str = "") -> None:
    """Configure the repository, and check out all files again."""
    for key, value in settings.items():
        checkout.git("config", key, value)
    if attributes:
        (checkout.root / ".git" / "info").mkdir(exist_ok=True)
        (checkout.root / ".git" / "info" / "attributes").write_text(attributes)
    (checkout.root / "data" / "source.txt").unlink()
    checkout.git("checkout", "--", "data/source.txt")


@pytest.mark.parametrize(
    ("settings", "attributes"),
    [
        ({"core.autocrlf": "true"}, ""),
        ({"core.eol": "crlf"}, "*.txt text\n"),
        ({"filter.swap.smudge": SWAP, "filter.swap.clean": SWAP}, "data/* filter=swap\n"),
        ({}, "*.txt ident eol=crlf\n"),
    ],
    ids=["autocrlf", "eol", "filter", "attributes"],
)
def test_clone_has_the_same_files_as_the_checkout(project, tmp_path, settings, attributes):
    checkout = project()
    before = (checkout.root / "data" / "source.txt").read_bytes()
    configured(checkout, settings, attributes)
    here = (checkout.root / "data" / "source.txt").read_bytes()
    assert here != before

    there = clone(checkout.root, checkout.git("rev-parse", "HEAD"), tmp_path / "clone")

    assert (there / "data" / "source.txt").read_bytes() == here


def test_clone_with_filters_leaves_stages_that_dvc_ran_unchanged(project):
    checkout = project()
    configured(checkout, {"core.autocrlf": "true"})
    checkout.repro()
    checkout.commit()

    assert set(checkout.states().values()) == {"unchanged"}


def test_override_in_a_snapshot_is_written_through_the_filters_of_git(project):
    checkout = project()
    configured(
        checkout,
        {"filter.swap.smudge": SWAP, "filter.swap.clean": SWAP},
        "params.yaml filter=swap\n",
    )
    checkout.commit()

    assert "ebjf: 5" in checkout.show(checkout.plan({"draw.rows": 5}).revision.sha, "params.yaml")


def test_filter_that_fails_is_refused_by_name_before_any_stage_runs(project):
    checkout = project()
    attributes = checkout.root / ".git" / "info" / "attributes"
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_text("data/source.txt filter=broken\n")
    checkout.git("config", "filter.broken.smudge", "false")

    with pytest.raises(ProjectError, match=r"data/source\.txt: smudge filter broken failed"):
        checkout.plan()


def test_settings_with_special_characters_are_copied_to_the_clone(project, tmp_path):
    checkout = project()
    value = "sh -c \"echo 'a=b'; cat\" # ü"
    checkout.git("config", "filter.a.b=c.clean", value)

    there = clone(checkout.root, checkout.git("rev-parse", "HEAD"), tmp_path / "clone")

    told = subprocess.run(
        ["git", "config", "--get-regexp", "clean"], cwd=there, capture_output=True, text=True, check=False
    )
    assert value in told.stdout


@pytest.mark.parametrize("below", [".", "sub"])
def test_shallow_repository_can_run_changes_and_overrides(project, tmp_path, below):
    origin = project(below=below)
    origin.commit("Another commit")
    top = origin.git("rev-parse", "--show-toplevel")
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{top}", tmp_path / "shallow"], check=True)
    shallow = type(origin)(tmp_path / "shallow" / below)
    shallow.edit("data/source.txt", "source", "SOURCE")

    run = shallow.run_all({"draw.rows": 5})

    assert shallow.git("rev-parse", "--is-shallow-repository") == "true"
    assert "rows: 5" in shallow.show(run.record.commit, "dvc.lock")
