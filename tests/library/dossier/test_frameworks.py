"""Annex IV and the NIST AI RMF."""

from __future__ import annotations

from trimtab.dossier.content import Missing, Section, Source, Statement
from trimtab.dossier.frameworks import ANNEX_IV, CATEGORIES, SERVED, map_functions
from trimtab.dossier.person_texts import topics

SOURCE = (Source(kind="seal", name="seal", hash="a"),)


def test_every_point_of_annex_iv_has_a_title_and_a_function():
    assert list(ANNEX_IV) == list(SERVED) == list(range(1, 10))
    assert {function for functions in SERVED.values() for function in functions} == set(CATEGORIES)


def test_every_text_belongs_to_a_function_that_its_section_serves():
    assert [key for key, topic in topics().items() if topic.function not in SERVED[topic.point]] == []


def test_subcategories_belong_to_their_function():
    assert all(name.startswith(f"{function} ") for function, names in CATEGORIES.items() for name in names)


def test_row_of_a_function_counts_kept_sentences_written_texts_and_missing_ones():
    topic = topics()["risk_assessment"].question
    section = Section(
        point=5,
        title="t",
        functions=("MANAGE",),
        statements=(
            Statement(text="kept", sources=SOURCE),
            Statement(text="written", sources=SOURCE, author="person", topic=topic),
        ),
        missing=(Missing(key="human_oversight", topic="x"), Missing(key="contact", topic="of GOVERN")),
    )
    rows = {row.function: row for row in map_functions([section])}
    manage = rows["MANAGE"]
    assert (manage.points, manage.sentences, manage.written) == ((5,), 1, 1)
    assert manage.missing == ("human_oversight",)
    assert rows["GOVERN"].points == ()
