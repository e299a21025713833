"""The tests with several writers at once, on PostgreSQL instead of SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.library.e2e.cluster import POSTGRES, postgres
from tests.library.registry.fixtures import free_port, register, start_server, wait_until_healthy
from tests.library.registry.ledger.test_ledger import (  # noqa: F401
    test_ledger_has_the_switches_in_order_and_the_aliases_follow,
    test_ledger_keeps_any_characters_of_a_reason,
    test_ledger_order_is_intact_after_many_switches_at_once,
)
from tests.library.registry.promotion.test_champion_switch import (  # noqa: F401
    test_switch_writes_nothing_when_another_switch_was_first,
)
from tests.library.registry.promotion.test_rollback import (  # noqa: F401
    test_two_promotions_and_a_rollback_at_once_leave_one_champion_and_an_intact_ledger,
)
from tests.library.registry.publishing.test_publish_faults import (  # noqa: F401
    assert_registered_once,
    test_publish_creates_one_version_when_several_tries_run_at_once,
)
from tests.library.registry.switching import model  # noqa: F401

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not POSTGRES, reason="PostgreSQL's server is not installed"),
]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow server on a real PostgreSQL."""
    folder, port = tmp_path_factory.mktemp("mlflow-postgresql"), free_port()
    url = f"http://127.0.0.1:{port}"
    with postgres() as database:
        process = start_server(folder, f"postgresql+psycopg2://{database}", port)
        try:
            wait_until_healthy(url, process, Path(folder, "server.log"))
            yield url
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="session")
def contenders(server, template, tmp_path_factory, weak, strong, strong_again):
    """The versions on this server; the fixture of the other server is kept for the session."""
    return register(server, template, tmp_path_factory, weak, strong, strong_again)
