"""Compare challenger and champion on the test window, from which neither may have learnt."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.errors import ConfigError, ModelError, RegistryError
from trimtab.learning import (
    BINARY,
    INDEPENDENT,
    MIN_UNITS,
    Blocks,
    Dependence,
    Floats,
    Metric,
    ProblemType,
    select_units,
)
from trimtab.registry.loading import ScoringModel, load_version, require_problem_type
from trimtab.registry.promotion.comparison_window import (
    LabelledWindow,
    read_labelled_window,
    require_slice_columns,
)
from trimtab.registry.promotion.paired_bootstrap import PairedMetric, compare_scores, paired_blocks
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.provenance import describe_leakage
from trimtab.registry.tracking import Version, temporary_folder

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class SliceComparison:
    """Challenger and champion in a slice of the window.

    Attributes:
        name: Such as ``region = north``.
        rows: Labelled rows in the slice.
        pair: The policy's metric of both; ``None`` if the slice is too small or has too few groups or times,
            or the metric is undefined, as with only one label.
    """

    name: str
    rows: int
    pair: PairedMetric | None


@dataclass(frozen=True)
class WindowScores:
    """The labels of the window and the predictions of the models, as the problem type reads them."""

    labels: NDArray[Any]
    challenger: Floats
    champion: Floats | None


@dataclass(frozen=True)
class Comparison:
    """Challenger and champion on the same rows.

    Attributes:
        challenger: The version that was registered.
        champion: The champion; ``None`` if there is none.
        rows: Labelled rows in the window.
        metric: The metric of the policy.
        challenger_figures: The challenger's metrics, without those that are undefined.
        pairs: Both models' metrics; empty if there is no champion, or it cannot be compared.
        slices: The slices of the window, as the policy names them.
        new_columns: Columns that the challenger reads and the champion does not.
        obstacle: Why the champion cannot be compared; empty if it can.
        scored: The scores that the metrics come from.
        problem: The problem type, with the classes of both models and the window.
        blocks: The blocks in which rows were resampled; nothing if they are independent.
    """

    challenger: Version
    champion: Version | None
    rows: int
    metric: Metric
    challenger_figures: Mapping[str, float]
    pairs: Mapping[str, PairedMetric] = field(default_factory=dict)
    slices: tuple[SliceComparison, ...] = ()
    new_columns: tuple[str, ...] = ()
    obstacle: str = ""
    scored: WindowScores | None = field(default=None, repr=False, compare=False)
    problem: ProblemType = BINARY
    blocks: tuple[Blocks, ...] = ()

    @property
    def champion_figures(self) -> dict[str, float]:
        """The champion's metrics; empty if there are none."""
        return {metric: pair.champion for metric, pair in self.pairs.items()}


def compare(
    challenger: Version,
    champion: Version | None,
    policy: PromotePolicy,
    *,
    test: Path,
    label: str,
    metric: Metric,
    trusted: Collection[str] = (),
    problem: ProblemType = BINARY,
    dependence: Dependence = INDEPENDENT,
) -> Comparison:
    """Score the window with both versions, within an open connection.

    A champion that cannot be loaded, has another problem type or cannot score the window is an obstacle and
    no error: a person decides then. A challenger that does so is an error.

    Args:
        challenger: The version that was registered.
        champion: The champion.
        policy: The confidence, the resamples, and the slices.
        test: Parquet file with the features and the label.
        label: Name of the label column; rows without a label do not count.
        metric: The metric of the policy.
        trusted: The types that both models may hold, as the checkout that runs lists them.
        problem: The problem type that the checkout that runs declares.
        dependence: The columns of the window by which rows depend on each other.

    Raises:
        ConfigError: The policy names a column that the window does not have, or that has too many values; or
            its metric is undefined on the window.
        ModelError: The challenger holds types that are not trusted.
        RegistryError: The challenger cannot be loaded, has another problem type, lacks columns or gives
            invalid predictions; or nothing can be measured with the labels of the window, or its groups or
            times cannot be used.
    """
    require_problem_type(challenger, problem)
    window = read_labelled_window(test, label, problem, dependence)
    require_slice_columns(window.rows, policy.slices)
    with temporary_folder() as folder:
        model = load_version(challenger, folder / "challenger", trusted, problem)
        other, obstacle = _load_champion(champion, challenger, folder / "champion", trusted, problem)
    # A retrained model may know a class that the champion does not.
    known = [each.estimator for each in (model, other) if each]
    problem, labels = window.problem.with_classes_of(known), window.labels
    scores, old = _predict(model, window.rows, problem), None
    if other and not obstacle:
        try:
            old = _predict(other, window.rows, problem)
        except (RegistryError, ValueError) as err:
            obstacle = f"it cannot score the window: {str(err).splitlines()[0]}"
    scored = WindowScores(labels, scores, old)
    metrics = _with_built_in(metric, problem)
    figures = {each.name: problem.figure(each, labels, scores) for each in metrics}
    _require_defined(metric, f"{challenger} on the test window", figures[metric.name])
    pairs: Mapping[str, PairedMetric] = {}
    if old is not None:
        pairs = compare_scores(
            labels,
            (scores, old),
            metrics,
            confidence=policy.confidence,
            resamples=policy.resamples,
            problem=problem,
            units=window.units,
        )
    if pair := pairs.get(metric.name):
        _require_defined(metric, f"{champion} on the test window", *pair.bounds)
    defined = [name for name, figure in figures.items() if _is_defined(figure, pairs.get(name))]
    return Comparison(
        challenger=challenger,
        champion=champion,
        rows=len(labels),
        metric=metric,
        challenger_figures={name: figures[name] for name in defined},
        pairs={name: pair for name, pair in pairs.items() if name in defined},
        slices=() if old is None else tuple(_compare_slices(window, scored, policy, metric, problem)),
        new_columns=tuple(c for c in model.features if c not in other.features) if other else (),
        obstacle=obstacle,
        scored=scored,
        problem=problem,
        blocks=() if old is None else paired_blocks(problem, labels, (scores, old), window.units),
    )


def _predict(model: ScoringModel, rows: pd.DataFrame, problem: ProblemType) -> Floats:
    """Return the predictions of a model for all classes of the comparison, and refuse invalid ones."""
    predictions = model.predict(rows, problem)
    if fault := problem.find_invalid(predictions):
        raise RegistryError(
            f"The predictions of {model.label} for the test window are invalid: {fault}",
            fix="correct the stage that trains the model; the champion has not changed",
        )
    return predictions


def _is_defined(figure: float, pair: PairedMetric | None) -> bool:
    """Whether a metric is a number for all rows and each resample, as R² is not where labels are equal."""
    return all(map(math.isfinite, (figure, *(pair.bounds if pair else ()))))


def _require_defined(metric: Metric, where: str, *values: float) -> None:
    """Refuse a metric that is undefined: nothing would follow from a comparison with it."""
    if not all(map(math.isfinite, values)):
        raise ConfigError(
            f"The metric '{metric.name}' is undefined for {where}",
            where="params.yaml: promote.metric",
            fix="choose another metric; or, in one of your own, return a number for all rows and for each"
            " resample of them",
        )


def _with_built_in(metric: Metric, problem: ProblemType) -> list[Metric]:
    """Return the built-in comparison metrics, and the policy's metric if it is none of them."""
    built_in = [problem.metrics[name] for name in problem.comparison_metrics]
    return built_in if metric in built_in else [*built_in, metric]


def _load_champion(
    champion: Version | None,
    challenger: Version,
    into: Path,
    trusted: Collection[str],
    problem: ProblemType,
) -> tuple[ScoringModel | None, str]:
    """Return the champion's model, and why it cannot be compared; empty if it can."""
    from mlflow.exceptions import MlflowException

    if champion is None:
        return None, ""
    try:
        model = load_version(champion, into, trusted, problem)
    except (ModelError, RegistryError, MlflowException) as err:
        return None, f"it cannot be loaded: {str(err).splitlines()[0]}"
    return model, describe_leakage(champion, challenger)


def _compare_slices(
    window: LabelledWindow,
    scored: WindowScores,
    policy: PromotePolicy,
    metric: Metric,
    problem: ProblemType,
) -> Iterator[SliceComparison]:
    assert scored.champion is not None
    for column in policy.slices.columns:
        values = window.rows[column].astype("string").fillna("(missing)")
        for value in sorted(values.unique()):
            inside = (values == value).to_numpy(dtype=bool)
            labels, units = scored.labels[inside], select_units(window.units, inside)
            pair = None
            few = len(labels) < policy.slices.min_rows or any(each.number < MIN_UNITS for each in units)
            if not few and not problem.find_unmeasurable(labels):
                pair = compare_scores(
                    labels,
                    (scored.challenger[inside], scored.champion[inside]),
                    [metric],
                    confidence=policy.confidence,
                    resamples=policy.resamples,
                    problem=problem,
                    units=units,
                )[metric.name]
                if metric.function:
                    _require_defined(metric, f"the slice {column} = {value}", *pair.bounds)
                elif not _is_defined(pair.challenger, pair):
                    pair = None
            yield SliceComparison(f"{column} = {value}", len(labels), pair)
