"""The manifest of an InferenceService of KServe, which serves the champion over the Open Inference Protocol.

MLServer loads the model as ``mlflow models serve`` does, so its answers are those of ``trimtab score``.
https://kserve.github.io/website has the fields of ``serving.kserve.io/v1beta1``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from trimtab.errors import ConfigError, RegistryError
from trimtab.json_value import JsonValue
from trimtab.registry.ledger import Ledger, LedgerEntry
from trimtab.registry.loading import NO_PROJECT, ModelTrust, download_model
from trimtab.registry.serving.model_address import model_address
from trimtab.registry.tracking import (
    Version,
    connection,
    hash_seal,
    require_model,
    require_server,
    require_version,
    temporary_folder,
)

Manifest: TypeAlias = Mapping[str, JsonValue]

ANNOTATION = "trimtab.dev"
RUNTIME = "kserve-mlserver"
# A quantity of Kubernetes: 1, 500m, 2Gi.
QUANTITY = re.compile(r"\d+(\.\d+)?(m|[kMGTPE]i?)?")
LONGEST_NAME = 63  # characters: the name becomes a part of a host name


@dataclass(frozen=True)
class ServingResources:
    """What a replica of the service is given; request and limit are the same.

    Attributes:
        cpu: Processors, as a quantity of Kubernetes.
        memory: Memory, likewise.

    Raises:
        ConfigError: One of them is no quantity.
    """

    cpu: str = "1"
    memory: str = "2Gi"

    def __post_init__(self) -> None:
        for name in ("cpu", "memory"):
            if not QUANTITY.fullmatch(value := getattr(self, name)):
                raise ConfigError(
                    f"The {name} is no quantity of Kubernetes: '{value}'",
                    where=f"--{name}",
                    fix="write it like 500m or 2 for processors, and 2Gi for memory",
                )

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the resources of a container."""
        return {kind: {"cpu": self.cpu, "memory": self.memory} for kind in ("requests", "limits")}


def serving_manifest(
    model: str, resources: ServingResources, *, trusted: ModelTrust = NO_PROJECT, image: str | None = None
) -> Manifest:
    """Return the manifest that serves the champion, after its files were compared with seal and ledger.

    Args:
        model: The registered model.
        resources: What a replica is given.
        trusted: What the checkout that runs trusts: keys, one of which must have signed the champion.
        image: The image of MLServer, with the packages of the model; that of KServe's runtime, if not given.

    Raises:
        ConfigError: KServe cannot read the place where MLflow keeps the model.
        RegistryError: There is no champion, it was altered, or the server does not answer.
    """
    address = require_server()
    with connection() as client:
        require_model(client, model)
        ledger = Ledger.read(client, model)
        ledger.require_intact()
        entry = ledger.last
        if entry is None or entry.champion is None:
            raise RegistryError(
                f"No version of '{model}' is champion by its ledger",
                where=f"MLflow: registered model '{model}'",
                fix="run the training DAG, or `trimtab promote` a version",
            )
        version = require_version(client, model, entry.champion)
        with temporary_folder() as folder:
            download_model(version, folder, trusted)  # it refuses files, tags or a seal that were altered
        storage = model_address(client.get_model_version_download_uri(model, str(version.version)))
    served: dict[str, JsonValue] = {
        "modelFormat": {"name": "mlflow"},
        "protocolVersion": "v2",
        "runtime": RUNTIME,
        "storageUri": storage,
        "resources": resources.to_dict(),
    }
    if image:
        served["image"] = image
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {
            "name": service_name(model),
            "labels": {"app.kubernetes.io/managed-by": "trimtab"},
            "annotations": {
                f"{ANNOTATION}/{key}": value
                for key, value in _facts(address, version, entry).items()
                if value
            },
        },
        "spec": {"predictor": {"minReplicas": 1, "model": served}},
    }


def service_name(model: str) -> str:
    """Return the name of the service: that of the model, with each character replaced that KServe refuses."""
    name = re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-")
    return (name if name[:1].isalpha() else f"model-{name}")[:LONGEST_NAME].rstrip("-")


def _facts(address: str, version: Version, entry: LedgerEntry) -> dict[str, str]:
    """Return what the annotations say: which version this is, and the hashes that prove it."""
    return {
        "registry": address,
        "model": version.name,
        "version": str(version.version),
        "commit": version.tag("git_revision"),
        "record": version.tag("record"),
        "content-key": version.key,
        "model-sha256": version.tag("model_sha256"),
        "artifact-sha256": version.tag("artifact_sha256"),
        "seal-sha256": hash_seal(version),
        "ledger-entry": entry.reference,
    }
