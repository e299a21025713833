"""A real MLflow server, and a committed project whose champion has a dossier."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.library.registry.fixtures import *  # noqa: F403  fixtures
from tests.library.registry.fixtures import Made
from trimtab.dossier.evidence import Evidence, read_evidence
from trimtab.pipeline.graph import Project
from trimtab.registry import find_version, promote_manually
from trimtab.registry.promotion import publish_checkout

NAME = "documented"
TEXTS = """\
intended_purpose: Warns travellers of late flights. <script>alert(1)</script>
contact: models@airline.example
"""
CHECKS = [
    {
        "name": "score roc_auc",
        "passed": True,
        "severity": "critical",
        "expected": {"min": 0.7},
        "observed": 0.8123,
        "interval": [0.7811, 0.8434],
    },
    {
        "name": "slices roc_auc",
        "passed": False,
        "severity": "warning",
        "expected": {"by": ["carrier"], "min": 0.6},
        "detail": "1 of 2 slices failed: carrier=B below 0.6; 1 of 3 slices have fewer than 50 rows",
        "observed": 0.55,
        "parts": [
            {"name": "carrier=B", "value": 0.55, "interval": [0.48, 0.61], "rows": 90, "passed": False},
            {"name": "carrier=A", "value": 0.84, "interval": [0.8, 0.88], "rows": 180, "passed": True},
        ],
    },
]


def git(root: Path, *args: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *args]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="session")
def documented(server, template, tmp_path_factory) -> Made:
    """A project with a registered version, which alice has promoted. A test leaves both as they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        project = template.copy(tmp_path_factory.mktemp("dossier"), NAME)
        root = project.root
        patch.chdir(root)
        report = {
            "verdict": "warn",
            "declared": 2,
            "evaluated": 2,
            "failed": 1,
            "rows": 300,
            "checks": CHECKS,
        }
        path = root / "made" / "validate_model" / "report.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **report}))
        declared = (root / "dvc.yaml").read_text().replace("  flights: {", f"  {NAME}: {{")
        (root / "dvc.yaml").write_text(declared)
        (root / "dossier.yaml").write_text(TEXTS)
        (root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n")
        (root / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n")
        project.repro()
        git(root, "init", "-q")
        git(root, "add", "-A")
        git(root, "commit", "-qm", "First")
        publish_checkout(root, Project(root).graph(), reason="schedule", by="bob")
        promote_manually(find_version(NAME, 1), by="alice", reason="agreed with the team")
    return project


@pytest.fixture
def checkout(client, documented, monkeypatch) -> Made:
    """That project, as the working directory."""
    monkeypatch.chdir(documented.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return documented


@pytest.fixture(scope="session")
def evidence(server, documented) -> Evidence:
    """What is read of that version, once: it is frozen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        return read_evidence(documented.root, NAME, 1)
