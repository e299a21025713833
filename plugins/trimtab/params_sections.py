"""The library's own sections of ``params.yaml``, which belong to no stage.

They are defined here and not in the packages that read them. So a plan can validate them, and the trigger
form can show their bounds, without an import of numpy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, FiniteFloat, model_validator

from trimtab.amount import Amount, OptionalAmount, OptionalPositiveAmount
from trimtab.config import Params, parse_params
from trimtab.deprecations import rename_params
from trimtab.errors import ConfigError
from trimtab.extension import is_extension
from trimtab.learning import (
    BINARY,
    ProblemType,
    require_comparison_metric_name,
    require_drift_metric_name,
)
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.slo_policy import SloPolicy


@dataclass(frozen=True, slots=True)
class OfferedMetrics:
    """Annotates a field that holds a metric with the names that a form offers.

    Attributes:
        names: Returns the names for a problem type.
    """

    names: Callable[[ProblemType], Iterable[str]]


def _comparison_metrics(problem: ProblemType) -> Iterable[str]:
    return problem.comparison_metrics


def _drift_metrics(problem: ProblemType) -> Iterable[str]:
    return problem.drift_metrics


def _require_extension(name: str) -> str:
    if not is_extension(name):
        raise ValueError("it does not have the form `module:name`")
    return name


ExtensionName = Annotated[str, AfterValidator(_require_extension)]


class StatisticBound(Params):
    """A drift statistic of the project, and its bound; see docs/extending.md.

    Attributes:
        statistic: The function, as ``module:name``.
        max: The value of a feature beyond which it is watched.
    """

    statistic: ExtensionName
    max: FiniteFloat = Field(gt=0)

    @property
    def name(self) -> str:
        """The function's name, which is the name of its drift rule."""
        return self.statistic.partition(":")[2]


class RuleDeclaration(Params):
    """A drift rule of the project, and the arguments of its function; see docs/extending.md.

    Attributes:
        rule: The function, as ``module:name``. Every other key is a keyword argument of it.
    """

    model_config = ConfigDict(extra="allow")

    rule: ExtensionName

    @property
    def arguments(self) -> dict[str, object]:
        """The keyword arguments of the function."""
        return dict(self.model_extra or {})


class DriftPolicy(Params):
    """Section ``drift`` of ``params.yaml``. A bound is exceeded by a value beyond it, not by one equal to it.

    A bound on the metric is a number in its unit, or a text like ``5 %``: relative to the reference's figure.
    A drop is how much worse the metric got: how far a loss rose. Without a bound, the default depends on the
    metric. One of which more is better ends at 1, so its default is a number. A loss has the scale of the
    labels, so its default is relative.

    Attributes:
        metric: The metric of performance; by default that of the problem type: ``roc_auc``, ``log_loss`` or
            ``mae``.
        min_rows: A window with fewer rows is not measured.
        reference: What the features of a window are compared with: the ``champion``'s test window, the same
            ``season`` ``reference_windows`` before, or the ``rolling`` last ``reference_windows`` windows.
        reference_windows: See ``reference``.
        false_alarm_rate: How often a window without drift may raise any alarm. Half of the rate belongs to
            the drop of the metric; the other tests share the rest.
        max_metric_drop: How much worse than in the reference the metric may be before a retrain; by default
            0.03, of a loss 10 %. A retrain that is expected to gain more is worth it as well.
        max_estimated_metric_drop: The same for the estimated metric, while labels are delayed; by default
            0.05, of a loss 15 %.
        max_slice_metric_drop: How much worse the metric may get in a category before that category is
            watched; by default 0.1, of a loss 30 %.
        max_calibration_gap: How far what is observed may differ from what the predictions imply: the share
            of positive labels or of a class, by default 0.05; of numbers the mean of label minus prediction,
            by default 20 %. A text is relative to the standard deviation of the observed in the reference.
        max_score_psi: Population stability index of the predictions beyond which they are watched.
        min_psi: Population stability index, beyond normal noise, below which a feature has not drifted.
        min_metric_at_stake: How much of the metric a drifted feature puts at stake, below which the drift is
            ignored. It applies only if the reference has the importance of features.
        max_domain_auc: ROC AUC of a classifier that tells window from reference, beyond which it is watched.
        label_delay: Number of the newest windows that have no labels yet.
        needed: Of the last ``of_last`` windows, how many must exceed a bound, the newest one among them. A
            drop of the true metric needs no second window.
        of_last: See ``needed``.
        max_age: Number of windows after which a live model is retrained in any case; 0 for never.
        cooldown: Number of windows without another retrain after a retrain.
        budget: Number of retrains in ``budget_windows`` windows.
        budget_windows: See ``budget``.
        back_off: Number of windows in which a person decides, after a retrain that gave no better model.
            After a drop, two retrains are tried first.
        statistics: Drift statistics of the project, each with its bound.
        rules: Drift rules of the project.
    """

    metric: Annotated[
        str | None, AfterValidator(require_drift_metric_name), OfferedMetrics(_drift_metrics)
    ] = None
    min_rows: int = Field(default=200, ge=1)
    reference: Literal["champion", "season", "rolling"] = "champion"
    reference_windows: int = Field(default=12, ge=1)
    max_metric_drop: OptionalPositiveAmount = None
    max_score_psi: float = Field(default=0.25, gt=0)
    false_alarm_rate: float = Field(default=0.05, gt=0, le=0.5)
    max_estimated_metric_drop: OptionalPositiveAmount = None
    max_slice_metric_drop: OptionalPositiveAmount = None
    max_calibration_gap: OptionalPositiveAmount = None
    min_psi: float = Field(default=0.02, ge=0)
    min_metric_at_stake: Amount = 0.0
    max_domain_auc: float = Field(default=0.6, ge=0.5, le=1)
    label_delay: int = Field(default=0, ge=0)
    needed: int = Field(default=1, ge=1)
    of_last: int = Field(default=1, ge=1)
    max_age: int = Field(default=0, ge=0)
    cooldown: int = Field(default=0, ge=0)
    budget: int = Field(default=12, ge=0)
    budget_windows: int = Field(default=12, ge=1)
    back_off: int = Field(default=3, ge=0)
    statistics: list[StatisticBound] = Field(default_factory=list)
    rules: list[RuleDeclaration] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _read_deprecated_keys(cls, values: Any) -> Any:
        return rename_params("drift", values, cls.model_fields)

    @property
    def extensions(self) -> tuple[str, ...]:
        """The names of the project's functions, as ``module:name``."""
        return (
            *(declared.statistic for declared in self.statistics),
            *(declared.rule for declared in self.rules),
        )

    @model_validator(mode="after")
    def _can_be_met(self) -> DriftPolicy:
        if self.needed > self.of_last:
            raise ValueError(f"'needed' is {self.needed}, more than the {self.of_last} windows of 'of_last'")
        return self


def _require_optional_metric(name: str | None) -> str | None:
    return None if name is None else require_comparison_metric_name(name)


class SlicePolicy(Params):
    """Slices in which a challenger may not be worse than the champion, even if it is better overall.

    Attributes:
        columns: Columns of the test window; each value of them is a slice.
        min_rows: A slice with fewer rows is not compared.
        max_loss: How much worse than the champion it may be in a slice; a surely greater loss blocks it. A
            number in the unit of the metric, or a percentage of the champion's figure in that slice, such as
            ``5 %``. The default depends on the problem type.
    """

    columns: list[str] = Field(default_factory=list)
    min_rows: int = Field(default=500, ge=2)
    max_loss: OptionalAmount = None

    def max_loss_of(self, problem: ProblemType) -> float | str:
        """Return the greatest loss, by default that of the problem type."""
        return problem.default_max_loss if self.max_loss is None else self.max_loss


STRICTNESS = ("automatic", "approval", "never")  # the values of `promote.policy`, the strictest one last


class PromotePolicy(Params):
    """Section ``promote`` of ``params.yaml``.

    Attributes:
        policy: Whether a better challenger is promoted at once, after a person's approval, or never. A run
            may set a stricter one, and no looser one.
        second_person: Whether the person who triggered a run may not approve its promotion; likewise.
        deadline_hours: Time for a person to approve, in hours; after it, the challenger is not promoted.
        metric: The metric that is compared on the newest labelled window, or the ``module:name`` of a
            project's own. The default depends on the problem type.
        min_gain: The gain in the metric must be more than this: a number in the unit of the metric, or a
            percentage of the champion's figure, such as ``5 %``.
        confidence: Confidence in the gain, one-sided; equal models are promoted with 1 - confidence at most.
        resamples: Number of resamples of the bootstrap.
        worst: A challenger with a worse metric is not promoted, even if there is no champion.
        slices: Slices in which the challenger may not be worse than the champion.
    """

    policy: Literal["automatic", "approval", "never"] = "automatic"
    second_person: bool = False
    deadline_hours: float = Field(default=72.0, gt=0, strict=False)
    metric: Annotated[
        str | None, AfterValidator(_require_optional_metric), OfferedMetrics(_comparison_metrics)
    ] = None
    min_gain: Amount = 0.0
    confidence: float = Field(default=0.95, ge=0.5, lt=1)
    resamples: int = Field(default=1000, ge=100)
    worst: FiniteFloat | None = None
    slices: SlicePolicy = Field(default_factory=SlicePolicy)

    def tighten(self, committed: PromotePolicy) -> PromotePolicy:
        """Return the policy with the stricter values of both: of who decides, and of a second person."""
        policy = max(self.policy, committed.policy, key=STRICTNESS.index)
        second_person = self.second_person or committed.second_person
        return self.model_copy(update={"policy": policy, "second_person": second_person})

    def metric_name(self, problem: ProblemType) -> str:
        """Return the name of the metric, by default that of the problem type.

        Raises:
            ConfigError: Models of this type are not compared in the metric.
        """
        try:
            return problem.require_comparison_metric_name(self.metric)
        except ValueError as err:
            raise ConfigError(
                f"The metric '{self.metric}' does not fit the problem type: {err}",
                where=f"{PARAMS_FILE}: promote.metric",
                fix="choose another metric, or declare another `problem_type`; nothing has been run",
            ) from err

    def resolve(self, problem: ProblemType) -> PromotePolicy:
        """Return the policy with the defaults of a problem type.

        Raises:
            ConfigError: As for :meth:`metric_name`.
        """
        slices = self.slices.model_copy(update={"max_loss": self.slices.max_loss_of(problem)})
        return self.model_copy(update={"metric": self.metric_name(problem), "slices": slices})


class ScorePolicy(Params):
    """Section ``score`` of ``params.yaml``.

    Attributes:
        keys: Columns that identify a row; they are copied beside its score.
        shadow: Whether the challenger scores the same rows too, for comparison only.
        threshold: In that comparison of binary classifiers, a row with this score or more is positive.
    """

    keys: list[str] = Field(default_factory=list)
    shadow: bool = False
    threshold: float = Field(default=0.5, ge=0, le=1)


class RetentionPolicy(Params):
    """Section ``retention`` of ``params.yaml``, in days.

    Attributes:
        champion_days: A version that was champion within these days is live, and all it was made of is kept.
        candidate_days: A version that was never champion is kept for these days.
        verdict_days: The run of a drift verdict is kept for these days.
        report_days: The files of a failed stage in ``TRIMTAB_HOME`` are kept for these days.
        object_days: An object of DVC's cache that is not referenced is kept these days after it was
            written. They must be more than any run takes.
    """

    champion_days: int = Field(default=730, ge=1)
    candidate_days: int = Field(default=90, ge=1)
    verdict_days: int = Field(default=730, ge=1)
    report_days: int = Field(default=30, ge=1)
    object_days: int = Field(default=30, ge=1)


class SigningPolicy(Params):
    """Section ``signing`` of ``params.yaml``: whose signature a version must have. Only a commit sets it.

    Attributes:
        required: Whether a version is compared, promoted, scored, rebuilt or checked for drift only if one of
            the keys has signed it.
        public_keys: The public keys whose signatures count: PEM files of the repository.
    """

    required: bool = False
    public_keys: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _can_be_met(self) -> SigningPolicy:
        if self.required and not self.public_keys:
            raise ValueError("'required' is true, and 'public_keys' names no key: nothing could be used")
        return self


class RecoveryPolicy(Params):
    """Section ``recovery`` of ``params.yaml``: who owns the pipeline, and what a recovery drill has to prove.

    Attributes:
        owner: The team or person who decides about the data and models of the pipeline.
        criticality: How bad it is if the pipeline is lost.
        max_copy_hours: Recovery point objective: a drill fails if the newest backup is older.
        max_minutes: Recovery time objective: a drill fails if restore and rebuild take longer.
        drill_days: After this time without a good drill, `trimtab status` and the DAG `verify` say so.
        lock_days: Each backup is locked for these days, in a bucket with object lock; 0 locks nothing.
    """

    owner: str = ""
    criticality: Literal["low", "medium", "high"] = "medium"
    max_copy_hours: float = Field(default=48.0, gt=0, strict=False)
    max_minutes: float = Field(default=240.0, gt=0, strict=False)
    drill_days: int = Field(default=40, ge=1)
    lock_days: int = Field(default=0, ge=0, le=3650)


SECTIONS: dict[str, type[Params]] = {
    "drift": DriftPolicy,
    "promote": PromotePolicy,
    "recovery": RecoveryPolicy,
    "retention": RetentionPolicy,
    "score": ScorePolicy,
    "signing": SigningPolicy,
    "slo": SloPolicy,
}


def check_sections(root: Path, stages: Collection[str], problem: ProblemType = BINARY) -> None:
    """Validate the library's sections of a project's ``params.yaml``.

    Args:
        root: The folder of ``params.yaml``.
        stages: Sections that stages depend on. They are not the library's, whatever their names are.
        problem: The problem type of the project.

    Raises:
        ConfigError: A key is unknown, or a value is not valid, or not valid for the problem type.
    """
    file = root / PARAMS_FILE
    own = [name for name in SECTIONS if name not in stages]
    # Most projects have no such section, and reading YAML is slow.
    if not file.is_file() or not re.search(rf"^({'|'.join(own)})\b", file.read_text(encoding="utf-8"), re.M):
        return
    values = load_yaml(file)
    for name in own:
        if name in values:
            section = parse_params(SECTIONS[name], values[name] or {}, where=f"{PARAMS_FILE}: {name}")
            if isinstance(section, PromotePolicy):
                section.metric_name(problem)
            if isinstance(section, DriftPolicy):
                check_drift_metric(section, problem)


def check_drift_metric(policy: DriftPolicy, problem: ProblemType) -> None:
    """Refuse a policy whose metric the problem type does not have.

    Raises:
        ConfigError: It does not have it.
    """
    try:
        problem.require_drift_metric(policy.metric)
    except ValueError as err:
        raise ConfigError(
            f"The metric '{policy.metric}' is invalid: {err}",
            where=f"{PARAMS_FILE}: drift.metric",
            fix="choose one of these, or declare another `problem_type` of the model in dvc.yaml",
        ) from err
