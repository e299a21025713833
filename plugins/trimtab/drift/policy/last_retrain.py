"""The last retrain: how much better the champion is than the model before it, on the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

GAIN_CONFIDENCE = 0.95  # one-sided, that the last retrain gained anything


@dataclass(frozen=True, slots=True)
class LastRetrain:
    """What the last retrain gains on a window.

    Attributes:
        before: The model before the champion.
        gain: How much better the champion is, in the unit of the policy's metric; None if it is unknown.
        low: Lower bound of the gain, with :data:`GAIN_CONFIDENCE`.
        ages: How old the champion's data are, in times of how much newer they are than those of the model
            before: 2 if it has learnt from one window more and has not learnt from two since.
        obstacle: Why the gain is unknown; empty if it is known.
    """

    before: str
    gain: float | None = None
    low: float = 0.0
    ages: float = 0.0
    obstacle: str = ""

    @classmethod
    def unknown(cls, before: str, obstacle: str) -> Self:
        """Return a retrain whose gain is unknown, and why."""
        return cls(before, obstacle=obstacle)

    @property
    def expected_gain(self) -> float | None:
        """What the next retrain gains if the data since are worth as much as those of the last one.

        In proportion to the time: what two windows of new data gain is twice what one of them gains.
        """
        return None if self.gain is None else self.gain * self.ages
