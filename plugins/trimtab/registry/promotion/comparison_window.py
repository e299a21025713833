"""The newest labelled window of a project, on which models are compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError, ProjectError, RegistryError, closest
from trimtab.pipeline.graph import Artifact, Graph
from trimtab.registry.promotion.promote_policy import SlicePolicy
from trimtab.registry.provenance import require_artifact

if TYPE_CHECKING:
    import pandas as pd

TEST_WINDOW = "my-test: {path: data/test.parquet, type: test-window, meta: {label: my_label}}"
MOST_VALUES = 50  # of a column whose values are slices


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


def read_window(test: Path, label: str) -> pd.DataFrame:
    """Return the rows whose label is known.

    Raises:
        RegistryError: There is no such column, or not both 0 and 1 occur in it.
    """
    import pandas as pd

    window = pd.read_parquet(test)
    if label not in window or {*window[label].dropna().unique()} != {0, 1}:
        raise RegistryError(
            f"The window cannot tell models apart: it has no column '{label}' in which 0 and 1 both occur",
            where=str(test),
            fix="give a labelled window in which both outcomes occur",
        )
    return window[window[label].notna()]


def check_slices(window: pd.DataFrame, policy: SlicePolicy) -> None:
    """Refuse columns that make no slices.

    Raises:
        ConfigError: The window has no such column, or it has too many values.
    """
    for column in policy.columns:
        if column not in window:
            raise ConfigError(
                f"The test window has no column '{column}'{closest(column, map(str, window.columns))}",
                where="params.yaml: promote.slices.columns",
                fix="name columns of the test window",
            )
        if window[column].nunique() > MOST_VALUES:
            raise ConfigError(
                f"The column '{column}' has {window[column].nunique():,} values, a slice each",
                where="params.yaml: promote.slices.columns",
                fix=f"name columns of at most {MOST_VALUES} values",
            )
