"""The bill of materials as JSON of CycloneDX 1.6. The same version gives the same bytes.

The library that writes it has no model card yet (``cyclonedx.model.component``), so that part is added to its
JSON. A test validates the result against the schema of CycloneDX.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from trimtab.registry.bill_of_materials.materials import Dataset, Materials
from trimtab.registry.bill_of_materials.packages import Package

if TYPE_CHECKING:
    from cyclonedx.model import HashType, Property
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component

TASKS = {"binary": "binary classification", "multiclass": "multiclass classification"}
PREFIX = "trimtab:"  # of the names of properties
NO_SERIAL = UUID(int=0)


def write_bill_of_materials(materials: Materials) -> str:
    """Return the bill of materials of a version as JSON.

    Its serial number is derived from its content, and its time is that of the registration.
    """
    from cyclonedx.output.json import JsonV1Dot6

    content = json.loads(JsonV1Dot6(_bom(materials)).output_as_string())
    content["metadata"]["component"]["modelCard"] = _model_card(materials)
    content.pop("serialNumber")
    serial = uuid5(NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return json.dumps({**content, "serialNumber": f"urn:uuid:{serial}"}, indent=2, sort_keys=True)


def _bom(materials: Materials) -> Bom:
    from cyclonedx.model.bom import Bom, BomMetaData

    model = _model(materials)
    parts = [*map(_data, materials.datasets), *map(_library, materials.packages)]
    bom = Bom(
        serial_number=NO_SERIAL,
        components=parts,
        metadata=BomMetaData(component=model, timestamp=materials.registered),
    )
    bom.register_dependency(model, parts)
    return bom


def _model(materials: Materials) -> Component:
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.component import Component, ComponentType

    version = materials.version
    facts = {**materials.facts, "commit": materials.commit, "mlflow_run": version.run_id}
    hash_ = version.tag("model_sha256")
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=version.uri,
        name=version.name,
        version=str(version.version),
        description=materials.description or None,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=hash_)] if hash_ else [],
        properties=_properties(facts),
    )


def _data(dataset: Dataset) -> Component:
    """Return a data set. The hash of a folder is that of its list of files, so it is a property only."""
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.component import Component, ComponentType

    is_folder = dataset.hash.endswith(".dir")
    return Component(
        type=ComponentType.DATA,
        bom_ref=_data_reference(dataset),
        name=dataset.path,
        version=dataset.hash,
        hashes=[] if is_folder else [HashType(alg=HashAlgorithm.MD5, content=dataset.hash)],
        properties=_properties({"dvc_hash": dataset.hash, "context": dataset.context}),
    )


def _library(package: Package) -> Component:
    from cyclonedx.model.component import Component, ComponentType
    from packageurl import PackageURL

    purl = PackageURL(type="pypi", name=package.name, version=package.version)
    return Component(
        type=ComponentType.LIBRARY,
        bom_ref=str(purl),
        name=package.name,
        version=package.version,
        purl=purl,
        hashes=map(_lock_hash, package.hashes),
    )


def _lock_hash(text: str) -> HashType:
    from cyclonedx.model import HashAlgorithm, HashType

    algorithm, _, content = text.partition(":")
    return HashType(alg=HashAlgorithm(f"SHA-{algorithm.removeprefix('sha')}"), content=content)


def _properties(values: dict[str, str]) -> list[Property]:
    from cyclonedx.model import Property

    names = {name: PREFIX + name.removeprefix("trimtab.") for name in values}
    return [Property(name=names[name], value=value) for name, value in sorted(values.items()) if value]


def _model_card(materials: Materials) -> dict[str, Any]:
    """Return the model card: problem type, data sets and metrics."""
    problem = materials.version.problem_type
    return {
        "modelParameters": {
            "approach": {"type": "supervised"},
            "task": TASKS.get(problem, problem),
            "datasets": [{"ref": _data_reference(dataset)} for dataset in materials.datasets],
        },
        "quantitativeAnalysis": {
            "performanceMetrics": [
                {"type": name, "value": repr(value)} for name, value in materials.metrics.items()
            ]
        },
    }


def _data_reference(dataset: Dataset) -> str:
    return f"data:{dataset.context}:{dataset.path}@{dataset.hash}"
