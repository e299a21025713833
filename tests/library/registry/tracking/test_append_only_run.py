"""A run that is only appended to."""

from __future__ import annotations

import pytest

from trimtab.errors import RegistryError
from trimtab.registry.tracking.append_only_run import (
    append_param,
    create_append_only_run,
    find_append_only_run,
)

NAME = "only-appended"


def test_one_run_remains_of_two_writers_and_an_entry_is_never_changed(client):
    first = create_append_only_run(client, NAME, run_name="r", tags={}, about="a log", what="log")
    second = create_append_only_run(client, NAME, run_name="r", tags={}, about="a log", what="log")

    assert second == first == find_append_only_run(client, NAME, what="log")
    assert append_param(client, first, "1", "a")
    assert append_param(client, first, "1", "a"), "a retry is no other writer"
    assert not append_param(client, first, "1", "b")
    assert client.get_run(first).data.params == {"1": "a"}

    client.delete_run(first)
    with pytest.raises(RegistryError, match="The log was deleted"):
        find_append_only_run(client, NAME, what="log")
