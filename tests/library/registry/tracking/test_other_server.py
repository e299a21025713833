"""Another MLflow server for a while, with credentials of its own."""

from __future__ import annotations

import os
from uuid import uuid4

import mlflow
import pytest

from trimtab.registry.tracking import other_connection
from trimtab.registry.tracking.other_server import CLIENT_VARIABLES

OF_DEV = {
    "MLFLOW_TRACKING_URI": "https://dev.example.com",
    "MLFLOW_TRACKING_USERNAME": "worker",
    "MLFLOW_TRACKING_PASSWORD": "of-dev",
    "MLFLOW_TRACKING_TOKEN": "token-of-dev",
    "MLFLOW_REGISTRY_URI": "https://registry.example.com",
}


def variables() -> dict[str, str]:
    return {name: os.environ[name] for name in CLIENT_VARIABLES if name in os.environ}


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, {}),
        (
            {"TRIMTAB_TARGET_USERNAME": "bob", "TRIMTAB_TARGET_PASSWORD": "of-prod"},
            {"MLFLOW_TRACKING_USERNAME": "bob", "MLFLOW_TRACKING_PASSWORD": "of-prod"},
        ),
        ({"TRIMTAB_TARGET_TOKEN": "of-prod"}, {"MLFLOW_TRACKING_TOKEN": "of-prod"}),
    ],
)
def test_credentials_of_one_server_are_not_sent_to_another(tmp_path, monkeypatch, given, sent):
    for name, value in {**OF_DEV, **given}.items():
        monkeypatch.setenv(name, value)
    address = f"sqlite:///{tmp_path}/{uuid4().hex}.db"  # MLflow keeps stores open by their address

    with other_connection(address):
        inside, tracked = variables(), mlflow.get_tracking_uri()

    assert inside == {"MLFLOW_TRACKING_URI": address, **sent}
    assert tracked == address
    assert variables() == OF_DEV


def test_variables_are_restored_when_the_block_fails(tmp_path, monkeypatch):
    for name, value in OF_DEV.items():
        monkeypatch.setenv(name, value)

    with (
        pytest.raises(ValueError, match="broken"),
        other_connection(f"sqlite:///{tmp_path}/{uuid4().hex}.db"),
    ):
        raise ValueError("broken")

    assert variables() == OF_DEV
