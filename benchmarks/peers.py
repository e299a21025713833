"""The tools that run a pipeline, each as its own manual says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from benchmarks.shapes import Shape

BIN = Path(sys.executable).parent
SNAKEMAKE = "9.27.1"


class Peer(Protocol):
    """A tool under measurement."""

    name: str

    def prepare(self, folder: Path, shape: Shape) -> None:
        """Make a project of the shape in an empty folder, with nothing run yet."""

    def command(self, jobs: int) -> list[str]:
        """The command that brings the project up to date."""


class Dvc:
    """``dvc repro``, which runs one stage after the other."""

    name = "dvc repro"

    def prepare(self, folder: Path, shape: Shape) -> None:
        """Make a git repository with a DVC project and commit it."""
        shape.write_dvc(folder)
        git = ["git", "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost"]
        for command in (
            ["git", "init", "--quiet"],
            [str(BIN / "dvc"), "init", "--quiet"],
            ["git", "add", "--all"],
            [*git, "commit", "--quiet", "--message", shape.title],
        ):
            subprocess.run(command, cwd=folder, env=environment(folder), check=True)

    def command(self, jobs: int) -> list[str]:
        """There is no option for several jobs."""
        return [str(BIN / "dvc"), "repro"]


class Trimtab(Dvc):
    """``trimtab run`` on the same project."""

    name = "trimtab run"

    def command(self, jobs: int) -> list[str]:
        """As a user calls it."""
        return [str(BIN / "trimtab"), "run", "--jobs", str(jobs)]


class Snakemake:
    """Snakemake with one rule per stage, in an environment of its own.

    It is no dependency of the project; so that one command still measures everything, it is installed here.

    Args:
        home: The folder below which its environment is kept.
    """

    name = "Snakemake"

    def __init__(self, home: Path) -> None:
        self.venv = home / f"snakemake-{SNAKEMAKE}"

    def install(self) -> None:
        """Make the environment, unless it is there."""
        make_environment(self.venv, f"snakemake=={SNAKEMAKE}")

    def prepare(self, folder: Path, shape: Shape) -> None:
        """Write the Snakefile and the source."""
        shape.write_snakemake(folder)

    def command(self, jobs: int) -> list[str]:
        """As a user calls it."""
        return [str(self.venv / "bin" / "snakemake"), f"-j{jobs}"]


def make_environment(venv: Path, *packages: str) -> None:
    """Install packages into an environment of their own, unless they are there.

    Its bytecode is compiled, as ours is.
    """
    made = venv / ".made"
    if made.exists():
        return
    uv, python = str(BIN / "uv"), str(venv / "bin" / "python")
    asked = subprocess.run(
        [BIN / "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    index = {"UV_DEFAULT_INDEX": asked.stdout.strip()} if asked.stdout.strip() else {}
    for arguments in (
        ["venv", "--quiet", "--clear", "--python", sys.executable, str(venv)],
        ["pip", "install", "--quiet", "--compile-bytecode", "--python", python, *packages],
    ):
        subprocess.run([uv, *arguments], env={**os.environ, **index}, check=True)
    made.touch()


def environment(folder: Path) -> dict[str, str]:
    """Return the environment the tools run in: this one, with nothing that slows or disturbs one of them.

    DVC's own state goes beside the folder, so that a cold run is cold. Bytecode may be written: that of the
    environments is compiled when they are made, and ours would be at its first use.
    """
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(folder.with_name(f"{folder.name}.site")),
    }
