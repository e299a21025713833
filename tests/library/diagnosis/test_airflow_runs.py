"""Runs of Airflow that are not recorded: what their XComs may say, and what they may not."""

from __future__ import annotations

import pytest

from tests.library.diagnosis.test_stage_shell import broken
from trimtab.diagnosis.airflow_runs import airflow_run
from trimtab.diagnosis.past_run import find_past_run
from trimtab.diagnosis.stage_shell import open_stage
from trimtab.errors import ProjectError, TrimtabError
from trimtab.pipeline.git import git


def test_failed_run_has_plan_entries_and_environment(project, airflow):
    checkout = broken(project)
    canned = airflow(checkout)

    run = airflow_run(checkout.root, "training", "failed")

    assert run.revision == canned.revision
    assert run.entries == canned.entries
    assert (run.failed, run.ran) == (("clean",), {"draw": True})
    assert {each.host for each in run.environments.values()} == {"worker-7"}
    assert run.environments.keys() == {"draw", "clean"}


def test_revision_that_no_branch_leads_to_is_refused(project, airflow):
    checkout = broken(project)
    canned = airflow(checkout)
    tree = git(checkout.root, "write-tree")
    foreign = git(
        checkout.root,
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "commit-tree",
        tree,
        "-m",
        "a pull request",
    )
    canned.xcoms["plan", "head"]["revision"].update(sha=foreign, baseline=foreign)

    with pytest.raises(ProjectError, match="No branch or tag of the project leads to the revision"):
        airflow_run(checkout.root, "training", "failed")


@pytest.mark.parametrize(
    ("task", "key", "value"),
    [
        ("plan", "head", "text"),
        ("plan", "head", {"pages": 10**9}),
        ("plan", "head", {"pages": -1, "revision": {}}),
        ("plan", "page_0", ["a"]),
        ("draw", "return_value", {"entry": "rm -rf /"}),
        ("plan", "environment", {"packages": 3}),
    ],
)
def test_value_that_is_none_of_trimtab_is_refused(project, airflow, task, key, value):
    checkout = broken(project)
    airflow(checkout).xcoms[task, key] = value

    with pytest.raises(ProjectError):
        airflow_run(checkout.root, "training", "failed")


def test_command_and_paths_of_an_xcom_are_not_used(project, airflow, tmp_path):
    checkout = broken(project)
    canned = airflow(checkout)
    entry = canned.xcoms["draw", "return_value"]["entry"]
    entry["cmd"] = "touch pwned"
    entry["outs"].append({"path": "../../pwned", "hash": "md5", "md5": entry["outs"][0]["md5"]})

    with open_stage(checkout.root, find_past_run(checkout.root, "training/failed"), "clean") as opened:
        assert "pwned" not in str(opened.stage)
        assert not list(opened.root.parent.parent.rglob("pwned"))


def test_hash_of_an_xcom_that_is_a_path_is_refused(project, airflow):
    checkout = broken(project)
    canned = airflow(checkout)
    canned.xcoms["draw", "return_value"]["entry"]["outs"][0]["md5"] = "../../../../etc/passwd"

    with (
        pytest.raises(TrimtabError, match="not a hash of DVC's"),
        open_stage(checkout.root, find_past_run(checkout.root, "training/failed"), "clean"),
    ):
        pass


def test_run_without_a_plan_says_what_state_the_plan_has(project, airflow):
    checkout = broken(project)
    canned = airflow(checkout)
    canned.states["plan"] = "failed"
    del canned.xcoms["plan", "head"]

    with pytest.raises(ProjectError, match=r"has no plan.*\n.*'plan' is failed"):
        airflow_run(checkout.root, "training", "failed")


def test_stage_that_the_run_lacks_is_refused_with_the_closest(project, airflow):
    checkout = broken(project)
    airflow(checkout)

    with pytest.raises(ProjectError, match="no stage 'claen'; did you mean 'clean'"):
        airflow_run(checkout.root, "training", "failed", stage="claen")
