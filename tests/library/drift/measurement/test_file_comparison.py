"""Comparison of Parquet files, in the library and by `trimtab drift`."""

import json
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import trimtab.drift.profile.profiled_table as table_module
from trimtab.cli.main import cli
from trimtab.drift import ReferenceProfile, build_reference, measure
from trimtab.drift.measurement.file_comparison import ColumnRoles, measure_files, profile_files
from trimtab.errors import DriftError
from trimtab.learning import Dependence

ROLES = ColumnRoles(scores=("score",), label="late", period="week")


@pytest.fixture(scope="module")
def files(draw, tmp_path_factory):
    """Two tables with scores, labels and a time; the second has drifted."""
    folder = tmp_path_factory.mktemp("tables")
    for name, shift in (("may", 0.0), ("june", 0.5)):
        features, scores, labels = draw(seed=len(name), shift=shift)
        weeks = np.arange(len(features)) // 500
        more = {"score": scores, "late": labels, "week": weeks, "at": datetime(2013, 5, 1)}
        features.assign(**more).to_parquet(folder / f"{name}.parquet", row_group_size=300)
    return folder


def run(*arguments):
    return CliRunner().invoke(cli, ["drift", *map(str, arguments)], catch_exceptions=False)


def test_profile_of_a_file_is_that_of_its_frame(files, draw):
    frame = pd.read_parquet(files / "may.parquet")
    in_memory = build_reference(
        frame[["carrier", "precip", "temp"]], frame["score"], frame["late"], periods=frame["week"]
    )

    assert profile_files(files / "may.parquet", ROLES) == in_memory


def test_profile_does_not_depend_on_the_batch_size(files, monkeypatch):
    reference = profile_files(files / "may.parquet", ROLES)
    whole = measure_files(reference, files / "june.parquet", ROLES)
    monkeypatch.setattr(table_module, "BATCH_ROWS", 77)

    assert profile_files(files / "may.parquet", ROLES) == reference
    assert measure_files(reference, files / "june.parquet", ROLES) == whole


def test_folder_is_measured_as_one_table(files, tmp_path):
    whole = pd.read_parquet(files / "june.parquet")
    for name, part in (("1", whole[:700]), ("2", whole[700:])):
        part.to_parquet(tmp_path / f"{name}.parquet", index=False)
    reference = profile_files(files / "may.parquet", ROLES)

    parts, one = (measure_files(reference, path, ROLES) for path in (tmp_path, files / "june.parquet"))

    assert (parts.features, parts.predictions) == (one.features, one.predictions)


def test_measurement_of_a_file_is_that_of_its_frame(files):
    frame = pd.read_parquet(files / "june.parquet")
    reference = profile_files(files / "may.parquet", ROLES)
    assert measure_files(reference, files / "june.parquet", ROLES) == measure(
        reference, frame, frame["score"], frame["late"]
    )


def test_check_command_compares_two_tables(files, tmp_path):
    done = run(
        "check",
        "--reference",
        files / "may.parquet",
        "--current",
        files / "june.parquet",
        "--out",
        tmp_path,
    )

    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert (done.exit_code, verdict["decision"], verdict["predictions"]) == (0, "watch", None)
    assert done.output.startswith(verdict["sentence"])
    assert {"temp", "score"} <= {feature["name"] for feature in verdict["features"]}
    assert "at" not in {feature["name"] for feature in verdict["features"]}, "times are not profiled"
    assert "<svg" in (tmp_path / "report.html").read_text()


def test_check_command_gives_equal_verdicts_for_profile_and_table(files, tmp_path):
    columns = ["--score", "score", "--label", "late", "--period", "week"]
    run("reference", "--data", files / "may.parquet", *columns, "--out", tmp_path / "may.json")
    rest = ["--current", files / "june.parquet", *columns]
    for name, reference in (("a", files / "may.parquet"), ("b", tmp_path / "may.json")):
        run("check", "--reference", reference, *rest, "--out", tmp_path / name)

    assert (tmp_path / "a" / "verdict.json").read_bytes() == (tmp_path / "b" / "verdict.json").read_bytes()


def test_check_command_takes_the_policy_from_the_params_file(files, tmp_path):
    (tmp_path / "params.yaml").write_text("drift: {min_rows: 3000}\n")
    given = ["--reference", files / "may.parquet", "--current", files / "june.parquet", "--out", tmp_path]

    done = run("check", *given, "--params", tmp_path / "params.yaml", "--window", "June")

    assert done.output.startswith("Investigate: the window has 2,000 rows, fewer than the 3,000 needed")
    assert json.loads((tmp_path / "verdict.json").read_text())["window"] == "June"


def test_window_with_delayed_labels_is_measured(files, tmp_path):
    pd.read_parquet(files / "june.parquet").drop(columns="late").to_parquet(tmp_path / "june.parquet")
    reference = profile_files(files / "may.parquet", ROLES)
    assert measure_files(reference, tmp_path / "june.parquet", ROLES).predictions.labelled is False


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        (ColumnRoles(scores=("scores",)), r"no such column\(s\): scores; did you mean 'score'"),
        (ColumnRoles(period="temp"), "The number of periods is over"),
    ],
)
def test_missing_score_column_and_too_many_periods_are_refused(files, roles, message):
    with pytest.raises(DriftError, match=message):
        profile_files(files / "may.parquet", roles)


@pytest.mark.parametrize("kind", ["group", "time"])
def test_check_command_resamples_dependent_rows_together(kind, files, tmp_path):
    """Ten copies of 200 rows: the errors are those of 200 rows."""
    drawn, number = pd.read_parquet(files / "june.parquet").head(200), np.arange(2000) // 10
    drawn.iloc[number].assign(**{kind: number}).to_parquet(tmp_path / "june.parquet")
    pd.read_parquet(files / "may.parquet").assign(**{kind: 0}).to_parquet(tmp_path / "may.parquet")
    given = ["--reference", tmp_path / "may.parquet", "--current", tmp_path / "june.parquet"]
    given += ["--score", "score", "--label", "late", f"--{kind}", kind, "--out", tmp_path / "report"]

    run("check", *given)

    verdict = json.loads((tmp_path / "report" / "verdict.json").read_text())
    assert kind not in {feature["name"] for feature in verdict["features"]}
    assert f"'{kind}'" in verdict["predictions"]["dependence"]["drawn"]
    assert verdict["predictions"]["dependence"]["metric_effect"] == pytest.approx(10, rel=0.5)


@pytest.mark.parametrize("kind", ["group", "time"])
def test_unknown_column_of_dependent_rows_is_refused_with_the_nearest_one(kind, files, tmp_path):
    given = ["--reference", files / "may.parquet", "--current", files / "june.parquet", "--out", tmp_path]

    with pytest.raises(DriftError, match=r"no such column\(s\): weeks; did you mean 'week'"):
        run("check", *given, "--score", "score", "--label", "late", f"--{kind}", "weeks")

    assert not (tmp_path / "verdict.json").exists()


def test_column_of_too_few_groups_is_refused(files):
    reference = profile_files(files / "may.parquet", ROLES)
    with pytest.raises(DriftError, match="'week' has 4 different values, and an interval needs 10"):
        measure_files(reference, files / "june.parquet", replace(ROLES, dependence=Dependence("week")))


def test_groups_without_labels_are_refused_as_wrong_usage(files, tmp_path):
    given = ["--reference", files / "may.parquet", "--current", files / "june.parquet", "--out", tmp_path]

    done = run("check", *given, "--group", "week")

    assert done.exit_code == 2
    assert "give --score and --label" in done.output


def test_scores_in_the_reference_only_are_refused(files):
    scored = profile_files(files / "may.parquet", ROLES)
    with pytest.raises(DriftError, match="Only the reference has predictions"):
        measure_files(scored, files / "june.parquet")


def test_folder_without_parquet_and_invalid_file_are_refused(tmp_path):
    with pytest.raises(DriftError, match="no Parquet file"):
        profile_files(tmp_path)
    (tmp_path / "may.parquet").write_text("May")
    with pytest.raises(DriftError, match="cannot be read"):
        profile_files(tmp_path / "may.parquet")


def test_saved_profile_has_no_row_of_the_table(files, tmp_path):
    profile_files(files / "may.parquet", ROLES).save(tmp_path / "may.json")
    assert ReferenceProfile.load(tmp_path / "may.json").sampled.shape == (2000, 3)
    temperatures = pd.read_parquet(files / "may.parquet")["temp"].dropna().astype(str)
    text = (tmp_path / "may.json").read_text()
    assert sum(value in text for value in temperatures) <= 40, "the edges of its bins are values"


def test_check_command_compares_tables_of_numbers(draw_numbers, tmp_path):
    for name, noise in (("may", 1.0), ("june", 2.0)):
        features, predictions, rents = draw_numbers(seed=len(name), noise=noise)
        features.assign(predicted=predictions, rent=rents).to_parquet(tmp_path / f"{name}.parquet")
    columns = ["--problem-type", "regression", "--score", "predicted", "--label", "rent"]
    given = ["--reference", tmp_path / "may.parquet", "--current", tmp_path / "june.parquet"]

    done = run("check", *given, *columns, "--out", tmp_path / "report")

    assert done.output.startswith("Retrain: MAE rose from")
    verdict = json.loads((tmp_path / "report" / "verdict.json").read_text())
    assert (verdict["predictions"]["problem"], verdict["predictions"]["metric"]) == ("regression", "mae")
    assert {feature["name"] for feature in verdict["features"]} == {"size", "rooms", "town"}


def test_check_command_compares_tables_of_classes(draw_classes, tmp_path):
    names = ["probability_cat", "probability_dog", "probability_eel"]
    for month, lost in (("may", 0.0), ("june", 0.8)):
        features, predictions, animals = draw_classes(seed=len(month), lost=lost)
        frame = features.assign(**dict(zip(names, predictions.T, strict=True)), animal=animals)
        frame.to_parquet(tmp_path / f"{month}.parquet")
    columns = ["--problem-type", "multiclass", "--label", "animal"]
    columns += [part for name in names for part in ("--score", name)]
    (tmp_path / "params.yaml").write_text("drift: {metric: accuracy}\n")
    run("reference", "--data", tmp_path / "may.parquet", *columns, "--out", tmp_path / "may.json")
    given = ["--reference", tmp_path / "may.json", "--current", tmp_path / "june.parquet"]

    done = run("check", *given, *columns, "--params", tmp_path / "params.yaml", "--out", tmp_path / "report")

    assert done.output.startswith("Retrain: accuracy fell from")


def test_check_command_compares_tables_of_quantiles(draw_quantiles, tmp_path):
    names = ["quantile_0.1", "quantile_0.5", "quantile_0.9"]
    for month, noise in (("may", 1.0), ("june", 2.0)):
        features, predictions, rents = draw_quantiles(seed=len(month), noise=noise)
        frame = features.assign(**dict(zip(names, predictions.T, strict=True)), rent=rents)
        frame.to_parquet(tmp_path / f"{month}.parquet")
    columns = ["--problem-type", "quantile", "--label", "rent"]
    columns += [part for name in names for part in ("--score", name)]
    run("reference", "--data", tmp_path / "may.parquet", *columns, "--out", tmp_path / "may.json")
    given = ["--reference", tmp_path / "may.json", "--current", tmp_path / "june.parquet"]

    done = run("check", *given, *columns, "--out", tmp_path / "report")

    assert done.output.startswith("Retrain: pinball loss rose from")
    verdict = json.loads((tmp_path / "report" / "verdict.json").read_text())
    assert verdict["predictions"]["problem"] == "quantile"


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        (ColumnRoles(("score", "temp"), "late"), "binary has one column of predictions, not 2"),
        (ColumnRoles(("score",), "late", problem="multiclass"), "'score' of a probability is not named"),
        (ColumnRoles(("score", "temp"), "late", problem="quantile"), "'score' of a quantile is not named"),
    ],
)
def test_columns_that_the_problem_type_cannot_have_are_refused(files, roles, message):
    with pytest.raises(DriftError, match=message):
        profile_files(files / "may.parquet", roles)
