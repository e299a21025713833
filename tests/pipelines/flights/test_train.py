"""Train: estimators that take what they have not seen, and files that are the same each time."""

import os
import subprocess
import sys

import numpy as np
import pytest
import skops.io
from threadpoolctl import threadpool_info

from pipelines.flights import train
from pipelines.flights.features import FEATURES
from pipelines.flights.train import fit
from trimtab.params_file import load_yaml
from trimtab.pipeline.graph.project import Project
from trimtab.stages import load_model, read_trusted_types, save_model

FIT_AND_HASH = """
import hashlib, sys
from pathlib import Path
import pandas as pd
from pipelines.flights.train import TrainParams, fit
from trimtab.stages import save_model
params = TrainParams.model_validate_json(sys.argv[2])
for estimator in fit(pd.read_parquet(sys.argv[1]), params):
    save_model(estimator, Path(sys.argv[1] + ".skops"))
    print(hashlib.sha256(Path(sys.argv[1] + ".skops").read_bytes()).hexdigest())
"""


def test_a_loaded_model_predicts_the_same_to_the_last_bit(fitted, prepared, tmp_path, root):
    for estimator in fitted:
        save_model(estimator, tmp_path / "model.skops")
        trusted = read_trusted_types("validate_model", root / "params.yaml")
        loaded = load_model(tmp_path / "model.skops", trusted)
        rows = prepared[FEATURES].tail(500)
        np.testing.assert_array_equal(loaded.predict_proba(rows), estimator.predict_proba(rows))


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(prepared, train_params, tmp_path, root):
    prepared.head(3000).to_parquet(tmp_path / "train.parquet")
    command = [
        sys.executable,
        "-c",
        FIT_AND_HASH,
        str(tmp_path / "train.parquet"),
        train_params.model_dump_json(),
    ]
    hashes = {
        subprocess.run(
            command, cwd=root, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(hashes) == 1


def test_gate_and_registry_trust_exactly_what_the_models_need(fitted, root):
    needed = {kind for model in fitted for kind in skops.io.get_untrusted_types(data=skops.io.dumps(model))}
    graph = Project(root).graph()
    registry = next(artifact for artifact in graph.artifacts if artifact.type == "model")
    gate = load_yaml(root / "params.yaml")["validate_model"]
    assert set(gate["trusted_types"]) == set(registry.meta["trusted_types"]) == needed


def test_carriers_and_airports_never_seen_are_scored(fitted, prepared):
    strange = prepared[FEATURES].head(3).assign(carrier="ZZ", dest="ZZZ", origin="SWF")
    for estimator in fitted:
        scores = estimator.predict_proba(strange)
        assert scores.shape == (3, 2)
        assert np.isfinite(scores).all()


def test_worse_weather_never_makes_a_flight_more_punctual(fitted, prepared):
    calm = prepared[FEATURES].head(1000).assign(precip=0.0, visib=10.0, wind_speed=5.0)
    storm = calm.assign(precip=0.5, visib=0.5, wind_speed=45.0)
    model = fitted[0]
    assert (model.predict_proba(storm)[:, 1] >= model.predict_proba(calm)[:, 1]).all()


def test_no_more_threads_are_used_than_the_param_says(prepared, train_params, monkeypatch):
    used = []
    make = train.make_model

    def watching(*args):
        used.extend(pool["num_threads"] for pool in threadpool_info())
        return make(*args)

    monkeypatch.setattr(train, "make_model", watching)
    fit(prepared.head(500), train_params)
    assert used
    assert max(used) == train_params.threads
