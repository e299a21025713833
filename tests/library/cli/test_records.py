"""The command `trimtab fetch`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.library.pipeline.record.test_shared_records import fresh, shared, worker  # noqa: F401
from trimtab.cli.main import cli


@pytest.mark.slow
def test_fetch_lists_the_commit_of_each_record_and_ends_with_1_if_one_is_refused(
    worker,  # noqa: F811
    tmp_path,
    monkeypatch,
):
    good, bad = shared(worker), shared(worker, "training-r2")
    (file,) = (tmp_path / "store").glob("trimtab/records/training-r2/*.json")
    file.write_text(file.read_text().replace("Run training-r2", "Run\x1b[2J"))
    monkeypatch.chdir(fresh(worker, tmp_path / "clone").root)

    first = CliRunner().invoke(cli, ["fetch"])
    assert first.exit_code == 1
    assert f"training-r1: {good.commit}" in first.output
    assert "training-r2: refused" in first.output
    assert "\x1b" not in first.output

    second = CliRunner().invoke(cli, ["fetch", "--json"])
    (left,) = json.loads(second.stdout)["records"]
    assert (left["name"], left["commit"], bad.commit[:12] in left["refusal"]) == ("training-r2", "", True)

    file.unlink()
    assert "here already" in CliRunner().invoke(cli, ["fetch"]).output
