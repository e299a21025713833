"""The files of a dossier: ``dossier.json`` for programs, ``dossier.html`` for people."""

from __future__ import annotations

import json
from pathlib import Path

from trimtab.atomic_write import write_text_atomically
from trimtab.dossier.content import Dossier, Source, SourceKind
from trimtab.dossier.person_texts import DOSSIER_FILE
from trimtab.errors import ProjectError
from trimtab.html_report import render
from trimtab.json_value import JsonDict

SCHEMA = "trimtab.dossier/1"
JSON_FILE, PAGE_FILE = "dossier.json", "dossier.html"
# How a reader gets what was hashed, and compares it.
COMPARISONS: dict[SourceKind, str] = {
    "git commit": "`git show` the hash, in the repository of the project",
    "DVC hash": "the md5 in dvc.lock; `dvc get` the path",
    "lock files": "SHA-256 of the lock files among the files of the MLflow run",
    "gate report": "SHA-256 of the file among the files of the MLflow run",
    "seal": "SHA-256 of the param trimtab.seal of the MLflow run",
    "ledger entry": "`trimtab models --json`: hash of the entry",
    "comparison": "SHA-256 of comparison/comparison.json in the MLflow run of that version",
    "drift log": "SHA-256 of `windows` of `trimtab drift report --json`, by json.dumps with sort_keys=True",
    "drift report": "SHA-256 of the verdict.json that `trimtab drift report --window` saves",
}
SHOWN_OF_A_HASH = 10  # characters beside a sentence; the list of sources has the whole hash


def to_dict(dossier: Dossier) -> JsonDict:
    """Return the dossier as ``dossier.json`` holds it."""
    content: JsonDict = {"schema": SCHEMA, **dossier.model_dump(mode="json")}
    content["missing"] = [missing.model_dump(mode="json") for missing in dossier.missing]
    return content


def write_dossier(dossier: Dossier, folder: Path) -> Path:
    """Write the two files of a dossier; the same dossier gives the same bytes.

    Args:
        dossier: The dossier.
        folder: The folder, created if missing.

    Returns:
        The page.

    Raises:
        ProjectError: The folder cannot be written.
    """
    text = json.dumps(to_dict(dossier), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    page = render_page(dossier)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_text_atomically(folder / JSON_FILE, text)
        write_text_atomically(folder / PAGE_FILE, page)
    except OSError as err:
        raise ProjectError(
            f"The dossier cannot be written: {err.strerror}", where=str(folder), fix="choose another `--out`"
        ) from err
    return folder / PAGE_FILE


def render_page(dossier: Dossier) -> str:
    """Return the page, which opens offline."""
    sources = dossier.sources
    return render(
        "dossier/dossier.html.j2",
        dossier=dossier,
        sources=sources,
        place={source: place for place, source in enumerate(sources, start=1)},
        comparisons=COMPARISONS,
        short=_shorten,
        texts_file=DOSSIER_FILE,
    )


def _shorten(source: Source) -> str:
    return source.hash[:SHOWN_OF_A_HASH]
