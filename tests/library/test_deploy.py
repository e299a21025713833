"""The settings of ``deploy/``, the docs that show them, and the checks that `make deploy-check` runs."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from trimtab.template import read_ownership

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "deploy" / "settings.env").read_text()


def described(text: str) -> list[tuple[str, str, str]]:
    """Return name, value and reason of each setting of a ``settings.env``."""
    found, reason = [], []
    for line in text.partition("\n\n")[2].splitlines():
        if line.startswith("# "):
            reason.append(line[2:])
        elif line:
            name, _, value = line.partition("=")
            found.append((name, value, " ".join(reason)))
            reason = []
    return found


def test_docs_show_each_setting_with_its_value_and_its_reason():
    page = (ROOT / "docs" / "deployment.md").read_text()
    shown = re.findall(r"^\| `([A-Z_]+)` \| `(.*)` \| (.+) \|$", page, re.M)
    assert shown == described(SETTINGS)
    assert all(reason for _, _, reason in shown)


def test_settings_have_no_secret_and_no_name_twice():
    names = [name for name, _, _ in described(SETTINGS)]
    assert len(set(names)) == len(names)
    assert [name for name in names if re.search(r"PASSWORD|TOKEN|JWT|FERNET|_CONN$|BROKER_URL", name)] == []


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("deploy/settings.env", "template"),
        ("deploy/helm/values.yaml", "template"),
        ("deploy/helm/project.yaml", "fork"),
        ("deploy/image/Dockerfile", "template"),
        ("deploy/image/airflow.lock", "fork"),
        ("deploy/terraform/roles.tf", "template"),
        ("deploy/terraform/prod.tfvars", "fork"),
        ("requirements/deploy.lock", "template"),
        ("requirements/team-b.lock", "fork"),
    ],
)
def test_files_with_the_values_of_a_project_are_the_forks(path, owner):
    assert read_ownership().owner(path) == owner


def test_files_that_a_fork_owns_say_so():
    ownership = read_ownership()
    own = [
        file
        for file in (ROOT / "deploy").rglob("*")
        if file.is_file()
        and file.suffix != ".lock"
        and "secrets" not in file.parts
        and ownership.owner(file.relative_to(ROOT).as_posix()) == "fork"
    ]
    assert len(own) == 7
    assert [file for file in own if not file.read_text().startswith("# Yours to edit: ")] == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.xdist_group("install")
def test_deploy_check_passes():
    # Not as a sub-make of the `make test` that runs this.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(["make", "deploy-check"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed", done.stdout)
