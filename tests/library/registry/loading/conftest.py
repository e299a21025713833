"""A checkout with two registered versions, and an attacker of the first."""

from __future__ import annotations

import subprocess

import pytest
from click.testing import CliRunner

from tests.library.registry.attacker import Attacker
from tests.library.registry.rows import flights
from trimtab.cli.main import cli
from trimtab.errors import TrimtabError
from trimtab.registry import find_version, promote_manually
from trimtab.registry.tracking.seal import require_tags

NAME = "attacked"

VICTIM, CHAMPION = 1, 2  # versions


@pytest.fixture(scope="session")
def world(server, template, weak, strong, tmp_path_factory):
    """A checkout with two versions that were champion; its git repository has both."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        project = template.copy(tmp_path_factory.mktemp("attacked"), NAME)
        patch.chdir(project.root)
        (project.root / ".gitignore").write_text("/models\n/reports/validate_*\n/reports/plots\n/windows\n")
        (project.root / ".dvc" / ".gitignore").write_text("/tmp\n/cache\n/config.local\n")
        file = project.root / "dvc.yaml"
        file.write_text(file.read_text().replace("  flights: {", f"  {NAME}: {{"))
        params = project.root / "params.yaml"
        params.write_text(
            params.read_text() + "retention: {champion_days: 730, candidate_days: 90, verdict_days: 730, "
            "report_days: 30, object_days: 30}\n"
        )
        subprocess.run(["git", "init", "-q"], check=True)
        for model in (weak, strong):
            project.put(model)
            project.repro()
            for args in (["add", "-A"], ["commit", "-qm", "Run"]):
                subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], check=True)
            assert CliRunner().invoke(cli, ["publish"], catch_exceptions=False).exit_code == 0
            newest = find_version(NAME, VICTIM if model is weak else CHAMPION)
            promote_manually(newest, by="alice", reason="r")
        windows = project.root / "windows"
        windows.mkdir()
        flights(200, seed=5).to_parquet(windows / "2013-06.parquet")
    return project


@pytest.fixture
def attacker(client, world, server, monkeypatch, tmp_path):
    """Who attacks the first version; afterwards all is as it was, and nothing has run."""
    monkeypatch.chdir(world.root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("CANARY", str(tmp_path / "canary"))
    attacker = Attacker(server, NAME, VICTIM)
    yield attacker
    attacker.undo()
    require_tags(find_version(NAME, VICTIM))
    assert not (tmp_path / "canary").exists(), "code of the attacker's was executed"


SCORE = ("score", "--key", "hour", "made/test.parquet")

ALTERED = r"differ from those (that were registered|it was registered with)"


def run(*args: str) -> str:
    done = CliRunner().invoke(cli, args)
    if done.exit_code == 0:
        return ""
    assert isinstance(done.exception, (TrimtabError, SystemExit)), done.exception
    return done.output + str(done.exception)
