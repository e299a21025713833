"""The table of candidates: its rows, its page and its JSON."""

from __future__ import annotations

import json

import numpy as np

from trimtab.learning import BINARY, Blocks, Estimate, Units
from trimtab.registry import PromotePolicy, Version
from trimtab.registry.promotion.candidate_table import candidate_rows, write_candidates_report
from trimtab.registry.promotion.comparison import Comparison
from trimtab.registry.promotion.model_measures import ModelMeasures
from trimtab.registry.promotion.paired_bootstrap import PairedMetric

CHAMPION = Version("flights", 1, "r1", False, "", {"model_bytes": 1_500_000}, {})
METRIC = BINARY.metrics["roc_auc"]


def candidate(number: int, name: str = "", **metrics: float) -> Version:
    return Version(
        "flights", number, f"r{number}", True, "", metrics, {"trimtab.candidate": name} if name else {}
    )


def compared(version: Version, champion: Version | None = CHAMPION, **facts) -> Comparison:
    measures = {
        1: ModelMeasures(Estimate(0.7, 0.68, 0.72), 1.25, None, 1.5),
        version.version: ModelMeasures(
            Estimate(0.71, 0.69, 0.73), 0.5, version.train_seconds, version.megabytes
        ),
    }
    pairs = {"roc_auc": PairedMetric(0.71, 0.7, 0.01, 0.004, 0.016)}
    given = {"pairs": pairs if champion else {}, "measures": measures, "candidates": 2, **facts}
    return Comparison(version, champion, 900, METRIC, {"roc_auc": 0.71}, **given)


JUDGED = [
    (compared(candidate(3, "<rolling>", model_bytes=20_000, train_seconds=8.25)), "better"),
    (compared(candidate(2, model_bytes=30_000)), "not better"),
]


def test_rows_are_the_champion_and_the_candidates_with_their_costs():
    champion, rolling, model = candidate_rows(JUDGED)

    assert (champion.name, champion.version, champion.figure, champion.gain) == ("champion", 1, 0.7, None)
    assert (champion.interval, champion.megabytes, champion.train_seconds) == ((0.68, 0.72), 1.5, None)
    assert (rolling.name, rolling.version, rolling.verdict) == ("<rolling>", 3, "better")
    assert (rolling.gain, rolling.bounds, rolling.interval) == (0.01, (0.004, 0.016), (0.69, 0.73))
    assert (rolling.train_seconds, rolling.score_milliseconds, rolling.megabytes) == (8.25, 0.5, 0.02)
    assert (model.name, model.train_seconds) == ("flights", None)


def test_rows_without_a_champion_have_no_gain():
    (row,) = candidate_rows([(compared(candidate(2), None), "better")])

    assert (row.version, row.gain, row.bounds) == (2, None, None)


def test_champion_that_cannot_be_compared_has_no_figure():
    obstacle = compared(candidate(2), pairs={}, measures={}, obstacle="it cannot be loaded")

    champion, _ = candidate_rows([(obstacle, "a person decides")])

    assert (champion.figure, champion.interval, champion.megabytes) == (None, None, 1.5)


def test_report_has_the_table_as_json_and_as_a_page_that_escapes_names(tmp_path):
    write_candidates_report(JUDGED, PromotePolicy(), tmp_path)

    content = json.loads((tmp_path / "candidates.json").read_text())
    page = (tmp_path / "candidates.html").read_text()
    assert (content["metric"], content["rows"], content["confidence"]) == ("roc_auc", 900, 0.95)
    assert [row["version"] for row in content["candidates"]] == [1, 3, 2]
    assert "&lt;rolling&gt;" in page
    assert "<rolling>" not in page
    for cell in ("8.2", "0.50", "0.020", "1.25", "1.500", "0.6900 to 0.7300", "+0.0040 to +0.0160"):
        assert cell in page, cell
    assert "the true gains of all candidates are above their lower bounds" in page


def test_page_says_what_a_resample_draws_if_rows_depend_on_each_other(tmp_path):
    of_groups = Blocks(Units("account", np.arange(900) // 9, ordered=False), 1)
    judged = [(compared(each.challenger, blocks=(of_groups,)), verdict) for each, verdict in JUDGED]

    write_candidates_report(judged, PromotePolicy(), tmp_path)
    assert (
        "A resample draws whole groups (100 values of &#39;account&#39;)."
        in (tmp_path / "candidates.html").read_text()
    )

    write_candidates_report(JUDGED, PromotePolicy(), tmp_path)
    assert "A resample draws" not in (tmp_path / "candidates.html").read_text()


def test_page_of_candidates_without_a_champion_and_without_costs_has_dashes(tmp_path):
    write_candidates_report(
        [(compared(candidate(2), None, measures={}), "better")] * 2, PromotePolicy(), tmp_path
    )

    assert '<td class="num">–</td>' in (tmp_path / "candidates.html").read_text()
