"""The model gate as the example declares it: honest models pass, and each kind of broken model is caught."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML
from sklearn.dummy import DummyClassifier

from pipelines.flights.evaluate import measure, predict
from pipelines.flights.features import FEATURES, LABEL
from pipelines.flights.ingest import by_month, find_data
from pipelines.flights.prepare import PrepareParams, prepare
from pipelines.flights.train import TrainParams, fit
from trimtab.config import load_params
from trimtab.gates import GateReport, check_model
from trimtab.params_file import load_yaml
from trimtab.stages import hold_out_windows, save_model

FEWER = 100  # resamples, where intervals need not be exact


@pytest.fixture(scope="session")
def months(weather) -> dict[str, pd.DataFrame]:
    flights = pd.read_csv(find_data("0.0.3") / "flights.csv.zip")
    params = PrepareParams(late_minutes=15)
    return {month: prepare(table, weather, params) for month, table in by_month(flights).items()}


@pytest.fixture(scope="session")
def tables(months) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A part of the flights until April, and of those of May."""
    known = {month: table for month, table in months.items() if month <= "2013-05"}
    earlier, newest = hold_out_windows(known, 1, where="split")
    return earlier.sample(30_000, random_state=0), newest.sample(10_000, random_state=0)


@pytest.fixture(scope="session")
def project_params(root) -> TrainParams:
    return load_params(TrainParams, "train", root / "params.yaml")


@pytest.fixture(scope="session")
def honest(tables, project_params):
    return fit(tables[0], project_params)


@pytest.fixture
def judge(tmp_path, root, tables, honest):
    def run(model=None, baseline=None, train=None, test=None, resamples: int = FEWER) -> GateReport:
        tables_ = {
            "train": tables[0] if train is None else train,
            "test": tables[1] if test is None else test,
        }
        for name, table in tables_.items():
            table.to_parquet(tmp_path / f"{name}.parquet", index=False)
        models = {"model": model or honest[0], "baseline": baseline or honest[1]}
        for name, estimator in models.items():
            save_model(estimator, tmp_path / f"{name}.skops")
        test = tables_["test"]
        measured = {
            name: measure(test[LABEL], predict(estimator, test)) for name, estimator in models.items()
        }
        (tmp_path / "metrics.json").write_text(json.dumps(measured))
        return check_model(
            params=_declared(root, tmp_path, resamples),
            section="validate_model",
            out=tmp_path / "out",
            metrics=tmp_path / "metrics.json",
            **{name: tmp_path / f"{name}.parquet" for name in ("train", "test")},
            **{name: tmp_path / f"{name}.skops" for name in ("model", "baseline")},
        )

    return run


def _declared(root: Path, folder: Path, resamples: int) -> Path:
    section = load_yaml(root / "params.yaml")["validate_model"]
    path = folder / "params.yaml"
    YAML(typ="safe").dump({"validate_model": {**section, "resamples": resamples}}, path)
    return path


def failed(report: GateReport) -> set[str]:
    return {check.name for check in report.failures}


def test_honest_model_passes(judge):
    report = judge()

    assert report.verdict == "pass", report.summary()


@pytest.mark.slow
def test_model_that_learnt_shuffled_labels_is_caught(judge, tables, project_params):
    labels = np.random.default_rng(0).permutation(tables[0][LABEL])
    model, _ = fit(tables[0].assign(**{LABEL: labels}), project_params)

    assert {"score roc_auc", "gain roc_auc", "slices roc_auc"} <= failed(judge(model))


def test_model_that_says_the_same_of_every_flight_is_caught(judge, tables):
    model = DummyClassifier(strategy="prior").fit(tables[0][FEATURES], tables[0][LABEL])

    assert {"score roc_auc", "gain roc_auc", "slices roc_auc"} <= failed(judge(model))


@pytest.mark.slow
@pytest.mark.parametrize("swapped", [("hour", "weekday"), ("carrier", "origin")])
def test_model_that_is_given_two_columns_swapped_is_caught(swapped, judge, tables):
    one, other = swapped

    assert not judge(test=tables[1].rename(columns={one: other, other: one})).passed


@pytest.mark.slow
def test_label_that_leaked_into_a_feature_is_caught(judge, tables, project_params):
    leaked = [table.assign(temp=table[LABEL] + table["temp"] / 1000) for table in tables]
    model, baseline = fit(leaked[0], project_params)

    assert "leakage" in failed(judge(model, baseline, *leaked))


@pytest.mark.slow
def test_model_that_got_a_sign_wrong_is_caught(judge, tables, project_params):
    turned = tables[0].assign(precip=-tables[0]["precip"], visib=-tables[0]["visib"])
    _, unconstrained = fit(turned, project_params)  # the trees are told which way the weather works

    assert "direction" in failed(judge(unconstrained))


def test_model_that_is_as_good_as_its_baseline_is_caught(judge, honest):
    assert failed(judge(honest[1])) == {"gain roc_auc"}


@pytest.mark.slow
def test_bad_scores_are_caught_where_only_their_scale_is_wrong(judge, tables, project_params):
    often = tables[0].groupby(LABEL).sample(5000, random_state=0)  # as many late flights as punctual ones
    model, _ = fit(often, project_params)

    assert {"score brier", "score calibration_error"} & failed(judge(model))


@pytest.mark.slow
@pytest.mark.parametrize("month", [f"2013-{number:02}" for number in range(4, 13)])
def test_honest_models_of_the_replayed_year_pass(month, months, judge, project_params):
    seen = {name: table for name, table in months.items() if name <= month}
    train, test = hold_out_windows(seen, 1, where="split")

    report = judge(*fit(train, project_params), train, test, resamples=1000)

    assert report.verdict == "pass", report.summary()


@pytest.mark.slow
def test_model_of_a_single_month_of_winter_is_stopped(months, judge, project_params):
    train, test = months["2013-01"], months["2013-02"]

    assert "gain roc_auc" in failed(judge(*fit(train, project_params), train, test))
