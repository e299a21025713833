"""Great Expectations' own page beside the report."""

from __future__ import annotations

import re

import pytest

from trimtab.errors import ConfigError
from trimtab.gates import check_data, check_suites

HOURS = {
    "type": "expect_column_mean_to_be_between",
    "kwargs": {"column": "hour", "min_value": 0, "max_value": 7},
}
NO_NULLS = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "carrier"}}
PAGE = "data_docs.html"


@pytest.fixture
def data(flights, tmp_path):
    flights.to_parquet(tmp_path / "flights.parquet")
    return tmp_path / "flights.parquet"


def words(page):
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page, flags=re.S).split())


def test_data_docs_page_shows_the_results_and_the_report_links_to_it(data, suite_file, tmp_path):
    report = check_data(suite=suite_file(HOURS, NO_NULLS), data=data, out=tmp_path / "out", data_docs=True)

    page = words((report.out / PAGE).read_text())
    assert report.verdict == "fail"
    assert "Evaluated Expectations 2 Successful Expectations 1" in page
    assert re.search(r"mean must be greater than or equal to 0(\.0)? and less than or equal to 7", page)
    assert "9.5" in page
    assert f'href="{PAGE}"' in (report.out / "report.html").read_text()


def test_data_docs_page_of_the_same_data_has_the_same_bytes(data, suite_file, tmp_path):
    suite = suite_file(HOURS, NO_NULLS)

    pages = [
        (check_data(suite=suite, data=data, out=tmp_path / out, data_docs=True).out / PAGE).read_bytes()
        for out in ("one", "two")
    ]

    assert pages[0] == pages[1]


def test_data_docs_are_absent_and_old_ones_removed_without_the_option(data, suite_file, tmp_path):
    suite = suite_file(NO_NULLS)
    check_data(suite=suite, data=data, out=tmp_path / "out", data_docs=True)

    report = check_data(suite=suite, data=data, out=tmp_path / "out")

    assert not (report.out / PAGE).exists()
    assert PAGE not in (report.out / "report.html").read_text()


def test_data_docs_are_refused_if_any_suite_has_sensitive_columns(data, suite_file, tmp_path):
    secret = suite_file(NO_NULLS, name="secret.json", sensitive=["carrier"])
    open_ = suite_file(HOURS, name="open.json")

    for check in (
        lambda out: check_data(suite=secret, data=data, out=out, data_docs=True),
        lambda out: check_suites(suites=[open_, secret], data=data, out=out, data_docs=True),
    ):
        with pytest.raises(ConfigError, match="values of carrier"):
            check(tmp_path / "out")
    assert not list(tmp_path.rglob(PAGE))


def test_data_docs_are_written_for_each_suite(data, suite_file, tmp_path):
    suites = [suite_file(HOURS, name="hours.json"), suite_file(NO_NULLS, name="nulls.json")]

    check_suites(suites=suites, data=data, out=tmp_path / "out", data_docs=True)

    assert "mean" in words((tmp_path / "out" / "hours" / PAGE).read_text())
    assert "never be null" in words((tmp_path / "out" / "nulls" / PAGE).read_text())


def test_data_docs_show_an_each_file_expectation_once_per_file(flights, suite_file, tmp_path):
    (tmp_path / "months").mkdir()
    for month in ("2013-01", "2013-02"):
        flights.to_parquet(tmp_path / "months" / f"{month}.parquet")

    report = check_data(
        suite=suite_file({**HOURS, "each_file": True}, NO_NULLS),
        data=tmp_path / "months",
        out=tmp_path / "out",
        data_docs=True,
    )

    assert "Evaluated Expectations 3 Successful Expectations 1" in words((report.out / PAGE).read_text())
