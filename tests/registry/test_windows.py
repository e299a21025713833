from __future__ import annotations

import mlflow
import pytest

from trimtab.errors import DriftError, RegistryError
from trimtab.registry import check_newest_window


@pytest.fixture(scope="module")
def watched(server, template, tmp_path_factory):
    """A project with a champion, and two windows of the world the champion knows."""
    project = template.copy(tmp_path_factory.mktemp("windows"), "watched")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        project.publish()
    mlflow.MlflowClient(server, server).set_registered_model_alias("watched", "champion", "1")
    (project.root / "windows").mkdir()
    for month in ("2013-05", "2013-06"):
        (project.root / "windows" / f"{month}.parquet").write_bytes(project.test.read_bytes())
    return project


def check(project):
    return check_newest_window(project.root, project.graph, "windows", dag_run="drift_check/1")


def test_newest_window_is_judged_and_its_report_kept_once(client, watched, runs):
    first, again = check(watched), check(watched)

    assert (first.window, first.champion, first.decision, first.rows) == ("2013-06", 1, "none", 300)
    assert first.window_auc == first.reference_auc, "the window is the one the reference was made of"
    assert again == first
    (run,) = runs("watched-drift")
    assert run.info.run_id == first.run_id
    assert run.data.tags["trimtab.champion"] == "1"
    assert {file.path for file in client.list_artifacts(first.run_id)} == {"report.html", "verdict.json"}


def test_no_window_keeps_nothing(client, watched, runs):
    before = len(runs("watched-drift"))

    with pytest.raises(DriftError, match="no window"):
        check_newest_window(watched.root, watched.graph, "nowhere", dag_run="drift_check/1")

    assert len(runs("watched-drift")) == before


def test_no_champion_keeps_nothing(client, project, runs):
    (project.root / "windows").mkdir()
    (project.root / "windows" / "2013-06.parquet").write_bytes(project.test.read_bytes())

    with pytest.raises(RegistryError, match="is champion"):
        check(project)

    assert runs(f"{project.name}-drift") == []
