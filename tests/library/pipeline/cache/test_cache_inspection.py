"""The cache and the remotes of a project as they are configured."""

from __future__ import annotations

import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.cache.cache_inspection import (
    cache_directory,
    find_link_types,
    open_remotes,
    remote_endpoints,
)

CONFIG = """\
[cache]
    dir = /somewhere/cache
['remote "minio"']
    url = s3://bucket/folder
    endpointurl = http://127.0.0.1:9000
['remote "aws"']
    url = s3://bucket/folder
['remote "disk"']
    url = /disk
"""


def test_cache_directory_is_that_of_the_configuration_or_the_default(project):
    checkout = project()
    assert cache_directory(checkout.root) == checkout.root / ".dvc" / "cache"
    checkout.write({".dvc/config": CONFIG})
    assert str(cache_directory(checkout.root)) == "/somewhere/cache"


def test_configuration_that_dvc_refuses_is_an_error(project):
    checkout = project()
    checkout.write({".dvc/config": "[no_such_section]\n    a = b\n"})
    with pytest.raises(ProjectError):
        cache_directory(checkout.root)


def test_only_link_types_that_work_are_returned(project, tmp_path):
    checkout = project()
    checkout.write({".dvc/config": "[cache]\n    type = hardlink,symlink\n"})
    assert find_link_types(checkout.root, tmp_path) == (["hardlink", "symlink"], ["hardlink", "symlink"])


def test_endpoints_are_those_of_remotes_behind_http(project):
    checkout = project()
    checkout.write({".dvc/config": CONFIG})
    assert remote_endpoints(checkout.root) == {
        "DVC remote 'minio'": "http://127.0.0.1:9000",
        "DVC remote 'aws'": "https://s3.amazonaws.com",
    }


def test_every_remote_is_opened(project, tmp_path):
    checkout = project()
    checkout.write({".dvc/config": CONFIG.replace("/somewhere", str(tmp_path))})
    with open_remotes(checkout.root) as remotes:
        assert [remote.name for remote in remotes] == ["minio", "aws", "disk"]
