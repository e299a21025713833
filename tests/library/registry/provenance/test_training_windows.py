"""The data extent of a model, derived from the lock entries of its run."""

from __future__ import annotations

import contextlib
import json
import shutil

import pytest
from dvc.repo import Repo

from trimtab.errors import ProjectError, StageError
from trimtab.pipeline.graph.project import Project
from trimtab.registry.provenance.recorded_lock import RecordedLock
from trimtab.registry.provenance.training_windows import find_data_extent
from trimtab.time_window import moment

SPLIT = {"cmd": "touch train test", "deps": ["features"], "outs": ["train", "test"]}
TRAIN = {"cmd": "touch model", "deps": ["train"], "outs": ["model"]}
MONTHS = ("2013-01", "2013-02", "2013-03", "2013-04")


@pytest.fixture
def learnt(tmp_path):
    """Return a function that derives the data extent of a project from its stages and artifacts."""

    def derive(stages=None, *, meta=None, test=None, forget=()):
        made = " ".join(f"features/{month}.parquet" for month in MONTHS)
        raw = " ".join(f"raw/{month}.parquet" for month in (*MONTHS, "2013-05"))
        stages = stages or {
            "ingest": {"cmd": f"mkdir raw && touch {raw}", "outs": ["raw"]},
            "prepare": {"cmd": f"mkdir features && touch {made}", "deps": ["raw"], "outs": ["features"]},
            "split": SPLIT,
            "train": TRAIN,
        }
        artifacts = {
            "m": {"path": "model", "type": "model", "meta": meta or {}},
            "t": {"path": "test", "type": "test-window", "meta": test or {}},
        }
        (tmp_path / "dvc.yaml").write_text(json.dumps({"stages": stages, "artifacts": artifacts}))
        Repo.init(str(tmp_path), no_scm=True).close()
        with contextlib.chdir(tmp_path), Repo(str(tmp_path)) as repo:
            repo.reproduce()
        for path in forget:
            shutil.rmtree(tmp_path / path)
        graph = Project(tmp_path).graph()
        model = next(artifact for artifact in graph.artifacts if artifact.type == "model")
        found = find_data_extent(tmp_path, graph, RecordedLock.read(tmp_path, graph.stages), model)
        return found and (found.learnt_until, found.seen_until)

    return derive


def ends(*days):
    return tuple(map(moment, days))


def test_data_extent_of_a_model_ends_before_the_test_window(learnt):
    assert learnt() == ends("2013-04-01", "2013-05-01")


def test_data_extent_is_read_from_the_cache_when_the_folders_are_missing(learnt):
    assert learnt(forget=["features"]) == ends("2013-04-01", "2013-05-01")


def test_data_extent_fails_when_the_listing_of_a_folder_is_lost(learnt):
    with pytest.raises(StageError, match="not in DVC's cache"):
        learnt(forget=["features", ".dvc/cache"])


@pytest.mark.parametrize(
    ("meta", "test", "days"),
    [
        ({}, {"windows": 2}, ("2013-03-01", "2013-05-01")),
        ({}, {"windows": 4}, ("2013-05-01", "2013-05-01")),
        ({"data_until": "2013-04-15"}, {}, ("2013-04-01", "2013-04-15")),
        ({"data_until": "2099-01-01"}, {}, ("2013-04-01", "2013-05-01")),
    ],
)
def test_data_extent_is_bounded_by_the_declared_meta(learnt, meta, test, days):
    assert learnt(meta=meta, test=test) == ends(*days)


def test_data_extent_has_no_test_window_when_the_test_data_come_from_elsewhere(learnt):
    stages = {
        "train": {**TRAIN, "cmd": "mkdir w && touch w/2013-01.parquet w/2013-02.parquet && touch model"},
        "test": {"cmd": "touch test", "outs": ["test"]},
        "features": {"cmd": "mkdir train && touch train/2013-01.parquet", "outs": ["train"]},
    }
    assert learnt(stages) == ends("2013-02-01", "2013-02-01")


def test_data_extent_accepts_windows_that_are_separate_dependencies(learnt, tmp_path):
    files = [f"2013-W{week:02}.parquet" for week in (1, 2, 3)]
    for file in files:
        (tmp_path / file).touch()
    stages = {"train": {"cmd": "touch model test", "deps": files, "outs": ["model", "test"]}}
    assert learnt(stages) == ends("2013-01-14", "2013-01-21")


def test_data_extent_is_none_without_windows_upstream(learnt):
    assert learnt({"train": {"cmd": "touch model test", "outs": ["model", "test"]}}) is None


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"meta": {"data_until": "soon"}}, "no ISO date: 'soon'"),
        ({"test": {"windows": 0}}, "no number of windows: 0"),
        ({"test": {"windows": "2"}}, "no number of windows: '2'"),
        ({"test": {"windows": True}}, "no number of windows: True"),
    ],
)
def test_data_extent_refuses_declared_meta_that_cannot_be_used(learnt, said, what):
    with pytest.raises(ProjectError, match=what):
        learnt(**said)
