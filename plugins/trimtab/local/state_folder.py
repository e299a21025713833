"""The state folder of the local servers: databases, logs, reports, keys. One process uses it at a time."""

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

HOST = "127.0.0.1"  # the address of every local server
LOCK, PORTS = "lock", "ports.json"


class StateFolder:
    """The state folder: ``TRIMTAB_HOME``, or ``.trimtab`` in the project.

    As a context manager it is locked, so that two groups of servers never share a database.

    Args:
        project: The project's root.

    Raises:
        ServiceError: The folder cannot be written, another process uses it, or git tracks a file in it.
    """

    def __init__(self, project: Path) -> None:
        self._project = project.resolve()
        self.path = Path(os.environ.get("TRIMTAB_HOME") or project / ".trimtab").resolve()
        self._lock: IO[str] | None = None

    @property
    def server_state(self) -> Path:
        """The databases, artifacts and logs of Airflow and MLflow."""
        return self.path / "world"

    @property
    def reports(self) -> Path:
        """Reports that open without a server."""
        return self.path / "reports"

    @property
    def logs(self) -> Path:
        """The logs of the server processes."""
        return self.path / "logs"

    @property
    def sandboxes(self) -> Path:
        """The temporary files of tasks; emptied when the state folder is locked."""
        return self.path / "sandboxes"

    def __enter__(self) -> Self:
        self._refuse_committed_files()
        try:
            for folder in (self.server_state, self.reports, self.logs, self.sandboxes):
                folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / LOCK).open("a+", encoding="utf-8")
        except OSError as err:
            raise ServiceError(
                f"The state folder cannot be written: {err.strerror}",
                where=str(self.path),
                fix="make it writable, or set TRIMTAB_HOME to a folder that is",
            ) from err
        self._acquire_lock(self._lock)
        for folder in self.sandboxes.iterdir():  # left by tasks that were killed with the servers
            shutil.rmtree(folder, ignore_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock:
            self._lock.close()

    def _refuse_committed_files(self) -> None:
        """Refuse files that a commit brought, and a symlink in place of the folder that is emptied."""
        if self.sandboxes.is_symlink():
            problem = f"The sandbox folder is a symlink: {self.sandboxes}"
            fix = "remove the symlink; the folder behind it would be emptied"
        elif self.path.is_relative_to(self._project) and self._first_tracked_file():
            problem = f"git tracks a file in the state folder: {self._first_tracked_file()}"
            fix = "remove it from git with `git rm -r --cached`"
        else:
            return
        raise ServiceError(problem, where=str(self.path), fix=fix)

    def _first_tracked_file(self) -> str:
        in_git = any((folder / ".git").exists() for folder in (self._project, *self._project.parents))
        return git(self._project, "ls-files", "--", str(self.path)).partition("\n")[0] if in_git else ""

    def _acquire_lock(self, file: IO[str]) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            file.seek(0)
            owner = file.read().strip()
            file.close()
            raise ServiceError(
                f"The state folder is in use by another process: {owner or 'unknown pid'}",
                where=str(self.path),
                fix="stop that process with Ctrl-C, or set TRIMTAB_HOME to another folder",
            ) from err
        file.truncate(0)
        file.write(f"pid {os.getpid()}")
        file.flush()

    def last_ports(self) -> dict[str, int]:
        """Return the servers' ports at the last start, by server; 0 if there was none."""
        try:
            found = json.loads((self.path / PORTS).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            found = None
        known = found if isinstance(found, dict) else {}
        ports = {name: known.get(name) for name in ("airflow", "mlflow")}
        return {name: port if type(port) is int and 0 < port < 2**16 else 0 for name, port in ports.items()}

    def save_ports(self, ports: Mapping[str, int]) -> None:
        """Save the ports of the running servers, for :func:`running_mlflow` and the next start."""
        (self.path / PORTS).write_text(json.dumps(dict(ports)), encoding="utf-8")

    def is_locked(self) -> bool:
        """Whether a process has locked the folder."""
        try:
            with (self.path / LOCK).open(encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def move_server_state_aside(self) -> Path | None:
        """Move the servers' state into ``earlier/``, so that they start with an empty one.

        Returns:
            The folder it was moved to; None if there was no state.
        """
        if not any(self.server_state.iterdir()):
            return None
        earlier = self.path / "earlier" / datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
        earlier.parent.mkdir(exist_ok=True)
        self.server_state.rename(earlier)
        self.server_state.mkdir()
        return earlier

    def keys(self) -> dict[str, str]:
        """Return the servers' secret keys; created once, readable by the owner only."""
        file = self.server_state / "keys.json"
        if not file.exists():
            created = {
                "jwt": secrets.token_hex(64),
                "api": secrets.token_hex(32),
                "fernet": base64.urlsafe_b64encode(os.urandom(32)).decode(),
            }
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
                json.dump(created, target)
        keys: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        return keys


def running_mlflow(project: Path) -> str | None:
    """Return the address of the MLflow among a project's running local servers; None if none runs.

    Args:
        project: The project's root.
    """
    state = StateFolder(project)
    port = state.last_ports()["mlflow"] if (state.path / PORTS).is_file() else 0
    return f"http://{HOST}:{port}" if port and state.is_locked() else None
