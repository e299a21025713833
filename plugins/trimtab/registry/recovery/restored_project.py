"""The restored project of a drill: disconnected from all but the backup, and the commands that run in it."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trimtab
from trimtab.pipeline.execution import CommandError, run_commands
from trimtab.pipeline.git import git

EMPTY_REMOTE = "\n[core]\n    remote = drill\n['remote \"drill\"']\n    url = {url}\n"
OF_THE_LIVE_SERVER = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN")
LINES = 3  # of a failed command's output, in its error


class DrillError(Exception):
    """The drill cannot go on: what it found."""


@dataclass(frozen=True)
class RestoredProject:
    """A restored project.

    Attributes:
        root: Its root.
        place: The temporary folder of the drill.
        log_line: Called with each line that a command prints.
    """

    root: Path
    place: Path
    log_line: Callable[[str], None]

    @property
    def head(self) -> str:
        """The commit that is checked out."""
        return git(self.root, "rev-parse", "HEAD")

    def disconnect(self) -> None:
        """Give the project an empty remote, so that all data has to come from the backup."""
        folder = self.place / "no-remote"
        folder.mkdir()
        with (self.root / ".dvc" / "config.local").open("a", encoding="utf-8") as file:
            file.write(EMPTY_REMOTE.format(url=folder))

    def call(self, address: str, *args: str, accept: tuple[int, ...] = (0,)) -> Any:
        """Run a command of the command line with ``--json``, and return its result.

        Args:
            address: The MLflow server on the restored data.
            args: The command and its arguments.
            accept: Exit codes with a result.

        Raises:
            DrillError: The exit code is another one.
            StageError: The command could not be started.
        """
        result = self.place / "result.json"
        # -P: the folder of the project is no place to import the library from.
        command = shlex.join([sys.executable, "-P", "-m", "trimtab.cli", *args, "--json"])
        lines: list[str] = []

        def show(text: str) -> None:
            lines.extend(text.splitlines())
            self.log_line(text)

        try:
            run_commands(
                [f"{command} > {shlex.quote(str(result))}"],
                where=f"trimtab {args[0]}, in the restored project",
                cwd=self.root,
                env=self._environment(address),
                show=show,
            )
        except CommandError as err:
            if err.exit_code not in accept:
                said = " ".join(lines[-LINES:])
                raise DrillError(f"`trimtab {args[0]}` failed in the restored project: {said}") from err
        return json.loads(result.read_text(encoding="utf-8"))

    def _environment(self, address: str) -> dict[str, str]:
        library = str(Path(trimtab.__file__).parents[1])  # Airflow imports it from its folder of plugins
        path = os.environ.get("PYTHONPATH", "")
        own = {name: value for name, value in os.environ.items() if name not in OF_THE_LIVE_SERVER}
        return {
            **own,
            "MLFLOW_TRACKING_URI": address,
            "PYTHONPATH": f"{library}{os.pathsep}{path}" if path else library,
            "TRIMTAB_HOME": str(self.place / "home"),
        }
