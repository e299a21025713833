"""The objectives at a terminal."""

from __future__ import annotations

import io

from tests.library.hostile_text import HOSTILE
from tests.library.slo.evidences import ago, evidence, measured, months, verdict
from trimtab.slo.slo_text import show_slo
from trimtab.terminal import Console

QUALITY = {"objective": 0.9, "period_windows": 24, "max_drop": 0.1}


def shown(report, width: int = 80) -> str:
    file = io.StringIO()
    show_slo(report, Console(file=file, width=width))
    return file.getvalue()


def test_terminal_shows_budget_burn_and_fault_of_the_example_of_the_docs():
    windows = [verdict(name, ago(days=99 - place)) for place, name in enumerate(months(22))]
    report = measured(
        evidence(verdicts=[*windows, verdict("2024-12", ago(days=1), drop=0.3)]), quality=QUALITY
    )
    text = shown(report)
    for part in (
        "Act now  rides",
        "58%",
        "quality: medium burn (page): 10 times too fast over 1 window",
        "at this rate the budget lasts 4.2 windows",
        "2024-12: roc_auc is worse by 0.3, more than 0.1",
    ):
        assert part in text
    assert max(map(len, text.splitlines()[1:3])) <= 80


def test_terminal_shows_what_froze_promotions_and_what_was_never_measured():
    windows = [verdict(name, ago(days=9 - place), drop=0.5) for place, name in enumerate(months(3))]
    report = measured(
        evidence(verdicts=windows),
        quality=QUALITY,
        scores={"objective": 0.9, "period_windows": 3, "max_hours": 9000},
    )
    text = shown(report)
    assert "Automatic promotion of 'rides' is frozen" in text
    assert "The availability of scores was not measured yet." in text


def test_hostile_name_of_a_window_reaches_no_terminal():
    report = measured(evidence(verdicts=[verdict(HOSTILE, ago(days=1), drop=0.5)]), quality=QUALITY)
    assert "\x1b" not in shown(report)
