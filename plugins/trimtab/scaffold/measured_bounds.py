"""The bounds of the model checks of a new pipeline, from what its models reach on several hold-outs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Any

from trimtab.config import load_params
from trimtab.errors import ConfigError
from trimtab.learning import PROBLEM_TYPES
from trimtab.params_file import PARAMS_FILE
from trimtab.scaffold.holdouts import Holdout
from trimtab.scaffold.label_column import BINARY, MULTICLASS, REGRESSION
from trimtab.scaffold.pipeline_design import PipelineDesign
from trimtab.stages import import_stage, save_model

if TYPE_CHECKING:
    from trimtab.gates import Check

SCORES = {BINARY: ("roc_auc", "brier"), MULTICLASS: ("log_loss", "accuracy"), REGRESSION: ("mae", "rmse")}
ANYTHING = 1e12  # no bound: it is measured only
RESAMPLES = 100  # the fewest that a gate takes: a bound has a margin anyway
TRAINING_ROWS = 5000  # of the training table, on which the gap is measured: many more cost minutes
MARGIN = 0.3  # of the range of what was measured, with its intervals
ROWS = 0.5  # of the smallest test table
HIGHEST_LEAKAGE = 0.999
MEGABYTES = 3  # times the largest file
SECTION = "validate_model"


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Attributes:
        checks: The checks of the model gate, with their bounds.
        trusted_types: The types that the models' files hold beyond those that skops trusts.
        beats_baseline: Whether the model is surely better than the baseline on every hold-out.
    """

    checks: list[dict[str, Any]]
    trusted_types: list[str]
    beats_baseline: bool


@dataclass(frozen=True)
class _Range:
    """A figure on all hold-outs: the values, and the ends of their intervals."""

    values: Sequence[float]
    low: float
    high: float

    @property
    def margin(self) -> float:
        return MARGIN * (self.high - self.low) or abs(self.high) * MARGIN

    def below(self) -> float:
        return _round(self.low - self.margin, self.margin, math.floor)

    def above(self) -> float:
        return _round(self.high + self.margin, self.margin, math.ceil)

    def __str__(self) -> str:
        return f"{min(self.values):.4g} to {max(self.values):.4g}"


def measure(design: PipelineDesign, folder: Path, hold_outs: Sequence[Holdout]) -> Measured:
    """Fit model and baseline on each hold-out, and return bounds that hold on all of them.

    Args:
        design: The design.
        folder: The folder of the pipeline; its ``train.py`` is called.
        hold_outs: The hold-outs.

    Raises:
        ConfigError: The first hold-out, which is that of the first training, cannot be measured: its labels
            are all equal, for example.
    """
    train = import_stage(folder, "train")
    params = load_params(train.TrainParams, "train", folder / PARAMS_FILE)
    found: list[Sequence[Check]] = []
    used, problems, trusted = [], [], set[str]()
    for hold_out in hold_outs:
        with TemporaryDirectory() as files:
            checks, types, problem = _measure_one(design, train, params, hold_out, Path(files))
        trusted |= types
        if problem:
            problems.append(f"{hold_out.name}: {problem}")
        else:
            used.append(hold_out)
            found.append(checks)
    if not used or used[0] is not hold_outs[0]:
        raise ConfigError(
            f"The first model cannot be measured: {problems[0]}",
            where=f"--label {design.label.name}",
            fix="choose another --every, or --no-time for a random hold-out",
        )
    return _bounds(design, used, found, sorted(trusted))


def _measure_one(
    design: PipelineDesign, train: ModuleType, params: Any, hold_out: Holdout, files: Path
) -> tuple[Sequence[Check], set[str], str]:
    """Return the measured checks of a hold-out, the types of its models, and why it cannot be measured."""
    import skops.io

    from trimtab.gates import check_model

    for side, table in (("learns from", hold_out.train), ("is tested on", hold_out.test)):
        if table[design.label.name].nunique() < 2:
            return [], set(), f"all rows that it {side} have the same label"
    models = dict(zip(("model", "baseline"), train.fit(hold_out.train, params), strict=True))
    types = {
        name for one in models.values() for name in skops.io.get_untrusted_types(data=skops.io.dumps(one))
    }
    section = {
        "problem_type": design.label.problem_type,
        "label": design.label.name,
        "trusted_types": sorted(types),
        "resamples": RESAMPLES,
        "checks": _unbounded(design),
    }
    (files / PARAMS_FILE).write_text(json.dumps({SECTION: section}), encoding="utf-8")
    for name, model in models.items():
        save_model(model, files / f"{name}.skops")
    seen = hold_out.train.sample(min(TRAINING_ROWS, len(hold_out.train)), random_state=0)
    for name, table in (("train", seen), ("test", hold_out.test)):
        table.to_parquet(files / f"{name}.parquet", index=False)
    report = check_model(
        params=files / PARAMS_FILE,
        section=SECTION,
        out=files / "report",
        **{name: files / f"{name}.skops" for name in models},
        **{name: files / f"{name}.parquet" for name in ("train", "test")},
    )
    undefined = [check.detail or check.name for check in report.checks if not _is_measured(check)]
    return report.checks, types, report.problem or "; ".join(undefined)


def _unbounded(design: PipelineDesign) -> list[dict[str, Any]]:
    """Return the checks that measure and accept anything, in the order of :func:`_bounds`."""
    kind = design.label.problem_type
    problem = PROBLEM_TYPES[kind]
    return [
        *({"type": "score", "metric": name, "min": -ANYTHING} for name in SCORES[kind]),
        {"type": "gain", "metric": problem.default_metric, "above": -ANYTHING},
        {"type": "gap", "metric": problem.default_metric, "max": ANYTHING},
        {"type": "leakage", problem.leakage_bound: HIGHEST_LEAKAGE},
        {"type": "size", "max_megabytes": ANYTHING},
    ]


def _is_measured(check: Check) -> bool:
    return isinstance(check.observed, int | float) and math.isfinite(check.observed)


def _bounds(
    design: PipelineDesign, used: Sequence[Holdout], found: Sequence[Sequence[Check]], trusted: list[str]
) -> Measured:
    kind, when = design.label.problem_type, _when(design, used)
    problem = PROBLEM_TYPES[kind]
    *scores, gain, gap, leakage, size = (_range(checks) for checks in zip(*found, strict=True))
    rows = [len(hold_out.test) for hold_out in used]
    beats = gain.low > 0
    checks: list[dict[str, Any]] = [
        {"metric": "model.rows", "min": int(min(rows) * ROWS), "notes": f"{min(rows)} to {max(rows)} {when}"}
    ]
    for name, score in zip(SCORES[kind], scores, strict=True):
        better = problem.metrics[name].greater_is_better
        bound = {"min": score.below()} if better else {"max": score.above()}
        checks.append({"type": "score", "metric": name, **bound, "notes": f"{score} {when}"})
    note = f"{gain} {when}" if beats else f"{gain} {when}; not surely better than the baseline"
    checks += [
        {"type": "gain", "metric": problem.default_metric, "above": min(0, gain.below()), "notes": note},
        {
            "type": "gap",
            "metric": problem.default_metric,
            "max": max(gap.above(), 0),
            "notes": f"{gap} {when}",
        },
        {"type": "stability"},
        {
            "type": "leakage",
            problem.leakage_bound: min(max(leakage.above(), 0.6), HIGHEST_LEAKAGE),
            "notes": f"{leakage} {when}",
        },
        {"type": "inference", "max_seconds": 5, "notes": "for 1000 rows"},
        {
            "type": "size",
            "max_megabytes": max(1, math.ceil(MEGABYTES * size.high)),
            "notes": f"{size.high:.2g} MB",
        },
    ]
    return Measured(checks, trusted, beats)


def _range(checks: Sequence[Check]) -> _Range:
    values = [float(check.observed) for check in checks if isinstance(check.observed, int | float)]
    ends = [end for check in checks for end in check.interval or (check.observed,)]
    finite = [float(end) for end in ends if isinstance(end, int | float) and math.isfinite(end)]
    return _Range(values, min([*values, *finite]), max([*values, *finite]))


def _when(design: PipelineDesign, used: Sequence[Holdout]) -> str:
    if design.time is None:
        return f"in {len(used)} random hold-outs"
    return f"at {len(used)} date(s) from {used[0].name} to {used[-1].name}"


def _round(value: float, margin: float, towards: Any) -> float:
    """Round a bound outwards, to two digits of its margin."""
    digits = 1 - math.floor(math.log10(margin)) if margin > 0 else 6
    scale = 10.0**digits
    return float(round(towards(value * scale) / scale, max(digits, 0)))


def checks_without_bounds(design: PipelineDesign) -> list[Mapping[str, Any]]:
    """Return a check for a draft of ``params.yaml``, before anything is measured."""
    return [{"metric": "model.rows", "min": 0}]
