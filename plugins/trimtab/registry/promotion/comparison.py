"""Compare challenger and champion on the test window, from which neither may have learnt."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError, ModelError, RegistryError
from trimtab.learning import BINARY, Floats, Labels, Metric
from trimtab.registry.loading import ScoringModel, load_version
from trimtab.registry.promotion.comparison_window import read_labelled_rows, require_slice_columns
from trimtab.registry.promotion.paired_bootstrap import PairedMetric, compare_scores
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.provenance import describe_leakage
from trimtab.registry.tracking import Version, temporary_folder

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class SliceComparison:
    """Challenger and champion in a slice of the window.

    Attributes:
        name: Such as ``region = north``.
        rows: Labelled rows in the slice.
        pair: The policy's metric of both; ``None`` if the slice is too small, or has only one label.
    """

    name: str
    rows: int
    pair: PairedMetric | None


@dataclass(frozen=True)
class WindowScores:
    """The labels of the window and the scores of the models, each of shape (n_rows,)."""

    labels: Labels
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
        challenger_figures: The challenger's metrics.
        pairs: Both models' metrics; empty if there is no champion, or it cannot be compared.
        slices: The slices of the window, as the policy names them.
        new_columns: Columns that the challenger reads and the champion does not.
        obstacle: Why the champion cannot be compared; empty if it can.
        scored: The scores that the metrics come from.
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
) -> Comparison:
    """Score the window with both versions, within an open connection.

    A champion that cannot be loaded or cannot score the window is an obstacle and no error: a person decides
    then. A challenger that cannot is an error.

    Args:
        challenger: The version that was registered.
        champion: The champion.
        policy: The confidence, the resamples, and the slices.
        test: Parquet file with the features and the label.
        label: Name of the label column; rows without a label do not count.
        metric: The metric of the policy.
        trusted: The types that both models may hold, as the checkout that runs lists them.

    Raises:
        ConfigError: The policy names a column that the window does not have, or that has too many values.
        ModelError: The challenger holds types that are not trusted.
        RegistryError: The challenger cannot be loaded or lacks columns, or the window has only one label.
    """
    window = read_labelled_rows(test, label)
    require_slice_columns(window, policy.slices)
    labels: Labels = window[label].to_numpy(dtype="float64") == 1
    with temporary_folder() as folder:
        model = load_version(challenger, folder / "challenger", trusted)
        other, obstacle = _load_champion(champion, challenger, folder / "champion", trusted)
    scores, old = model.score(window), None
    if other and not obstacle:
        try:
            old = other.score(window)
        except (RegistryError, ValueError) as err:
            obstacle = f"it cannot score the window: {str(err).splitlines()[0]}"
    scored = WindowScores(labels, scores, old)
    metrics = _with_built_in(metric)
    figures = {each.name: BINARY.figure(each, labels, scores) for each in metrics}
    _require_defined(metric, f"{challenger} on the test window", figures[metric.name])
    pairs: Mapping[str, PairedMetric] = {}
    if old is not None:
        pairs = compare_scores(
            labels,
            (scores, old),
            metrics,
            confidence=policy.confidence,
            resamples=policy.resamples,
        )
    if pair := pairs.get(metric.name):
        _require_defined(metric, f"{champion} on the test window", pair.champion, pair.low, pair.high)
    return Comparison(
        challenger=challenger,
        champion=champion,
        rows=len(window),
        metric=metric,
        challenger_figures=figures,
        pairs=pairs,
        slices=() if old is None else tuple(_compare_slices(window, scored, policy, metric)),
        new_columns=tuple(c for c in model.features if c not in other.features) if other else (),
        obstacle=obstacle,
        scored=scored,
    )


def _require_defined(metric: Metric, where: str, *values: float) -> None:
    """Refuse a metric of the project that is undefined: nothing would follow from a comparison with it."""
    if not all(map(math.isfinite, values)):
        raise ConfigError(
            f"The metric '{metric.name}' is undefined for {where}",
            where="params.yaml: promote.metric",
            fix="return a number for all rows and for each resample of them",
        )


def _with_built_in(metric: Metric) -> list[Metric]:
    """Return the built-in comparison metrics, and the policy's metric if it is none of them."""
    built_in = [BINARY.metrics[name] for name in BINARY.comparison_metrics]
    return built_in if metric in built_in else [*built_in, metric]


def _load_champion(
    champion: Version | None, challenger: Version, into: Path, trusted: Collection[str]
) -> tuple[ScoringModel | None, str]:
    """Return the champion's model, and why it cannot be compared; empty if it can."""
    from mlflow.exceptions import MlflowException

    if champion is None:
        return None, ""
    try:
        model = load_version(champion, into, trusted)
    except (ModelError, RegistryError, MlflowException) as err:
        return None, f"it cannot be loaded: {str(err).splitlines()[0]}"
    return model, describe_leakage(champion, challenger)


def _compare_slices(
    window: pd.DataFrame, scored: WindowScores, policy: PromotePolicy, metric: Metric
) -> Iterator[SliceComparison]:
    assert scored.champion is not None
    for column in policy.slices.columns:
        values = window[column].astype("string").fillna("(missing)")
        for value in sorted(values.unique()):
            inside = (values == value).to_numpy(dtype=bool)
            labels = scored.labels[inside]
            pair = None
            if len(labels) >= policy.slices.min_rows and 0 < labels.sum() < len(labels):
                pair = compare_scores(
                    labels,
                    (scored.challenger[inside], scored.champion[inside]),
                    [metric],
                    confidence=policy.confidence,
                    resamples=policy.resamples,
                )[metric.name]
                _require_defined(metric, f"the slice {column} = {value}", pair.gain, pair.low, pair.high)
            yield SliceComparison(f"{column} = {value}", len(labels), pair)
