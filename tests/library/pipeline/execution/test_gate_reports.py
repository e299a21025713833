"""Gate reports: stored when a gate fails, and read from the cache or the remote."""

from __future__ import annotations

import json
import subprocess

import pytest

from trimtab.errors import StageError
from trimtab.gate_report import PAGE, REPORT
from trimtab.pipeline.cache.cache import DvcCache
from trimtab.pipeline.execution import gate_reports as reports
from trimtab.pipeline.execution.gate_reports import read_report
from trimtab.pipeline.execution.process import CommandError
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.graph.project import Project

WRITE = "mkdir -p r && echo '{}' > r/report.json && echo page > r/report.html && echo rows > r/bad_rows.csv"


@pytest.fixture
def gate(project):
    """A project whose only stage is a gate with a given command."""

    def make(cmd: str, *, outs=("r",), kind="gate"):
        checkout = project()
        stage = {"cmd": cmd, "outs": list(outs), "meta": {"trimtab": {kind: "data"}}}
        checkout.write({"dvc.yaml": json.dumps({"stages": {"judge": stage}}), ".gitignore": "/r\n/*.html\n"})
        return checkout

    return make


def judge(checkout, **options):
    return run_stage(
        checkout.root, pin_revision(checkout.root), Project(checkout.root).graph(), "judge", {}, **options
    )


def failed(checkout, **options) -> CommandError:
    with pytest.raises(CommandError) as failure:
        judge(checkout, **options)
    return failure.value


def test_report_of_a_passed_gate_is_read_from_its_output(gate):
    checkout = gate(WRITE)
    outs = judge(checkout).entry["outs"]
    assert read_report(checkout.root, outs, PAGE) == b"page\n"
    assert read_report(checkout.root, outs, REPORT) == b"{}\n"


def test_report_that_is_too_large_is_refused(gate, monkeypatch):
    checkout = gate(WRITE)
    outs = judge(checkout).entry["outs"]
    monkeypatch.setattr(reports, "MAX_BYTES", 4)
    assert read_report(checkout.root, outs, REPORT) == b"{}\n"
    with pytest.raises(StageError, match=r"'report\.html' has 5 bytes, 4 are read"):
        read_report(checkout.root, outs, PAGE)


def test_report_of_a_failed_gate_is_stored_without_its_other_outputs(gate):
    checkout = gate(f"{WRITE} && exit 1")
    kept = failed(checkout).report
    assert [(out["path"], out["nfiles"]) for out in kept] == [("r", 2)]
    with checkout.dvc() as repo:
        assert DvcCache(repo).listing(kept[0]).keys() == {REPORT, PAGE}
    assert read_report(checkout.root, kept, PAGE) == b"page\n"


def test_report_that_is_an_output_itself_is_stored(gate):
    checkout = gate("echo page > report.html; exit 1", outs=["report.html", "r"])
    assert read_report(checkout.root, failed(checkout).report, PAGE) == b"page\n"


def test_outputs_of_a_failed_gate_are_kept_in_the_folder_for_them(gate, tmp_path):
    failed(gate(f"{WRITE} && exit 1"), keep_on_failure=tmp_path / "kept")
    assert {file.name for file in (tmp_path / "kept/r").iterdir()} == {
        "report.json",
        "report.html",
        "bad_rows.csv",
    }


def test_failed_stage_that_is_no_gate_stores_nothing(gate):
    assert failed(gate(f"{WRITE} && exit 1", kind="note")).report == []


def test_failed_gate_without_a_report_stores_nothing(gate):
    checkout = gate("kill -9 $$")
    assert failed(checkout).report == []
    assert read_report(checkout.root, [], PAGE) is None


@pytest.mark.parametrize("code", [0, 1], ids=["passed", "failed"])
def test_report_is_read_on_another_host_that_has_only_the_dvc_config(gate, tmp_path, code):
    checkout = gate(f"{WRITE} && exit {code}")
    remote = tmp_path / "remote"
    subprocess.run(["dvc", "remote", "add", "-q", "-d", "store", remote], cwd=checkout.root, check=True)
    checkout.commit()
    outs = failed(checkout).report if code else judge(checkout).entry["outs"]
    elsewhere = tmp_path / "api-server" / "flights"
    (elsewhere / ".dvc").mkdir(parents=True)
    (elsewhere / ".dvc" / "config").write_text(
        f"[core]\n    remote = store\n    no_scm = true\n['remote \"store\"']\n    url = {remote}\n"
    )

    assert read_report(elsewhere, outs, PAGE) == b"page\n"

    cached = [file.read_text() for file in (elsewhere / ".dvc/cache/files").rglob("*") if file.is_file()]
    assert "rows\n" not in cached, "what is beside the report stays where it is"


def test_remote_error_does_not_hide_the_failure_of_the_gate(gate, tmp_path, caplog):
    checkout = gate(f"{WRITE} && exit 1")
    (tmp_path / "a file").write_text("")
    url = tmp_path / "a file" / "remote"
    subprocess.run(["dvc", "remote", "add", "-q", "-d", "store", url], cwd=checkout.root, check=True)
    checkout.commit()
    failure = failed(checkout)
    assert "cannot be stored" in caplog.text
    assert read_report(checkout.root, failure.report, REPORT) == b"{}\n", (
        "so it is known that it is a verdict"
    )


@pytest.mark.parametrize("md5", ["../../secret", "A" * 32, "", None, "a" * 31, "a" * 32 + "/x"])
def test_report_with_an_invalid_hash_is_refused(project, md5):
    with pytest.raises(StageError, match="not a hash of DVC"):
        read_report(project().root, [{"path": "report.html", "md5": md5}], PAGE)


@pytest.mark.parametrize(("path", "md5"), [("r/report.html", "a" * 32), ("r", "a" * 32 + ".dir")])
def test_report_in_neither_cache_nor_remote_is_an_error(project, path, md5):
    with pytest.raises(StageError, match="not in DVC's cache"):
        read_report(project().root, [{"path": path, "hash": "md5", "md5": md5}], PAGE)


def test_external_outputs_have_no_report(project):
    assert read_report(project().root, [{"path": "s3://bucket/report.html", "etag": "x"}], PAGE) is None
