"""`trimtab sbom`: what it prints is a document of CycloneDX, and the same one each time."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from trimtab.cli.main import cli
from trimtab.errors import MissingExtraError, RegistryError
from trimtab.registry.promotion import publish_checkout


def test_sbom_is_valid_and_has_the_same_bytes_each_time(checkout):
    (version,) = publish_checkout(checkout.root, checkout.graph, reason="r", by="alice")
    first, second = (CliRunner().invoke(cli, ["sbom", "1"], catch_exceptions=False) for _ in range(2))
    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(first.stdout) is None
    model = json.loads(first.stdout)["metadata"]["component"]
    assert (model["name"], model["version"]) == (checkout.name, "1")
    assert model["hashes"][0]["content"] == version.tag("model_sha256")

    with pytest.raises(RegistryError, match="has no version 9"):
        CliRunner().invoke(cli, ["sbom", "9"], catch_exceptions=False)


def test_sbom_without_its_extra_is_refused_by_the_name_of_the_extra(monkeypatch):
    def needed(*args: object) -> None:
        raise ModuleNotFoundError("No module named 'cyclonedx'", name="cyclonedx")

    monkeypatch.setattr("trimtab.cli.extras.find_spec", lambda module: None)
    monkeypatch.setattr("trimtab.cli.sbom.choose_model", needed)
    with pytest.raises(MissingExtraError, match="needs the extra 'sbom'"):
        CliRunner().invoke(cli, ["sbom", "1"], catch_exceptions=False)
