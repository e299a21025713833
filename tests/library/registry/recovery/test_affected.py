"""What came of a content: versions, scores and verdicts."""

from __future__ import annotations

import json

import pytest

from tests.library.registry.recovery.conftest import NAME
from tests.library.registry.recovery.isolating import isolate, md5, score

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("places", "nothing_isolated")]


def test_isolated_data_names_the_champion_and_its_scores_and_verify_and_status_fail(site, tmp_path):
    score(site, tmp_path, "2013-05", "batch_score/1")

    found = isolate(site, md5(site.root / "made/flights.skops"))

    (version,) = [each for each in found["versions"] if each["model"] == NAME]
    assert (version["version"], version["live"]) == (1, "champion")
    assert version["because"] == "made/flights.skops of stage 'train'"
    assert found["entry"]["versions"][NAME] == [1]
    assert {(each["window"], each["version"]) for each in found["scores"]} >= {("2013-05", 1)}
    assert [sentence for sentence in found["unknown"] if NAME in sentence] == []
    assert "was made from" in site.verify()[1, "data"][0]
    status = site.run("status")
    assert status.exit_code == 2
    assert "wrong labels" in status.output
    listed = json.loads(site.run("isolate", "--json").stdout)["isolated"]
    assert [entry["reason"] for entry in listed] == ["wrong labels"]

    assert site.run("isolate", found["entry"]["hash"], "--undo", "--reason", "they are right").exit_code == 0
    assert site.verify() == {}
    assert site.run("status").exit_code != 2
