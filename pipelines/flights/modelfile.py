"""Yours to edit. Models as skops files: safe to load, and the same bytes for the same model.

skops names objects by their address in memory, and its archive carries the time of day: two runs would never
agree. Here objects are numbered in the order they appear, and the archive has a fixed date.
"""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import skops.io

# What skops does not trust by itself: the trees of scikit-learn and the check of its own that they hold as a
# partial function, which loading does not call; and the type of an array, which the baseline keeps.
# `validate_model.trusted_types` tells the gate and the registry the same.
TRUSTED_TYPES = [
    "functools.partial",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
]

_SCHEMA = "schema.json"


def save_model(model: Any, path: Path) -> None:
    """Write a fitted estimator; equal estimators give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_canonical(skops.io.dumps(model)))


def load_model(path: Path) -> Any:
    """Read an estimator, refusing any type that is not trusted."""
    return skops.io.load(path, trusted=TRUSTED_TYPES)


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
