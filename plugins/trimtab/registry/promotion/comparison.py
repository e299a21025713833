"""Challenger and champion on the same rows: the newest labelled window, which neither has learnt from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from trimtab.errors import ModelError, RegistryError
from trimtab.metrics import Labels, figure
from trimtab.registry.loading import ScoringModel, load_version
from trimtab.registry.promotion.comparison_window import check_slices, read_window
from trimtab.registry.promotion.paired_bootstrap import Paired, compare_scores
from trimtab.registry.promotion.promote_policy import METRICS, MetricName, PromotePolicy
from trimtab.registry.provenance import may_know
from trimtab.registry.tracking import Version
from trimtab.resampling import Floats

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Slice:
    """A part of the window.

    Attributes:
        name: Such as ``region = north``.
        rows: Labelled rows in it.
        pair: Both models' metric in it; ``None`` if it is too small to say, or has no two classes.
    """

    name: str
    rows: int
    pair: Paired | None


@dataclass(frozen=True)
class Scored:
    """The window's labels and what the models made of it, each of shape (n_rows,)."""

    labels: Labels
    challenger: Floats
    champion: Floats | None


@dataclass(frozen=True)
class Comparison:
    """Challenger and champion on the same rows.

    Attributes:
        challenger: The version that wants to be champion.
        champion: The version that is; ``None`` if none is.
        rows: Labelled rows in the window.
        challenger_figures: Its metrics.
        pairs: Both models' metrics; empty if there is no champion, or it cannot be compared.
        slices: Parts of the window, as the policy names them.
        new_columns: What the challenger reads and the champion does not.
        obstacle: Why the champion cannot be compared; empty if it can.
        scored: What the figures come from.
    """

    challenger: Version
    champion: Version | None
    rows: int
    challenger_figures: Mapping[str, float]
    pairs: Mapping[MetricName, Paired] = field(default_factory=dict)
    slices: tuple[Slice, ...] = ()
    new_columns: tuple[str, ...] = ()
    obstacle: str = ""
    scored: Scored | None = field(default=None, repr=False, compare=False)

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
    trusted: Collection[str] = (),
) -> Comparison:
    """Score both on the window, within an open connection.

    A champion that cannot be loaded, or cannot score the window, is an obstacle and no error: a person
    decides then. A challenger that cannot is an error.

    Args:
        challenger: The version that wants to be champion.
        champion: The version that is.
        policy: The metric, its confidence, and the slices.
        test: Parquet file with the features and the label.
        label: Name of the label's column; rows without a label are left out.
        trusted: The types that both models may hold, as the checkout that runs lists them.

    Raises:
        ConfigError: The policy names a column the window does not have, or that has too many values.
        RegistryError: The challenger cannot be loaded or lacks columns, or the window holds no two classes.
    """
    window = read_window(test, label)
    check_slices(window, policy.slices)
    labels: Labels = window[label].to_numpy(dtype="float64") == 1
    with TemporaryDirectory(prefix="trimtab-") as folder:
        model = load_version(challenger, Path(folder, "challenger"), trusted)
        other, obstacle = _load_champion(champion, challenger, Path(folder, "champion"), trusted)
    scores, old = model.score(window), None
    if other and not obstacle:
        try:
            old = other.score(window)
        except (RegistryError, ValueError) as err:
            obstacle = f"it cannot score the window: {str(err).splitlines()[0]}"
    figures: dict[str, float] = {metric: figure(metric, labels, scores) for metric in METRICS}
    scored = Scored(labels, scores, old)
    new_columns = tuple(c for c in model.features if c not in other.features) if other else ()
    if old is None:
        return Comparison(
            challenger,
            champion,
            len(window),
            figures,
            obstacle=obstacle,
            new_columns=new_columns,
            scored=scored,
        )
    pairs = compare_scores(
        labels, (scores, old), METRICS, confidence=policy.confidence, resamples=policy.resamples
    )
    slices = tuple(_slices(window, scored, policy))
    return Comparison(challenger, champion, len(window), figures, pairs, slices, new_columns, scored=scored)


def _load_champion(
    champion: Version | None, challenger: Version, into: Path, trusted: Collection[str]
) -> tuple[ScoringModel | None, str]:
    """Return the champion's model, and why it cannot be compared, if it cannot."""
    from mlflow.exceptions import MlflowException

    if champion is None:
        return None, ""
    try:
        model = load_version(champion, into, trusted)
    except (ModelError, RegistryError, MlflowException) as err:
        return None, f"it cannot be loaded: {str(err).splitlines()[0]}"
    return model, may_know(champion, challenger)


def _slices(window: pd.DataFrame, scored: Scored, policy: PromotePolicy) -> Iterator[Slice]:
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
                    [policy.metric],
                    confidence=policy.confidence,
                    resamples=policy.resamples,
                )[policy.metric]
            yield Slice(f"{column} = {value}", len(labels), pair)
