"""The parts of a dossier."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from trimtab.dossier.content import Dossier, Missing, Row, Section, Source, Statement, Table

COMMIT = Source(kind="git commit", name="code", hash="a" * 40)
SEAL = Source(kind="seal", name="seal", hash="b" * 64)


def test_statement_without_a_source_is_refused():
    with pytest.raises(ValidationError):
        Statement(text="The model is good.", sources=())


def test_row_without_a_source_is_refused():
    with pytest.raises(ValidationError):
        Row(cells=("0.9",), sources=())


def test_source_without_a_hash_is_refused():
    with pytest.raises(ValidationError):
        Source(kind="seal", name="seal", hash="")


def test_sources_of_a_dossier_are_listed_once_in_the_order_of_their_first_use():
    table = Table(title="t", columns=("x",), rows=(Row(cells=("1",), sources=(COMMIT, SEAL)),))
    section = Section(
        point=1,
        title="t",
        functions=("MAP",),
        statements=(Statement(text="b", sources=(SEAL,)),),
        tables=(table,),
        missing=(Missing(key="contact", topic="whom to ask"),),
    )
    dossier = Dossier(
        model="m",
        version=1,
        summary=(Statement(text="a", sources=(COMMIT,)),),
        sections=(section, section),
        mapping=(),
    )
    assert dossier.sources == (COMMIT, SEAL)
    assert [missing.key for missing in dossier.missing] == ["contact", "contact"]
