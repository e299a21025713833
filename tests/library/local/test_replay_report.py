"""The report of a policy replay."""

from __future__ import annotations

import json

import pytest

from trimtab.learning import PROBLEM_TYPES
from trimtab.local import replay_report
from trimtab.local.policy_replay import PolicyReplay

AUC, MAE = PROBLEM_TYPES["binary"].metrics["roc_auc"], PROBLEM_TYPES["regression"].metrics["mae"]


def test_replay_table_counts_refused_retrains():
    table = replay_report.replay_table(
        [PolicyReplay("declared", AUC, {"w1": 0.7}, ("w1", "w2"), ("w1",), 20.0)]
    )
    assert [list(column.cells) for column in table.columns] == [
        ["declared"],
        ["0.7000"],
        ["0.7000"],
        ["2"],
        ["1"],
        ["20"],
    ]


def test_saved_replay_has_each_policy_with_its_mean_and_worst_auc(tmp_path):
    replays = [
        PolicyReplay("declared", AUC, {"w1": 0.8, "w2": 0.6}, ("w1",), (), 20.0),
        PolicyReplay("frozen", AUC, {"w1": 0.5, "w2": 0.5}, (), (), 0.0),
    ]

    replay_report.save_replay(replays, tmp_path / "new" / "folder")

    content = json.loads((tmp_path / "new" / "folder" / "replay.json").read_text())
    assert [(one["policy"], one["mean"], one["worst"]) for one in content] == [
        ("declared", pytest.approx(0.7), 0.6),
        ("frozen", 0.5, 0.5),
    ]
    assert content[0]["retrained"] == ["w1"]
    assert (content[0]["metric"], content[0]["figures"]) == ("roc_auc", {"w1": 0.8, "w2": 0.6})


def test_worst_figure_of_a_loss_is_the_largest():
    replay = PolicyReplay("declared", MAE, {"w1": 3.0, "w2": 1234.0}, (), (), 0.0)
    table = replay_report.replay_table([replay])
    assert replay.worst == 1234.0
    assert [column.header for column in table.columns][1:3] == ["mean MAE", "worst MAE"]
    assert [list(column.cells) for column in table.columns][1:3] == [["618.5"], ["1234"]]


def test_drawing_shows_the_first_four_policies_and_the_json_shows_all(tmp_path):
    replays = [
        PolicyReplay(f"policy-{number}", AUC, {"w1": 0.7, "w2": 0.6}, (), (), 0.0) for number in range(6)
    ]

    replay_report.save_replay(replays, tmp_path)

    drawing = (tmp_path / "replay.svg").read_text()
    assert [f"policy-{number}" in drawing for number in range(6)] == [True] * 4 + [False] * 2
    assert len(json.loads((tmp_path / "replay.json").read_text())) == 6
