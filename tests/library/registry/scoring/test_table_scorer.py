from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from tests.library.registry.model_server import serve
from tests.library.registry.rows import FEATURES, flights
from trimtab.cli.main import cli
from trimtab.errors import ModelError, ScoringError
from trimtab.registry import load_scorer
from trimtab.registry.loading import ModelTrust
from trimtab.registry.scoring import table_scorer as module

NAME, WEAK, STRONG = "contenders", 1, 2
ROWS = 1_000


@pytest.fixture(scope="module")
def table():
    day = pd.Categorical(np.where(np.arange(ROWS) < 500, "Saturday", "Sunday"))
    return flights(ROWS, seed=5).assign(flight=np.arange(ROWS, dtype=np.int32), day=day)


@pytest.fixture
def data(tmp_path, table):
    file = tmp_path / "june.parquet"
    table.to_parquet(file, index=False)
    return file


@pytest.fixture
def scorer(client, contenders):
    return load_scorer(contenders[STRONG])


def test_scores_are_the_estimators_and_each_row_says_what_it_is_about(scorer, strong, data, table, tmp_path):
    out = tmp_path / "made" / "scores.parquet"

    assert scorer.score(data, out, keys=["flight", "day", "carrier"]) == ROWS

    scored = pd.read_parquet(out)
    assert list(scored.columns) == [
        "flight",
        "day",
        "carrier",
        "score",
        "model",
        "model_version",
        "model_key",
    ]
    np.testing.assert_array_equal(scored["score"], strong.predict_proba(table[FEATURES])[:, 1])
    pd.testing.assert_frame_equal(scored.iloc[:, :3], table[["flight", "day", "carrier"]])


def test_a_reader_can_tell_which_version_made_them(scorer, data, tmp_path, contenders):
    out = tmp_path / "scores.parquet"
    scorer.score(data, out)

    made_by = pd.read_parquet(out)[["model", "model_version", "model_key"]].drop_duplicates()

    assert made_by.values.tolist() == [[NAME, STRONG, contenders[STRONG].key]]


def test_the_same_rows_and_version_give_the_same_bytes(scorer, data, tmp_path, client, contenders):
    first, again, other = (tmp_path / name for name in ("first.parquet", "again.parquet", "other.parquet"))
    scorer.score(data, first)
    time.sleep(1.1)  # a clock in the bytes would show
    load_scorer(contenders[STRONG]).score(data, again)
    load_scorer(contenders[WEAK]).score(data, other)

    assert first.read_bytes() == again.read_bytes()
    assert first.read_bytes() != other.read_bytes()


def test_scores_do_not_depend_on_the_batch_size(scorer, data, tmp_path, monkeypatch):
    whole, parts = tmp_path / "whole.parquet", tmp_path / "parts.parquet"
    scorer.score(data, whole)
    monkeypatch.setattr(module, "BATCH", 64)
    scorer.score(data, parts)

    assert pq.ParquetFile(parts).num_row_groups > 10
    np.testing.assert_allclose(pd.read_parquet(parts)["score"], pd.read_parquet(whole)["score"], rtol=1e-12)


def test_folder_of_tables_is_scored_in_the_order_of_the_file_names(scorer, data, table, tmp_path):
    folder = tmp_path / "months"
    folder.mkdir()
    table.iloc[600:].to_parquet(folder / "2013-07.parquet", index=False)
    table.iloc[:600].to_parquet(folder / "2013-06.parquet", index=False)
    (folder / "notes.txt").write_text("no table")

    scorer.score(folder, tmp_path / "scores.parquet", keys=["flight"])

    assert pd.read_parquet(tmp_path / "scores.parquet")["flight"].tolist() == list(range(ROWS))


BAD = {
    "a column is missing": lambda t: t.drop(columns="hour"),
    "a column has another type": lambda t: t.assign(distance=t["distance"].astype(str)),
    "a key is missing": lambda t: t.drop(columns="flight"),
    "no rows": lambda t: t.iloc[:0],
}


@pytest.mark.parametrize("bad", BAD)
def test_output_file_has_not_changed_when_the_table_cannot_be_scored(scorer, table, tmp_path, bad):
    file, out = tmp_path / "bad.parquet", tmp_path / "scores.parquet"
    BAD[bad](table).to_parquet(file, index=False)
    out.write_bytes(b"the scores of yesterday")

    with pytest.raises(ScoringError):
        scorer.score(file, out, keys=["flight"])

    assert out.read_bytes() == b"the scores of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.parquet", "scores.parquet"]


def test_the_second_file_of_a_folder_is_checked_before_the_first_is_scored(
    scorer, table, tmp_path, monkeypatch
):
    folder = tmp_path / "months"
    folder.mkdir()
    table.to_parquet(folder / "a.parquet")
    table.drop(columns="hour").to_parquet(folder / "b.parquet")
    scored = []
    monkeypatch.setattr(type(scorer.model), "predict", lambda self, rows: scored.append(rows))

    with pytest.raises(ScoringError, match=r"'hour' is missing[\s\S]*b\.parquet"):
        scorer.score(folder, tmp_path / "scores.parquet")

    assert scored == []


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["fligth"], "lacks key columns: 'fligth'; did you mean 'flight'"),
        (["score"], "have the names of result columns"),
    ],
)
def test_key_columns_that_are_missing_or_reserved_are_refused_by_name(
    scorer, data, table, tmp_path, keys, message
):
    table.assign(score=1.0).to_parquet(data)
    with pytest.raises(ScoringError, match=message):
        scorer.score(data, tmp_path / "scores.parquet", keys=keys)


def test_path_that_is_no_table_is_refused(scorer, data, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.parquet").write_text("no parquet")
    for wrong, message in (
        ("none.parquet", "table does not exist"),
        ("empty", "table does not exist"),
        ("text.parquet", "be read"),
    ):
        with pytest.raises(ScoringError, match=message):
            scorer.score(tmp_path / wrong, tmp_path / "scores.parquet")


def test_output_file_that_is_the_table_is_refused(scorer, data, tmp_path):
    before = data.read_bytes()
    for out in (data, tmp_path / "." / "june.parquet"):
        with pytest.raises(ScoringError, match="is the table, or lies in its folder"):
            scorer.score(data, out)
    with pytest.raises(ScoringError, match="is the table, or lies in its folder"):
        scorer.score(tmp_path, tmp_path / "scores.parquet")
    assert data.read_bytes() == before


def test_scorer_refuses_a_model_with_an_untrusted_type(client, contenders, monkeypatch):
    monkeypatch.setattr("skops.io.get_untrusted_types", lambda file: ["os.system"])
    with pytest.raises(ModelError, match=r"not trusted: os\.system"):
        load_scorer(contenders[STRONG], ModelTrust(("nothing",)))


SLOW = """
import sys, time
from pathlib import Path
from trimtab.registry import find_version, load_scorer
from trimtab.registry.loading.scoring_model import ScoringModel
predict = ScoringModel.predict
def slowly(self, rows):
    print("scoring", flush=True)
    time.sleep(0.2)
    return predict(self, rows)
ScoringModel.predict = slowly
import trimtab.registry.scoring.table_scorer as scoring
scoring.BATCH = 10
load_scorer(find_version("contenders", 2)).score(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_scoring_that_is_killed_leaves_no_output_file(client, contenders, data, tmp_path):
    out = tmp_path / "scores.parquet"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(data), str(out)], stdout=subprocess.PIPE, text=True
    )
    for _ in range(3):
        assert process.stdout.readline() == "scoring\n"
    process.kill()
    process.wait(timeout=20)
    process.stdout.close()

    assert [path.name for path in tmp_path.glob("*.parquet")] == ["june.parquet"]


def test_command_scores_with_the_keys_that_params_yaml_declares(
    client, contenders, aliases, data, tmp_path, monkeypatch
):
    client.set_registered_model_alias(NAME, "champion", str(STRONG))
    (tmp_path / "params.yaml").write_text("score: {keys: [flight]}\n")
    monkeypatch.chdir(tmp_path)

    def run(*args):
        done = CliRunner().invoke(cli, ["score", *args], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    address = ["--model", "models:/contenders@champion"]
    shown = run(*address, "june.parquet", "scores.parquet")
    assert shown == "scores.parquet: 1,000 rows scored by contenders version 2\n"
    assert pd.read_parquet("scores.parquet").columns[0] == "flight"

    run(*address, "--key", "carrier", "june.parquet", "scores.parquet")
    assert pd.read_parquet("scores.parquet").columns[0] == "carrier"


def test_file_of_scores_names_the_run_and_the_commit_of_its_version(scorer, data, tmp_path):
    out = tmp_path / "scores.parquet"
    scorer.score(data, out)

    metadata = pq.read_schema(out).metadata
    assert metadata[b"trimtab.dag_run"] == b"training/loop__2013-05-01"
    assert metadata[b"trimtab.git_revision"] == b"4f1c2d3"
    assert b"trimtab.record" not in metadata, "the version has none"


@pytest.mark.slow
def test_scores_equal_those_of_the_mlflow_model_server(
    client, server, contenders, scorer, data, table, tmp_path
):
    served = serve(f"models:/{NAME}/{STRONG}", table[FEATURES], tmp_path)
    out = tmp_path / "scores.parquet"
    scorer.score(data, out)

    np.testing.assert_allclose(pd.read_parquet(out)["score"], np.array(served)[:, 1], rtol=1e-12)


def test_memory_of_scoring_does_not_grow_with_the_table(scorer, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 1 << 13)
    monkeypatch.setattr(module, "BUFFER", 1 << 16)
    held: list[int] = []
    monkeypatch.setattr(type(scorer.model), "predict", lambda self, rows: look(len(rows)))

    def look(rows):
        assert rows <= module.BATCH
        held.append(pa.total_allocated_bytes())
        return np.zeros(rows)

    def peak(rows):
        table, file = flights(rows, seed=6)[FEATURES], tmp_path / "long.parquet"
        table.to_parquet(file, row_group_size=rows, data_page_size=1 << 16)
        held.clear()
        before = pa.total_allocated_bytes()
        assert scorer.score(file, tmp_path / "scores.parquet") == rows
        return max(held) - before

    once, twice = peak(200_000), peak(400_000)
    assert twice < 1.2 * once, "not even the one row group is held"
