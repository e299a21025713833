from __future__ import annotations

from opentelemetry.sdk.resources import Resource

from trimtab.telemetry import instruments
from trimtab.telemetry.metering import Metering


def test_durations_have_buckets_from_a_tenth_of_a_second_to_hours():
    metering = Metering(Resource({}))
    assert metering.take() is None
    metering.record(instruments.STAGE_DURATION, 42.0, {})
    taken = metering.take()

    (metric,) = taken.resource_metrics[0].scope_metrics[0].metrics
    (point,) = metric.data.data_points
    assert (point.explicit_bounds[0], point.explicit_bounds[-1]) == (0.1, 14400)
    assert point.sum == 42.0
