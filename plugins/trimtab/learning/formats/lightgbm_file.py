"""Load a LightGBM model from its text format, which holds trees and no code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np

from trimtab.errors import ModelError
from trimtab.learning.loaded_estimator import LoadedClassifier, LoadedRegressor
from trimtab.learning.resampling.bootstrap import Floats

if TYPE_CHECKING:
    import pandas as pd

HEADER_LINES, LONGEST_LINE = 20, 1 << 20
UNNAMED = "Column_"  # the names that LightGBM gives the columns of an array


def load(path: Path) -> LoadedRegressor | LoadedClassifier:
    """Load a model that ``Booster.save_model`` has written. LightGBM numbers classes from 0.

    Raises:
        ModelError: The file is none, or its objective is neither a regression nor gives probabilities.
    """
    header = _read_header(path)
    if "objective" not in header:
        raise ModelError(
            "The model file is no text file of LightGBM with an objective",
            where=path.name,
            fix="save the model with `booster.save_model`",
        )
    try:
        booster = lightgbm.Booster(model_file=str(path))
    except lightgbm.basic.LightGBMError as err:
        raise ModelError(f"The model file cannot be loaded: {err}", where=path.name) from err
    objective, names = header["objective"].split()[0], tuple(booster.feature_name())
    known = None if all(name.startswith(UNNAMED) for name in names) else names

    def outputs(rows: pd.DataFrame) -> Floats:
        return np.asarray(booster.predict(_with_categories(booster, rows), num_threads=1), dtype=float)

    if objective in ("lambdarank", "rank_xendcg"):
        raise ModelError(f"The objective of the model is a ranking: {objective}", where=path.name)
    if objective in ("binary", "cross_entropy"):
        return LoadedClassifier(booster, outputs, known, np.arange(2))
    if objective in ("multiclass", "multiclassova"):
        return LoadedClassifier(booster, outputs, known, np.arange(int(header["num_class"])))
    return LoadedRegressor(booster, outputs, known)


def _read_header(path: Path) -> dict[str, str]:
    """Return the keys of the first lines."""
    try:
        with path.open(encoding="utf-8") as file:
            lines = [file.readline(LONGEST_LINE) for _ in range(HEADER_LINES)]
    except UnicodeDecodeError:
        return {}
    pairs = (line.strip().partition("=") for line in lines)
    return {key: value for key, equals, value in pairs if equals} if lines[0] == "tree\n" else {}


def _with_categories(booster: Any, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the categories of the training table; the file has them by order of columns."""
    import pandas as pd

    categories = booster.pandas_categorical or []
    texts = [str(name) for name in rows if not pd.api.types.is_numeric_dtype(rows[name])]
    if len(texts) != len(categories):
        raise ValueError(f"the model has {len(categories)} columns of categories, the table {len(texts)}")
    pairs = zip(texts, categories, strict=True)
    return rows.assign(**{name: pd.Categorical(rows[name], categories=known) for name, known in pairs})
