"""The keys of ``meta`` that the docs list are those that the code reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trimtab.pipeline.graph import ARTIFACT_META, STAGE_META

LIBRARY = Path(__file__).resolve().parents[4] / "plugins" / "trimtab"
SOURCE = "\n".join(file.read_text() for file in LIBRARY.rglob("*.py") if file.name != "meta_keys.py")
OF_STAGE = r"\.setting\(\"(\w+)\"\)"
OF_ARTIFACT = r"(?:artifact|model|test)\.meta(?:\.get\(|\[)\"(\w+)\"|\"(\w+)\" (?:not )?in artifact\.meta"


def test_every_key_that_the_code_reads_is_listed() -> None:
    of_artifacts = {name or other for name, other in re.findall(OF_ARTIFACT, SOURCE)}
    assert {"any_text", "gate"} <= set(re.findall(OF_STAGE, SOURCE)) <= STAGE_META.keys()
    assert {"label", "publish", "problem_type"} <= of_artifacts <= ARTIFACT_META.keys()


@pytest.mark.parametrize("key", [*STAGE_META, *ARTIFACT_META])
def test_listed_key_is_one_that_the_code_reads(key: str) -> None:
    assert f'"{key}"' in SOURCE


@pytest.mark.parametrize("sentence", [*STAGE_META.values(), *ARTIFACT_META.values()])
def test_listed_key_has_a_sentence(sentence: str) -> None:
    assert re.match(r"[A-Z].* .*\.$", sentence)
