"""Model files of a stage: written as skops files whose bytes depend on the model alone, and loaded safely.

skops names objects by their address in memory, and its archive contains the time of day: two runs would never
write the same file. Here, objects are numbered in the order in which they appear, and the archive has a fixed
date.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pydantic import Field

from trimtab.config import Params, load_params
from trimtab.errors import ModelError
from trimtab.learning import load_estimator
from trimtab.params_file import PARAMS_FILE

SUFFIX = ".skops"
_SCHEMA = "schema.json"


def save_model(model: Any, path: Path) -> None:
    """Write a fitted estimator of scikit-learn as a skops file. Equal estimators give equal bytes.

    Raises:
        ModelError: The file has another suffix. It would be read as a model of another format.
    """
    import skops.io

    if path.suffix != SUFFIX:
        raise ModelError(
            f"The suffix of a model of scikit-learn is not {SUFFIX}: {path.name}",
            where="the stage's command in dvc.yaml",
            fix=f"write {path.with_suffix(SUFFIX).name}",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_canonical(skops.io.dumps(model)))


def load_model(path: Path, trusted_types: Collection[str]) -> Any:
    """Load a model file of any format that the library knows.

    Args:
        path: The file. Its suffix names the format.
        trusted_types: The types that a skops file may hold beyond those that skops trusts:
            :func:`read_trusted_types`.

    Raises:
        MissingExtraError: The package that loads the format is not installed.
        ModelError: The file is missing, is not of its format, or holds types that are not trusted. Nothing of
            it was executed.
    """
    return load_estimator(path, trusted_types)


class _TrustedTypes(Params, extra="ignore"):
    trusted_types: list[str] = Field(default=[])


def read_trusted_types(section: str, params: Path = Path(PARAMS_FILE)) -> tuple[str, ...]:
    """Return ``trusted_types`` of the section of a model gate, so that they are declared only once.

    The stage that calls it has ``<section>.trusted_types`` in its ``params`` of ``dvc.yaml``.

    Raises:
        ConfigError: The section is missing, or its ``trusted_types`` are no list of texts.
    """
    return tuple(load_params(_TrustedTypes, section, params).trusted_types)


def _canonical(content: bytes) -> bytes:
    numbers: dict[str, str] = {}
    target = BytesIO()
    with ZipFile(BytesIO(content)) as archive, ZipFile(target, "w", ZIP_DEFLATED) as canonical:
        schema = _renumber(json.loads(archive.read(_SCHEMA)), numbers)
        canonical.writestr(_entry(_SCHEMA), json.dumps(schema))
        stems = {Path(name).stem: name for name in archive.namelist() if name != _SCHEMA}
        for stem, name in sorted(stems.items(), key=lambda item: int(numbers[item[0]])):
            canonical.writestr(_entry(numbers[stem] + Path(name).suffix), archive.read(name))
    return target.getvalue()


def _renumber(node: Any, numbers: dict[str, str]) -> Any:
    """Replace each address, in ``__id__`` and in the names of files, by the order of its first appearance."""
    if isinstance(node, list):
        return [_renumber(item, numbers) for item in node]
    if not isinstance(node, dict):
        return node
    renumbered = {key: _renumber(value, numbers) for key, value in node.items()}
    if "__id__" in node:
        renumbered["__id__"] = int(numbers.setdefault(str(node["__id__"]), str(len(numbers))))
    if "__loader__" in node and isinstance(node.get("file"), str):
        stem, dot, suffix = node["file"].partition(".")
        renumbered["file"] = numbers.setdefault(stem, str(len(numbers))) + dot + suffix
    return renumbered


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    return entry
