"""Checks on the cost of a model: its scoring time and the size of its file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trimtab.gate_report import Check
from trimtab.gates.model.check_result import make_check
from trimtab.gates.model.declared_check import DeclaredCheck, ModelCheck
from trimtab.gates.model.model_under_test import ModelUnderTest
from trimtab.learning import DIGITS, model_bytes, scoring_seconds


class InferenceCheck(DeclaredCheck):
    """Scoring is fast enough.

    Attributes:
        max_seconds: Largest scoring time of 1,000 rows, in seconds.
    """

    type: Literal["inference"]
    max_seconds: float = Field(gt=0)

    def measure(self, subject: ModelUnderTest) -> tuple[Check, str]:
        """Check the scoring time of 1,000 rows, the median of five rounds.

        Returns:
            The check, without the time, which differs from run to run; and the time as text.
        """
        seconds = scoring_seconds(subject.model.predict, subject.test.rows)
        passed = seconds <= self.max_seconds
        detail = "the time differs from run to run: it is printed, not stored" if passed else "too slow"
        line = make_check(self, "inference", passed, detail=detail)
        return line, f"inference: {seconds:.3g} s for 1,000 rows"


class SizeCheck(ModelCheck):
    """The model's file is small enough.

    Attributes:
        max_megabytes: Largest size, in megabytes of 1,000,000 bytes.
    """

    type: Literal["size"]
    max_megabytes: float = Field(gt=0)

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check the size of the model file."""
        megabytes = model_bytes(subject.path) / 1e6
        passed = megabytes <= self.max_megabytes
        detail = "" if passed else f"above {self.max_megabytes:g}"
        return make_check(self, "size", passed, observed=round(megabytes, DIGITS), detail=detail)
