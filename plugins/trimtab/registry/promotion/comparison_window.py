"""The test window: the newest labelled window of a project, on which challenger and champion are compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.errors import ConfigError, ProjectError, RegistryError, closest
from trimtab.learning import INDEPENDENT, Dependence, Floats, ProblemType, Units, read_row_weights
from trimtab.pipeline.graph import Artifact, Graph
from trimtab.registry.loading import ScoringModel
from trimtab.registry.promotion.promote_policy import SlicePolicy
from trimtab.registry.provenance import require_artifact

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

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


@dataclass(frozen=True)
class LabelledWindow:
    """The rows of the test window that have a label.

    Attributes:
        rows: The rows.
        labels: Their labels, as the problem type reads them.
        problem: The problem type, with the classes of the labels.
        units: The units of rows that depend on each other; nothing if rows are independent.
        weight: The column of the row weights; empty if rows have none.
        weights: How much each row counts, of shape (n_rows,); None if all count the same.
    """

    rows: pd.DataFrame
    labels: NDArray[Any]
    problem: ProblemType
    units: tuple[Units, ...]
    weight: str = ""
    weights: Floats | None = None


def read_labelled_window(
    test: Path,
    label: str,
    problem: ProblemType,
    dependence: Dependence = INDEPENDENT,
    weight: str = "",
) -> LabelledWindow:
    """Read the rows of the test window that have a label.

    Args:
        test: The test window, a Parquet file.
        label: Name of the label column.
        problem: The problem type.
        dependence: The columns by which rows depend on each other.
        weight: The column of the row weights; empty if rows have none.

    Raises:
        RegistryError: The window has no label column, labels with which nothing can be measured, or no usable
            groups, times or weights.
    """
    import pandas as pd

    window = pd.read_parquet(test)
    if label not in window:
        raise _not_comparable(f"The test window has no column '{label}'", test)
    rows = window[window[label].notna()]
    found = problem.with_classes_of((), [rows[label]])
    try:
        labels = found.read_labels(rows[label])
    except ValueError as err:
        raise _not_comparable(f"The label '{label}' of the test window {err}", test) from err
    if fault := found.find_unmeasurable(labels):
        raise _not_comparable(f"The label '{label}' of the test window {fault}", test)
    try:
        units = dependence.units(rows)
    except ValueError as err:
        raise RegistryError(
            f"The test window cannot be resampled. {err}",
            where=str(test),
            fix="correct `meta.group` and `meta.time` of the model in dvc.yaml, or add the columns",
        ) from err
    try:
        weights = read_row_weights(rows, weight)
    except ValueError as err:
        raise RegistryError(
            f"The rows of the test window cannot be weighted. {err}",
            where=str(test),
            fix="correct `meta.weight` of the model in dvc.yaml, or the stage that writes the window",
        ) from err
    return LabelledWindow(rows, labels, found, units, weight, weights)


def predict_window(model: ScoringModel, window: LabelledWindow) -> Floats:
    """Return the predictions of a model for all classes of the comparison, and refuse invalid ones.

    Raises:
        RegistryError: The model reads the weight, lacks columns, or predicts what is invalid.
    """
    if window.weight in model.features:
        raise RegistryError(
            f"{model.label} reads the weight '{window.weight}' of the rows",
            where="dvc.yaml: meta.weight of the model",
            fix="train it without this column, or declare another weight",
        )
    predictions = model.predict(window.rows, window.problem)
    if fault := window.problem.find_invalid(predictions):
        raise RegistryError(
            f"The predictions of {model.label} for the test window are invalid: {fault}",
            fix="correct the stage that trains the model; the champion has not changed",
        )
    return predictions


def _not_comparable(problem: str, test: Path) -> RegistryError:
    return RegistryError(
        f"{problem}, so models cannot be compared",
        where=str(test),
        fix="give a labelled window in which different outcomes occur, as the problem type requires",
    )


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
