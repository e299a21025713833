"""The gates as DVC stages: exit codes, and what a failed one leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import trimtab.gates
from trimtab.gates import GateReport, check_data, check_model

BIN = Path(sys.executable).parent
STAGES = """
stages:
  validate_model:
    cmd: trimtab gate model --metrics metrics.json --section validate_model --out reports/validate_model
    deps: [metrics.json]
    params: [validate_model]
    outs: [reports/validate_model/report.json, reports/validate_model/report.html]
    metrics: [{reports/validate_model/metrics.json: {cache: false}}]
  register:
    cmd: touch registered
    deps: [reports/validate_model/report.json]
    outs: [registered]
"""


@pytest.fixture
def project(tmp_path):
    """A DVC project whose model gate asks for an AUC of 0.6."""
    (tmp_path / "dvc.yaml").write_text(STAGES)
    (tmp_path / "params.yaml").write_text("validate_model:\n  checks:\n  - {metric: auc, min: 0.6}\n")
    run(tmp_path, "dvc", "init", "--no-scm", "--quiet")
    return tmp_path


def run(folder: Path, command: str, *args: str) -> subprocess.CompletedProcess[str]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "DVC_NO_ANALYTICS": "1"}
    return subprocess.run([BIN / command, *args], cwd=folder, env=environment, capture_output=True, text=True)


def test_failed_gate_stops_dvc_and_leaves_its_report(project):
    (project / "metrics.json").write_text('{"auc": 0.5}')

    failed = run(project, "dvc", "repro")

    assert failed.returncode != 0
    assert "model gate 'validate_model': FAIL" in failed.stdout
    assert "report: reports/validate_model/report.html" in failed.stdout
    assert json.loads((project / "reports/validate_model/report.json").read_text())["verdict"] == "fail"
    assert not (project / "registered").exists()

    (project / "metrics.json").write_text('{"auc": 0.7}')
    assert run(project, "dvc", "repro").returncode == 0
    assert (project / "registered").exists()
    assert "reports/validate_model/metrics.json" in run(project, "dvc", "metrics", "show").stdout


@pytest.mark.parametrize(
    ("severity", "auc", "code"),
    [("critical", 0.7, 0), ("warning", 0.5, 0), ("critical", 0.5, 1), ("fatal", 0.7, 2)],
)
def test_exit_code_tells_pass_and_warning_from_fail_from_unusable_params(severity, auc, code, tmp_path):
    (tmp_path / "metrics.json").write_text(json.dumps({"auc": auc}))
    (tmp_path / "params.yaml").write_text(f"m: {{checks: [{{metric: auc, min: 0.6, severity: {severity}}}]}}")

    done = run(
        tmp_path, "trimtab", "gate", "model", "--metrics", "metrics.json", "--section", "m", "--out", "o"
    )

    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_a_crash_exits_with_another_code_than_a_verdict(tmp_path):
    (tmp_path / "metrics.json").write_text('{"a":' * 100_000)
    (tmp_path / "params.yaml").write_text("m: {checks: [{metric: auc, min: 0.6}]}")

    done = run(
        tmp_path, "trimtab", "gate", "model", "--metrics", "metrics.json", "--section", "m", "--out", "o"
    )

    assert done.returncode == 3
    assert "crashed" in done.stderr
    assert (tmp_path / "o" / "report.html").exists()


def test_public_names_are_those_listed():
    assert sorted(trimtab.gates.__all__) == [
        "Check",
        "GateReport",
        "check_data",
        "check_model",
        "check_suites",
    ]
    assert callable(check_data)
    assert callable(check_model)
    assert GateReport.__dataclass_params__.frozen
