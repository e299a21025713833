"""The retention of cache objects."""

from __future__ import annotations

import pytest

from tests.library.registry.retention.prunable import damage, prune
from trimtab.pipeline.cache.garbage_collection import OID
from trimtab.registry.retention.cache_objects import expired_cache_objects
from trimtab.registry.retention.retention_policy import RetentionPolicy


@pytest.mark.slow
def test_prune_removes_the_cache_objects_of_a_version_after_the_version(client, candidates, name, age):
    locks = [OID.findall(candidates.checkout.show(commit, "dvc.lock")) for commit in ("HEAD~2", "HEAD")]
    only_first = {oid for oid in set(locks[0]) - set(locks[1]) if candidates.object(oid).exists()}
    age(1, 2)

    prune(candidates, name, "--yes")
    assert only_first == {oid for oid in only_first if candidates.object(oid).exists()} != set()
    shown = prune(candidates, name, "--yes")

    assert "objects of DVC's cache" in shown
    assert not any(candidates.object(oid).exists() for oid in only_first)
    client.set_registered_model_alias(name, "champion", "3")
    assert damage(candidates, name) == []


def test_unused_cache_objects_are_one_removal_that_removes_each_file(tmp_path):
    objects = {tmp_path / name: 600 for name in ("a", "b")}
    for file in objects:
        file.touch()

    (removal,) = expired_cache_objects(objects, "", RetentionPolicy(object_days=30))
    (tmp_path / "a").unlink()  # another process was first
    removal.remove()

    assert (removal.what, removal.size) == ("2 objects of DVC's cache", 1200)
    assert "within 30 days" in removal.why
    assert list(tmp_path.iterdir()) == []


def test_cache_without_an_unused_object_has_no_removal():
    assert list(expired_cache_objects({}, "", RetentionPolicy())) == []


def test_cache_that_was_passed_over_says_why():
    (removal,) = expired_cache_objects({}, "a run is going on", RetentionPolicy())

    assert (removal.what, removal.size, removal.why) == ("no object of DVC's cache", 0, "a run is going on")
