"""A trial of a project with other versions of Airflow, DVC and MLflow, in a throw-away environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from trimtab.errors import ProjectError
from trimtab.gate_report import REPORT
from trimtab.pipeline.git import git
from trimtab.pipeline.graph import Project, find_pipeline_folders
from trimtab.pipeline.lock import LOCK_FILE

TRIAL_PACKAGES = {"airflow": "apache-airflow", "dvc": "dvc", "mlflow": "mlflow"}
LAST_LINES = 15  # of a command that failed


@dataclass(frozen=True)
class TrialCheck:
    """One thing that has to be as it is with the locked versions.

    Attributes:
        name: What was checked.
        passed: Whether it is.
        detail: What differs, or what was compared.
    """

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True)
class Trial:
    """A clone of a project with an environment of its own.

    Attributes:
        project: The project. Nothing in it changes.
        clone: The clone of its last commit.
    """

    project: Path
    clone: Path

    def install(self, versions: Mapping[str, str]) -> None:
        """Resolve the project's packages with other versions of some, and install them into ``.venv``.

        The Makefile of the project does both. Bounds that another package or ``pyproject.toml`` has on these
        packages do not count. All other packages keep their locked versions where they can.

        Args:
            versions: The versions by package.

        Raises:
            ProjectError: They cannot be resolved or installed.
        """
        overrides = self.clone / ".git" / "overrides.txt"
        overrides.write_text("".join(f"{name}=={version}\n" for name, version in versions.items()))
        self._require("make", "lock", f"BIN={Path(sys.executable).parent}", UV_OVERRIDE=str(overrides))
        self._require("make", "setup", f"PYTHON={sys.executable}")

    def check(self) -> Iterator[TrialCheck]:
        """Yield the checks: the DAG files, then lock file and gates of each pipeline."""
        done = self._run("make", "dags")
        yield TrialCheck("DAG files", done.returncode == 0, _last_line(done))
        for name, folder in find_pipeline_folders(self.clone).items():
            yield from self._check_pipeline(name, folder)

    def _check_pipeline(self, name: str, folder: Path) -> Iterator[TrialCheck]:
        cache = _cache_folder(self.project / folder.relative_to(self.clone))
        binaries = self.clone / ".venv" / "bin"
        # As a remote, the project's cache is only read. The run cache must not get results of other versions.
        self._require(
            binaries / "dvc", "remote", "add", "--local", "--default", "trial", cache, folder=folder
        )
        self._require(binaries / "dvc", "pull", "--force", folder=folder)
        before = _gate_verdicts(folder)
        run = self._run(binaries / "trimtab", "run", "--force", folder=folder)
        yield TrialCheck(f"stages of {name}", run.returncode == 0, _last_line(run))
        changed = git(folder, "diff", "--stat", "HEAD", "--", LOCK_FILE)
        yield TrialCheck(f"{LOCK_FILE} of {name}", not changed, changed or "equal to that of the commit")
        after = _gate_verdicts(folder)
        for gate, verdict in before.items():
            now = after.get(gate, "no report")
            yield TrialCheck(f"gate {gate} of {name}", now == verdict, f"{verdict} -> {now}")

    def _run(
        self, *command: str | Path, folder: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        path = f"{self.clone / '.venv' / 'bin'}{os.pathsep}{env.get('PATH', '')}"
        return subprocess.run(
            command, cwd=folder or self.clone, env={**env, "PATH": path, **variables},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip

    def _require(self, *command: str | Path, folder: Path | None = None, **variables: str) -> None:
        done = self._run(*command, folder=folder, **variables)
        if done.returncode:
            raise ProjectError(
                f"`{Path(command[0]).name} {command[1]}` failed in the trial: exit code {done.returncode}",
                where="\n".join(done.stdout.splitlines()[-LAST_LINES:]),
                fix="give versions that can be installed, and `dvc pull` the data of the project before",
            )


def try_versions(
    root: Path, versions: Mapping[str, str], *, log_line: Callable[[str], None]
) -> list[TrialCheck]:
    """Check a project's last commit with other versions of packages. The project does not change.

    Args:
        root: A folder of the project.
        versions: The versions by package.
        log_line: Called with what is being done.

    Returns:
        The checks; all passed if the versions can be locked.

    Raises:
        ProjectError: The versions cannot be installed, or the project's data is not in its cache.
    """
    if not (Path(sys.executable).parent / "uv").is_file():
        raise ProjectError(
            "uv is not installed", where=sys.executable, fix="run this in the .venv of `make setup`"
        )
    top = Path(git(root, "rev-parse", "--show-toplevel"))
    with TemporaryDirectory(prefix="trimtab-trial-") as temporary:
        clone = Path(temporary) / "project"
        git(top, "clone", "--quiet", "--shared", "--", str(top), str(clone))
        trial = Trial(top, clone)
        log_line("Installing the packages: a minute or several")
        trial.install(versions)
        log_line("Parsing the DAG files and running all stages")
        return list(trial.check())


def _cache_folder(folder: Path) -> Path:
    from dvc.repo import Repo

    with Repo(str(folder)) as repo:
        return Path(repo.cache.local_cache_dir)


def _gate_verdicts(folder: Path) -> dict[str, str]:
    """Return the verdict in the report of each gate of a pipeline that has one."""
    reports = {
        stage.name: folder / out.path / REPORT
        for stage in Project(folder).graph().stages
        if stage.gate
        for out in stage.outs
    }
    return {
        gate: str(json.loads(report.read_text(encoding="utf-8"))["verdict"])
        for gate, report in reports.items()
        if report.is_file()
    }


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stdout.strip().splitlines() if not line.startswith("make: ")]
    return lines[-1] if lines else f"exit code {done.returncode}"
