"""What models are shown with beside each other: a figure with its interval, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.learning import Blocks, Bootstrap, Estimate, Floats, Metric, scoring_seconds
from trimtab.registry.loading import ScoringModel
from trimtab.registry.promotion.comparison_window import LabelledWindow
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.tracking import Version


@dataclass(frozen=True)
class ScoredModel:
    """A version that has scored the window.

    Attributes:
        version: The version.
        model: Its model.
        predictions: Its predictions, as the problem type reads them.
    """

    version: Version
    model: ScoringModel
    predictions: Floats


@dataclass(frozen=True)
class ModelMeasures:
    """What a model is shown with.

    Attributes:
        figure: Its metric on the window, with a two-sided interval of its own; None where one challenger is
            compared, whose gain has an interval.
        score_milliseconds: Time to score 1,000 rows of the window. It differs from run to run.
        train_seconds: Run time of the stage that made it; None if that was not recorded, as for a model that
            came from the run cache.
        megabytes: Size of its file, in 1,000,000 bytes.
    """

    figure: Estimate | None
    score_milliseconds: float
    train_seconds: float | None
    megabytes: float | None


def measure_models(
    models: Sequence[ScoredModel],
    window: LabelledWindow,
    policy: PromotePolicy,
    metric: Metric,
    blocks: Sequence[Blocks] = (),
    *,
    intervals: bool = True,
) -> dict[int, ModelMeasures]:
    """Measure models on the same window, by version number.

    Args:
        models: The models.
        window: The window.
        policy: The confidence and the resamples.
        metric: The metric.
        blocks: The blocks in which rows are resampled; nothing if they are independent.
        intervals: Whether to measure the figures with their intervals, or only what the models cost.
    """
    figures = _figures(models, window, policy, metric, blocks) if intervals else [None] * len(models)
    return {
        each.version.version: ModelMeasures(
            figure=figure,
            score_milliseconds=1000 * scoring_seconds(each.model.predict, window.rows),
            train_seconds=each.version.train_seconds,
            megabytes=each.version.megabytes,
        )
        for each, figure in zip(models, figures, strict=True)
    }


def _figures(
    models: Sequence[ScoredModel],
    window: LabelledWindow,
    policy: PromotePolicy,
    metric: Metric,
    blocks: Sequence[Blocks],
) -> list[Estimate]:
    bootstrap = Bootstrap(policy.resamples, policy.confidence, 0, tuple(blocks), window.weights)
    problem, labels = window.problem, window.labels
    statistics = [problem.statistic(metric, labels, each.predictions) for each in models]
    sampled = bootstrap.sample(statistics, len(labels), strata=problem.strata(labels))
    return [bootstrap.estimate(drawn) for drawn in sampled]
