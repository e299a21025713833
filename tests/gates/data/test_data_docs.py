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


def test_the_page_has_what_was_found_and_the_report_links_to_it(data, suite_file, tmp_path):
    report = check_data(suite=suite_file(HOURS, NO_NULLS), data=data, out=tmp_path / "out", data_docs=True)

    page = words((report.out / PAGE).read_text())
    assert report.verdict == "fail"
    assert "Evaluated Expectations 2 Successful Expectations 1" in page
    assert re.search(r"mean must be greater than or equal to 0(\.0)? and less than or equal to 7", page)
    assert "9.5" in page
    assert f'href="{PAGE}"' in (report.out / "report.html").read_text()


def test_the_same_data_give_the_same_page(data, suite_file, tmp_path):
    suite = suite_file(HOURS, NO_NULLS)

    pages = [
        (check_data(suite=suite, data=data, out=tmp_path / out, data_docs=True).out / PAGE).read_bytes()
        for out in ("one", "two")
    ]

    assert pages[0] == pages[1]


def test_a_page_that_is_not_asked_for_is_not_there_nor_an_old_one(data, suite_file, tmp_path):
    suite = suite_file(NO_NULLS)
    check_data(suite=suite, data=data, out=tmp_path / "out", data_docs=True)

    report = check_data(suite=suite, data=data, out=tmp_path / "out")

    assert not (report.out / PAGE).exists()
    assert PAGE not in (report.out / "report.html").read_text()


def test_sensitive_columns_are_not_for_it_whichever_suite_names_them(data, suite_file, tmp_path):
    secret = suite_file(NO_NULLS, name="secret.json", sensitive=["carrier"])
    open_ = suite_file(HOURS, name="open.json")

    for check in (
        lambda out: check_data(suite=secret, data=data, out=out, data_docs=True),
        lambda out: check_suites(suites=[open_, secret], data=data, out=out, data_docs=True),
    ):
        with pytest.raises(ConfigError, match="values of carrier"):
            check(tmp_path / "out")
    assert not list(tmp_path.rglob(PAGE))


def test_each_suite_has_its_own(data, suite_file, tmp_path):
    suites = [suite_file(HOURS, name="hours.json"), suite_file(NO_NULLS, name="nulls.json")]

    check_suites(suites=suites, data=data, out=tmp_path / "out", data_docs=True)

    assert "mean" in words((tmp_path / "out" / "hours" / PAGE).read_text())
    assert "never be null" in words((tmp_path / "out" / "nulls" / PAGE).read_text())


def test_what_is_held_to_each_file_is_there_for_each(flights, suite_file, tmp_path):
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
