"""DVC's cache, compared with `dvc add` and `dvc checkout` of the same files."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from dvc_data.hashfile import hash as hashing
from dvc_data.hashfile.hash import file_md5
from ruamel.yaml import YAML

from trimtab.pipeline.cache.cache import DvcCache, MissingObjectError
from trimtab.pipeline.lock.content import Content, is_folder


def tree(*files: str, **texts: str) -> Callable[[Path], object]:
    """Return a function that makes a folder of files."""

    def make(path: Path) -> None:
        path.mkdir()
        for name, text in {**dict.fromkeys(files, "text\n"), **texts}.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(text.encode())

    return make


def with_links(path: Path) -> None:
    tree("x", "d/y")(path)
    (path / "file").symlink_to("x")
    (path / "folder").symlink_to("d")


def executable(path: Path) -> None:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


CONTENTS: dict[str, Callable[[Path], object]] = {
    "file": lambda path: path.write_text("text\n"),
    "empty file": lambda path: path.touch(),
    "binary file": lambda path: path.write_bytes(bytes(range(256)) * 999),
    "lines of Windows": lambda path: path.write_bytes(b"one\r\ntwo\r\n"),
    "executable": executable,
    "folder": tree("x", "d/e/y", empty=""),
    "empty folder": tree(),
    "folder in folder that is empty": lambda path: (path / "d").mkdir(parents=True),
    "names": tree("ünï", "a b", 'it\'s "x"', "new\nline", "[x]*", "ﬁ", "-", "#"),
    "order of names": tree("a", "a-b", "a.b", "a b", "aé/x", "a0/x", "A/x", "a!/x"),
    "same content twice": tree("x", "y", "d/x"),
    "ignored files": tree("x", "x.tmp", "d/y.tmp", "skipped/x"),
    "links": with_links,
}


@pytest.fixture(scope="module")
def ignoring() -> dict[str, str]:
    return {".dvcignore": "*.tmp\nskipped/\n"}


@pytest.mark.parametrize("kind", CONTENTS)
def test_content_put_and_checked_out_is_the_one_of_dvc(project, tmp_path, ignoring, kind):
    ours, theirs = project(ignoring), project(ignoring, folder="theirs")
    CONTENTS[kind](ours.root / "it")
    CONTENTS[kind](theirs.root / "it")
    with theirs.dvc() as repo:
        repo.add("it")

    with ours.dvc() as repo:
        store = DvcCache(repo)
        content = store.put(ours.root / "it")
        store.check_out(content, ours.root / "back", what="it", where="here")
        assert store.hash(ours.root / "back") == content
        assert store.has(content)

    (added,) = YAML(typ="safe").load(theirs.read("it.dvc"))["outs"]
    assert content == {key: added[key] for key in added if key != "path"}
    assert objects(ours.root) == objects(theirs.root)
    (theirs.root / "it.dvc").rename(theirs.root / "back.dvc")
    theirs.edit("back.dvc", "path: it", "path: back")
    with theirs.dvc() as repo:
        repo.checkout("back")
    assert files(ours.root / "back") == files(theirs.root / "back")


@pytest.mark.parametrize("kind", ["file", "lines of Windows", "folder", "executable"])
def test_content_put_as_legacy_is_the_one_of_dvc_2(project, kind):
    checkout = project({})
    CONTENTS[kind](checkout.root / "it")
    with checkout.dvc() as repo:
        content = DvcCache(repo).put(checkout.root / "it", legacy=True)
        size = f"  nfiles: {content['nfiles']}\n" if is_folder(content) else ""
        checkout.write(
            {"it.dvc": f"outs:\n- md5: {content['md5']}\n  size: {content['size']}\n{size}  path: it\n"}
        )
    with checkout.dvc() as repo:
        assert repo.status() == {}
        assert DvcCache(repo).has(content)


@pytest.mark.parametrize("types", ["copy", "reflink,copy", "hardlink", "symlink", "hardlink,symlink"])
def test_checkout_uses_the_configured_link_type(project, types):
    checkout = project({})
    checkout.write({".dvc/config": f'[cache]\n    type = "{types}"\n'})
    tree("x")(checkout.root / "it")
    with checkout.dvc() as repo:
        store = DvcCache(repo)
        content = store.put(checkout.root / "it")
        store.check_out(content, checkout.root / "back", what="it", where="here")
        store.check_out(content, checkout.root / "own", what="it", where="here", copy=True)
        store.relink(content, checkout.root / "it")

    cached = checkout.cache_object("e1cbb0c3879af8347246f12c559a86b5")  # text
    linked = [types.split(",")[0] in ("hardlink", "symlink")] * 2 + [False]
    assert [(checkout.root / name / "x").samefile(cached) for name in ("back", "it", "own")] == linked
    assert stat.S_IMODE(cached.stat().st_mode) == 0o444
    assert (checkout.root / "own" / "x").stat().st_mode & stat.S_IWUSR


def test_symlink_that_was_put_becomes_a_file_after_relink(project):
    checkout = project({})
    with_links(checkout.root / "it")
    with checkout.dvc() as repo:
        store = DvcCache(repo)
        store.relink(store.put(checkout.root / "it"), checkout.root / "it")

    assert not (checkout.root / "it/file").is_symlink()
    assert (checkout.root / "it/file").read_text() == "text\n"


@pytest.mark.parametrize("disposable", [False, True])
def test_put_of_a_symlink_stores_a_file(project, disposable):
    checkout = project({})
    with_links(checkout.root / "it")
    with checkout.dvc() as repo:
        content = DvcCache(repo, disposable=disposable).put(checkout.root / "it")
        assert DvcCache(repo).has(content)

    assert not any(path.is_symlink() for path in (checkout.root / ".dvc/cache").rglob("*"))


def test_put_of_a_hard_link_leaves_the_other_file_unchanged(project, tmp_path):
    checkout, outside = project({}), tmp_path / "outside"
    outside.write_text("text\n")
    outside.chmod(0o640)
    (checkout.root / "it").hardlink_to(outside)
    with checkout.dvc() as repo:
        store = DvcCache(repo, disposable=True)
        content = store.put(checkout.root / "it")
        outside.write_text("other\n")
        assert DvcCache(repo).has(content)
        store.check_out(content, checkout.root / "back", what="it", where="here")

    assert stat.S_IMODE(outside.stat().st_mode) == 0o640
    assert (checkout.root / "back").read_text() == "text\n"


@pytest.fixture
def stored(project) -> Callable[..., tuple[DvcCache, Content, Path]]:
    """Store a file or a folder, and open the cache again."""
    opened = []

    def put(kind: str) -> tuple[DvcCache, Content, Path]:
        checkout = project({})
        CONTENTS[kind](checkout.root / "it")
        opened.append(manager := checkout.dvc())
        store = DvcCache(manager.__enter__())
        return store, store.put(checkout.root / "it"), checkout.root

    yield put
    for manager in opened:
        manager.__exit__(None, None, None)


@pytest.mark.parametrize("touched", [True, False])
@pytest.mark.parametrize(("kind", "damaged"), [("file", "file"), ("folder", "file"), ("folder", "listing")])
def test_checkout_of_a_corrupt_object_fails_and_removes_it(stored, kind, damaged, touched):
    store, content, root = stored(kind)
    damage = [
        path
        for path in (root / ".dvc/cache").rglob("*")
        if path.is_file() and (path.suffix == ".dir") == (damaged == "listing")
    ]
    for path in damage:
        mode, size = path.stat().st_mode, path.stat().st_size
        path.chmod(0o644)
        path.write_bytes(b"#" * size)
        if not touched:
            path.chmod(mode)  # as DVC, which trusts it then

    with pytest.raises(MissingObjectError, match="is not in DVC"):
        store.check_out(content, root / "back", what="it", where="here")

    assert not (root / "back").exists()
    assert not store.has(content)
    assert not any(path.exists() and path.read_bytes().startswith(b"#") for path in damage)
    assert store.put(root / "it") == content
    store.check_out(content, root / "back", what="it", where="here")


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_cache_without_one_object_of_a_content_lacks_the_content(stored, kind):
    store, content, root = stored(kind)
    next(
        path for path in (root / ".dvc/cache").rglob("*") if path.is_file() and path.suffix != ".dir"
    ).unlink()

    assert not store.has(content)
    with pytest.raises(MissingObjectError, match="to do"):
        store.ensure_cached(content, what="it", where="here")


@pytest.mark.parametrize("there", ["file", "folder", "links"])
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_checkout_replaces_what_is_at_the_path(stored, kind, there):
    store, content, root = stored(kind)
    CONTENTS[there](root / "back")

    store.check_out(content, root / "back", what="it", where="here")

    assert files(root / "back") == files(root / "it")


def test_content_without_a_hash_is_not_cached(stored):
    store, _, _ = stored("file")

    assert not store.has({"size": 1})


def objects(root: Path) -> dict[str, bytes]:
    cache = root / ".dvc/cache"
    return {str(path.relative_to(cache)): path.read_bytes() for path in cache.rglob("*") if path.is_file()}


def files(path: Path) -> dict[str, tuple[bytes, int]]:
    paths = path.rglob("*") if path.is_dir() else [path]
    return {
        os.path.relpath(file, path): (file.read_bytes(), file.stat().st_mode & 0o100)
        for file in paths
        if file.is_file()
    }


def test_intact_object_that_replaces_a_corrupt_one_during_hashing_is_kept(project, monkeypatch):
    """Two stages with equal outputs may store the same object at the same time."""
    checkout = project({})
    tree("x")(checkout.root / "it")
    with checkout.dvc() as repo:
        store, other = DvcCache(repo), DvcCache(repo)
        content = store.put(checkout.root / "it" / "x")
        cached = checkout.cache_object(content["md5"])
        cached.chmod(0o644)
        cached.write_text("corrupt")

        def hash_slowly(path: str, *args: object, **options: object) -> str:
            found = file_md5(path, *args, **options)
            monkeypatch.undo()
            if path == str(cached):
                other.put(checkout.root / "it" / "x")
            return found

        monkeypatch.setattr(hashing, "file_md5", hash_slowly)
        store.objects_of(content).is_intact(content["md5"])

    assert cached.read_text() == "text\n"
