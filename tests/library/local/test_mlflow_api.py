"""The client of MLflow's REST API, on a server of canned answers."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from trimtab.errors import ServiceError
from trimtab.local.mlflow_api import MlflowApi

FOLDERS = {
    "": [{"path": "reports", "is_dir": True}, {"path": "model.skops"}],
    "reports": [{"path": "reports/report.html"}, {"path": "reports/report.json"}],
}


@pytest.fixture
def api() -> MlflowApi:
    def answer(request: httpx.Request) -> httpx.Response:
        params = request.url.params
        if params["run_id"] != "r":
            return httpx.Response(404, text="no such run")
        if request.url.path.endswith("/artifacts/list"):
            return httpx.Response(200, json={"files": FOLDERS[params["path"]]})
        if request.url.path == "/get-artifact":
            return httpx.Response(200, text=f"page {params['path']}")
        return httpx.Response(200, json={"run": {"data": {"metrics": [{"key": "auc", "value": 0.5}]}}})

    api = MlflowApi("http://m")
    api._http = httpx.Client(base_url="http://m", transport=httpx.MockTransport(answer))
    return api


def test_metrics_of_a_run_are_read_by_name(api: MlflowApi) -> None:
    assert api.metrics("r") == {"auc": 0.5}


def test_save_pages_saves_html_artifacts_of_all_folders(api: MlflowApi, tmp_path: Path) -> None:
    assert api.save_pages("r", tmp_path) == [tmp_path / "reports" / "report.html"]
    assert (tmp_path / "reports" / "report.html").read_text() == "page reports/report.html"
    assert not (tmp_path / "reports" / "report.json").exists()


def test_refused_request_raises_with_status_and_address(api: MlflowApi) -> None:
    with pytest.raises(ServiceError, match="MLflow refused the request: 404 no such run") as refused:
        api.metrics("absent")
    assert "run_id=absent" in refused.value.where
