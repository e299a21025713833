"""Several candidates against the champion, and which of them is promoted."""

from __future__ import annotations

import json

import mlflow
import pytest

from tests.library.registry.fixtures import STRONG, STRONG_AGAIN, WEAK
from trimtab.learning import BINARY
from trimtab.registry import PromotePolicy, compare_candidates, find_version, promote_best
from trimtab.registry.ledger.ledger import Ledger

NAME = "contenders"


@pytest.fixture
def compared(aliases, contenders, template):
    """Compare some of the contenders, as the candidates of one run."""

    def run(*numbers, **policy):
        given = PromotePolicy(resamples=100, **policy)
        return compare_candidates(
            [contenders[number] for number in numbers],
            given,
            test=template.test,
            label="late",
            metric=BINARY.metrics["roc_auc"],
        ), given

    return run


def decision(number: int) -> str:
    return find_version(NAME, number).tag("decision")


def test_best_of_the_better_candidates_is_promoted_and_each_has_a_decision(client, compared, crown, aliases):
    crown(WEAK)

    ranked, policy = compared(STRONG_AGAIN, STRONG)
    decided = promote_best(ranked, policy, by="training/2")

    assert [each.summary.verdict for each in ranked] == ["better", "better"]
    best, other = (each.version.version for each in ranked)
    assert decided.promoted
    assert aliases() == {"champion": best, "previous": WEAK}
    assert "with 95% confidence for all 2 candidates it is more than" in decided.sentence
    assert decision(best) == decided.sentence
    assert decision(other).endswith(f"Not promoted: contenders version {best} goes on instead")
    entry = Ledger.read(client, NAME).last
    assert (entry.champion, entry.reason) == (best, decided.sentence)
    assert promote_best(ranked, policy, by="training/2") == decided, "a retry gives the same answer"
    assert len(Ledger.read(client, NAME).entries) == 2


def test_bounds_of_two_candidates_are_wider_than_those_of_one(compared, crown):
    crown(WEAK)

    (alone, *_), _ = compared(STRONG)
    together = next(each for each in compared(STRONG, STRONG_AGAIN)[0] if each.version.version == STRONG)

    assert together.summary.gain["gain"] == alone.summary.gain["gain"]
    assert together.summary.gain["low"] <= alone.summary.gain["low"] + 1e-12


def test_each_candidate_has_its_report_and_the_table_of_all(contenders, compared, crown):
    crown(WEAK)

    ranked, _ = compared(STRONG, STRONG_AGAIN)

    for each in ranked:
        run = f"runs:/{contenders[each.version.version].run_id}/comparison"
        report = json.loads(mlflow.artifacts.load_text(f"{run}/comparison.json"))
        table = json.loads(mlflow.artifacts.load_text(f"{run}/candidates.json"))
        assert report["challenger"] == each.version.version
        assert [row["version"] for row in table["candidates"]] == [
            WEAK,
            *(one.version.version for one in ranked),
        ]
        assert all(row["score_milliseconds"] > 0 for row in table["candidates"])
        assert all(row["train_seconds"] is None for row in table["candidates"]), "no run has measured it"
        assert "candidates.html" in mlflow.artifacts.load_text(f"{run}/report.html")


def test_summary_has_the_gain_of_every_metric_what_got_worse_and_what_both_models_cost(compared, crown):
    crown(STRONG)

    ((weak,), _) = compared(WEAK, slices={"columns": ["carrier"], "min_rows": 20})

    summary = weak.summary
    assert summary.gains.keys() == summary.challenger_figures.keys()
    assert summary.gains[BINARY.default_metric] == summary.gain
    assert all(gain["low"] <= gain["gain"] <= gain["high"] for gain in summary.gains.values())
    assert set(summary.losses) == {"log_loss", "brier"} & set(summary.challenger_figures)
    assert [part["gain"] for part in summary.worse] == sorted(part["gain"] for part in summary.worse)
    assert all(part["gain"] < 0 for part in summary.worse)
    assert any(part["name"].startswith("carrier = ") for part in summary.worse)
    assert summary.costs["champion"]["score_milliseconds"] > 0
    assert summary.costs["challenger"]["megabytes"] > 0


def test_report_on_one_challenger_names_no_candidates(contenders, compared, crown):
    crown(STRONG)

    compared(WEAK)

    assert "candidate" not in mlflow.artifacts.load_text(
        f"runs:/{contenders[WEAK].run_id}/comparison/report.html"
    )


def test_no_candidate_is_promoted_when_none_is_better_and_the_best_is_challenger(compared, crown, aliases):
    crown(STRONG)

    ranked, policy = compared(WEAK, STRONG_AGAIN)
    decided = promote_best(ranked, policy, by="training/2")

    assert not decided.promoted
    assert ranked[0].version.version == STRONG_AGAIN
    assert aliases() == {"champion": STRONG, "challenger": STRONG_AGAIN}
    assert "not better" in decision(WEAK)
    assert "not better" in decision(STRONG_AGAIN)


def test_candidate_that_is_the_champion_is_not_compared_and_keeps_its_decision(compared, crown, client):
    crown(STRONG)
    client.set_model_version_tag(NAME, str(STRONG), "trimtab.decision", "it was the best")

    ranked, policy = compared(STRONG, WEAK)
    promote_best(ranked, policy, by="training/2")

    assert [(each.version.version, each.summary.verdict) for each in ranked] == [
        (WEAK, "not better"),
        (STRONG, "champion"),
    ]
    assert "candidates" not in ranked[0].summary.sentence
    assert decision(STRONG) == "it was the best"


def test_best_candidate_becomes_the_first_champion(compared, aliases):
    ranked, policy = compared(WEAK, STRONG)

    assert promote_best(ranked, policy, by="training/1").promoted
    assert aliases() == {"champion": STRONG}
    assert "good enough for the first champion" in decision(WEAK)
    assert decision(WEAK).endswith("goes on instead")


def test_candidates_are_compared_again_when_the_champion_has_changed_since(compared, crown, aliases):
    ranked, policy = compared(STRONG, WEAK)
    crown(STRONG_AGAIN)
    before = decision(STRONG), decision(WEAK)

    assert promote_best(ranked, policy, by="training/1") is None
    assert aliases() == {"champion": STRONG_AGAIN}
    assert (decision(STRONG), decision(WEAK)) == before


def test_resamples_are_enough_for_the_candidates(compared, crown, contenders):
    crown(WEAK)

    ranked, _ = compared(STRONG, STRONG_AGAIN, confidence=0.99)

    run = f"runs:/{contenders[STRONG].run_id}/comparison/candidates.json"
    assert json.loads(mlflow.artifacts.load_text(run))["resamples"] > 100
    assert all(each.summary.gain["low"] > -1 for each in ranked)
