from __future__ import annotations

import pytest

from trimtab.telemetry.exporters import delivery_seconds, load_exporter, wanted_exporters

HTTP, GRPC = "otlp_proto_http", "otlp_proto_grpc"
ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, {}),
        (ENDPOINT, {"traces": HTTP, "metrics": HTTP}),
        ({**ENDPOINT, "OTEL_SDK_DISABLED": "TRUE"}, {}),
        ({**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"}, {"metrics": HTTP}),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c"}, {"traces": HTTP}),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, {"traces": GRPC, "metrics": GRPC}),
        (
            {**ENDPOINT, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc"},
            {"traces": GRPC, "metrics": HTTP},
        ),
        ({"OTEL_METRICS_EXPORTER": "console"}, {"metrics": "console"}),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "  ", "OTEL_SERVICE_NAME": "x"}, {}),
    ],
)  # fmt: skip
def test_exporters_follow_the_standard_variables(environment, expected):
    assert wanted_exporters(environment) == expected


def test_exporter_that_is_not_installed_is_named_with_the_extra():
    with pytest.raises(LookupError, match=r"'zipkin' for traces: `pip install 'trimtab\[otel\]'`"):
        load_exporter("traces", "zipkin")


def test_delivery_takes_half_a_second_at_most_unless_the_variable_says_otherwise():
    assert delivery_seconds({}) == 0.5
    assert delivery_seconds({"OTEL_EXPORTER_OTLP_TIMEOUT": "2500"}) == 2.5
