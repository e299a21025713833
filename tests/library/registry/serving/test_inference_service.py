"""The manifest of the champion: valid for KServe, of the very version, and of no version that was altered."""

from __future__ import annotations

import json

import jsonschema
import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from tests.library.registry.attacker import Attacker
from tests.library.registry.fixtures import STRONG
from tests.library.registry.model_server import serve
from tests.library.registry.rows import FEATURES, flights
from trimtab.cli.main import cli
from trimtab.errors import ConfigError, RegistryError
from trimtab.registry import load_scorer, promote_manually
from trimtab.registry.serving import ServingResources, serving_manifest
from trimtab.registry.serving.inference_service import service_name

NAME, STORE = "contenders", "s3://models/mlflow"

TEXT = {"type": "string", "minLength": 1}
QUANTITIES = {
    "type": "object",
    "additionalProperties": {"type": "string", "pattern": r"^\d+(\.\d+)?(m|[kMGTPE]i?)?$"},
}


def an_object(required: list[str], **properties: object) -> dict[str, object]:
    """A schema of an object without other keys, as the API server prunes or refuses them."""
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


# What KServe 0.15's custom resource accepts of the fields that the manifest may have.
SCHEMA = an_object(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion={"const": "serving.kserve.io/v1beta1"},
    kind={"const": "InferenceService"},
    metadata=an_object(
        ["name"],
        name={"type": "string", "pattern": "^[a-z]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63},
        labels={"type": "object", "additionalProperties": {"type": "string", "maxLength": 63}},
        annotations={
            "type": "object",
            "propertyNames": {"pattern": r"^([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$"},
            "additionalProperties": {"type": "string"},
        },
    ),
    spec=an_object(
        ["predictor"],
        predictor=an_object(
            ["model"],
            minReplicas={"type": "integer"},
            model=an_object(
                ["modelFormat", "storageUri"],
                modelFormat=an_object(["name"], name=TEXT, version=TEXT),
                protocolVersion={"enum": ["v1", "v2", "grpc-v1", "grpc-v2"]},
                runtime=TEXT,
                storageUri=TEXT,
                image=TEXT,
                resources=an_object([], requests=QUANTITIES, limits=QUANTITIES),
            ),
        ),
    ),
)


@pytest.fixture
def champion(aliases, contenders, monkeypatch):
    monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", STORE)
    promote_manually(contenders[STRONG], by="alice", reason="r")
    return contenders[STRONG]


def test_manifest_is_valid_and_names_the_version_with_its_hashes(champion, server):
    done = CliRunner().invoke(cli, ["serve", "--manifest", "--model", NAME], catch_exceptions=False)

    manifest = yaml.safe_load(done.stdout)
    jsonschema.validate(manifest, SCHEMA)
    facts = manifest["metadata"]["annotations"]
    assert (facts["trimtab.dev/version"], facts["trimtab.dev/registry"]) == (str(STRONG), server)
    assert facts["trimtab.dev/commit"] == champion.tag("git_revision")
    assert facts["trimtab.dev/model-sha256"] == champion.tag("model_sha256")
    assert facts["trimtab.dev/artifact-sha256"] == champion.tag("artifact_sha256")
    model = manifest["spec"]["predictor"]["model"]
    assert model["storageUri"].startswith(f"{STORE}/")
    assert model["resources"]["limits"] == model["resources"]["requests"] == {"cpu": "1", "memory": "2Gi"}


def test_manifest_as_json_has_the_given_image_and_resources(champion):
    given = ["--image", "r.example.com/mlserver:3", "--cpu", "500m", "--memory", "1Gi", "--json"]
    done = CliRunner().invoke(cli, ["serve", "--manifest", "--model", NAME, *given], catch_exceptions=False)

    answer = json.loads(done.stdout)
    jsonschema.validate(answer["manifest"], SCHEMA)
    model = answer["manifest"]["spec"]["predictor"]["model"]
    assert answer["schema"] == "trimtab.serve/1"
    assert model["image"] == "r.example.com/mlserver:3"
    assert model["resources"]["limits"] == {"cpu": "500m", "memory": "1Gi"}


def test_schema_of_the_test_refuses_an_unknown_field(champion):
    manifest = json.loads(json.dumps(serving_manifest(NAME, ServingResources())))
    manifest["spec"]["predictor"]["model"]["storageURI"] = "s3://b"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(manifest, SCHEMA)


def test_manifest_of_an_altered_model_is_refused(champion, server):
    attacker = Attacker(server, NAME, STRONG)
    attacker.append("MLmodel", b"\n# more\n")
    try:
        with pytest.raises(RegistryError, match="differ from those that were registered"):
            serving_manifest(NAME, ServingResources())
    finally:
        attacker.undo()


def test_manifest_follows_the_ledger_and_not_the_alias(champion, client):
    client.set_registered_model_alias(NAME, "champion", "1")

    manifest = serving_manifest(NAME, ServingResources())

    assert manifest["metadata"]["annotations"]["trimtab.dev/version"] == str(STRONG)


def test_model_without_a_champion_is_refused(aliases, contenders):
    with pytest.raises(RegistryError, match="No version of 'contenders' is champion by its ledger"):
        serving_manifest(NAME, ServingResources())


@pytest.mark.parametrize("wrong", [{"cpu": "two"}, {"memory": "2 GB"}, {"memory": "-1Gi"}, {"cpu": "1\n"}])
def test_resources_that_are_no_quantity_are_refused(wrong):
    with pytest.raises(ConfigError, match="is no quantity of Kubernetes"):
        ServingResources(**wrong)


@pytest.mark.parametrize(
    ("model", "name"),
    [("flights", "flights"), ("Late flights", "late-flights"), ("2013", "model-2013"), ("x" * 80, "x" * 63)],
)
def test_service_has_a_name_that_kubernetes_accepts(model, name):
    assert service_name(model) == name


@pytest.mark.slow
def test_served_answers_of_the_manifest_equal_the_scores(champion, database, tmp_path):
    manifest = serving_manifest(NAME, ServingResources())
    stored = manifest["spec"]["predictor"]["model"]["storageUri"]
    rows, out = flights(200, seed=8), tmp_path / "scores.parquet"
    rows.to_parquet(tmp_path / "rows.parquet")

    served = serve(stored.replace(STORE, str(database.parent / "artifacts")), rows[FEATURES], tmp_path)
    load_scorer(champion).score(tmp_path / "rows.parquet", out)

    scores = pd.read_parquet(out)["score"]
    np.testing.assert_allclose(np.array(served)[:, 1], scores, rtol=0, atol=1e-9)
