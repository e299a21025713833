"""A drafted suite passes on the next month of the same process, and states the evidence of each bound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli
from trimtab.gates import GateReport, check_data
from trimtab.gates.suggest import suggest
from trimtab.params_file import load_yaml


def month(number: int) -> pd.DataFrame:
    start = pd.Timestamp(2013, number, 1)
    random, rows = np.random.default_rng(number), 8 * start.days_in_month
    times = pd.date_range(start, periods=rows, freq="3h")
    frame = pd.DataFrame(
        {
            "time": times.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "at": times,
            "number": range(rows),
            "delay": random.normal(10, 5, rows),
            "code": random.choice(["AA", "B6", "UA"], rows),
            "empty": None,
            "constant": 7,
        }
    )
    return frame.assign(delay=frame["delay"].where(random.random(rows) > 0.02))


@pytest.fixture
def good(tmp_path) -> Path:
    (tmp_path / "good").mkdir()
    for number in (1, 2, 3):
        month(number).to_parquet(tmp_path / "good" / f"2013-{number:02}.parquet", index=False)
    return tmp_path / "good"


@pytest.fixture
def next_month(good, tmp_path) -> Callable[[pd.DataFrame], GateReport]:
    """Validate a fourth month against the suite drafted from three months."""

    def check(table: pd.DataFrame) -> GateReport:
        (tmp_path / "suite.yaml").write_text(suggest(good))
        (tmp_path / "next").mkdir()
        table.to_parquet(tmp_path / "next" / "2013-04.parquet", index=False)
        return check_data(suite=tmp_path / "suite.yaml", data=tmp_path / "next", out=tmp_path / "out")

    return check


def test_drafted_suite_passes_on_the_next_good_month(next_month):
    report = next_month(month(4))

    assert report.verdict == "pass", report.summary()
    assert report.declared > 20


@pytest.mark.parametrize(
    ("spoil", "column"),
    [
        (lambda t: t.drop(columns="code"), ""),
        (lambda t: t.assign(number=t["number"].astype(str)), ""),
        (lambda t: t.assign(number=t["number"] * 60), "number"),
        (lambda t: t.assign(delay=t["delay"] * 60), "delay"),
        (lambda t: t.assign(delay=np.inf), "delay"),
        (lambda t: t.assign(delay=t["delay"].where(t["number"] > 60)), "delay"),
        (lambda t: t.assign(code="AA "), "code"),
        (lambda t: t.assign(code="AA"), "code"),
        (lambda t: t.assign(time=t["time"].str.replace("2013", "2031")), "time"),
        (lambda t: t.drop(index=range(50, 80)), "time"),
        (lambda t: pd.concat([t, t]), ""),
        (lambda t: t.head(50), ""),
        (lambda t: t.head(230), "time"),
    ],
)
def test_drafted_suite_fails_on_a_corrupted_month(spoil, column, next_month):
    report = next_month(spoil(month(4)))

    assert report.verdict == "fail"
    assert column in {check.column for check in report.failures if check.severity == "critical"}


def test_draft_states_the_evidence_above_each_expectation(good):
    lines = suggest(good).splitlines()
    declared = [at for at, line in enumerate(lines) if line.startswith("  - type:")]

    assert declared
    assert all(lines[at - 1].startswith("  # ") for at in declared)
    assert "  # files have 224 to 248 rows; margin: 45% fewer, 40% more" in lines


def test_draft_from_a_single_file_has_expectations(good):
    assert suggest(good / "2013-01.parquet").count("- type:") > 15


def test_suggest_command_prints_or_writes_a_draft_and_never_overwrites(good, tmp_path):
    out = tmp_path / "suite.yaml"

    printed = CliRunner().invoke(cli, ["gate", "suggest", str(good)])
    written = CliRunner().invoke(cli, ["gate", "suggest", str(good), "--out", str(out)])
    again = CliRunner().invoke(cli, ["gate", "suggest", str(good), "--out", str(out)])

    assert (printed.exit_code, written.exit_code, again.exit_code) == (0, 0, 2)
    assert printed.output == out.read_text()
    assert load_yaml(out)["name"] == "good"
    assert "exists" in again.output


def test_draft_has_no_expectation_on_the_values_of_partition_keys(flights, tmp_path):
    for month in (1, 2):
        (tmp_path / "raw" / f"month={month}").mkdir(parents=True)
        flights.to_csv(tmp_path / "raw" / f"month={month}" / "f.csv", index=False)

    text = suggest(tmp_path / "raw")

    assert '"month": "int64"' in text
    assert '"column": "month"' not in text


def test_draft_has_no_association_of_a_nearly_constant_column(tmp_path):
    odd = np.arange(1000) % 100 == 0
    rows = {
        "kind": np.where(odd, "glider", "plane"),
        "engines": np.where(odd, 0, 2),
        "seats": np.arange(1000),
    }
    pd.DataFrame(rows).to_parquet(tmp_path / "planes.parquet", index=False)

    assert "association" not in suggest(tmp_path / "planes.parquet")


@pytest.mark.parametrize(
    ("name", "start", "days", "severity"),
    [
        (
            "table",
            "2000-01-01",
            3000,
            "critical",
        ),  # several years: the next file has more rows of the same process
        ("table", "2013-01-01", 90, "warning"),  # less than a year: the next file is of another time
        ("2013", "2013-01-01", 3000, "warning"),  # named after a period: one of a series
    ],
)
def test_drafted_relations_are_warnings_for_one_file_of_a_short_series(name, start, days, severity, tmp_path):
    random = np.random.default_rng(0)
    level = random.normal(size=days)
    times = pd.date_range(start, periods=days)
    frame = pd.DataFrame({"at": times, "level": level, "depth": level + random.normal(size=days)})
    frame.to_parquet(tmp_path / f"{name}.parquet", index=False)
    (tmp_path / "suite.yaml").write_text(suggest(tmp_path / f"{name}.parquet"))

    found = {
        one["severity"]
        for one in load_yaml(tmp_path / "suite.yaml")["expectations"]
        if "association" in one["type"]
    }

    assert found == {severity}


def invoices(seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    net, tax = random.gamma(2, 10, 600).round(2), random.gamma(2, 5, 600).round(2)
    count, city = random.integers(1, 20, 600), random.choice(["Oslo", "Bergen", "Malmo", "Lund"], 600)
    country = np.where(np.isin(city, ["Oslo", "Bergen"]), "Norway", "Sweden")
    frame = pd.DataFrame({"net": net, "tax": tax, "gross": net + tax, "count": count, "city": city})
    return frame.assign(**{"sum of all": (net * count).round(1), "country": country, "in euro": net * 1.09})


@pytest.mark.parametrize(
    ("column", "spoil"),
    [
        ("gross", lambda t: t["net"] + 2 * t["tax"]),
        ("sum of all", lambda t: t["gross"] * t["count"]),
        ("in euro", lambda t: t["net"] * 1.2),
        ("country", lambda t: t["country"].where(t.index % 4 > 0, "Sweden")),
    ],
)
def test_drafted_suite_fails_when_sums_products_multiples_or_pairs_change(column, spoil, tmp_path):
    invoices(1).to_parquet(tmp_path / "invoices.parquet", index=False)
    (tmp_path / "suite.yaml").write_text(suggest(tmp_path / "invoices.parquet"))
    good = invoices(2)

    def check(table):
        return check_data(suite=tmp_path / "suite.yaml", data=table, out=tmp_path / "out")

    assert check(good).passed
    broken = [one for one in check(good.assign(**{column: spoil(good)})).failures if column in one.column]
    assert {one.name for one in broken} & {
        "expect_rows_to_satisfy_condition",
        "expect_column_pair_values_to_be_in_set",
    }
