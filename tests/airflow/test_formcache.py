"""Values of ``params.yaml`` that were read before."""

from __future__ import annotations

import pytest

from trimtab.airflow.formcache import KEPT, remembered


@pytest.fixture
def asked(tmp_path):
    """Ask for the values of a content; what was read is noted."""
    reads = []

    def ask(content=b"a: 1", values=None):
        return remembered(tmp_path, content, lambda: reads.append(content) or values or {"a": 1})

    ask.reads, ask.folder = reads, tmp_path / KEPT
    return ask


def test_a_content_is_read_once(asked):
    assert asked() == asked() == {"a": 1}
    assert asked.reads == [b"a: 1"]


def test_another_content_is_read_anew_and_the_old_one_forgotten(asked):
    asked()
    assert asked(b"a: 2", {"a": 2}) == {"a": 2}
    assert len(list(asked.folder.iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"{}", b"x\n{}", b"\xff", None])
def test_a_damaged_cache_costs_a_read(asked, damage):
    asked()
    (kept,) = asked.folder.iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"1}", b"7}") if damage is None else damage)
    assert asked() == {"a": 1}
    assert len(asked.reads) == 2


def test_a_folder_that_cannot_be_written_costs_a_read_each_time(asked):
    asked.folder.parent.mkdir(parents=True)
    asked.folder.write_text("no folder")
    assert asked() == asked() == {"a": 1}
    assert len(asked.reads) == 2
