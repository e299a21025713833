"""Migrations are found in params files and Python files of the project, and written by none."""

from __future__ import annotations

from pathlib import Path

from trimtab.deprecations import read_deprecations
from trimtab.template.migration import find_migrations

FILES = {
    "params.yaml": "drift:\n  max_auc_drop: 0.1\n",
    "pipelines/a/params.yaml": "drift:\n  min_auc_at_stake: 0.1\n",
    "pipelines/a/check.py": "from trimtab.drift import Reference\nReference\n",
    "pipelines/a/notes.md": "max_auc_drop\n",
    "pipelines/b/params.yaml": "drift:\n  max_metric_drop: 0.1\n",
}


def test_migrations_are_found_in_every_pipeline_and_nothing_is_written(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "latin.py").write_bytes(b"max_auc_drop = '\xe9'\n")

    migrations = find_migrations(tmp_path, [*FILES, "latin.py", "missing.py"], read_deprecations())

    assert {migration.path: migration.after for migration in migrations} == {
        "params.yaml": "drift:\n  max_metric_drop: 0.1\n",
        "pipelines/a/check.py": "from trimtab.drift import ReferenceProfile\nReferenceProfile\n",
        "pipelines/a/params.yaml": "drift:\n  min_metric_at_stake: 0.1\n",
    }
    assert {path: (tmp_path / path).read_text() for path in FILES} == FILES


def test_diff_shows_the_changed_lines(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(FILES["params.yaml"])

    (migration,) = find_migrations(tmp_path, ["params.yaml"], read_deprecations())

    assert migration.diff.splitlines()[-2:] == ["-  max_auc_drop: 0.1", "+  max_metric_drop: 0.1"]
