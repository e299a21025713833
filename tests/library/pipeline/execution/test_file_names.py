"""Names that are not UTF-8 and dangling links: as in `dvc repro`, or refused by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli
from trimtab.errors import TrimtabError

STAGES = """\
stages:
  one:
    cmd: mkdir d && cp in.txt d/x{more}
    deps: [{dep}]
    outs: [d]
  two:
    cmd: ls d | wc -l > n
    deps: [d]
    outs: [n]
"""
NOT_UTF8 = os.fsdecode(b"\xff")


def link(root: Path, name: str, to: str = "nowhere") -> None:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).symlink_to(to)


@pytest.fixture
def made(project):
    def make(*, more: str = "", dep: str = "in.txt"):
        return project({"in.txt": "data\n", "in/file": "", "dvc.yaml": STAGES.format(more=more, dep=dep)})

    return make


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        (""" && touch "$(printf 'd/\\377')\"""", r"The name is not UTF-8: \S+/d/\\udcff"),
        (" && ln -s nowhere d/l", r"The link leads nowhere: \S+/d/l → nowhere"),
        (" && ln -s l d/l", r"The link leads nowhere: \S+/d/l → l"),
    ],
)
def test_output_that_dvc_cannot_store_is_named(made, monkeypatch, more, refused):
    checkout = made(more=more)
    monkeypatch.chdir(checkout.root)

    with pytest.raises(TrimtabError, match=refused) as refusal:
        CliRunner().invoke(cli, ["run"], catch_exceptions=False)

    assert refusal.value.where == "stage 'one'"


@pytest.mark.parametrize("command", ["plan", "run"])
@pytest.mark.parametrize(
    ("make", "refused"),
    [
        (lambda root: (root / "in" / NOT_UTF8).touch(), r"The name is not UTF-8: \S+/in/\\udcff"),
        (lambda root: link(root, "in/l"), r"The link leads nowhere: \S+/in/l → nowhere"),
        (lambda root: link(root, "in/l", "l"), r"The link leads nowhere: \S+/in/l → l"),
    ],
    ids=["not UTF-8", "dangling", "to itself"],
)
def test_dependency_that_dvc_cannot_hash_is_named(made, monkeypatch, command, make, refused):
    checkout = made(dep="in")
    make(checkout.root)
    checkout.commit()
    monkeypatch.chdir(checkout.root)

    with pytest.raises(TrimtabError, match=refused):
        CliRunner().invoke(cli, [command], catch_exceptions=False)


def test_run_ignores_invalid_names_and_dangling_links_that_no_stage_uses(made, as_dvc):
    checkout = made()
    (checkout.root / f"tracked{NOT_UTF8}").touch()
    link(checkout.root, "dead")
    link(checkout.root, "s/loop", "loop")
    link(checkout.root, "s/.gitignore")
    checkout.commit()
    checkout.git("checkout", "-q", "-b", f"branch{NOT_UTF8}")
    (checkout.root / f"untracked{NOT_UTF8}").touch()

    assert checkout.states() == {"one": "run", "two": "run"}
    as_dvc(checkout)
    assert checkout.states() == {"one": "unchanged", "two": "unchanged"}


@pytest.mark.parametrize("command", ["plan", "run"])
def test_project_with_a_path_that_is_not_utf8_is_refused_without_a_traceback(made, tmp_path, command):
    checkout = made().copy(tmp_path / f"p{NOT_UTF8}")

    main = "from trimtab.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", main, command], cwd=checkout.root, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert r"The name is not UTF-8: " in done.stderr
    assert r"/p\udcff" in done.stderr or "site_cache_dir" in done.stderr
    assert "Traceback" not in done.stderr
