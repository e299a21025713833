"""The command `trimtab serve`: what it refuses before anything is read."""

from __future__ import annotations

from click.testing import CliRunner

from trimtab.cli.main import cli


def test_serve_without_manifest_says_what_to_print():
    done = CliRunner().invoke(cli, ["serve"])
    assert done.exit_code == 2
    assert "--manifest" in done.output
