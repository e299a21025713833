"""The label column, and the type of the problem that predicts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trimtab.errors import ConfigError, closest
from trimtab.scaffold.guess import Guess

if TYPE_CHECKING:
    import pandas as pd

BINARY, MULTICLASS, REGRESSION = "binary", "multiclass", "regression"
MADE = (BINARY, MULTICLASS, REGRESSION)  # the problem types of `trimtab.learning` that have a template
MOST_CLASSES = 30
MOST_CLASSES_OF_NUMBERS = 10  # whole numbers with more distinct values are a quantity
FEWEST_OF_CLASS = 10  # rows
PLAIN = ("string", "integer", "floating", "boolean")  # types of labels, as pandas names them
POSITIVE = ("1", "yes", "y", "true", "t", "positive", "pos", "default", "bad", "spam", "churn")


@dataclass(frozen=True)
class Label:
    """The label.

    Attributes:
        name: Its column.
        problem_type: What the model predicts.
        positive: Of ``binary``, the value that becomes 1, where the column does not hold 0 and 1 already.
        guesses: What was guessed.
    """

    name: str
    problem_type: str
    positive: Any = None
    guesses: tuple[Guess, ...] = ()


def require_problem_type(name: str) -> None:
    """Refuse the name of a problem type for which no pipeline can be made.

    Raises:
        ConfigError: There is no such problem type, or its models have no template.
    """
    from trimtab.learning import PROBLEM_TYPES

    if name in MADE:
        return
    known = name in PROBLEM_TYPES
    raise ConfigError(
        f"`trimtab new` makes no pipeline of the problem type {name}"
        if known
        else f"There is no such problem type: {name}{closest(name, PROBLEM_TYPES)}",
        where="--problem-type",
        fix=f"choose one of {', '.join(MADE)}"
        + ("; a pipeline of a regression is the nearest start: change its train.py" if known else ""),
    )


def require_column(name: str, frame: pd.DataFrame, option: str) -> None:
    """Refuse the name of a column that the table does not have.

    Raises:
        ConfigError: The table has no such column.
    """
    if name not in frame:
        raise ConfigError(
            f"The table has no column '{name}'{closest(name, list(frame.columns))}",
            where=option,
            fix=f"choose one of {', '.join(map(str, frame.columns))}",
        )


def describe_label(name: str, frame: pd.DataFrame, problem_type: str | None) -> Label:
    """Return the label of a table.

    Args:
        name: The column.
        frame: The table.
        problem_type: The problem type that was asked for; None to guess it.

    Raises:
        ConfigError: There is no such column, it has too few labels or one value only, or its values do not
            fit the problem type.
    """
    require_column(name, frame, "--label")
    labels = frame[name].dropna()
    _require_plain(name, labels)
    counts = labels.value_counts()
    if len(counts) < 2:
        raise ConfigError(
            f"The label has {len(counts)} distinct value(s): there is nothing to predict",
            where=f"--label {name}",
            fix="choose another column, or add rows with other labels",
        )
    guesses = []
    if problem_type is None:
        problem_type, why = _guess_problem_type(name, labels, counts)
        guesses.append(Guess("problem type", problem_type, why, "params.yaml", "problem_type:"))
    _require_fit(name, labels, counts, problem_type)
    if missing := len(frame) - len(labels):
        why = f"{missing:,} of {len(frame):,} rows have no label"
        guesses.append(Guess("rows without a label", "left out of training", why, "ingest.py", "dropna("))
    if problem_type != BINARY or set(counts.index) <= {0, 1}:
        return Label(name, problem_type, guesses=tuple(guesses))
    positive = _guess_positive(counts)
    other = next(value for value in counts.index if value != positive)
    why = f"the other label is {other!r}; {positive!r} has {counts[positive] / len(labels):.0%} of the rows"
    guesses.append(Guess("positive label", repr(positive), why, "features.py", "POSITIVE ="))
    return Label(name, problem_type, positive, tuple(guesses))


def _require_plain(name: str, labels: pd.Series) -> None:
    from pandas.api import types

    kind = types.infer_dtype(labels)
    if kind not in PLAIN and len(labels):
        raise ConfigError(
            f"The label holds values of a type that no model predicts: {kind}",
            where=f"--label {name}",
            fix="choose a column of numbers, truth values or texts, or compute one from it",
        )


def _guess_problem_type(name: str, labels: pd.Series, counts: pd.Series) -> tuple[str, str]:
    import pandas as pd

    if len(counts) == 2:
        return BINARY, "the label has two values"
    if not pd.api.types.is_numeric_dtype(labels):
        if len(counts) > MOST_CLASSES:
            raise ConfigError(
                f"The label is text with {len(counts):,} distinct values: neither classes nor a number",
                where=f"--label {name}",
                fix=f"choose a column of numbers, or one with at most {MOST_CLASSES} classes",
            )
        return MULTICLASS, f"the label is text with {len(counts)} values"
    if len(counts) <= MOST_CLASSES_OF_NUMBERS and _are_whole(labels):
        return MULTICLASS, f"the label is a whole number with only {len(counts)} values"
    return REGRESSION, f"the label is a number with {len(counts):,} values"


def _require_fit(name: str, labels: pd.Series, counts: pd.Series, problem_type: str) -> None:
    for problem in _problems(labels, counts, problem_type):
        raise ConfigError(
            f"The label does not fit the problem type {problem_type}: {problem}",
            where=f"--label {name}",
            fix="choose another --problem-type or another --label",
        )


def _problems(labels: pd.Series, counts: pd.Series, problem_type: str) -> Sequence[str]:
    import numpy as np
    import pandas as pd

    is_number = pd.api.types.is_numeric_dtype(labels) and not pd.api.types.is_bool_dtype(labels)
    if problem_type == REGRESSION:
        if not is_number:
            return [f"it has the type {labels.dtype}, not numbers"]
        return [] if np.isfinite(labels.to_numpy(dtype=float)).all() else ["it has infinite values"]
    if problem_type == BINARY and len(counts) != 2:
        return [f"it has {len(counts):,} values, not two"]
    if is_number and not _are_whole(labels):
        return ["it has numbers that are not whole"]
    if problem_type == MULTICLASS and len(counts) > MOST_CLASSES:
        return [f"it has {len(counts):,} classes, more than {MOST_CLASSES}"]
    if counts.iloc[-1] < FEWEST_OF_CLASS:
        return [
            f"only {counts.iloc[-1]} rows have the label {counts.index[-1]!r}; {FEWEST_OF_CLASS} are needed"
        ]
    return []


def _are_whole(labels: pd.Series) -> bool:
    return bool((labels % 1 == 0).all())


def _guess_positive(counts: pd.Series) -> Any:
    """Return the label that people mean by "yes", or the rarer one."""
    named = [value for value in counts.index if str(value).lower() in POSITIVE]
    return named[0] if len(named) == 1 else counts.index[-1]
