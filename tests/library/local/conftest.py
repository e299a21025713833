"""The windows of a replay, in a folder."""

import pytest

from tests.library.local.replaying import window


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("windows")
    for number in range(6):
        window(number).to_parquet(folder / f"w{number}.parquet")
    return folder
