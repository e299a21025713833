"""The times of a history replay, the newest window at each time, and the param for the end of the data."""

from datetime import datetime

import pytest

from trimtab.errors import DriftError, ProjectError
from trimtab.local.history_replay import declared_param, newest_window, replay_history
from trimtab.pipeline.graph import Artifact, Graph
from trimtab.time_window import Window


def test_history_replay_refuses_a_weight_by_name(tmp_path):
    model = Artifact("late", "late.skops", "model", meta={"weight": "share"})
    with pytest.raises(DriftError, match="the model declares the weight 'share'"):
        replay_history(tmp_path, Graph(stages=(), artifacts=(model,)), [], param="a.b", windows="windows")


@pytest.fixture
def folder(tmp_path):
    for month in ("2013-03", "2013-04", "2013-05"):
        (tmp_path / f"{month}.parquet").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("time", "before", "newest"),
    [
        (datetime(2013, 6, 1), None, "2013-05"),
        (datetime(2013, 6, 1), "2013-04", "2013-05"),
        (datetime(2013, 7, 1), "2013-05", "2013-05"),  # there is no new window
    ],
)
def test_newest_window_is_the_last_complete_window(folder, time, before, newest):
    assert newest_window(folder, time, before and Window.parse(before, where="here")).name == newest


def test_newest_window_that_is_not_complete_is_refused(folder):
    with pytest.raises(DriftError, match="2013-05 is not complete at 2013-05-15") as refused:
        newest_window(folder, datetime(2013, 5, 15), None)
    assert "`--every month`" in str(refused.value)


def test_several_new_windows_at_one_time_are_refused(folder):
    with pytest.raises(DriftError, match=r"2 new windows at 2013-06-01 .*: 2013-04 to 2013-05"):
        newest_window(folder, datetime(2013, 6, 1), Window.parse("2013-03", where="here"))


def project(tmp_path, declared):
    (tmp_path / "dvc.yaml").write_text(
        f"artifacts: {{churn: {{path: model.skops, type: model, meta: {{{declared}}}}}}}\n"
    )
    return tmp_path, Graph((), artifacts=(Artifact("churn", "model.skops", "model"),))


def test_declared_param_is_the_one_in_data_until_of_the_model(tmp_path):
    assert declared_param(*project(tmp_path, "data_until: '${load.end}'")) == "load.end"


@pytest.mark.parametrize("declared", ["", "data_until: '2013-06-01'", "data_until: 'before ${load.end}'"])
def test_declared_param_is_refused_when_data_until_is_not_one_param(tmp_path, declared):
    with pytest.raises(ProjectError, match="'churn' does not declare the param for the end of the data"):
        declared_param(*project(tmp_path, declared))
