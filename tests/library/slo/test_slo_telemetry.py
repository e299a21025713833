"""What a real collector gets of the objectives."""

from __future__ import annotations

import pytest

from tests.library.slo.evidences import ago, evidence, measured, verdict
from trimtab import telemetry
from trimtab.slo import record_slo

QUALITY = {"objective": 0.9, "period_windows": 20, "max_drop": 0.1}
SCORES = {"objective": 0.9, "period_windows": 20, "max_hours": 9000}


def test_collector_gets_the_budget_and_the_lower_burn_rate_of_what_was_measured(collector):
    bad = [verdict("2024-01", ago(days=2)), verdict("2024-02", ago(days=1), drop=1.0)]
    record_slo(measured(evidence(verdicts=bad), quality=QUALITY, scores=SCORES))
    telemetry.flush()

    left = collector.values("trimtab.slo.budget.remaining", "trimtab.slo.objective")
    assert left == {"quality": pytest.approx(0.5)}, "nothing is known of the scores"
    rates = collector.values("trimtab.slo.burn.rate", "trimtab.slo.burn")
    assert rates == {"fast": pytest.approx(10), "medium": pytest.approx(10), "slow": pytest.approx(5)}
