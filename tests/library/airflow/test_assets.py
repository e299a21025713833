"""Outputs as assets."""

from __future__ import annotations

from pathlib import Path

import pytest

from trimtab.airflow import dvc_asset
from trimtab.airflow.assets import output_events, project_name, stage_assets
from trimtab.errors import ConfigError
from trimtab.pipeline.graph import Output, Stage


def test_asset_is_named_by_project_and_path():
    asset = dvc_asset("flights", "models/a.skops")
    assert (asset.name, asset.uri) == ("flights/models/a.skops", "dvc://flights/models/a.skops")


@pytest.mark.parametrize("path", ["./models/a.skops", "models//a.skops", "models/x/../a.skops"])
def test_asset_is_the_same_for_every_spelling_of_a_path(path):
    assert dvc_asset("flights", path) == dvc_asset("flights", "models/a.skops")


@pytest.mark.parametrize(
    "folder",
    ["/home/me/flights", "/opt/airflow/dags/flights", "/b/flights/tracking_repo", "/b/flights/versions/9f2e"],
)
def test_asset_is_the_same_in_every_checkout_of_a_project(folder):
    assert project_name(Path(folder)) == "flights"
    assert dvc_asset(Path(folder), "a") == dvc_asset("flights", "a")


PATHS = [
    "a b",
    "a#b",
    "a?b=1",
    "a%20b",
    "é",
    "日本",
    "s3://bucket/x",
    "s3://bucket/x/",
    "a/b",
    "a_b",
    "x" * 3000,
]


def test_two_outputs_never_have_the_same_asset():
    assets = [dvc_asset("p", path) for path in PATHS if not path.endswith("/")]
    assert len({asset.name for asset in assets}) == len({asset.uri for asset in assets}) == len(assets)
    assert all(len(asset.uri) <= 1500 and asset.uri.isascii() and asset.name.isascii() for asset in assets)


def test_project_name_that_airflow_would_misread_is_refused():
    for name in ("", "a/b", "a b", "me:secret@host"):
        with pytest.raises(ConfigError, match="asset's name cannot begin"):
            dvc_asset(name, "x")


def test_event_of_an_output_has_its_hash_and_the_revision():
    stage = Stage(
        "sub/dvc.yaml:train", ("x",), wdir="sub", outs=(Output("sub/model"), Output("metrics.json"))
    )
    entry = {
        "cmd": "x",
        "outs": [
            {"path": "../metrics.json", "hash": "md5", "md5": "a", "size": 3},
            {"path": "model", "hash": "md5", "md5": "b.dir", "size": 5, "nfiles": 2},
        ],
    }
    assert set(stage_assets(stage, "p")) == {"sub/model", "metrics.json"}
    revision = "9f2e" * 10
    common = {"stage": "sub/dvc.yaml:train", "commit": "9f2e9f2e9f2e", "revision": revision}
    assert output_events(stage, entry, revision, {"sub/model": "flights"}) == {
        "metrics.json": {"path": "metrics.json", "md5": "a", "size": 3, **common},
        "sub/model": {
            "model": "flights",
            "path": "sub/model",
            "md5": "b.dir",
            "size": 5,
            "nfiles": 2,
            **common,
        },
    }
