"""The files of a dossier."""

from __future__ import annotations

import json

import pytest

from trimtab.dossier.content import Dossier, Missing, Section, Source, Statement
from trimtab.dossier.dossier_files import COMPARISONS, render_page, to_dict, write_dossier
from trimtab.errors import ProjectError

SOURCE = Source(kind="seal", name="<b>seal</b>", hash="0123456789abcdef" * 4)


@pytest.fixture
def dossier():
    text = Statement(
        text="<script>alert(1)</script>", sources=(SOURCE,), author="person", topic="what it is for"
    )
    section = Section(
        point=1,
        title="General",
        functions=("MAP",),
        statements=(text, Statement(text="It has <i>figures</i>.", sources=(SOURCE,))),
        missing=(Missing(key="contact", topic="whom to ask"),),
    )
    return Dossier(model="flights", version=3, summary=(), sections=(section,), mapping=())


def test_page_escapes_texts_and_names(dossier):
    page = render_page(dossier)
    assert "<script>" not in page
    assert "<i>figures" not in page
    assert "<b>seal" not in page


def test_page_links_each_sentence_to_the_whole_hash(dossier):
    page = render_page(dossier)
    assert page.count('href="#source-1"') == 2
    assert page.count('id="source-1"') == 1
    assert f'<td class="full">{SOURCE.hash}</td>' in page


def test_page_lists_the_missing_text_and_needs_no_other_file(dossier):
    page = render_page(dossier)
    assert "Missing texts: 1." in page
    assert "http" not in page.replace("http-equiv", "")
    assert "src=" not in page


def test_json_has_schema_and_missing_texts(dossier):
    content = to_dict(dossier)
    assert content["schema"] == "trimtab.dossier/1"
    assert content["missing"] == [{"key": "contact", "topic": "whom to ask"}]


def test_dossier_is_written_into_a_new_folder(dossier, tmp_path):
    page = write_dossier(dossier, tmp_path / "a" / "b")
    assert page.read_text() == render_page(dossier)
    assert json.loads((page.parent / "dossier.json").read_text())["version"] == 3
    assert sorted(file.name for file in page.parent.iterdir()) == ["dossier.html", "dossier.json"]


def test_folder_that_is_a_file_is_refused(dossier, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ProjectError, match="cannot be written"):
        write_dossier(dossier, tmp_path / "file")


def test_every_kind_of_source_says_how_to_compare_it():
    assert set(COMPARISONS) == set(Source.model_fields["kind"].annotation.__args__)
