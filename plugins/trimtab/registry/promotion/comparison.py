"""Compare challengers and champion on the test window, from which none may have learnt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import Path

from trimtab.errors import ModelError, RegistryError
from trimtab.learning import (
    BINARY,
    INDEPENDENT,
    Blocks,
    Dependence,
    Metric,
    ProblemType,
    describe_blocks,
)
from trimtab.registry.loading import (
    NO_PROJECT,
    ModelTrust,
    ScoringModel,
    load_version,
    require_problem_type,
)
from trimtab.registry.promotion.comparison_window import (
    LabelledWindow,
    predict_window,
    read_labelled_window,
    require_slice_columns,
)
from trimtab.registry.promotion.defined_metrics import is_defined, require_defined
from trimtab.registry.promotion.model_measures import ModelMeasures, ScoredModel, measure_models
from trimtab.registry.promotion.paired_bootstrap import PairedMetric, compare_all_scores, paired_blocks
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.slice_comparison import (
    SliceComparison,
    WindowScores,
    compare_classes,
    compare_slices,
)
from trimtab.registry.provenance import describe_leakage
from trimtab.registry.tracking import Version, temporary_folder


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
        problem: The problem type, with the classes of all models and the window.
        candidates: The number of challengers over which the bounds of the pairs hold jointly.
        classes: The recall of each class; empty unless there are more than two.
        measures: What all models are shown with, by version. It differs from run to run.
        blocks: The blocks in which rows were resampled; nothing if they are independent.
        weight: The column by which rows count; empty if all count the same.
    """

    challenger: Version
    champion: Version | None
    rows: int
    metric: Metric
    challenger_figures: Mapping[str, float]
    pairs: Mapping[str, PairedMetric] = field(default_factory=dict)
    slices: tuple[SliceComparison, ...] = ()
    classes: tuple[SliceComparison, ...] = ()
    new_columns: tuple[str, ...] = ()
    obstacle: str = ""
    scored: WindowScores | None = field(default=None, repr=False, compare=False)
    problem: ProblemType = BINARY
    candidates: int = 1
    measures: Mapping[int, ModelMeasures] = field(default_factory=dict, compare=False)
    blocks: tuple[Blocks, ...] = ()
    weight: str = ""

    @property
    def resampled(self) -> str:
        """What a resample draws, for a sentence; empty if rows are independent."""
        return describe_blocks(self.blocks) if self.blocks else ""

    @property
    def champion_figures(self) -> dict[str, float]:
        """The champion's metrics; empty if there are none."""
        return {metric: pair.champion for metric, pair in self.pairs.items()}


def compare_versions(
    challengers: Sequence[Version],
    champion: Version | None,
    policy: PromotePolicy,
    *,
    test: Path,
    label: str,
    metric: Metric,
    trusted: ModelTrust = NO_PROJECT,
    problem: ProblemType = BINARY,
    dependence: Dependence = INDEPENDENT,
    weight: str = "",
) -> list[Comparison]:
    """Score the window with all versions, within an open connection, and compare each with the champion.

    All share rows and resamples. The bounds of the gains hold jointly for all challengers. A champion that
    cannot be loaded, has another problem type or cannot score the window is an obstacle and no error: a
    person decides then. A challenger that does so is an error.

    Args:
        challengers: The versions that were registered.
        champion: The champion.
        policy: The confidence, the resamples, and the slices.
        test: Parquet file with the features and the label.
        label: Name of the label column; rows without a label do not count.
        metric: The metric of the policy.
        trusted: What the checkout that runs trusts: types that models may hold, and keys that sign them.
        problem: The problem type that the checkout that runs declares.
        dependence: The columns of the window by which rows depend on each other.
        weight: The column of the window by which rows count; empty if all count the same.

    Raises:
        ConfigError: The policy names a column that the window does not have, or that has too many values; or
            its metric is undefined on the window.
        ModelError: A challenger holds types that are not trusted.
        RegistryError: A challenger cannot be loaded, has another problem type, reads the weight, lacks
            columns or gives invalid predictions; or nothing can be measured with the labels of the window, or
            its groups, times or weights cannot be used.
    """
    for challenger in challengers:
        require_problem_type(challenger, problem)
    window = read_labelled_window(test, label, problem, dependence, weight)
    require_slice_columns(window.rows, policy.slices)
    with temporary_folder() as folder:
        loaded = [load_version(each, folder / str(each.version), trusted, problem) for each in challengers]
        other, fault = _load_champion(champion, folder / "champion", trusted, problem)
        obstacles = [fault or (describe_leakage(champion, each) if champion else "") for each in challengers]
    # A retrained model may know a class that the champion does not.
    known = [each.estimator for each in (*loaded, other) if each]
    window = replace(window, problem=window.problem.with_classes_of(known))
    models = [
        ScoredModel(version, model, predict_window(model, window))
        for version, model in zip(challengers, loaded, strict=True)
    ]
    live = None
    if champion and other and not all(obstacles):
        try:
            live = ScoredModel(champion, other, predict_window(other, window))
        except (ModelError, RegistryError, ValueError) as err:
            fault = f"it cannot score the window: {str(err).splitlines()[0]}"
            obstacles = [each or fault for each in obstacles]
    return [
        replace(
            each,
            champion=champion,
            new_columns=tuple(c for c in model.features if c not in other.features) if other else (),
        )
        for each, model in zip(
            _compare_models(models, live, obstacles, window, policy, metric), loaded, strict=True
        )
    ]


def _compare_models(
    models: Sequence[ScoredModel],
    champion: ScoredModel | None,
    obstacles: Sequence[str],
    window: LabelledWindow,
    policy: PromotePolicy,
    metric: Metric,
) -> Iterator[Comparison]:
    """Yield the comparison of each challenger with a champion that has scored the window, if there is one."""
    problem, labels = window.problem, window.labels
    metrics = _with_built_in(metric, problem)
    figures = [
        {each.name: problem.figure(each, labels, model.predictions, window.weights) for each in metrics}
        for model in models
    ]
    for model, figure in zip(models, figures, strict=True):
        require_defined(metric, f"{model.version} on the test window", figure[metric.name])
    comparable = [bool(champion) and not obstacle for obstacle in obstacles]
    paired = list(compress(models, comparable))
    blocks = _paired_blocks(paired, champion, window)
    pairs = _compare_pairs(paired, champion, metrics, window, policy, blocks)
    for pair in pairs:
        of_champion = champion.version if champion else None
        require_defined(metric, f"{of_champion} on the test window", *pair[metric.name].bounds)
    shown = [*([champion] if champion else []), *models]
    measures = measure_models(shown, window, policy, metric, blocks, intervals=len(models) > 1)
    found = iter(pairs)
    for model, figure, obstacle, is_comparable in zip(models, figures, obstacles, comparable, strict=True):
        pair = next(found) if is_comparable else {}
        old = champion.predictions if champion and is_comparable else None
        scored = WindowScores(labels, model.predictions, old)
        defined = [name for name, value in figure.items() if is_defined(value, pair.get(name))]
        yield Comparison(
            challenger=model.version,
            champion=None,
            rows=len(labels),
            metric=metric,
            challenger_figures={name: figure[name] for name in defined},
            pairs={name: of_metric for name, of_metric in pair.items() if name in defined},
            slices=tuple(compare_slices(window, scored, policy, metric)) if is_comparable else (),
            classes=tuple(compare_classes(window, scored, policy)) if is_comparable else (),
            obstacle=obstacle,
            scored=scored,
            problem=problem,
            candidates=len(pairs) or 1,
            measures=measures,
            blocks=blocks if is_comparable else (),
            weight=window.weight,
        )


def _paired_blocks(
    models: Sequence[ScoredModel], champion: ScoredModel | None, window: LabelledWindow
) -> tuple[Blocks, ...]:
    if champion is None or not models:
        return ()
    predictions = [model.predictions for model in models]
    return paired_blocks(
        window.problem, window.labels, predictions, champion.predictions, window.units, window.weights
    )


def _compare_pairs(
    models: Sequence[ScoredModel],
    champion: ScoredModel | None,
    metrics: Sequence[Metric],
    window: LabelledWindow,
    policy: PromotePolicy,
    blocks: Sequence[Blocks],
) -> list[dict[str, PairedMetric]]:
    if champion is None or not models:
        return []
    return compare_all_scores(
        window.labels,
        [model.predictions for model in models],
        champion.predictions,
        metrics,
        confidence=policy.confidence,
        resamples=policy.resamples,
        problem=window.problem,
        blocks=blocks,
        row_weights=window.weights,
    )


def _with_built_in(metric: Metric, problem: ProblemType) -> list[Metric]:
    """Return the built-in comparison metrics, and the policy's metric if it is none of them."""
    built_in = [problem.metrics[name] for name in problem.comparison_metrics]
    return built_in if metric in built_in else [*built_in, metric]


def _load_champion(
    champion: Version | None, into: Path, trusted: ModelTrust, problem: ProblemType
) -> tuple[ScoringModel | None, str]:
    """Return the champion's model, and why it cannot be loaded; empty if it can."""
    from mlflow.exceptions import MlflowException

    if champion is None:
        return None, ""
    try:
        return load_version(champion, into, trusted, problem), ""
    except (ModelError, RegistryError, MlflowException) as err:
        return None, f"it cannot be loaded: {str(err).splitlines()[0]}"
