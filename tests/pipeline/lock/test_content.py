"""Hashes and listings are data that others wrote: whatever is in them, nothing leads out of the cache."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trimtab.pipeline.lock.content import ContentError, checked, files_of, is_hash

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
def test_path_that_leads_out_of_a_folder_is_refused(name):
    with pytest.raises(ContentError, match="listing"):
        files_of(json.dumps([{"md5": HASH, "relpath": name}]).encode(), where="d")


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
def test_path_of_an_ordinary_file_is_taken(name):
    assert files_of(json.dumps([{"md5": HASH, "relpath": name}]).encode(), where="d") == {name: HASH}


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
def test_listing_that_is_none_is_refused(listing):
    with pytest.raises(ContentError):
        files_of(listing, where="d")


@given(
    st.lists(st.sampled_from(TRICKS) | st.text(max_size=4), min_size=1, max_size=5),
    st.sampled_from(SEPARATORS),
)
@example([".", ".git"], "/")
def test_path_that_is_taken_stays_in_its_folder_whatever_it_is(parts, separator):
    name = separator.join(parts)
    try:
        taken = files_of(json.dumps([{"md5": HASH, "relpath": name}]).encode(), where="d")
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
def test_value_that_is_taken_for_a_hash_is_hexadecimal(value):
    if is_hash(value):
        assert set(value.removesuffix(".dir")) <= set("0123456789abcdef")
        assert len(value.removesuffix(".dir")) == 32
        return
    with pytest.raises(ContentError, match="not a hash"):
        checked({"md5": value}, where="w")


def test_content_of_another_store_needs_no_hash_of_dvcs():
    assert checked({"etag": "../x"}, where="w") == {"etag": "../x"}
