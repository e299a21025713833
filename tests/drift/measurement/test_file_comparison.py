"""Files: what a command sees of them, and that batches and row groups change nothing."""

import json
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import trimtab.drift.profile.profiled_table as table_module
from trimtab.cli.main import cli
from trimtab.drift import Reference, build_reference, measure
from trimtab.drift.measurement.file_comparison import Roles, measure_files, reference_of_files
from trimtab.errors import DriftError

ROLES = Roles(score="score", label="late", period="week")


@pytest.fixture(scope="module")
def files(draw, tmp_path_factory):
    """Two tables with scores, outcomes and a time; the second has moved."""
    folder = tmp_path_factory.mktemp("tables")
    for name, shift in (("may", 0.0), ("june", 0.5)):
        features, scores, labels = draw(seed=len(name), shift=shift)
        weeks = np.arange(len(features)) // 500
        more = {"score": scores, "late": labels, "week": weeks, "at": datetime(2013, 5, 1)}
        features.assign(**more).to_parquet(folder / f"{name}.parquet", row_group_size=300)
    return folder


def run(*arguments):
    return CliRunner().invoke(cli, ["drift", *map(str, arguments)], catch_exceptions=False)


def test_a_file_is_profiled_as_the_frame_it_holds(files, draw):
    frame = pd.read_parquet(files / "may.parquet")
    in_memory = build_reference(
        frame[["carrier", "precip", "temp"]], frame["score"], frame["late"], periods=frame["week"]
    )

    assert reference_of_files(files / "may.parquet", ROLES) == in_memory


def test_the_size_of_batches_changes_nothing(files, monkeypatch):
    reference = reference_of_files(files / "may.parquet", ROLES)
    whole = measure_files(reference, files / "june.parquet", ROLES)
    monkeypatch.setattr(table_module, "BATCH_ROWS", 77)

    assert reference_of_files(files / "may.parquet", ROLES) == reference
    assert measure_files(reference, files / "june.parquet", ROLES) == whole


def test_a_folder_is_one_table(files, tmp_path):
    whole = pd.read_parquet(files / "june.parquet")
    for name, part in (("1", whole[:700]), ("2", whole[700:])):
        part.to_parquet(tmp_path / f"{name}.parquet", index=False)
    reference = reference_of_files(files / "may.parquet", ROLES)

    parts, one = (measure_files(reference, path, ROLES) for path in (tmp_path, files / "june.parquet"))

    assert (parts.features, parts.predictions) == (one.features, one.predictions)


def test_a_file_measures_as_the_frame_it_holds(files):
    frame = pd.read_parquet(files / "june.parquet")
    reference = reference_of_files(files / "may.parquet", ROLES)
    assert measure_files(reference, files / "june.parquet", ROLES) == measure(
        reference, frame, frame["score"], frame["late"]
    )


def test_the_command_compares_any_two_tables(files, tmp_path):
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
    assert "at" not in {feature["name"] for feature in verdict["features"]}, "a time always moves on"
    assert "<svg" in (tmp_path / "report.html").read_text()


def test_a_stored_reference_gives_the_verdict_that_its_rows_give(files, tmp_path):
    columns = ["--score", "score", "--label", "late", "--period", "week"]
    run("reference", "--data", files / "may.parquet", *columns, "--out", tmp_path / "may.json")
    rest = ["--current", files / "june.parquet", *columns]
    for name, reference in (("a", files / "may.parquet"), ("b", tmp_path / "may.json")):
        run("check", "--reference", reference, *rest, "--out", tmp_path / name)

    assert (tmp_path / "a" / "verdict.json").read_bytes() == (tmp_path / "b" / "verdict.json").read_bytes()


def test_the_policy_is_that_of_the_params_file(files, tmp_path):
    (tmp_path / "params.yaml").write_text("drift: {min_rows: 3000}\n")
    given = ["--reference", files / "may.parquet", "--current", files / "june.parquet", "--out", tmp_path]

    done = run("check", *given, "--params", tmp_path / "params.yaml", "--window", "June")

    assert done.output.startswith("Investigate: the window has 2,000 rows, too few")
    assert json.loads((tmp_path / "verdict.json").read_text())["window"] == "June"


def test_outcomes_that_are_not_there_yet_are_no_error(files, tmp_path):
    pd.read_parquet(files / "june.parquet").drop(columns="late").to_parquet(tmp_path / "june.parquet")
    reference = reference_of_files(files / "may.parquet", ROLES)
    assert measure_files(reference, tmp_path / "june.parquet", ROLES).predictions.labelled is False


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        (Roles(score="scores"), "not in the table: scores; did you mean 'score'"),
        (Roles(period="temp"), "There are .* periods, more than"),
    ],
)
def test_columns_that_cannot_be_what_they_are_called_are_refused(files, roles, message):
    with pytest.raises(DriftError, match=message):
        reference_of_files(files / "may.parquet", roles)


def test_scores_on_one_side_only_are_refused(files):
    scored = reference_of_files(files / "may.parquet", ROLES)
    with pytest.raises(DriftError, match="Only the reference has scores"):
        measure_files(scored, files / "june.parquet")


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(DriftError, match="no Parquet file"):
        reference_of_files(tmp_path)
    (tmp_path / "may.parquet").write_text("May")
    with pytest.raises(DriftError, match="cannot be read"):
        reference_of_files(tmp_path / "may.parquet")


def test_the_stored_reference_holds_no_row_of_the_table(files, tmp_path):
    reference_of_files(files / "may.parquet", ROLES).save(tmp_path / "may.json")
    assert Reference.load(tmp_path / "may.json").sampled.shape == (2000, 3)
    temperatures = pd.read_parquet(files / "may.parquet")["temp"].dropna().astype(str)
    text = (tmp_path / "may.json").read_text()
    assert sum(value in text for value in temperatures) <= 40, "the edges of its bins are values"
