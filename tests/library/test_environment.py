"""The locked environment: all packages import together, and the lock file names no host."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [
    "airflow.sdk",
    "dvc.repo",
    "great_expectations",
    "mlflow.sklearn",
    "pandas",
    "pyarrow",
    "sklearn",
    "skops.io",
]


@pytest.mark.slow
def test_all_packages_import_in_one_process() -> None:
    code = "\n".join(f"import {package}" for package in [*PACKAGES, "trimtab.cli.main", "pipelines.flights"])
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_lock_file_has_a_hash_for_each_package_and_names_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text)
    pinned = [entry for entry in entries if re.match(r"[a-z0-9._-]+==", entry)]
    assert len(pinned) > 200
    assert all("--hash=sha256:" in entry for entry in pinned)
    assert "://" not in text


def test_every_declared_dependency_is_in_the_lock_file_of_the_laptop_or_of_the_image() -> None:
    locks = ("requirements.lock", "deploy/image/airflow.lock")
    locked = {
        name
        for lock in locks
        for name in re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(), re.MULTILINE)
    }
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = [
        declared["project"]["dependencies"],
        *declared["project"]["optional-dependencies"].values(),
        *declared["dependency-groups"].values(),
    ]
    names = {re.split(r"[<>=!~;\[ ]", requirement)[0].lower() for one in lists for requirement in one}
    assert names - {"trimtab"} - locked == set()


def test_locked_mlflow_is_of_the_third_major_version() -> None:
    """An unbounded resolver may choose a version of 2022 to satisfy the other packages."""
    text = (ROOT / "requirements.lock").read_text()
    assert re.search(r"^mlflow==3\.", text, flags=re.MULTILINE)


def test_no_module_is_named_after_a_dependency() -> None:
    """Airflow imports each file in plugins/ under its stem, so a `dvc.py` there would break `import dvc`."""
    dependencies = {"airflow", "dvc", "mlflow", "sklearn", "pandas", "great_expectations", "skops", "git"}
    assert {path.stem for path in (ROOT / "plugins").rglob("*.py")}.isdisjoint(dependencies)
    assert "trimtab" in (ROOT / "plugins" / ".airflowignore").read_text().splitlines()
