"""The data gate: real suites on small tables, and everything that must not pass."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.library.gates.expectation import expect
from trimtab.errors import ConfigError, GateError
from trimtab.gates import check_data

ROWS = expect("table_row_count_to_be_between", min_value=1)


def test_good_data_passes(gate, flights):
    report = gate(
        flights,
        ROWS,
        expect("table_columns_to_match_set", column_set=list(flights.columns)),
        expect("column_values_to_not_be_null", column="dep_delay"),
        expect("column_values_to_be_in_set", column="origin", value_set=["EWR", "JFK", "LGA"]),
        expect("column_values_to_be_between", column="hour", min_value=0, max_value=23),
        expect("column_values_to_be_between", column="time", min_value="2013-01-01T00:00:00"),
        expect("column_values_to_be_of_type", column="carrier", type_="str"),
        expect("column_values_to_match_regex", column="carrier", regex="^[A-Z0-9]{2}$"),
        expect("compound_columns_to_be_unique", column_list=["carrier", "hour"]),
    )

    assert (report.verdict, report.passed) == ("pass", True)
    assert (report.declared, report.evaluated, report.failed, report.rows) == (9, 9, 0, 10)
    assert [check.column for check in report.checks][-1] == "carrier, hour"


def test_failure_says_which_column_how_many_rows_and_shows_examples(gate, flights):
    flights.loc[[0, 1, 2, 3], "origin"] = ["SFO", "SFO", "LAX", None]

    report = gate(
        flights,
        ROWS,
        expect(
            "column_values_to_be_in_set",
            notes="New York only.",
            column="origin",
            value_set=["EWR", "JFK", "LGA"],
        ),
    )

    (check,) = report.failures
    assert report.verdict == "fail"
    assert (check.column, check.unexpected, check.rows) == ("origin", 3, 10)
    assert check.examples == ("SFO", "LAX")
    summary = report.summary()
    for told in ("FAIL", "origin", "3 of 10 rows", "'SFO'", "New York only.", "out/report.html"):
        assert told in summary


@pytest.mark.parametrize(
    ("severity", "verdict"), [("critical", "fail"), ("warning", "warn"), ("info", "pass")]
)
def test_severity_decides_the_verdict(severity, verdict, gate, flights):
    report = gate(flights, ROWS, expect("column_max_to_be_between", severity, column="hour", max_value=3))

    assert report.verdict == verdict
    assert report.passed is (verdict != "fail")
    assert report.failed == 1


def test_most_severe_failure_decides_the_verdict_and_is_reported_first(gate, flights):
    report = gate(
        flights,
        expect("column_max_to_be_between", "info", column="hour", max_value=1),
        expect("column_max_to_be_between", "warning", column="hour", max_value=2),
        expect("column_max_to_be_between", "critical", column="hour", max_value=3),
    )

    assert report.verdict == "fail"
    assert [check.severity for check in report.failures] == ["critical", "warning", "info"]
    assert [check.severity for check in report.checks] == ["info", "warning", "critical"]


def test_missing_column_fails_with_the_nearest_and_the_rest_is_still_checked(gate, flights):
    report = gate(
        flights,
        expect("column_values_to_not_be_null", column="dep_dely"),
        expect("column_values_to_be_between", column="dep_dely", min_value=0),
        expect("column_to_exist", column="dep_dely"),
        ROWS,
    )

    assert (report.verdict, report.declared, report.evaluated, report.failed) == ("fail", 4, 4, 3)
    assert all(
        check.detail == "there is no column 'dep_dely'; did you mean 'dep_delay'?"
        for check in report.failures
    )


def test_expectation_that_raises_fails_with_the_reason(gate, flights):
    report = gate(flights, ROWS, expect("column_values_to_be_between", "info", column="carrier", min_value=3))

    (check,) = report.failures
    assert "could not be evaluated" in check.detail
    assert "Traceback" not in check.detail
    assert report.verdict == "pass", "an info expectation never changes the verdict"


def test_renamed_column_is_reported_as_missing_and_as_unexpected(gate, flights):
    columns = list(flights.columns)

    report = gate(
        flights.rename(columns={"hour": "stunde"}), expect("table_columns_to_match_set", column_set=columns)
    )

    assert report.failures[0].detail == "missing: hour; unexpected: stunde"


def test_value_checks_fail_on_an_all_null_column(gate, flights):
    report = gate(
        flights.assign(dep_delay=np.nan, carrier=None),
        expect("column_values_to_be_between", column="dep_delay", min_value=0),
        expect("column_values_to_be_in_set", column="carrier", value_set=["UA"]),
        expect("column_mean_to_be_between", column="dep_delay", min_value=0),
        expect("column_values_to_be_unique", column="dep_delay"),
    )

    assert report.failed == 4
    assert "every value is null" in report.checks[0].detail


def test_null_check_on_an_all_null_column_can_pass(gate, flights):
    assert gate(
        flights.assign(dep_delay=np.nan), expect("column_values_to_be_null", column="dep_delay")
    ).passed


def test_table_without_rows_fails(gate, flights):
    report = gate(flights.head(0), expect("column_values_to_not_be_null", column="hour"))

    assert report.verdict == "fail"
    assert "no rows" in report.problem
    assert (report.evaluated, report.failed) == (0, 1)


@pytest.mark.parametrize("data", ["none", "empty", "text.parquet"])
def test_data_that_cannot_be_read_leaves_a_report(data, gate, tmp_path, written):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.parquet").write_text("no table")

    report = gate(tmp_path / data, ROWS)

    content = written(report)
    assert report.verdict == content["verdict"] == "error"
    assert not report.passed
    assert data in content["problem"]
    assert data in (report.out / "report.html").read_text()


def test_month_with_a_renamed_column_leaves_a_report_that_names_it(gate, flights, tmp_path, written):
    folder = tmp_path / "raw"
    folder.mkdir()
    flights.to_parquet(folder / "2013-01.parquet")
    flights.to_parquet(folder / "2013-02.parquet")
    flights.rename(columns={"hour": "stunde"}).to_parquet(folder / "2013-03.parquet")

    report = gate(folder, ROWS)

    assert report.verdict == written(report)["verdict"] == "fail"
    assert "raw/2013-03.parquet lacks hour and has stunde" in report.summary()


@pytest.mark.parametrize("checked", ["hour", "carrier"])
def test_damage_inside_a_file_is_an_error_whatever_column_is_checked(
    checked, gate, flights, tmp_path, written
):
    path = tmp_path / "flights.parquet"
    flights.to_parquet(path, compression=None)
    whole = path.read_bytes()
    at = pq.read_metadata(path).row_group(0).column(2).data_page_offset
    path.write_bytes(whole[:at] + b"\xff" * 20 + whole[at + 20 :])

    report = gate(path, ROWS, expect("column_values_to_not_be_null", column=checked))

    assert report.verdict == written(report)["verdict"] == "error"
    assert "flights.parquet" in report.problem


def test_crash_half_way_leaves_an_error_report_and_raises(gate, flights, tmp_path):
    # Great Expectations itself raises on a parameter without a value, after the suite was accepted.
    unresolved = expect("column_values_to_be_between", column="hour", min_value={"$PARAMETER": "lowest"})

    with pytest.raises(GateError, match=r"crashed.*lowest") as caught:
        gate(flights, ROWS, unresolved)

    content = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (content["verdict"], content["declared"], content["evaluated"]) == ("error", 2, 0)
    assert "lowest" in content["problem"]
    assert "report.html" in str(caught.value)


def test_old_report_does_not_outlive_a_refused_suite(gate, flights, tmp_path):
    assert gate(flights, ROWS).passed

    with pytest.raises(ConfigError):
        gate(flights, {"type": "expect_nothing"})

    assert not (tmp_path / "out" / "report.json").exists()


def test_folder_that_cannot_be_written_is_a_gate_error(suite_file, tmp_path, flights):
    flights.to_parquet(tmp_path / "f.parquet")
    (tmp_path / "file").touch()

    with pytest.raises(GateError, match="cannot be written"):
        check_data(suite=suite_file(ROWS), data=tmp_path / "f.parquet", out=tmp_path / "file" / "out")


def test_numpy_results_reach_the_report(gate, flights, written):
    report = gate(
        flights,
        expect(
            "column_quantile_values_to_be_between",
            column="hour",
            quantile_ranges={"quantiles": [0.5], "value_ranges": [[0, 3]]},
        ),
        expect(
            "column_quantile_values_to_be_between",
            column="hour",
            quantile_ranges={"quantiles": [0.5], "value_ranges": [[0, 24]]},
        ),
        expect("column_pair_values_a_to_be_greater_than_b", column_A="hour", column_B="dep_delay"),
        expect(
            "column_kl_divergence_to_be_less_than",
            column="origin",
            threshold=0.1,
            partition_object={"values": ["EWR", "JFK"], "weights": [0.5, 0.5]},
        ),
        expect("column_values_to_be_unique", column="time"),
    )

    content = written(report)
    assert [check["passed"] for check in content["checks"]] == [False, True, False, False, True]
    assert content["checks"][0]["observed"] == {"quantiles": [0.5], "values": [9]}


def test_examples_and_observed_lists_are_capped(gate, written):
    many = pd.DataFrame({"tail": [f"N{number:04}" for number in range(3000)]})

    report = gate(
        many,
        expect("column_values_to_match_regex", column="tail", regex="^X"),
        expect("column_distinct_values_to_contain_set", column="tail", value_set=["nowhere"]),
        expect("column_distinct_values_to_be_in_set", column="tail", value_set=["nowhere"]),
    )

    assert len(report.checks[0].examples) == 5
    assert max(len(check.examples) for check in report.checks) == 5
    assert (report.out / "report.json").stat().st_size < 5000


def test_summary_lists_ten_failures_and_where_the_others_are(gate, flights):
    report = gate(
        flights, *(expect("column_max_to_be_between", column="hour", max_value=top) for top in range(-10, 3))
    )

    summary = report.summary()
    assert summary.count("expect_column_max_to_be_between") == 10
    assert "3 more, in the report" in summary
    assert (report.out / "report.html").read_text().count("expect_column_max_to_be_between") == 13


def test_metrics_are_small_flat_numbers(gate, flights):
    report = gate(flights, ROWS, expect("column_max_to_be_between", "warning", column="hour", max_value=3))

    metrics = json.loads((report.out / "metrics.json").read_text())

    assert metrics == {"declared": 2, "evaluated": 2, "failed": 1, "rows": 10}


def test_values_from_the_data_are_escaped_in_the_page(gate, flights):
    flights.loc[0, "carrier"] = "<script>alert(1)</script>"

    report = gate(flights, expect("column_values_to_be_in_set", column="carrier", value_set=["UA"]))

    page = (report.out / "report.html").read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page, "the page needs nothing from elsewhere"


def test_report_is_the_same_bytes_in_any_process_without_network_or_noise(suite_file, flights, tmp_path):
    flights.to_parquet(tmp_path / "f.parquet")
    suite = suite_file(
        ROWS,
        expect("column_distinct_values_to_be_in_set", column="carrier", value_set=["UA"]),
        expect("column_most_common_value_to_be_in_set", column="origin", value_set=["SFO"]),
        expect("table_columns_to_match_set", column_set=["a", "b", "c"]),
        expect("column_values_to_be_between", column="nope", min_value=0),
        expect("column_values_to_be_between", column="carrier", min_value=0),
        expect("column_mean_to_be_between", column="dep_delay", min_value=1000),
    )
    script = """
import sys
from pathlib import Path
network = ("socket.connect", "socket.getaddrinfo", "socket.sendto")
sys.addaudithook(lambda event, args: sys.exit(event) if event in network else None)
from trimtab.gates import check_data
check_data(suite=Path(sys.argv[1]), data=Path(sys.argv[2]), out=Path(sys.argv[3]))
"""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script, suite, tmp_path / "f.parquet", tmp_path / f"out{seed}"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for seed in ("1", "2")
    ]

    assert [(run.communicate()[0], run.returncode) for run in runs] == [(b"", 0)] * 2
    for name in ("report.json", "report.html", "metrics.json"):
        first, second = ((tmp_path / f"out{seed}" / name).read_bytes() for seed in ("1", "2"))
        assert first == second
        assert str(tmp_path).encode() not in first
