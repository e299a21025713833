"""Windows to score, and the scores that MLflow holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.library.registry.rows import FEATURES, flights
from trimtab.registry import ScorePolicy

POLICY = ScorePolicy(keys=["flight"], shadow=True, threshold=0.5)

SCORES = "contenders-scores"


@pytest.fixture
def windows(tmp_path):
    """The flights of two months to come; their outcomes are not known."""
    folder = tmp_path / "upcoming"
    folder.mkdir()
    for seed, month in enumerate(["2013-06", "2013-07"]):
        table = flights(200, seed=20 + seed)[FEATURES].assign(flight=np.arange(200))
        table.to_parquet(folder / f"{month}.parquet", index=False)
    return folder


@pytest.fixture
def kept(client):
    """Every run with scores; to begin with there is none."""
    experiment = client.get_experiment_by_name(SCORES)
    for run in client.search_runs([experiment.experiment_id]) if experiment else []:
        client.delete_run(run.info.run_id)

    def look():
        found = client.get_experiment_by_name(SCORES)
        runs = client.search_runs([found.experiment_id]) if found else []
        tags = [{key.removeprefix("trimtab."): value for key, value in run.data.tags.items()} for run in runs]
        return sorted((tag["window"], tag["role"], int(tag["version"])) for tag in tags)

    return look


def read(client, scores):
    """The bytes of what a run holds."""
    return Path(client.download_artifacts(scores.run_id, scores.file)).read_bytes()
