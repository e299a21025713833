"""The figures of a new project are of real tables and templates, and the page has a place for each part."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.new_project import CASES, PAGE, PARTS, measured_updates
from benchmarks.project_templates import SOURCES, TEMPLATES, count_code
from benchmarks.results import Cell
from tests.library.scaffold.tables import REAL
from tests.library.template import test_update_of_forks as forks


def test_cases_are_the_three_problem_types_on_real_tables() -> None:
    assert [case.problem for case in CASES] == ["binary", "multiclass", "regression"]
    assert {case.table for case in CASES} <= set(REAL)


@pytest.mark.parametrize("part", [*PARTS, "machine"])
def test_page_has_a_place_for_each_part(part: str) -> None:
    page = PAGE.read_text()
    assert page.index(f"<!-- {part} -->") < page.index(f"<!-- end of {part} -->")


def test_templates_come_from_the_package_or_a_known_source() -> None:
    assert {template.source for template in TEMPLATES} == {"", *SOURCES}
    assert all(("{source}" in template.make) == bool(template.source) for template in TEMPLATES)


def test_code_is_counted_without_comments_tests_docs_and_hidden_files(tmp_path: Path) -> None:
    files = {
        "src/train.py": "# why\n\nimport os\n    # because\nprint(os)\n",
        "conf/base.yml": "a: 1\n",
        "README.md": "text\n",
        "tests/test_train.py": "assert True\n",
        "docs/conf.py": "project = 'x'\n",
        ".github/workflow.yml": "on: push\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    assert count_code(tmp_path) == (2, 3)


@pytest.mark.slow
def test_updates_are_counted_by_what_they_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = ("a pipeline, two versions behind", "edit at the same place")
    monkeypatch.setattr("benchmarks.new_project.FORKS", [it for it in forks.FORKS if it.name in chosen])

    kept, others = (row.cells for row in measured_updates(tmp_path))

    assert [kept[name] for name in ("forks", "files in conflict", "of them listed")] == [
        Cell(None, number) for number in "100"
    ]
    assert [others[name] for name in ("forks", "files in conflict", "of them listed")] == [
        Cell(None, number) for number in "111"
    ]
