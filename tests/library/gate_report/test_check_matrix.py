"""The checks of a report by column and file, and the page that shows them."""

from __future__ import annotations

import re
import shutil

import pytest

from trimtab.gate_report import Check, GateReport, write_report
from trimtab.gate_report.check_matrix import WHOLE, build_matrix

AXE = ("node", "npm", "chromium")
CHECKS = (
    Check("held", passed=True, column="a"),
    Check("row_count", passed=False, severity="warning", files={"2013-01.parquet": None}),
    Check("between", passed=False, column="b", files={"2013-01.parquet": 2, "2013-02.parquet": 1}),
    Check("null", passed=False, severity="info", column="b", files={"2013-02.parquet": 7}),
)


def report(out, checks) -> GateReport:
    return GateReport(
        gate="data",
        name="flights",
        verdict="fail",
        declared=len(checks),
        out=out,
        checks=tuple(checks),
        rows=9,
    )


def test_matrix_has_a_line_for_each_column_the_worst_first_and_counts_by_file(tmp_path):
    found = build_matrix(CHECKS, report(tmp_path, CHECKS).failures)

    assert found.files == ("2013-01.parquet", "2013-02.parquet")
    assert [(line.column, line.passed, line.failed, line.worst, line.cells) for line in found.lines] == [
        ("b", 0, 2, "critical", (1, 2)),
        (WHOLE, 0, 1, "warning", (1, 0)),
        ("a", 1, 0, None, (0, 0)),
    ]
    assert [line.first for line in found.lines] == [1, 2, None]


def test_matrix_shows_the_files_in_which_most_checks_failed(tmp_path):
    files = [f"{number:02}" for number in range(20)]
    checks = [Check(str(n), passed=False, column="a", files=dict.fromkeys(files[n:])) for n in range(20)]
    found = build_matrix(checks, checks)
    assert found.files == tuple(files[8:])
    assert found.hidden == 8


def test_page_links_a_column_to_its_first_failed_check_and_has_a_filter_without_a_script(tmp_path):
    write_report(report(tmp_path, CHECKS))
    page = (tmp_path / "report.html").read_text()
    assert '<a href="#check-1">b</a>' in page
    assert 'id="check-1"' in page
    assert page.count('type="radio"') == 3
    assert "<script" not in page


def test_page_of_thousands_of_failed_checks_has_few_cards_and_lists_all(tmp_path):
    checks = [
        Check(f"check_{number:04}", passed=False, column=f"c{number // 6}", examples=(1,))
        for number in range(3000)
    ]
    write_report(report(tmp_path, checks))
    page = (tmp_path / "report.html").read_text()
    assert page.count('id="check-') == 100
    assert len(set(re.findall(r"check_\d{4}", page))) == 3000
    assert len(page) < 3000 * 500


def test_tables_of_the_page_scroll_in_themselves_and_their_headers_have_a_scope(tmp_path):
    write_report(report(tmp_path, CHECKS))
    page = (tmp_path / "report.html").read_text()
    assert page.count("<table") == len(re.findall(r'class="scroll[^>]*><table', page))
    assert not re.findall(r"<th(?![^>]*scope)[ >]", page)


@pytest.mark.slow
@pytest.mark.skipif(not all(map(shutil.which, AXE)), reason="needs node, npm and chromium")
def test_axe_finds_nothing_in_the_page_at_any_width_in_light_and_dark(tmp_path):
    from tests.library.control_room.axe import violations

    write_report(report(tmp_path, CHECKS))

    assert violations(tmp_path) == []
