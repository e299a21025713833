"""The dossier of a version: model card and technical documentation, each sentence with the hash it rests on.

It reads what the system keeps (registry, ledger, gate reports, drift log, commits) and writes two files.
See docs/decisions/0046.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.dossier.content import Dossier, Missing, Section, Source, Statement, Table
    from trimtab.dossier.dossier import build_dossier
    from trimtab.dossier.dossier_files import write_dossier
    from trimtab.dossier.person_texts import DOSSIER_FILE, PersonTexts

__all__ = [
    "DOSSIER_FILE",
    "Dossier",
    "Missing",
    "PersonTexts",
    "Section",
    "Source",
    "Statement",
    "Table",
    "build_dossier",
    "write_dossier",
]

__getattr__ = lazy_names(
    __name__,
    {
        "content": ["Dossier", "Missing", "Section", "Source", "Statement", "Table"],
        "dossier": ["build_dossier"],
        "dossier_files": ["write_dossier"],
        "person_texts": ["DOSSIER_FILE", "PersonTexts"],
    },
)
