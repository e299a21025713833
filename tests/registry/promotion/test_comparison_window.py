from __future__ import annotations

import pytest

from trimtab import registry
from trimtab.errors import ProjectError


def test_test_window_and_label_are_found_by_artifact_type(project):
    assert registry.require_test_window(project.graph).path == "made/test.parquet"
    assert registry.read_label_column(project.graph) == "late"


def test_test_window_without_a_label_is_refused_with_the_line_to_add(project):
    with pytest.raises(ProjectError, match=r"meta: \{label: my_label\}"):
        registry.read_label_column(project.declare("test-window", meta={}).graph)


def test_test_window_that_is_not_declared_is_refused_with_the_line_to_add(project):
    with pytest.raises(ProjectError, match="type: test-window"):
        registry.require_test_window(project.declare("test-window", type="other").graph)
