"""`trimtab drift check` with the drift statistic and the drift rule of docs/extending.md."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tests.library.extending_page import extension_of
from trimtab.cli.drift import drift
from trimtab.errors import ConfigError


def frame(seed, *, mean=0.0, missing=0.0, rows=1000):
    rng = np.random.default_rng(seed)
    price = rng.normal(mean, 1, rows)
    return pd.DataFrame(
        {"price": np.where(rng.random(rows) < missing, np.nan, price), "age": rng.random(rows)}
    )


def check(root, params, current):
    """Check a window by a policy, and return the verdict and the page of the report."""
    frame(1).to_parquet(root / "reference.parquet")
    current.to_parquet(root / "current.parquet")
    (root / "params.yaml").write_text(params)
    files = {"--reference": "reference.parquet", "--current": "current.parquet", "--params": "params.yaml"}
    args = [part for option, name in files.items() for part in (option, str(root / name))]
    with contextlib.chdir(root):
        done = CliRunner().invoke(drift, ["check", *args, "--out", str(root / "out")])
    if done.exception:
        raise done.exception
    return json.loads((root / "out/verdict.json").read_text()), (root / "out/report.html").read_text()


def test_drift_statistic_of_the_page_is_reported_and_watched(tmp_path):
    with extension_of("A drift statistic", tmp_path) as (params,):
        verdict, page = check(tmp_path, params, frame(2, mean=1.5))
    (rule,) = (rule for rule in verdict["rules"] if rule["name"] == "hellinger")
    assert (rule["fired"], rule["leads_to"], rule["bound"]) == (True, "watch", 0.2)
    features = {feature["name"]: feature["statistics"]["hellinger"] for feature in verdict["features"]}
    assert features["price"]["value"] > 0.2
    assert features["price"]["p_value"] < 0.01
    assert features["age"]["p_value"] is None
    assert '<th scope="col" class="num">hellinger</th>' in page


def test_drift_rule_of_the_page_decides(tmp_path):
    with extension_of("A drift rule", tmp_path) as (params,):
        quiet, _ = check(tmp_path, params, frame(2))
        verdict, page = check(tmp_path, params, frame(2, missing=0.3))
    assert quiet["decision"] == "none"
    assert verdict["decision"] == "investigate"
    assert verdict["sentence"] in page
    assert verdict["sentence"].startswith("Investigate: price has lost ")


def test_function_that_does_not_exist_is_refused_before_data_is_read(tmp_path):
    with (
        extension_of("A drift rule", tmp_path) as (params,),
        pytest.raises(ConfigError, match="does not define 'lost_value'; did you mean 'lost_values'"),
    ):
        check(tmp_path, params.replace("lost_values:lost_values", "lost_values:lost_value"), frame(2))
    assert not (tmp_path / "out").exists()


def test_verdict_without_extensions_has_no_column_for_them(tmp_path):
    verdict, page = check(tmp_path, "drift: {min_rows: 10}\n", frame(2))
    assert [feature["statistics"] for feature in verdict["features"]] == [{}, {}]
    assert 'Wasserstein</th><th scope="col" class="num">Missing' in page
