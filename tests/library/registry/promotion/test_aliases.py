"""The aliases of a registered model."""

from __future__ import annotations

from tests.library.registry.fixtures import STRONG, WEAK
from trimtab.registry.promotion.aliases import read_aliases, read_champion_number, read_version_at

NAME = "contenders"


def test_aliases_of_a_model_are_read_with_their_version_numbers(client, live):
    assert read_aliases(client, NAME) == {"champion": str(STRONG), "previous": str(WEAK)}
    assert read_champion_number(client, NAME) == STRONG
    assert read_version_at(client, NAME, "previous").version == WEAK


def test_alias_that_no_version_has_is_none(client, aliases):
    assert read_aliases(client, NAME) == {}
    assert read_champion_number(client, NAME) is None
    assert read_version_at(client, NAME, "champion") is None


def test_model_that_is_not_registered_has_no_alias(client):
    assert read_aliases(client, "never-published") == {}
    assert read_champion_number(client, "never-published") is None
