"""The files of CI: they call make targets that exist, with few rights, and split reviews along the line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from trimtab.template import read_ownership

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
YAML_FILES = [
    *WORKFLOWS,
    *sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")),
    ROOT / ".gitlab-ci.yml",
    ROOT / ".pre-commit-config.yaml",
]
RUNS_MAKE = [*WORKFLOWS, ROOT / ".gitlab-ci.yml", ROOT / ".pre-commit-config.yaml", ROOT / ".ci" / "run"]
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
CHECKS = {"lint", "test", "dags", "dry", "plan"}


def called(file: Path) -> set[str]:
    """The make targets that a file calls; its comments do not count."""
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
    return set(re.findall(r"\bmake ([a-z-]+)", "\n".join(lines)))


@pytest.mark.parametrize("file", YAML_FILES, ids=lambda file: file.name)
def test_file_is_a_mapping_in_yaml(file: Path) -> None:
    assert isinstance(yaml.safe_load(file.read_text()), dict)


@pytest.mark.parametrize("file", RUNS_MAKE, ids=lambda file: file.name)
def test_every_make_target_exists_in_a_fork_too(file: Path) -> None:
    assert called(file)
    assert called(file) <= TARGETS


def test_both_hosts_run_the_same_checks() -> None:
    assert [
        called(file) & CHECKS
        for file in (ROOT / ".github" / "workflows" / "checks.yml", ROOT / ".gitlab-ci.yml")
    ] == [CHECKS, CHECKS]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflow_may_only_read_and_keeps_no_credentials(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in file.read_text()
    for job in workflow["jobs"].values():
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_every_action_is_pinned_to_a_commit_and_names_its_release(file: Path) -> None:
    used = re.findall(r"uses: (.+)$", file.read_text(), re.M)
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


def test_codeowners_of_both_hosts_are_equal() -> None:
    one, other = ((ROOT / host / "CODEOWNERS").read_text() for host in (".github", ".gitlab"))
    assert one == other


def test_codeowners_follow_the_line() -> None:
    rows = re.findall(r"^(\S+) +(@\S+)$", (ROOT / ".github" / "CODEOWNERS").read_text(), re.M)
    (everything, platform), *others = rows
    assert everything == "*"
    teams = dict(others)
    assert platform not in teams.values()
    assert {read_ownership().owner(path.strip("/")) for path in teams} == {"fork"}
    reviewed = {"dags", "dvc.lock", "dvc.yaml", "params.yaml", "pipelines", "tests/pipelines"}
    assert reviewed <= {path.strip("/") for path in teams}
