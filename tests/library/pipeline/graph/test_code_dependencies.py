"""Stages whose params name code of the project, and the dependencies that DVC needs for it."""

from __future__ import annotations

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Graph, Stage, require_code_dependencies

PARAMS = """\
validate_model:
  checks: [{type: "extensions.costs:Cost", max: 1}, {type: "json:loads"}]
"""


def graph(**fields):
    stage = Stage(name="validate_model", params={"params.yaml": ("validate_model",)}, **fields)
    return Graph(stages=(stage,))


@pytest.fixture
def root(tmp_path):
    """A checkout with the module `extensions.costs`."""
    (tmp_path / "extensions").mkdir()
    (tmp_path / "extensions" / "costs.py").write_text("")
    (tmp_path / "params.yaml").write_text(PARAMS)
    return tmp_path


@pytest.mark.parametrize("deps", [("extensions/costs.py",), ("extensions",), ("data", "extensions/costs.py")])
def test_stage_that_depends_on_its_code_is_accepted(root, deps):
    require_code_dependencies(root, graph(deps=deps))


def test_stage_that_does_not_depend_on_its_code_is_refused(root):
    with pytest.raises(ProjectError, match=r"uses extensions/costs.py, which is no dependency of it"):
        require_code_dependencies(root, graph(deps=("extensions/other.py",)))


def test_stage_without_code_in_its_params_is_accepted(root):
    (root / "params.yaml").write_text("validate_model: {checks: [{type: size, max_megabytes: 2}]}\n")
    require_code_dependencies(root, graph())


def test_stage_with_a_params_file_of_another_format_is_accepted(root):
    (root / "params.toml").write_text("x = 1\n")
    stage = Stage(name="train", params={"params.toml": ("x",)})
    require_code_dependencies(root, Graph(stages=(stage,)))
