"""The bill of materials, validated against the schema of CycloneDX by the library that has it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.library.hostile_text import HOSTILE
from trimtab.registry.bill_of_materials import Dataset, Materials, Package, write_bill_of_materials
from trimtab.registry.tracking import Version

TAGS = {
    "trimtab.model_sha256": "1" * 64,
    "trimtab.git_revision": "2" * 40,
    "trimtab.gate.validate_model": "warn",
    "trimtab.problem_type": "multiclass",
    "trimtab.decision": "promoted",
}
MATERIALS = Materials(
    version=Version("fares", 3, "run", False, "key", {}, TAGS, "{}"),
    description="What a ride costs",
    registered=datetime(2026, 3, 1, 12, tzinfo=UTC),
    commit="2" * 40,
    metrics={"log_loss": 0.25, "model.rows": 300.0},
    datasets=(
        Dataset("testing", "data/test.parquet", "3" * 32),
        Dataset("training", "data/train", "4" * 32 + ".dir"),
    ),
    packages=(
        Package("numpy", "2.3.1", (f"sha256:{'5' * 64}", f"sha512:{'6' * 128}")),
        Package("mine", "1.0+local"),
    ),
)


def document(materials: Materials = MATERIALS) -> dict:
    text = write_bill_of_materials(materials)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    return json.loads(text)


def test_document_is_valid_and_has_the_model_with_its_card():
    content = document()
    assert (content["bomFormat"], content["specVersion"]) == ("CycloneDX", "1.6")
    model = content["metadata"]["component"]
    assert (model["type"], model["name"], model["version"]) == ("machine-learning-model", "fares", "3")
    assert model["hashes"] == [{"alg": "SHA-256", "content": "1" * 64}]
    card = model["modelCard"]
    assert card["modelParameters"]["task"] == "multiclass classification"
    assert card["quantitativeAnalysis"]["performanceMetrics"][0] == {"type": "log_loss", "value": "0.25"}
    facts = {each["name"]: each["value"] for each in model["properties"]}
    assert (facts["trimtab:gate.validate_model"], facts["trimtab:commit"]) == ("warn", "2" * 40)
    assert "trimtab:decision" not in facts, "what is said of a version later would change its bytes"


def test_document_has_the_data_sets_with_their_hashes_and_the_card_refers_to_them():
    content = document()
    data = [each for each in content["components"] if each["type"] == "data"]
    assert {each["name"]: each.get("hashes") for each in data} == {
        "data/test.parquet": [{"alg": "MD5", "content": "3" * 32}],
        "data/train": None,
    }
    assert {each["version"] for each in data} == {"3" * 32, "4" * 32 + ".dir"}
    referred = {
        each["ref"] for each in content["metadata"]["component"]["modelCard"]["modelParameters"]["datasets"]
    }
    assert referred == {each["bom-ref"] for each in data}


def test_document_has_the_packages_with_their_purl_and_hashes():
    packages = {each["name"]: each for each in document()["components"] if each["type"] == "library"}
    assert packages["numpy"]["purl"] == "pkg:pypi/numpy@2.3.1"
    assert {(each["alg"], each["content"]) for each in packages["numpy"]["hashes"]} == {
        ("SHA-256", "5" * 64),
        ("SHA-512", "6" * 128),
    }
    assert packages["mine"]["purl"] == "pkg:pypi/mine@1.0%2Blocal"
    assert "hashes" not in packages["mine"]


def test_same_materials_give_the_same_bytes_and_others_give_another_serial_number():
    first = write_bill_of_materials(MATERIALS)
    assert write_bill_of_materials(replace(MATERIALS)) == first
    other = write_bill_of_materials(replace(MATERIALS, metrics={"log_loss": 0.26}))
    assert json.loads(other)["serialNumber"] != json.loads(first)["serialNumber"]
    assert json.loads(first)["metadata"]["timestamp"].startswith("2026-03-01T12:00:00")


@pytest.mark.parametrize("text", [HOSTILE, "a b@c/é", "x" * 3000])
def test_document_of_hostile_names_is_valid(text):
    hostile = replace(
        MATERIALS,
        description=text,
        datasets=(Dataset("training", text, "3" * 32),),
        metrics={text: float("nan")},
        version=replace(MATERIALS.version, tags={**TAGS, "trimtab.reason": text}),
    )
    model = document(hostile)["metadata"]["component"]
    assert model["description"] == text


def test_version_of_an_earlier_release_without_hashes_is_valid():
    bare = replace(
        MATERIALS, version=replace(MATERIALS.version, tags={}), datasets=(), packages=(), metrics={}
    )
    assert "hashes" not in document(bare)["metadata"]["component"]
