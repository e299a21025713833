"""The complete windows of a drift check, and which of them are due."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from trimtab.drift import PastWindow
from trimtab.registry.drift_log.complete_windows import CompleteWindows, hash_window
from trimtab.registry.drift_log.drift_log import RecordedVerdict
from trimtab.time_window import windows_in_folder

MONTHS = ["2024-03", "2024-04", "2024-05", "2024-06"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("windows")
    for number, month in enumerate(MONTHS):
        pd.DataFrame({"x": range(number)}).to_parquet(folder / f"{month}.parquet")  # the first has no rows
    return windows_in_folder(folder)


def complete_windows(files, *, labelled=4, seen_until=datetime(2024, 1, 1), before=0):
    return CompleteWindows(files, seen_until, labelled, before)


def recorded(files, month, *, champion="1", labelled=True, complete=True, content=None):
    past = PastWindow(window=month, champion=champion, decision="none")
    file = next(file for file in files.values() if file.stem == month)
    return RecordedVerdict("run", past, labelled, content or hash_window(file), "", complete)


def due(windows, verdicts, champion="1"):
    return [window.name for window in windows.due(verdicts, champion)]


def test_windows_without_verdict_are_due_unless_they_have_no_rows(files):
    assert due(complete_windows(files), []) == ["2024-04", "2024-05", "2024-06"]


def test_windows_that_the_champion_has_seen_are_not_due(files):
    assert due(complete_windows(files, seen_until=datetime(2024, 5, 1)), []) == ["2024-05", "2024-06"]


def test_windows_without_enough_windows_before_them_are_not_due(files):
    assert due(complete_windows(files, before=2), []) == ["2024-05", "2024-06"]
    assert due(complete_windows(files, before=5), []) == ["2024-06"], "the newest is an error, not skipped"


def test_newest_window_is_due_though_it_has_a_verdict(files):
    verdicts = [recorded(files, month) for month in MONTHS]
    assert due(complete_windows(files), verdicts) == ["2024-06"]


def test_window_whose_labels_arrived_is_due(files):
    verdicts = [recorded(files, month, labelled=month < "2024-05") for month in MONTHS]
    assert due(complete_windows(files, labelled=3), verdicts) == ["2024-05", "2024-06"]
    assert due(complete_windows(files, labelled=3), verdicts, champion="2") == ["2024-06"]


def test_newest_window_with_labels_is_due_again_for_a_retry(files):
    verdicts = [recorded(files, month, labelled=month < "2024-06") for month in MONTHS]
    assert due(complete_windows(files, labelled=3), verdicts) == ["2024-05", "2024-06"]


def test_window_that_was_incomplete_is_due_if_its_file_changed(files):
    same = recorded(files, "2024-04", complete=False)
    changed = recorded(files, "2024-05", complete=False, content="other")
    assert due(complete_windows(files), [same, changed]) == ["2024-05", "2024-06"]


def test_newest_windows_with_and_without_labels_may_request_a_retrain(files):
    requesting = complete_windows(files, labelled=3).may_request_retrain([])
    assert sorted(window.name for window in requesting) == ["2024-05", "2024-06"]
    assert len(complete_windows(files, labelled=0).may_request_retrain([])) == 1


def test_no_window_may_request_a_retrain_if_a_later_one_has_a_verdict(files):
    later = RecordedVerdict(
        "run", PastWindow(window="2024-07", champion="1", decision="none"), True, "", "", True
    )
    assert complete_windows(files).may_request_retrain([later]) == set()
