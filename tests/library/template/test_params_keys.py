"""Deprecated keys of a params file are replaced in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from trimtab.deprecations import Deprecation
from trimtab.template.params_keys import replace_params_keys

RENAMED = {"drift.limit": Deprecation("drift.limit", "drift.bound", "1.1")}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("drift:\n  limit: 3  # a limit\n\n\nother: {limit: 3}\n", "drift:\n  bound: 3  # a limit\n\n\nother: {limit: 3}\n"),
        ("drift: {a: 1, limit: 3}\n", "drift: {a: 1, bound: 3}\n"),
        ("drift:\r\n  'limit': 3\r\n", "drift:\r\n  'bound': 3\r\n"),
        ("# limit\ndrift:\n  limits: 3\n", None),
        ("drift:\n  limit: 3\n  bound: 4\n", None),
        ("drift: limit\n", None),
        ("- limit\n", None),
        ("drift: {limit\n", None),
        ("base: &base\n  limit: 3\ndrift:\n  <<: *base\n", None),
    ],
)  # fmt: skip
def test_key_is_replaced_in_its_section_only(tmp_path: Path, before: str, after: str | None) -> None:
    expected = (before, {}) if after is None else (after, {"drift.limit": "drift.bound"})
    assert replace_params_keys(before, tmp_path, RENAMED) == expected


@pytest.mark.parametrize(
    "stage",
    ["drift: {cmd: x}", "x: {cmd: x, params: [drift]}", "x: {cmd: x, params: [params.yaml: [drift]]}"],
)
def test_section_of_a_stage_is_the_projects_own(tmp_path: Path, stage: str) -> None:
    (tmp_path / "dvc.yaml").write_text(f"stages:\n  {stage}\n")
    assert replace_params_keys("drift:\n  limit: 3\n", tmp_path, RENAMED) == ("drift:\n  limit: 3\n", {})
