"""Hashes and folder objects are untrusted data: none of them leads out of the cache or the project."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trimtab.pipeline.lock.content import ContentError, is_hash, parse_folder_object, validate_content

HASH = "0123456789abcdef" * 2
TRICKS = [
    "",
    ".",
    "..",
    "...",
    ".git",
    ".dvc",
    ".hg",
    "C:",
    "a",
    "con",
    "\0",
    "\\",
    "\udcff",
    "\ud800",
    "x" * 256,
]
SEPARATORS = ["/", "\\", "//", "/./", "\0"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a//b",
        "a/",
        "./a",
        "..\\x",
        "a\\..\\..\\x",
        "C:\\x",
        "C:/x",
        "a\0b",
        ".git/config",
        "a/.GIT/hooks/pre-commit",
        ".dvc/config",
        "a/.hg/hgrc",
        "\ud800",
        "x" * 256,
        3,
        None,
        ["a"],
    ],
    ids=ascii,
)
def test_folder_object_with_a_path_out_of_the_folder_is_refused(name):
    with pytest.raises(ContentError, match="folder object"):
        parse_folder_object(json.dumps([{"md5": HASH, "relpath": name}]).encode(), where="d")


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "a/b.txt",
        "über/日本 ½.csv",
        ".hidden",
        "a/.gitignore",
        "..a",
        "a..b/c",
        "8:30",
        "a b",
        "-x",
        "a\\b",
    ],
)
def test_folder_object_with_an_ordinary_path_is_accepted(name):
    assert parse_folder_object(json.dumps([{"md5": HASH, "relpath": name}]).encode(), where="d") == {
        name: HASH
    }


@pytest.mark.parametrize(
    "listing",
    [
        b"",
        b"{}",
        b"null",
        b"[1]",
        b'[{"md5": "x"}]',
        b"[" * 100_000,
        b"\xff\xfe\xff",
        json.dumps([{"md5": f"{HASH}.dir", "relpath": "a"}]).encode(),
        json.dumps([{"md5": "../x", "relpath": "a"}]).encode(),
        json.dumps([{"md5": HASH, "relpath": "a"}, {"md5": HASH, "relpath": "a/b/c"}]).encode(),
    ],
    ids=lambda listing: ascii(listing[:12]),
)
def test_text_that_is_no_folder_object_is_refused(listing):
    with pytest.raises(ContentError):
        parse_folder_object(listing, where="d")


@given(
    st.lists(st.sampled_from(TRICKS) | st.text(max_size=4), min_size=1, max_size=5),
    st.sampled_from(SEPARATORS),
)
@example([".", ".git"], "/")
def test_any_path_that_is_accepted_stays_in_its_folder(parts, separator):
    name = separator.join(parts)
    try:
        taken = parse_folder_object(json.dumps([{"md5": HASH, "relpath": name}]).encode(), where="d")
    except ContentError:
        return
    (path,) = taken
    inside = Path("/d/data", path)
    assert os.path.normpath(inside) == str(inside)
    assert inside.is_relative_to("/d/data")
    assert not {".git", ".dvc", ".hg"} & {part.lower() for part in inside.parts}
    os.fsencode(inside)


@given(st.text(max_size=40) | st.integers() | st.none() | st.lists(st.text(max_size=2), max_size=2))
@example(f"{HASH}\n")
@example("٠" * 32)
@example(f"{HASH}.dir.dir")
def test_any_hash_that_is_accepted_is_hexadecimal(value):
    if is_hash(value):
        assert set(value.removesuffix(".dir")) <= set("0123456789abcdef")
        assert len(value.removesuffix(".dir")) == 32
        return
    with pytest.raises(ContentError, match="not a hash"):
        validate_content({"md5": value}, where="w")


def test_content_of_another_store_needs_no_hash_of_dvc():
    assert validate_content({"etag": "../x"}, where="w") == {"etag": "../x"}
