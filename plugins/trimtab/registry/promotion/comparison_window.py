"""The test window: the newest labelled window of a project, on which challenger and champion are compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError, ProjectError, RegistryError, closest
from trimtab.pipeline.graph import Artifact, Graph
from trimtab.registry.promotion.promote_policy import SlicePolicy
from trimtab.registry.provenance import require_artifact

if TYPE_CHECKING:
    import pandas as pd

# A line of dvc.yaml for error messages.
TEST_WINDOW_DECLARATION = "my-test: {path: data/test.parquet, type: test-window, meta: {label: my_label}}"
MOST_VALUES = 50  # of a column whose values are slices


def require_test_window(graph: Graph) -> Artifact:
    """Return the artifact of type ``test-window``: the newest labelled window, a Parquet file.

    Raises:
        ProjectError: None or several are declared.
    """
    return require_artifact(graph, "test-window", TEST_WINDOW_DECLARATION)


def read_label_column(graph: Graph) -> str:
    """Return the name of the label column, as the test window declares it.

    Raises:
        ProjectError: No test window is declared, or it does not name the label column.
    """
    artifact = require_test_window(graph)
    if "label" not in artifact.meta:
        raise ProjectError(
            f"The artifact '{artifact.name}' does not name its label column",
            where="dvc.yaml: artifacts",
            fix=f"declare it like `{TEST_WINDOW_DECLARATION}`",
        )
    return str(artifact.meta["label"])


def read_labelled_rows(test: Path, label: str) -> pd.DataFrame:
    """Return the rows of the test window that have a label.

    Raises:
        RegistryError: The window has no label column, or the labels are not both 0 and 1.
    """
    import pandas as pd

    window = pd.read_parquet(test)
    if label not in window or {*window[label].dropna().unique()} != {0, 1}:
        raise RegistryError(
            f"The test window has no column '{label}' with both labels 0 and 1, so models cannot be compared",
            where=str(test),
            fix="give a labelled window in which both outcomes occur",
        )
    return window[window[label].notna()]


def require_slice_columns(window: pd.DataFrame, policy: SlicePolicy) -> None:
    """Refuse slice columns that the window does not have, or that have too many values.

    Raises:
        ConfigError: There is such a column.
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
                f"The column '{column}' has {window[column].nunique():,} values, each of them a slice",
                where="params.yaml: promote.slices.columns",
                fix=f"name columns of at most {MOST_VALUES} values",
            )
