from __future__ import annotations

from trimtab.monitoring.prometheus_names import label_name, metric_name, quoted, selector
from trimtab.telemetry import instruments


def test_names_have_the_suffixes_of_unit_and_kind():
    assert metric_name(instruments.STAGE_DURATION) == "trimtab_stage_duration_seconds"
    assert metric_name(instruments.REMOTE_BYTES) == "trimtab_remote_io_bytes_total"
    assert metric_name(instruments.GATE_VERDICTS) == "trimtab_gate_verdicts_total"
    assert metric_name(instruments.DRIFT_VALUE) == "trimtab_drift_value"
    assert label_name(instruments.ERROR) == "error_type"


def test_value_of_a_label_is_quoted():
    assert quoted('a"\\\n') == r'"a\"\\\n"'
    assert (
        selector(instruments.RETRAINS, {instruments.MODEL: "m"})
        == 'trimtab_retrains_total{trimtab_model="m"}'
    )
