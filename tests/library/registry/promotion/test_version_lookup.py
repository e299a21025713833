"""Versions found by alias, number and address."""

from __future__ import annotations

import pytest

from tests.library.registry.fixtures import STRONG, WEAK
from trimtab.errors import RegistryError
from trimtab.registry import find_challenger, find_champion, find_version, find_version_by_uri

NAME = "contenders"


def test_find_version_by_number_refuses_a_number_that_does_not_exist(client, contenders):
    assert find_version(NAME, WEAK).key == contenders[WEAK].key

    with pytest.raises(RegistryError, match="'contenders' has no version 999"):
        find_version(NAME, 999)


def test_version_is_found_by_an_mlflow_uri(client, contenders, aliases):
    client.set_registered_model_alias(NAME, "champion", str(WEAK))

    assert find_version_by_uri("models:/contenders@champion").version == WEAK
    assert find_version_by_uri("models:/contenders/2").version == STRONG
    with pytest.raises(RegistryError, match=r"alias 'champoin'; did you mean 'champion'"):
        find_version_by_uri("models:/contenders@champoin")
    for wrong in (
        "contenders@champion",
        "models:/contenders",
        "models:/contenders/latest",
        "models:/@champion",
    ):
        with pytest.raises(RegistryError, match="address of the model version is not valid"):
            find_version_by_uri(wrong)


def test_find_challenger_returns_the_version_with_the_alias(client, contenders, aliases):
    assert find_challenger("contenders") is None
    client.set_registered_model_alias("contenders", "challenger", str(WEAK))
    assert find_challenger("contenders").version == WEAK


def test_find_champion_returns_none_without_an_alias_and_without_a_model(client, aliases):
    assert find_champion(NAME) is None
    assert find_champion("never-published") is None

    client.set_registered_model_alias(NAME, "champion", str(STRONG))

    assert find_champion(NAME).version == STRONG
