"""A checkup: all checks, whatever one of them raises."""

from __future__ import annotations

import pytest

from trimtab.doctor.checkup import examine, exit_code, findings_to_dict, machine_checks, show_findings
from trimtab.doctor.finding import Finding
from trimtab.errors import ProjectError


def refused():
    raise ProjectError("The remote failed", where="https://vera:pass@host", fix="repair it")


def crashed():
    yield Finding("a", "ok", "it begins well")
    raise ZeroDivisionError("oh")


def test_check_that_raises_is_a_finding_and_does_not_end_the_others():
    found = list(examine({"one": refused, "two": crashed, "three": lambda: [Finding("c", "ok", "well")]}))

    assert [(each.check, each.status) for each in found] == [
        ("one", "error"),
        ("a", "ok"),
        ("two", "error"),
        ("c", "ok"),
    ]
    assert (found[0].seen, found[0].fix) == ("The remote failed (https://host)", "repair it")
    assert "ZeroDivisionError: oh" in found[2].seen


@pytest.mark.parametrize(
    ("statuses", "code"), [([], 0), (["ok"], 0), (["ok", "warning"], 1), (["error", "warning"], 2)]
)
def test_exit_code_is_that_of_the_worst_finding(statuses, code):
    assert exit_code([Finding("a", status, "b") for status in statuses]) == code


def test_findings_are_a_line_each_with_what_to_do(capsys):
    code = show_findings([Finding("git", "ok", "2.40"), Finding("disk", "error", "0 GB\nfree", "free space")])

    assert code == 2
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["ok      git: 2.40", "error   disk: 0 GB free", "        to do: free space"]


def test_json_has_the_worst_status():
    found = findings_to_dict([Finding("a", "ok", "b"), Finding("c", "warning", "d")], host="h")
    assert (found["host"], found["status"]) == ("h", "warning")


def test_machine_checks_of_a_sound_project_have_no_error(project, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)

    found = list(examine(machine_checks(project().root)))

    assert [each for each in found if each.status == "error" and each.check != "disk"] == []
