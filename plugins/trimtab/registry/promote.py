"""Who is champion: decided on the newest labelled window, where challenger and champion are both scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pydantic import Field

from trimtab.config import Params
from trimtab.errors import ProjectError, RegistryError
from trimtab.pipeline.graph import Artifact, Graph
from trimtab.registry.artifacts import require_artifact
from trimtab.registry.champion import load_version, read_champion
from trimtab.registry.entry import Entry
from trimtab.registry.model import ScoringModel
from trimtab.registry.server import connection
from trimtab.registry.switch import CHALLENGER, reconcile, switch
from trimtab.registry.version import TAG_PREFIX, Version

TEST_WINDOW = "flights-test: {path: data/split/test.parquet, type: test-window, meta: {label: late}}"
LOWER_IS_BETTER = ("brier", "log_loss")


class PromotePolicy(Params):
    """Section ``promote`` of ``params.yaml``."""

    metric: Literal["roc_auc", "average_precision", "log_loss", "brier"] = "roc_auc"
    min_gain: float = Field(default=0.0, ge=0, description="the challenger must be better by more than this")


@dataclass(frozen=True)
class Comparison:
    """Challenger and champion on the same rows.

    Attributes:
        challenger: The version that wants to be champion.
        champion: The version that is; ``None`` if none is.
        challenger_figures: Its metrics.
        champion_figures: The champion's; empty if there is none.
        rows: Labelled rows in the window.
    """

    challenger: Version
    champion: Version | None
    challenger_figures: Mapping[str, float]
    champion_figures: Mapping[str, float]
    rows: int


@dataclass(frozen=True)
class Decision:
    """What came of a comparison.

    Attributes:
        promoted: Whether the challenger becomes champion by it; not if it is champion already.
        sentence: What was decided and why.
        challenger_figures: Its metrics on the window; empty if it is champion already.
        champion_figures: The champion's; empty also if there was none.
    """

    promoted: bool
    sentence: str
    challenger_figures: Mapping[str, float] = field(default_factory=dict)
    champion_figures: Mapping[str, float] = field(default_factory=dict)


def test_window(graph: Graph) -> Artifact:
    """Return the artifact of type ``test-window``: the newest labelled window, a Parquet file.

    Raises:
        ProjectError: None or several are declared.
    """
    return require_artifact(graph, "test-window", TEST_WINDOW)


def label_of(graph: Graph) -> str:
    """Return the name of the label's column, as the test window declares it.

    Raises:
        ProjectError: No test window is declared, or it does not name the label.
    """
    artifact = test_window(graph)
    if "label" not in artifact.meta:
        raise ProjectError(
            f"The artifact '{artifact.name}' does not say which column is the label",
            where="dvc.yaml: artifacts",
            fix=f"declare it like `{TEST_WINDOW}`",
        )
    return str(artifact.meta["label"])


def compare(version: Version, *, test: Path, label: str) -> Comparison:
    """Score a version and the champion on the same labelled window.

    Args:
        version: The challenger.
        test: Parquet file with the features and the label.
        label: Name of the label's column; rows without a label are left out.

    Raises:
        RegistryError: A model cannot be loaded or lacks columns, the window holds no two classes, or the
            server is away.
    """
    with connection() as client:
        return _compare(version, read_champion(client, version.name), test, label)


def promote(version: Version, policy: PromotePolicy, *, test: Path, label: str, by: str) -> Decision:
    """Make a version champion if it is better; the first one becomes it without a contest.

    Args:
        version: The challenger.
        policy: What better means.
        test: Parquet file with the features and the label.
        label: Name of the label's column.
        by: The DAG run or the user who asks; asked again by the same, the answer is the same.

    Raises:
        RegistryError: As for :func:`compare`, or the ledger is broken; then no alias has moved.
    """
    with connection() as client:
        while True:
            ledger = reconcile(client, version.name)
            if ledger.last and ledger.champion == version.version:
                return _decided_already(ledger.last, version, by)
            decision = decide(_compare(version, read_champion(client, version.name), test, label), policy)
            client.set_model_version_tag(
                version.name, str(version.version), f"{TAG_PREFIX}decision", decision.sentence
            )
            if not decision.promoted:
                client.set_registered_model_alias(version.name, CHALLENGER, str(version.version))
                return decision
            figures = {"challenger": decision.challenger_figures, "champion": decision.champion_figures}
            if switch(
                client,
                ledger,
                champion=version.version,
                how="promoted",
                by=by,
                reason=decision.sentence,
                data_until=version.tags.get(f"{TAG_PREFIX}data_until", ""),
                comparison=figures,
            ):
                return decision  # otherwise another became champion meanwhile, and has to be beaten


def decide(comparison: Comparison, policy: PromotePolicy) -> Decision:
    """Apply the policy to the figures."""
    new, old, metric = comparison.challenger, comparison.champion, policy.metric
    score = comparison.challenger_figures[metric]
    if old is None:
        return Decision(
            True, f"{new} is the first champion: {metric} {score:.4f}", comparison.challenger_figures
        )
    other = comparison.champion_figures[metric]
    gain = other - score if metric in LOWER_IS_BETTER else score - other
    promoted = gain > policy.min_gain
    sentence = (
        f"{new} {'replaces' if promoted else 'does not replace'} version {old.version} as champion: "
        f"{metric} {score:.4f} against {other:.4f} on {comparison.rows:,} rows; "
        f"a gain of more than {policy.min_gain:g} is asked for, it is {gain:.4f}"
    )
    return Decision(promoted, sentence, comparison.challenger_figures, comparison.champion_figures)


def _compare(version: Version, champion: Version | None, test: Path, label: str) -> Comparison:
    import pandas as pd

    window = pd.read_parquet(test)
    if label not in window or window[label].nunique() != 2:
        raise RegistryError(
            f"The window cannot tell models apart: it has no column '{label}' with two classes",
            where=str(test),
            fix="give a labelled window in which both outcomes occur",
        )
    window = window[window[label].notna()]
    with TemporaryDirectory(prefix="trimtab-") as folder:
        challenger_figures = _figures(load_version(version, Path(folder, "challenger")), window, label)
        champion_figures = (
            _figures(load_version(champion, Path(folder, "champion")), window, label) if champion else {}
        )
    return Comparison(version, champion, challenger_figures, champion_figures, len(window))


def _figures(model: ScoringModel, window: Any, label: str) -> dict[str, float]:
    from sklearn import metrics

    labels, scores = window[label].astype(int), model.score(window)
    return {
        "roc_auc": float(metrics.roc_auc_score(labels, scores)),
        "average_precision": float(metrics.average_precision_score(labels, scores)),
        "log_loss": float(metrics.log_loss(labels, scores)),
        "brier": float(metrics.brier_score_loss(labels, scores)),
    }


def _decided_already(entry: Entry, version: Version, by: str) -> Decision:
    if entry.by != by:
        return Decision(False, f"{version} is the champion already")
    figures = entry.comparison
    return Decision(True, entry.reason, figures.get("challenger", {}), figures.get("champion", {}))
