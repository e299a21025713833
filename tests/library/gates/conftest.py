"""A small table of flights, and the two gates as a test calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trimtab.gates import GateReport, check_data, check_model


@pytest.fixture
def flights() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "carrier": ["UA", "AA", "B6", "UA", "DL", "UA", "AA", "B6", "UA", "DL"],
            "origin": ["EWR", "JFK", "LGA"] * 3 + ["EWR"],
            "hour": list(range(5, 15)),
            "dep_delay": [2.0, 4.0, 2.0, -1.0, -6.0, 853.0, -2.0, 33.0, 0.5, 11.0],
            "time": pd.date_range("2013-01-01", periods=10, freq="h"),
        }
    )


@pytest.fixture
def suite_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a suite; JSON is what both formats share."""

    def write(*expectations: dict[str, Any], name: str = "suite.json", **more: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({"name": "flights", "expectations": list(expectations), **more}))
        return path

    return write


@pytest.fixture
def gate(tmp_path: Path, suite_file: Callable[..., Path]) -> Callable[..., GateReport]:
    """Check a frame, or what lies at a path, against some expectations."""

    def run(data: pd.DataFrame | Path, *expectations: dict[str, Any]) -> GateReport:
        if isinstance(data, pd.DataFrame):
            data.to_parquet(tmp_path / "flights.parquet")
            data = tmp_path / "flights.parquet"
        return check_data(suite=suite_file(*expectations), data=data, out=tmp_path / "out")

    return run


@pytest.fixture
def model_gate(tmp_path: Path) -> Callable[..., GateReport]:
    """Check metrics, given as a mapping or as the file's text, against the checks of a params file."""

    def run(metrics: dict[str, Any] | str, *checks: dict[str, Any]) -> GateReport:
        text = metrics if isinstance(metrics, str) else json.dumps(metrics)
        (tmp_path / "metrics.json").write_text(text)
        params = tmp_path / "params.yaml"
        params.write_text(json.dumps({"validate_model": {"checks": list(checks)}}))
        out = tmp_path / "out"
        return check_model(
            metrics=tmp_path / "metrics.json", params=params, section="validate_model", out=out
        )

    return run


@pytest.fixture
def written() -> Callable[[GateReport], dict[str, Any]]:
    """Return ``report.json`` as a strict reader sees it."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return lambda report: json.loads((report.out / "report.json").read_text(), parse_constant=refuse)
