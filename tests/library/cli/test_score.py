"""The command `trimtab score`."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

from tests.library.registry.rows import FEATURES, flights
from trimtab.cli.main import cli
from trimtab.errors import RegistryError, TrimtabError

ROWS = 20


@pytest.fixture
def data(tmp_path):
    """Rows to score, with a key."""
    file = tmp_path / "rows.parquet"
    flights(ROWS, seed=7)[FEATURES].assign(flight=range(ROWS)).to_parquet(file)
    return file


@pytest.fixture
def score(checkout, data, tmp_path):
    """Score the rows in the project, whose only version is not champion yet."""
    checkout.publish()
    params = checkout.root / "params.yaml"
    params.write_text(params.read_text() + "score: {}\n")

    def run(*args: str):
        return CliRunner().invoke(
            cli, ["score", str(data), str(tmp_path / "scores.parquet"), *args], catch_exceptions=False
        )

    return run


def test_score_without_a_champion_is_refused_and_writes_nothing(score, tmp_path):
    with pytest.raises(RegistryError, match="champion"):
        score()
    assert not (tmp_path / "scores.parquet").exists()


def test_score_uses_the_champion_of_the_project_by_default(score, client, checkout, tmp_path):
    client.set_registered_model_alias(checkout.name, "champion", "1")

    done = score()

    assert done.exit_code == 0
    assert f"{ROWS} rows scored by {checkout.name} version 1" in done.output
    assert pd.read_parquet(tmp_path / "scores.parquet")["score"].between(0, 1).all()


def test_score_copies_each_key_column(score, checkout, tmp_path):
    score("--model", f"models:/{checkout.name}/1", "--key", "flight", "--key", "carrier")

    scored = pd.read_parquet(tmp_path / "scores.parquet")
    assert scored["flight"].tolist() == list(range(ROWS))
    assert "carrier" in scored


def test_score_takes_its_key_columns_from_the_params_of_the_project(score, checkout, tmp_path):
    params = checkout.root / "params.yaml"
    params.write_text(params.read_text().replace("score: {}", "score: {keys: [flight]}"))

    score("--model", f"models:/{checkout.name}/1")

    assert "flight" in pd.read_parquet(tmp_path / "scores.parquet")


def test_score_with_a_key_that_the_table_lacks_is_refused(score, checkout, tmp_path):
    with pytest.raises(TrimtabError, match="fligth"):
        score("--model", f"models:/{checkout.name}/1", "--key", "fligth")
    assert not (tmp_path / "scores.parquet").exists()
