"""The life of a model whose pipeline is a folder of `pipelines/`, from the root, beside a broken pipeline."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from tests.library.conftest import Checkout
from tests.library.registry.rows import FEATURES, flights
from trimtab.cli.main import cli
from trimtab.registry import find_champion, find_version

NAME = "stops"
RETENTION = (
    "retention: {champion_days: 9, candidate_days: 9, verdict_days: 9, report_days: 9, object_days: 9}\n"
)


@pytest.fixture
def repository(client, template, tmp_path, monkeypatch):
    """A repository as the working directory: the pipeline `stops` has run, the pipeline `broken` cannot."""
    root = tmp_path / "repository"
    stops, broken = root / "pipelines" / "stops", root / "pipelines" / "broken"
    shutil.copytree(template.root, stops, symlinks=True)
    (stops / "dvc.yaml").write_text((stops / "dvc.yaml").read_text().replace("  flights: {", f"  {NAME}: {{"))
    (stops / "params.yaml").write_text(
        (stops / "params.yaml").read_text() + "score: {keys: [day]}\n" + RETENTION
    )
    (stops / ".dvc" / "config").write_text("")
    (stops / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n/config.local\n")
    (stops / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n")
    shutil.copytree(stops / ".dvc", broken / ".dvc", ignore=shutil.ignore_patterns("cache", "tmp"))
    (broken / "dvc.yaml").write_text("<<<<<<< HEAD\nstages:\n")
    (broken / "params.yaml").write_text("{")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.chdir(root)
    checkout = Checkout(root)
    checkout.git("init", "--quiet", "-b", "main")
    checkout.commit("First")
    return root


def trimtab(*args: str, exits: int = 0) -> str:
    done = CliRunner().invoke(cli, args, catch_exceptions=False)
    assert done.exit_code == exits, done.output
    return done.stdout


@pytest.mark.slow
def test_model_of_a_pipeline_is_published_verified_rebuilt_and_scored_from_the_root(repository, client):
    trimtab("publish", "--model", NAME, "--promote")
    assert find_champion(NAME).version == 1
    assert find_version(NAME, 1).tag("pipeline") == "pipelines/stops"

    verified = json.loads(trimtab("verify", "--model", NAME, "--json"))
    assert (list(verified["live"]), verified["problems"]) == (["1"], [])

    assert json.loads(trimtab("rebuild", "1", "--model", NAME, "--json"))["verdict"] == "identical"

    rows = flights(20, seed=7)[FEATURES].assign(day=range(20))
    rows.to_parquet("rows.parquet")
    trimtab("score", "rows.parquet", "scores.parquet", "--model", NAME)
    assert pd.read_parquet("scores.parquet")["day"].tolist() == list(range(20)), "the key is the pipeline's"

    shown = json.loads(trimtab("models", "--json", exits=1))["pipelines"]
    assert [(each["pipeline"], bool(each["error"])) for each in shown] == [("broken", True), ("stops", False)]
    assert shown[1]["models"][0]["champion"] == 1
    assert Checkout(Path.cwd()).git("status", "--porcelain") == "?? rows.parquet\n?? scores.parquet"
