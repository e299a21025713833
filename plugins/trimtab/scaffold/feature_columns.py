"""The features of a table: its categories, its numbers, and what is left out, and why."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError
from trimtab.scaffold.guess import Guess
from trimtab.scaffold.label_column import Label
from trimtab.scaffold.time_column import TimeColumn, find_time_columns, read_times

if TYPE_CHECKING:
    import pandas as pd

MOST_CATEGORIES = 100  # distinct values of a category
MOST_CATEGORIES_PER_ROW = 0.1  # of the rows; a text with more distinct values says something else in each row
ID_NAME = re.compile(
    r"(?:^|_|\b)(?:id|index|idx|uuid|key|row|rownames|no|nr|number|unnamed)(?:$|_|\b)", re.IGNORECASE
)
MOSTLY_UNIQUE = 0.99  # of the rows
LEAK = 0.995  # ROC AUC or R² of a single column, from which it does not predict the label but contains it
LEAK_ROWS = 20_000  # of a sample: enough to tell
HOURS, WEEKDAY = "hour", "weekday"


@dataclass(frozen=True)
class FeatureColumns:
    """The columns of a table, by what the model does with them.

    Attributes:
        categories: Texts with few values.
        numbers: Numbers.
        calendar: Features that are made from the time: ``hour`` and ``weekday``.
        keys: Columns that say which row it is.
        guesses: What was left out, and why.
    """

    categories: tuple[str, ...]
    numbers: tuple[str, ...]
    calendar: tuple[str, ...]
    keys: tuple[str, ...]
    guesses: tuple[Guess, ...]


def describe_features(frame: pd.DataFrame, label: Label, time: TimeColumn | None) -> FeatureColumns:
    """Return the features of a table.

    Args:
        frame: The table.
        label: Its label.
        time: Its time; None without one.

    Raises:
        ConfigError: No column is left to predict from.
    """
    kinds = {
        str(name): _kind(frame[name])
        for name in frame
        if name not in (label.name, time.name if time else None)
    }
    texts = [name for name, kind in kinds.items() if kind in ("text", "an id", "category")]
    times = set(find_time_columns(frame[texts]))
    kinds |= dict.fromkeys(times, "a second time")
    features = [name for name, kind in kinds.items() if kind in ("category", "number")]
    kinds |= {name: f"leaks the label: {why}" for name, why in _leaks(frame, features, label).items()}
    categories, numbers = (
        tuple(name for name, kind in kinds.items() if kind == wanted) for wanted in ("category", "number")
    )
    calendar = _calendar_features(frame, time) if time else ()
    if not categories and not numbers and not calendar:
        raise ConfigError(
            "No column is left to predict the label from",
            where=", ".join(f"{name}: {kind}" for name, kind in kinds.items()) or "the table has one column",
            fix="add columns with numbers, or texts with few values",
        )
    guesses = [
        Guess(
            "categories",
            ", ".join(categories) or "none",
            "texts with few values",
            "features.py",
            "CATEGORIES",
        ),
        Guess("numbers", ", ".join(numbers) or "none", "columns of numbers", "features.py", "NUMBERS"),
        *(
            Guess(
                f"left out: {name}", kind, "see features.py to use it all the same", "features.py", "LEFT OUT"
            )
            for name, kind in kinds.items()
            if kind not in ("category", "number")
        ),
    ]
    keys = tuple(name for name, kind in kinds.items() if kind == "an id")
    return FeatureColumns(categories, numbers, calendar, keys, tuple(guesses))


def _calendar_features(frame: pd.DataFrame, time: TimeColumn) -> tuple[str, ...]:
    """Return which of ``hour`` and ``weekday`` differ within a window, and are no columns already."""
    times, every = read_times(frame[time.name], time.format).dropna(), time.every
    candidates = {
        HOURS: every != "hour" and times.dt.hour.nunique() > 1,
        WEEKDAY: every in ("week", "month", "quarter", "year") and times.dt.day_of_week.nunique() > 1,
    }
    return tuple(name for name, differs in candidates.items() if differs and name not in frame)


def _kind(column: pd.Series) -> str:
    """Return ``category``, ``number``, ``text``, or why a column is none of them."""
    import numpy as np
    import pandas as pd

    values = column.dropna()
    if values.empty:
        return "has no values"
    if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_timedelta64_dtype(column):
        return "a second time"
    try:
        distinct = values.nunique()
    except TypeError:
        return f"holds values of the type {type(values.iloc[0]).__name__}"
    if distinct == 1:
        return f"is always {values.iloc[0]}"
    unique = distinct >= MOSTLY_UNIQUE * len(values)
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        if not np.isfinite(values.to_numpy(dtype="float64")).all():
            return "has infinite values"
        if unique and pd.api.types.is_integer_dtype(values) and _counts_rows(str(column.name), values):
            return "an id"
        return "number"
    if not values.map(lambda value: isinstance(value, str)).all():
        return f"holds values of the type {type(values.iloc[0]).__name__}"
    if distinct <= min(MOST_CATEGORIES, max(2, MOST_CATEGORIES_PER_ROW * len(values))):
        return "category"
    return "an id" if unique and _is_one_word(values) else "text"


def _counts_rows(name: str, values: pd.Series) -> bool:
    return bool(ID_NAME.search(name)) or bool(values.is_monotonic_increasing and values.diff().nunique() == 1)


def _is_one_word(values: pd.Series) -> bool:
    return not values.str.contains(r"\s").any()


def _leaks(frame: pd.DataFrame, features: Sequence[str], label: Label) -> dict[str, str]:
    """Return the columns from which alone the label follows, and how well."""
    from trimtab.learning import PROBLEM_TYPES

    known = frame.dropna(subset=[label.name])
    rows = known.sample(min(LEAK_ROWS, len(known)), random_state=0)
    column = rows[label.name]
    if label.positive is not None:
        column = (column == label.positive).astype("int64")
    elif label.problem_type == "binary":
        column = column.astype("int64")
    problem = PROBLEM_TYPES[label.problem_type].with_classes_of([], [column])
    labels = problem.read_labels(column)
    metric = problem.metrics[problem.leakage_metric]
    found = {}
    for name in features:
        alone = problem.predict_from_feature(rows[name], labels)
        figure = problem.figure(metric, labels, alone)
        if label.problem_type == "regression":  # which is learnt in bins, so that no number reaches R² = 1
            figure = max(figure, _rank_correlation(rows[name], column) ** 2)
        if figure >= LEAK:  # not if it is undefined
            found[name] = f"alone it has a {metric.name} of {figure:.3f}"
    return found


def _rank_correlation(feature: pd.Series, label: pd.Series) -> float:
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(feature):
        return 0.0
    found = float(feature.astype("float64").rank().corr(label.rank()))
    return 0.0 if math.isnan(found) else found
