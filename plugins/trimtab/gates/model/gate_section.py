"""The section of a model gate in ``params.yaml``.

Its key is the name of the gate's stage::

    validate_model:
      label: late
      checks:
        - {metric: model.rows, min: 5000}                      # a metric of the metrics file
        - {type: score, metric: roc_auc, min: 0.62}            # computed here, with an interval
        - {type: gain, metric: roc_auc}                        # better than the baseline
        - {type: slices, metric: roc_auc, by: [region, product], min_rows: 500, min: 0.5}

docs/model-gates.md lists all types. A type is a class: its fields are the arguments, its method evaluates.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from trimtab.config import Params, load_params, parse_params
from trimtab.errors import ConfigError, closest
from trimtab.extension import is_extension, load_extension
from trimtab.gates.model.cost import InferenceCheck, SizeCheck
from trimtab.gates.model.declared_check import DeclaredCheck, ModelCheck
from trimtab.gates.model.fairness import FairnessCheck
from trimtab.gates.model.leakage import LeakageCheck
from trimtab.gates.model.metrics_file import MetricCheck
from trimtab.gates.model.performance import GainCheck, GapCheck, ScoreCheck, SliceCheck
from trimtab.gates.model.perturbation import DirectionCheck, InvarianceCheck, StabilityCheck
from trimtab.learning import (
    BINARY,
    PROBLEM_TYPES,
    Bootstrap,
    Dependence,
    Metric,
    ProblemType,
    load_metric,
    require_problem_type,
)

TYPES: Mapping[str, type[DeclaredCheck]] = {
    "metric": MetricCheck,
    "score": ScoreCheck,
    "slices": SliceCheck,
    "gain": GainCheck,
    "gap": GapCheck,
    "stability": StabilityCheck,
    "invariance": InvarianceCheck,
    "direction": DirectionCheck,
    "leakage": LeakageCheck,
    "fairness": FairnessCheck,
    "inference": InferenceCheck,
    "size": SizeCheck,
}


class ModelGateSection(Params):
    """The section of a model gate.

    Attributes:
        checks: The declared checks.
        problem_type: What the model predicts: the name of a problem type.
        label: The label column of the test table.
        label_unit: The unit of the label, for the report; of a label that is a quantity.
        group: The column of groups whose rows depend on each other.
        time: The column of the time, if rows depend on those shortly before and after.
        weight: The column that says how much a row counts in metrics.
        trusted_types: Types that the model file may hold beyond those that skops trusts; with
            ``mlflow.pyfunc``, a model folder may execute code.
        confidence: Confidence level of every interval.
        resamples: Number of bootstrap resamples.
        seed: Seed of every random draw.
    """

    checks: list[dict[str, Any]] = Field(min_length=1)
    problem_type: Annotated[str, AfterValidator(require_problem_type)] = BINARY.name
    label: str = ""
    label_unit: str = ""
    group: str = ""
    time: str = ""
    weight: str = ""
    trusted_types: list[str] = Field(default=[])
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    resamples: int = Field(default=1000, ge=100)
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _quantity_has_the_unit(self) -> Self:
        if self.label_unit and not self.problem.metrics_in_label_unit:
            raise ValueError(f"label_unit: a label of the problem type {self.problem_type} has no unit")
        return self

    @property
    def problem(self) -> ProblemType:
        """The problem type; its classes are not known yet."""
        return PROBLEM_TYPES[self.problem_type]

    @property
    def dependence(self) -> Dependence:
        """The columns by which the rows of the tables depend on each other."""
        return Dependence(self.group, self.time)

    @property
    def bootstrap(self) -> Bootstrap:
        """The bootstrap that gives every interval."""
        return Bootstrap(self.resamples, self.confidence, self.seed)


def load_gate_section(
    params: Path, section: str, given: Mapping[str, Path | None], *, root: Path
) -> tuple[ModelGateSection, list[DeclaredCheck]]:
    """Load the section of a gate.

    Args:
        params: The params file.
        section: The name of the section.
        given: The files given on the command line, by the name of the option.
        root: The project's root.

    Raises:
        ConfigError: The section or a check in it cannot be used, or needs a file that is not given.
    """
    gate = load_params(ModelGateSection, section, params)
    checks = [
        _parse(check, gate.problem, root, where=f"{params}: {section}: check {number} of {len(gate.checks)}")
        for number, check in enumerate(gate.checks, start=1)
    ]
    absent = {name: check for check in checks for name in check.needs if given.get(name) is None}
    if absent:
        options = " and ".join(f"--{name}" for name in absent)
        kinds = ", ".join(sorted({check.type for check in absent.values()}))
        raise ConfigError(
            f"Checks of type {kinds} need {options}", where=f"{params}: {section}", fix=f"give {options}"
        )
    if not gate.label and any("test" in check.needs for check in checks):
        raise ConfigError(
            "The label column is not declared", where=f"{params}: {section}", fix="add `label: <column>`"
        )
    return gate, checks


def load_metrics(checks: list[DeclaredCheck], root: Path, problem_type: ProblemType) -> dict[str, Metric]:
    """Return the metrics of checks, by the names in ``params.yaml``.

    Args:
        checks: The checks.
        root: The project's root.
        problem_type: The problem type of the gate.

    Raises:
        ConfigError: A project's own metric cannot be used.
    """
    return {
        name: load_metric(name, root, problem_type)
        for check in checks
        if isinstance(check, ModelCheck)
        for name in check.metric_names()
    }


def _parse(values: Mapping[str, Any], problem_type: ProblemType, root: Path, *, where: str) -> DeclaredCheck:
    kind, context = str(values.get("type", "metric")), {"problem_type": problem_type}
    if is_extension(kind):
        return parse_params(_load_type(kind, root, where), values, where=where, context=context)
    if kind not in TYPES:
        raise ConfigError(
            f"There is no check of type {kind!r}{closest(kind, TYPES)}",
            where=where,
            fix=f"choose one of {', '.join(TYPES)}, or name a class of your own as `module:name`",
        )
    return parse_params(TYPES[kind], values, where=where, context=context)


def _load_type(name: str, root: Path, where: str) -> type[ModelCheck]:
    loaded = load_extension(name, root)
    if not isinstance(loaded, type) or not issubclass(loaded, ModelCheck):
        raise ConfigError(
            f"The extension '{name}' is no model check",
            where=where,
            fix="name a subclass of `trimtab.gates.model.ModelCheck`",
        )
    return loaded
