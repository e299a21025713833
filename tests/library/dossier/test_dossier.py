"""The whole dossier: the same bytes each time, a hash behind each sentence, nothing invented."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.library.dossier.conftest import NAME
from trimtab.dossier.dossier import assemble_dossier
from trimtab.dossier.person_texts import topics

MAKE = """
import sys
from pathlib import Path
from trimtab.dossier import build_dossier, write_dossier
write_dossier(build_dossier(Path.cwd(), sys.argv[1], 1), Path(sys.argv[2]))
"""


def test_two_processes_make_the_same_bytes(checkout, tmp_path):
    for place, seed in (("a", "1"), ("b", "2")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if place == "b" else "UTC"}
        command = [sys.executable, "-c", MAKE, NAME, str(tmp_path / place)]
        done = subprocess.run(
            command, env=environment, cwd=checkout.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    for file in ("dossier.json", "dossier.html"):
        first, second = ((tmp_path / place / file).read_bytes() for place in "ab")
        assert first == second
        assert first


def test_sections_are_the_nine_points_of_annex_iv(evidence):
    assert [section.point for section in assemble_dossier(evidence).sections] == list(range(1, 10))


def test_every_hash_is_one_that_the_system_keeps(evidence):
    sources = assemble_dossier(evidence).sources
    assert {source.kind for source in sources} >= {
        "git commit", "DVC hash", "lock files", "gate report", "seal", "ledger entry",
    }  # fmt: skip
    assert [source for source in sources if not re.fullmatch(r"[0-9a-f]{32,64}(\.dir)?", source.hash)] == []


def test_texts_of_a_person_are_those_of_the_file_and_all_others_are_missing(evidence):
    dossier = assemble_dossier(evidence)
    written = {each.topic for part in dossier.sections for each in part.statements if each.author == "person"}
    assert written == {topics()[key].question for key in ("intended_purpose", "contact")}
    assert {missing.key for missing in dossier.missing} == topics().keys() - {"intended_purpose", "contact"}


def test_summary_says_first_whether_the_version_is_champion(evidence):
    first = assemble_dossier(evidence).summary[0]
    assert first.text == f"documented version 1 is the champion, since {evidence.ledger.entries[0].at}."
