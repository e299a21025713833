"""The MLflow hook: which server and credentials it uses, and that it leaves none behind."""

from __future__ import annotations

import json
import os

import pytest
from airflow.sdk.exceptions import AirflowNotFoundException

from trimtab.airflow.hooks.mlflow_hook import MlflowHook, experiment_run_url, version_url
from trimtab.airflow.plugin import registry_views
from trimtab.errors import RegistryError

LOGIN = {"conn_type": "http", "login": "alice", "password": "s3cr3t"}


NAMES = [f"MLFLOW_TRACKING_{name}" for name in ("URI", "USERNAME", "PASSWORD", "TOKEN")]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """An environment that names no server."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def answering(monkeypatch):
    """Let every server answer; return what the environment holds while it is asked."""
    seen = {}

    def require_server():
        seen.update({name: os.environ.get(name) for name in NAMES})
        return os.environ["MLFLOW_TRACKING_URI"]

    monkeypatch.setattr("trimtab.registry.require_server", require_server)
    return seen


def connect(monkeypatch, conn_id="mlflow_default", **values):
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(LOGIN | values))


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ({"host": "127.0.0.1", "port": 9}, "http://127.0.0.1:9"),
        ({"host": "127.0.0.1", "port": 9, "schema": "https"}, "https://127.0.0.1:9"),
        ({"host": "https://127.0.0.1:9/below"}, "https://127.0.0.1:9/below"),
    ],
)
def test_hook_uses_address_and_login_of_the_connection_inside_the_block_only(
    monkeypatch, answering, place, address
):
    connect(monkeypatch, **place)
    before = dict(os.environ)

    with MlflowHook().tracking_server() as shown:
        assert (shown, answering["MLFLOW_TRACKING_USERNAME"]) == (address, "alice")
        assert answering["MLFLOW_TRACKING_PASSWORD"] == "s3cr3t"
        assert MlflowHook().get_conn().tracking_uri == address

    assert dict(os.environ) == before


def test_hook_leaves_no_credentials_behind_when_the_server_does_not_answer(monkeypatch):
    connect(monkeypatch, host="127.0.0.1", port=9)
    before = dict(os.environ)

    with pytest.raises(RegistryError, match=r"does not answer[\s\S]*where: http://127\.0\.0\.1:9\n") as away:
        MlflowHook().tracking_server().__enter__()

    assert "s3cr3t" not in str(away.value)
    assert dict(os.environ) == before


def test_hook_puts_back_the_environment_after_an_error_in_the_block(monkeypatch, answering):
    connect(monkeypatch, "other", host="127.0.0.1", port=9)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:10")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "bob")
    before = dict(os.environ)

    def fail():
        with MlflowHook("other").tracking_server():
            os.environ["MLFLOW_TRACKING_PASSWORD"] = "set inside the block"  # as the registry does
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert dict(os.environ) == before


def test_environment_comes_before_the_default_connection(monkeypatch):
    connect(monkeypatch, host="127.0.0.1", port=9)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:10")

    with pytest.raises(RegistryError, match=r"where: http://127\.0\.0\.1:10\n"):
        MlflowHook().tracking_server().__enter__()


def test_named_connection_comes_before_the_environment_and_gets_none_of_its_credentials(
    monkeypatch, answering
):
    connect(monkeypatch, "other", host="127.0.0.1", port=9, login="", password="")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:10")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "bob")

    with MlflowHook("other").tracking_server() as address:
        assert address == "http://127.0.0.1:9"

    assert answering["MLFLOW_TRACKING_USERNAME"] is None


def test_connection_without_login_has_a_token(monkeypatch, answering):
    connect(monkeypatch, host="127.0.0.1", login="", password="t0ken")

    with MlflowHook().tracking_server():
        pass

    assert (answering["MLFLOW_TRACKING_TOKEN"], answering["MLFLOW_TRACKING_USERNAME"]) == ("t0ken", None)


def test_message_names_environment_and_connection_where_neither_is_set():
    with pytest.raises(RegistryError, match=r"export MLFLOW_TRACKING_URI=.*the connection mlflow_default"):
        MlflowHook().tracking_server().__enter__()


def test_named_connection_that_does_not_exist_is_an_error(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:10")
    with pytest.raises(AirflowNotFoundException, match="nowhere"):
        MlflowHook("nowhere").tracking_server().__enter__()


def test_connection_test_of_the_ui_says_that_the_server_is_away(monkeypatch):
    connect(monkeypatch, host="127.0.0.1", port=9)
    answers, message = MlflowHook().test_connection()
    assert (answers, "does not answer" in message) == (False, True)


def test_airflow_knows_the_connection_type_by_the_provider():
    from airflow.providers_manager import ProvidersManager

    hook = ProvidersManager().hooks["mlflow"]
    assert (hook.hook_class_name, hook.connection_id_attribute_name) == (
        "trimtab.airflow.hooks.mlflow_hook.MlflowHook",
        "mlflow_conn_id",
    )


@pytest.mark.parametrize(
    ("uri", "page"),
    [
        ("", ""),
        ("sqlite:///mlflow.db", ""),
        ("https://alice:s3cr3t@mlflow.example.com/below/", "https://mlflow.example.com/below#/models"),
    ],
)
def test_menu_link_to_mlflow_holds_no_credentials(monkeypatch, uri, page):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert [view["href"] for view in registry_views()] == [page][: bool(page)]


def test_version_url_quotes_the_name_of_the_model():
    assert version_url("http://m:1", "a/b c", 3) == "http://m:1/#/models/a%2Fb%20c/versions/3"
    assert version_url("sqlite:///mlflow.db", "flights", 3) == ""


def test_url_of_an_artifact_is_a_page_of_its_run():
    page = "http://m:1/#/experiments/7/runs/ab"
    assert experiment_run_url("http://m:1", "7", "ab") == page
    assert experiment_run_url("http://m:1", "7", "ab", "a b/x.html") == f"{page}/artifacts/a%20b/x.html"
    assert experiment_run_url("sqlite:///mlflow.db", "7", "ab") == ""
