"""Model versions: read, found by their content key, listed."""

from __future__ import annotations

import pytest

from trimtab.errors import RegistryError
from trimtab.registry.tracking.model_version import (
    Version,
    list_versions,
    require_model,
    require_version,
    version_exists,
)
from trimtab.registry.tracking.server import connection

NAME, WEAK, STRONG, STRONG_AGAIN = "contenders", 1, 2, 3


def test_version_is_read_with_its_tags_metrics_and_seal(client, contenders):
    version = Version.read(client, NAME, STRONG)

    assert (version.name, version.version, version.created) == (NAME, STRONG, False)
    assert (str(version), version.uri) == ("contenders version 2", "models:/contenders/2")
    assert version.tag("key") == version.key == contenders[STRONG].key
    assert version.tag("record") == ""
    assert version.metrics["model.roc_auc"] == 0.81
    assert version.seal


def test_version_is_found_by_its_content_key(client, contenders):
    key = contenders[STRONG].key

    assert Version.find_by_key(client, NAME, key).version == STRONG
    assert Version.find_by_key(client, NAME, key, created=STRONG).created
    assert not Version.find_by_key(client, NAME, key, created=STRONG_AGAIN).created
    assert Version.find_by_key(client, NAME, "0" * 64) is None


@pytest.mark.usefixtures("client", "contenders")
def test_versions_are_listed_newest_first():
    with connection():
        numbers = [int(version.version) for version in list_versions(NAME)]

    assert numbers == [STRONG_AGAIN, STRONG, WEAK]


@pytest.mark.usefixtures("contenders")
def test_version_that_does_not_exist_is_refused_with_the_numbers_that_do(client):
    assert version_exists(client, NAME, WEAK)
    assert not version_exists(client, NAME, 7)
    with connection() as connected, pytest.raises(RegistryError, match="has no version 7") as refused:
        require_version(connected, NAME, 7)
    assert "versions 1, 2, 3" in str(refused.value)


@pytest.mark.usefixtures("contenders")
def test_model_that_does_not_exist_is_refused_with_the_closest_match(client):
    require_model(client, NAME)

    with pytest.raises(RegistryError, match="no registered model 'contender'; did you mean 'contenders'"):
        require_model(client, "contender")
