"""The window history of a champion."""

import json

from trimtab.drift import PastWindow
from trimtab.drift.policy.window_history import windows_of_champion


def past(window, champion):
    return PastWindow(window=window, champion=champion, decision="none")


def test_windows_of_champion_end_at_the_newest_window_of_another():
    history = [past("2024-01", "1"), past("2024-02", "2"), past("2024-03", "1"), past("2024-04", "1")]
    assert [one.window for one in windows_of_champion(history, "1")] == ["2024-03", "2024-04"]


def test_windows_of_a_new_champion_are_none():
    assert windows_of_champion([past("2024-01", "1")], "2") == ()


def test_past_window_is_equal_after_json():
    one = PastWindow(
        window="2024-01", champion="1", decision="retrain", exceeded=("max_age",), outcome="failed"
    )
    assert PastWindow.model_validate_json(one.model_dump_json()) == one


def test_past_window_of_the_earlier_form_is_read():
    earlier = {
        "window": "2024-01",
        "champion": "1",
        "decision": "watch",
        "exceeded": ["max_estimated_auc_drop", "features"],
        "outcome": None,
        "roc_auc": 0.71,
        "estimated_auc": None,
    }
    read = PastWindow.model_validate_json(json.dumps(earlier))
    assert (read.metric, read.figure, read.estimate) == ("roc_auc", 0.71, None)
    assert read.exceeded == ("max_estimated_metric_drop", "features")
    assert PastWindow(window="w", champion="1", decision="none", roc_auc=0.7).figure == 0.7
