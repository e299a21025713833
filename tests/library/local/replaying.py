"""Drawn windows and models of a replay: the concept turns round in one window."""

import numpy as np
import pandas as pd

from trimtab.drift import build_reference
from trimtab.learning import BINARY, Predictor
from trimtab.local.replayed_models import Promotion, TrainedModel
from trimtab.registry import PromotePolicy

QUICK = Promotion(PromotePolicy(resamples=100))
TURNS = 3  # the window in which the concept drifts


class Slope:
    """A model with one parameter: whether the share of positive labels rises or falls with x."""

    def __init__(self, slope):
        self.slope = slope

    def predict_proba(self, rows):
        positive = 1 / (1 + np.exp(-self.slope * rows["x"].to_numpy()))
        return np.column_stack([1 - positive, positive])


def window(number, rows=3000):
    rng = np.random.default_rng(number)
    x = rng.normal(number % 2, 1, rows)  # a season, which does not change the performance
    slope = 1.0 if number < TURNS else -1.0
    return pd.DataFrame({"x": x, "late": (rng.random(rows) < 1 / (1 + np.exp(-slope * x))).astype(int)})


def trained(number, slope, *, passed=True):
    held_out, model = window(number), Predictor(BINARY, Slope(slope), ("x",))
    reference = build_reference(held_out[["x"]], model.predict(held_out), held_out["late"])
    return TrainedModel(f"w{number}", model if passed else None, reference if passed else None, seconds=10.0)
