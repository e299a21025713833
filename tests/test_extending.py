"""The examples of the page on extending the library, each run as the page has it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from ruamel.yaml import YAML

from tests.gates.model.conftest import Lab
from trimtab.errors import ConfigError
from trimtab.pipeline.params import check_overrides

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "extending.md").read_text()


class Example:
    """A section of the page in a checkout of its own: its code, and the lines that name it."""

    def __init__(self, title: str, root: Path) -> None:
        section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
        code = re.findall(r"```python\n# (\S+)\n(.*?)```", section, re.S)
        self.root, self.yaml = root, "\n".join(re.findall(r"```yaml\n(.*?)```", section, re.S))
        assert code
        assert self.yaml or title == "An alert channel"
        for path, text in code:
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            (root / "pipelines" / "__init__.py").touch()  # as a project has it
        self.name = code[0][0].removesuffix(".py").replace("/", ".")


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """An empty checkout; what is imported from it is forgotten afterwards."""
    before = list(sys.path)
    sys.path.insert(0, str(tmp_path))  # before this repository, which has a package `pipelines` too
    of_repository = forget_pipelines()
    yield tmp_path
    sys.path[:] = before
    forget_pipelines()
    sys.modules.update(of_repository)


def forget_pipelines() -> dict[str, ModuleType]:
    """Remove the imported modules of `pipelines`, and return them."""
    names = [name for name in sys.modules if name.partition(".")[0] == "pipelines"]
    return {name: sys.modules.pop(name) for name in names}


@pytest.mark.parametrize("title", ["A metric", "A model check"])
def test_example_in_a_model_gate_is_evaluated_beside_the_built_in_checks(title: str, checkout: Path) -> None:
    example, lab = Example(title, checkout), Lab(checkout)
    checks = YAML(typ="safe").load(example.yaml)["validate_model"]["checks"]

    report = lab.run_gate(*checks, {"type": "score", "metric": "roc_auc", "min": 0.5})

    assert report.verdict == "pass"
    assert len(report.checks) == len(checks) + 1
    assert all(isinstance(check.observed, float) for check in report.checks)


def test_example_of_a_metric_has_an_interval_and_a_gain_over_the_baseline(checkout: Path) -> None:
    example = Example("A metric", checkout)
    checks = YAML(typ="safe").load(example.yaml)["validate_model"]["checks"]

    score, gain = Lab(checkout).run_gate(*checks).checks

    assert (score.name, gain.name) == ("score refund_cost", "gain refund_cost")
    assert score.interval
    assert score.interval[0] < score.observed < score.interval[1]
    assert gain.observed > 0
    assert "model " in gain.detail


def test_example_of_a_model_check_fails_the_gate_when_its_bound_is_not_met(checkout: Path) -> None:
    example = Example("A model check", checkout)
    (check,) = YAML(typ="safe").load(example.yaml)["validate_model"]["checks"]

    report = Lab(checkout).run_gate({**check, "max_sure": 0.0})

    assert report.verdict == "fail"
    assert report.checks[0].notes == "the calibration is off"


def test_model_check_of_a_project_with_an_unknown_argument_is_refused(checkout: Path) -> None:
    example = Example("A model check", checkout)
    (check,) = YAML(typ="safe").load(example.yaml)["validate_model"]["checks"]

    with pytest.raises(ConfigError, match="unknown key 'max_suer'; did you mean 'max_sure'"):
        Lab(checkout).run_gate({**check, "max_suer": 0.0})


def test_function_that_is_no_model_check_is_refused(checkout: Path) -> None:
    Example("A metric", checkout)

    with pytest.raises(ConfigError, match=r"'pipelines\.shop\.refund_cost:refund_cost' is no model check"):
        Lab(checkout).run_gate({"type": "pipelines.shop.refund_cost:refund_cost"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("promote.metric", "os:system"),
        ("validate_model.checks", [{"type": "os:system"}]),
        ("validate_model.checks", [{"type": "score", "metric": "posix:system", "min": 0}]),
    ],
)
def test_params_of_a_run_cannot_name_an_extension(key: str, value: object, checkout: Path) -> None:
    (checkout / "params.yaml").write_text(
        "promote: {metric: roc_auc}\nvalidate_model:\n  checks: [{type: score, metric: roc_auc, min: 0.5}]\n"
    )
    with pytest.raises(ConfigError, match="only a commit says what may execute"):
        check_overrides(checkout, {key: value})


def test_params_of_a_run_may_repeat_an_extension_that_the_commit_names(checkout: Path) -> None:
    example = Example("A metric", checkout)
    (checkout / "params.yaml").write_text(example.yaml)
    checks = YAML(typ="safe").load(example.yaml)["validate_model"]["checks"]

    found = check_overrides(checkout, {"validate_model.checks": [{**checks[0], "max": 30}, checks[1]]})

    assert found["validate_model.checks"][0]["max"] == 30
