"""Where the local servers keep their state: databases, logs, reports, keys. One process uses it at a time."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from trimtab.errors import ServiceError
from trimtab.pipeline.git import git

HOST = "127.0.0.1"  # of every server
LOCK, PORTS = "lock", "ports.json"


class Home:
    """The state folder: ``TRIMTAB_HOME``, or ``.trimtab`` in the project.

    Used as a context manager it is locked, so that two stacks never share a database.

    Raises:
        ServiceError: The folder cannot be written, another process uses it, or it came with a commit.
    """

    def __init__(self, project: Path) -> None:
        self._project = project.resolve()
        self.path = Path(os.environ.get("TRIMTAB_HOME") or project / ".trimtab").resolve()
        self._lock: IO[str] | None = None

    @property
    def world(self) -> Path:
        """State of Airflow and MLflow."""
        return self.path / "world"

    @property
    def reports(self) -> Path:
        """Reports that can be read without a server."""
        return self.path / "reports"

    @property
    def logs(self) -> Path:
        """The servers' own logs."""
        return self.path / "logs"

    @property
    def sandboxes(self) -> Path:
        """Where tasks keep their temporary files; emptied when the folder is locked anew."""
        return self.path / "sandboxes"

    def __enter__(self) -> Self:
        self._refuse_foreign()
        try:
            for folder in (self.world, self.reports, self.logs, self.sandboxes):
                folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / LOCK).open("a+", encoding="utf-8")
        except OSError as err:
            raise ServiceError(
                f"The state folder cannot be written: {err.strerror}",
                where=str(self.path),
                fix="make it writable, or set TRIMTAB_HOME to a folder that is",
            ) from err
        self._take_lock(self._lock)
        for left in self.sandboxes.iterdir():  # of tasks that were killed with the servers
            shutil.rmtree(left, ignore_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock:
            self._lock.close()

    def _refuse_foreign(self) -> None:
        """Refuse what came with a commit, and a link in place of the folder that is emptied."""
        if self.sandboxes.is_symlink():
            wrong, fix = f"The folder is a link: {self.sandboxes}", "remove the link: that folder is emptied"
        elif self.path.is_relative_to(self._project) and self._tracked():
            wrong, fix = (
                f"git tracks a part of the state folder: {self._tracked()}",
                "`git rm -r --cached` it",
            )
        else:
            return
        raise ServiceError(wrong, where=str(self.path), fix=fix)

    def _tracked(self) -> str:
        in_git = any((folder / ".git").exists() for folder in (self._project, *self._project.parents))
        return git(self._project, "ls-files", "--", str(self.path)).partition("\n")[0] if in_git else ""

    def _take_lock(self, file: IO[str]) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            file.seek(0)
            owner = file.read().strip()
            file.close()
            raise ServiceError(
                f"Another process ({owner or 'unknown'}) uses the state folder",
                where=str(self.path),
                fix="stop it with Ctrl-C there, or set TRIMTAB_HOME to another folder",
            ) from err
        file.truncate(0)
        file.write(f"pid {os.getpid()}")
        file.flush()

    def ports(self) -> dict[str, int]:
        """Return the ports of the last time; 0 where there is none."""
        try:
            found = json.loads((self.path / PORTS).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            found = None
        known = found if isinstance(found, dict) else {}
        ports = {name: known.get(name) for name in ("airflow", "mlflow")}
        return {name: port if type(port) is int and 0 < port < 2**16 else 0 for name, port in ports.items()}

    def announce(self, ports: Mapping[str, int]) -> None:
        """Keep the ports of the servers that answer now; :func:`running_mlflow` finds them."""
        (self.path / PORTS).write_text(json.dumps(dict(ports)), encoding="utf-8")

    def in_use(self) -> bool:
        """Whether a process holds the folder."""
        try:
            with (self.path / LOCK).open(encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def new_world(self) -> Path | None:
        """Set the present state aside and begin with an empty one.

        Returns:
            Where the earlier state is now, if there was one.
        """
        if not any(self.world.iterdir()):
            return None
        aside = self.path / "earlier" / datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
        aside.parent.mkdir(exist_ok=True)
        self.world.rename(aside)
        self.world.mkdir()
        return aside

    def keys(self) -> dict[str, str]:
        """Return the servers' secret keys, made once and readable by the owner only."""
        file = self.world / "keys.json"
        if not file.exists():
            made = {
                "jwt": secrets.token_hex(64),
                "api": secrets.token_hex(32),
                "fernet": base64.urlsafe_b64encode(os.urandom(32)).decode(),
            }
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
                json.dump(made, target)
        keys: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        return keys


def running_mlflow(project: Path) -> str | None:
    """Return the address of the MLflow that a project's local stack runs now; None if none does.

    Args:
        project: The project's root.
    """
    home = Home(project)
    port = home.ports()["mlflow"] if (home.path / PORTS).is_file() else 0
    return f"http://{HOST}:{port}" if port and home.in_use() else None
