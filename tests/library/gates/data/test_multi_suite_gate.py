"""One table, several suites: opened once, a report of each, and the worst verdict for all."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.library.gates.expectation import expect
from trimtab.cli.main import cli
from trimtab.errors import ConfigError
from trimtab.gate_report.exit_codes import EXIT_CODES
from trimtab.gates import check_suites
from trimtab.gates.data import multi_suite_gate
from trimtab.tables.file_table import FileTable

HOLDS = expect("table_row_count_to_be_between", min_value=1)
FAILS = expect("column_values_to_be_between", column="hour", max_value=5)


@pytest.fixture
def data(flights, tmp_path):
    flights.to_parquet(tmp_path / "flights.parquet")
    return tmp_path / "flights.parquet"


def verdict(folder) -> str:
    return json.loads((folder / "report.json").read_text())["verdict"]


@pytest.mark.parametrize(
    ("second", "worst"),
    [(HOLDS, "pass"), (FAILS | {"severity": "warning"}, "warn"), (FAILS, "fail")],
)
def test_each_suite_has_a_report_and_the_worst_verdict_is_that_of_all(
    second, worst, suite_file, data, tmp_path, written
):
    paths = [suite_file(HOLDS, name="a.json"), suite_file(second, name="b.json")]

    report = check_suites(suites=paths, data=data, out=tmp_path / "out")

    assert [verdict(tmp_path / "out" / name) for name in "ab"] == ["pass", worst]
    assert (report.verdict, report.declared, report.evaluated, report.rows) == (worst, 2, 2, 10)
    assert [check["passed"] for check in written(report)["checks"]] == [True, worst == "pass"]


def test_table_is_opened_once(suite_file, data, tmp_path, monkeypatch):
    opened, open_table = [], multi_suite_gate.open_data
    monkeypatch.setattr(multi_suite_gate, "open_data", lambda path: opened.append(path) or open_table(path))

    check_suites(
        suites=[suite_file(HOLDS, name=f"{name}.json") for name in "abc"], data=data, out=tmp_path / "out"
    )

    assert opened == [data]


def test_data_that_cannot_be_used_fail_every_suite(suite_file, tmp_path):
    (tmp_path / "f.csv").write_text("a,b\n1\n")
    paths = [suite_file(HOLDS, name=f"{name}.json") for name in "ab"]

    report = check_suites(suites=paths, data=tmp_path / "f.csv", out=tmp_path / "out")

    assert [verdict(tmp_path / "out" / name) for name in "ab"] == ["error", "error"]
    assert (report.verdict, report.failed, report.declared) == ("error", 2, 2)


def test_column_that_is_sensitive_in_one_suite_is_so_in_all(suite_file, data, tmp_path):
    paths = [suite_file(FAILS, name="a.json"), suite_file(HOLDS, name="b.json", sensitive=["carrier"])]

    check_suites(suites=paths, data=data, out=tmp_path / "out")

    (check,) = json.loads((tmp_path / "out" / "a" / "report.json").read_text())["checks"]
    assert {sample["values"]["carrier"] for sample in check["samples"]} == {"•••"}


def test_suites_of_one_name_are_refused_before_any_work_and_no_old_report_stays(suite_file, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.json").write_text("an old one")
    paths = [suite_file(HOLDS, name="a.json"), suite_file(HOLDS, name="more/a.json")]

    with pytest.raises(ConfigError, match="called a"):
        check_suites(suites=paths, data=tmp_path / "nowhere", out=tmp_path / "out")

    assert not list(tmp_path.rglob("report.json"))


def test_unknown_argument_of_the_last_suite_is_refused_before_a_row_is_read(
    suite_file, data, tmp_path, monkeypatch
):
    unknown = expect("column_values_to_be_between", column="hour", max_valu=5)
    paths = [suite_file(FAILS, name="a.json"), suite_file(unknown, name="b.json")]
    monkeypatch.setattr(FileTable, "read", lambda *_: pytest.fail("a row was read"))

    with pytest.raises(ConfigError, match="max_value"):
        check_suites(suites=paths, data=data, out=tmp_path / "out")

    assert not list(tmp_path.rglob("report.json"))


def test_suite_with_a_quarantine_stands_alone(suite_file, data, tmp_path):
    divides = suite_file(HOLDS, name="b.json", on_failure="quarantine", max_quarantined=0.1)

    with pytest.raises(ConfigError, match="quarantine"):
        check_suites(suites=[suite_file(HOLDS, name="a.json"), divides], data=data, out=tmp_path / "out")


def run(*arguments: object):
    return CliRunner().invoke(cli, ["gate", "data", *map(str, arguments)])


def test_command_takes_several_suites_and_exits_with_the_worst(suite_file, data, tmp_path):
    given = ["--suite", suite_file(FAILS, name="a.json"), "--suite", suite_file(HOLDS, name="b.json")]

    done = run(*given, "--data", data, "--out", tmp_path / "out")

    assert done.exit_code == EXIT_CODES["fail"]
    assert "1 of 2 checks failed on 10 rows" in done.output


def test_command_refuses_a_quarantine_with_several(suite_file, data, tmp_path):
    given = ["--suite", suite_file(HOLDS, name="a.json"), "--suite", suite_file(HOLDS, name="b.json")]
    places = ["--quarantine", tmp_path / "q", "--passed", tmp_path / "p"]

    done = run(*given, "--data", data, "--out", tmp_path / "out", *places)

    assert done.exit_code == 2
    assert "one suite" in done.output
    assert not (tmp_path / "out").exists()
