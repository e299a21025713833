"""The ports of the local servers."""

from __future__ import annotations

import socket

import pytest

from trimtab.errors import ServiceError
from trimtab.local.ports import choose_port
from trimtab.local.state_folder import HOST

VARIABLE = "TRIMTAB_AIRFLOW_PORT"


def test_free_last_port_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    port = choose_port(VARIABLE, 0)
    assert choose_port(VARIABLE, port) == port


def test_last_port_in_use_is_replaced_by_a_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        assert choose_port(VARIABLE, taken.getsockname()[1]) != taken.getsockname()[1]


@pytest.mark.parametrize("port", ["web", "-1", "99999999"])
def test_port_of_the_environment_that_is_not_valid_is_refused(
    monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setenv(VARIABLE, port)
    with pytest.raises(ServiceError, match=f"The port cannot be used: {port}") as refused:
        choose_port(VARIABLE, 0)
    assert refused.value.where == f"environment variable {VARIABLE}"
