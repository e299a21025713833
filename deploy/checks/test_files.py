"""All files of ``deploy/``: YAML in one style, no secret in any."""

from __future__ import annotations

import json
import subprocess

from conftest import DEPLOY, ROOT, run

STYLE = """\
extends: default
rules:
  braces: {max-spaces-inside: 0}
  brackets: {max-spaces-inside: 0}
  comments: {min-spaces-from-content: 1}
  document-start: disable
  line-length: {max: 160}
"""
# Names of secrets, and commands that read one.
NAMES = r"ecretName\W+trimtab-|_CMD\W+cat /run/secrets/|SECRETS__BACKEND\W+airflow\."


def files() -> list[str]:
    """Return the files of ``deploy/`` that git tracks, or would."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "deploy"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_yaml_has_one_style():
    done = run("yamllint", "--strict", "--config-data", STYLE, DEPLOY)
    assert done.returncode == 0, done.stdout


def test_no_file_has_a_secret():
    scanned = [file for file in files() if not file.endswith(".lock")]
    assert "deploy/compose/compose.yaml" in scanned
    done = run("detect-secrets", "scan", "--exclude-lines", NAMES, *scanned)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["results"]
    assert {(file, one["line_number"]) for file, all_ in found.items() for one in all_} == set()
