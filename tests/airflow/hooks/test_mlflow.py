"""The MLflow server as Airflow knows it: the environment, or a connection."""

from __future__ import annotations

import json
import os

import pytest

from trimtab.airflow.hooks.mlflow import reach_server, version_url
from trimtab.airflow.plugin import registry_page
from trimtab.errors import RegistryError

LOGIN = {"conn_type": "http", "login": "alice", "password": "s3cr3t"}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """No server is given; what is set by it is unset again."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.setenv(name, "")


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ({"host": "127.0.0.1", "port": 9}, "http://127.0.0.1:9"),
        ({"host": "127.0.0.1", "port": 9, "schema": "https"}, "https://127.0.0.1:9"),
        ({"host": "https://127.0.0.1:9/below"}, "https://127.0.0.1:9/below"),
    ],
)
def test_a_connection_says_where_the_server_is_and_who_asks(monkeypatch, place, address):
    monkeypatch.setenv("AIRFLOW_CONN_MLFLOW_DEFAULT", json.dumps(LOGIN | place))

    with pytest.raises(RegistryError, match=f"does not answer[\\s\\S]*where: {address}\n") as away:
        reach_server()

    assert "s3cr3t" not in str(away.value)
    assert os.environ["MLFLOW_TRACKING_USERNAME"] == "alice"
    assert os.environ["MLFLOW_TRACKING_PASSWORD"] == "s3cr3t"


def test_the_environment_comes_first(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_MLFLOW_DEFAULT", json.dumps(LOGIN | {"host": "127.0.0.1", "port": 9}))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:10")

    with pytest.raises(RegistryError, match=r"where: http://127\.0\.0\.1:10\n"):
        reach_server()

    assert os.environ["MLFLOW_TRACKING_USERNAME"] == ""


def test_without_either_the_message_names_both():
    with pytest.raises(RegistryError, match=r"export MLFLOW_TRACKING_URI=.*the connection mlflow_default"):
        reach_server()


@pytest.mark.parametrize(
    ("uri", "page"),
    [
        ("", ""),
        ("sqlite:///mlflow.db", ""),
        ("https://alice:s3cr3t@mlflow.example.com/below/", "https://mlflow.example.com/below#/models"),
    ],
)
def test_the_link_of_the_menu_holds_no_credentials(monkeypatch, uri, page):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert registry_page() == page


def test_the_page_of_a_version_is_found_whatever_the_models_name():
    assert version_url("http://m:1", "a/b c", 3) == "http://m:1/#/models/a%2Fb%20c/versions/3"
    assert version_url("sqlite:///mlflow.db", "flights", 3) == ""
