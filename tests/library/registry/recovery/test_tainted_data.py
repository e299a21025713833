"""Isolate a content, and what is refused."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("places", "nothing_isolated")]


def test_data_that_nothing_came_of_is_isolated_and_the_command_says_so(site):
    done = site.run("isolate", "f" * 32, "--reason", "r")

    assert done.exit_code == 0, done.exception
    assert "No version, score or verdict came of it" in done.output


def test_isolate_of_a_path_is_refused_with_how_to_get_the_hash(site):
    error = site.run("isolate", "data/raw.csv", "--reason", "r").exception

    assert "md5sum FILE" in str(error)
