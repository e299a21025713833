"""A cache of JSON files in a folder."""

from __future__ import annotations

import os
import threading

import pytest

from trimtab.json_cache import MAX_TEMPORARY_FILES, JsonCache, content_key


@pytest.fixture
def cache(tmp_path) -> JsonCache:
    return JsonCache(tmp_path / "cache", ".json", 3)


def test_value_that_was_written_is_read(cache):
    cache.write("key", '{"a": [1, null]}')

    assert cache.read("key") == {"a": [1, None]}
    assert cache.read("other") is None


@pytest.mark.parametrize("content", [b"", b'{"a": ', b"\xff\xfe", b"no JSON"])
def test_file_that_is_no_json_is_missing(cache, content):
    cache.write("key", "1")
    cache.path("key").write_bytes(content)

    assert cache.read("key") is None


def test_folder_that_cannot_be_created_is_an_empty_cache(tmp_path):
    (tmp_path / "file").touch()
    cache = JsonCache(tmp_path / "file" / "cache", ".json", 3)

    cache.write("key", "1")
    cache.mark("key")

    assert cache.read("key") is None
    assert cache.newest_first() == []


def test_least_recently_used_files_are_removed(cache):
    for number in range(3):
        cache.write(str(number), "1")
        os.utime(cache.path(str(number)), (number, number))
    cache.read("0")

    cache.write("new", "1")

    assert {path.stem for path in cache.newest_first()} == {"new", "0", "2"}


def test_files_of_another_kind_are_kept(cache):
    marks = JsonCache(cache.folder, ".lock", 10)
    for number in range(5):
        marks.mark(str(number))

    for number in range(5):
        cache.write(str(number), "1")

    assert len(cache.newest_first()) == 3
    assert len(marks.newest_first()) == 5


def test_temporary_files_of_processes_that_were_killed_are_removed(cache):
    cache.folder.mkdir()
    for number in range(MAX_TEMPORARY_FILES + 5):
        (cache.folder / f".{number}.tmp").touch()

    cache.write("key", "1")

    assert len(list(cache.folder.glob(".*.tmp"))) == MAX_TEMPORARY_FILES


def test_threads_that_write_and_read_at_once_never_read_half_a_value(cache):
    values = ["[" + ", ".join([str(number)] * 5000) + "]" for number in range(4)]
    found = []

    def write_and_read(text: str) -> None:
        for _ in range(20):
            cache.write("key", text)
            found.append(cache.read("key"))

    threads = [threading.Thread(target=write_and_read, args=(text,)) for text in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 80
    assert all(value is not None and len(set(value)) == 1 and len(value) == 5000 for value in found)


def test_key_of_the_same_text_is_the_same():
    assert content_key("a") == content_key("a") != content_key("b")
    assert len(content_key("a")) == 64
