"""Names in a backup location: the hash of the file."""

from __future__ import annotations

import hashlib
import io

import pytest

from trimtab.registry.retention.object_names import blob_name, matches_name, object_name

CONTENT = b"line\r\n"
MD5, DOS2UNIX = hashlib.md5(CONTENT).hexdigest(), hashlib.md5(b"line\n").hexdigest()


@pytest.mark.parametrize(
    "name",
    [
        blob_name(hashlib.sha256(CONTENT).hexdigest()),
        object_name(MD5, legacy=False),
        object_name(f"{MD5}.dir", legacy=False),
        object_name(DOS2UNIX, legacy=True),
    ],
)
def test_stream_matches_the_name_that_is_made_of_its_hash(name):
    assert matches_name(io.BytesIO(CONTENT), name)
    assert not matches_name(io.BytesIO(b"changed"), name)


def test_object_name_is_the_one_of_a_dvc_remote():
    assert object_name("ab" * 16, legacy=False) == f"files/md5/ab/{'ab' * 15}"
    assert object_name("ab" * 16, legacy=True) == f"ab/{'ab' * 15}"
    assert blob_name("cd" * 32) == f"blobs/cd/{'cd' * 31}"
