"""Stages that belong together."""

from __future__ import annotations

import pytest

from trimtab.pipeline.graph import group_of


@pytest.mark.parametrize(
    ("stage", "group"),
    [
        ("train", ""),
        ("features@a", "features"),
        ("sub/dvc.yaml:train", "sub"),
        ("a/b/dvc.yaml:train@x", "a/b: train"),
    ],
)
def test_group_is_the_folder_or_the_stage_that_has_items(stage, group):
    assert group_of(stage) == group
