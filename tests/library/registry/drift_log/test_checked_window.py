"""The result of a drift check as an XCom."""

from __future__ import annotations

import json

from trimtab.registry import CheckedWindow


def test_checked_window_as_dict_is_json_with_the_keys_that_tasks_read():
    checked = CheckedWindow(
        "2024-06", 3, 300, "roc_auc", 0.7, None, 0.1, "retrain", "Retrain: …", "run", True, ("2024-05",)
    )
    assert json.loads(json.dumps(checked.to_dict())) == {
        "window": "2024-06",
        "champion": 3,
        "rows": 300,
        "metric": "roc_auc",
        "reference_figure": 0.7,
        "window_figure": None,
        "score_psi": 0.1,
        "decision": "retrain",
        "sentence": "Retrain: …",
        "run_id": "run",
        "asks": True,
        "also": ["2024-05"],
    }
