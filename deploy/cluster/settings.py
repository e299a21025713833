"""The environment of each host: both files ``settings.env``, with addresses and secrets of this cluster."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from trimtab.errors import ServiceError

# Those of every deployment, then those of this one, which win.
SETTINGS = (Path(__file__).parents[1] / "settings.env", Path(__file__).with_name("settings.env"))
LOOPBACK = "127.0.0.1"
# "weed" listens on four ports, and on one more for each of them.
WEED = ("master", "volume", "filer", "s3")
PORTS = ("postgres", "redis", "airflow", "mlflow", *WEED, *(f"{part}.grpc" for part in WEED))
KEPT = ("LANG", "LC_ALL", "PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")  # of this process's environment


@dataclass(frozen=True)
class Values:
    """What differs from cluster to cluster; it is kept, so that a second start has the same.

    Attributes:
        folder: The state of the cluster.
        ports: Port of each server on the loopback interface.
        secrets: Keys and passwords, by the name that ``settings.env`` has for them.
    """

    folder: Path
    ports: Mapping[str, int]
    secrets: Mapping[str, str]

    @classmethod
    def load(cls, folder: Path) -> Values:
        """Read the values of a cluster; those of a new one are chosen.

        Raises:
            ServiceError: Another user can write to the folder.
        """
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)  # PostgreSQL may run as another user
        _require_own(folder)
        file = folder / "values.json"
        if not file.is_file():
            content = {"ports": free_ports(PORTS), "secrets": new_secrets()}
            write_secret(file, json.dumps(content, indent=1))
        return cls(folder, **json.loads(file.read_text(encoding="utf-8")))

    def address(self, server: str) -> str:
        """Return host and port of a server."""
        return f"{LOOPBACK}:{self.ports[server]}"

    def url(self, server: str) -> str:
        """Return the URL of a server that speaks HTTP."""
        return f"http://{self.address(server)}"

    @property
    def repository(self) -> Path:
        """The git repository that Airflow follows."""
        return self.folder / "project.git"

    def host(self, name: str) -> Path:
        """Return the folder of a host; hosts share no other folder."""
        return self.folder / name

    def environment(self, host: str) -> dict[str, str]:
        """Return the environment of a host's servers, and of the tasks that they run."""
        names = {
            **self.secrets,
            "PROJECT": str(self.repository),
            "HOST_FOLDER": str(self.host(host)),
            "AIRFLOW_URL": self.url("airflow"),
            "MLFLOW_URL": self.url("mlflow"),
            "MLFLOW_HOST": self.address("mlflow"),
            "S3_URL": self.url("s3"),
            "REDIS": f":{self.secrets['REDIS_PASSWORD']}@{self.address('redis')}",
            "POSTGRES": f"trimtab:{self.secrets['POSTGRES_PASSWORD']}@{self.address('postgres')}",
        }
        lines = [line for file in SETTINGS for line in file.read_text(encoding="utf-8").splitlines()]
        pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
        settings = {name: Template(value).substitute(names) for name, _, value in pairs}
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {**kept, "PATH": programs, **settings}


def _require_own(folder: Path) -> None:
    """Refuse a folder of another user, who would choose the passwords, and what the supervisor starts."""
    state = folder.lstat()
    if state.st_uid != os.getuid() or not stat.S_ISDIR(state.st_mode) or state.st_mode & 0o022:
        raise ServiceError(
            "Another user can write to the folder of the cluster",
            where=str(folder),
            fix="give another --folder, or remove this one",
        )


def write_secret(file: Path, text: str) -> None:
    """Write a file that only this user can read."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text, encoding="utf-8")


def free_ports(names: tuple[str, ...]) -> dict[str, int]:
    """Return a free port of the loopback interface for each name."""
    probes = [socket.create_server((LOOPBACK, 0)) for _ in names]
    ports = {name: probe.getsockname()[1] for name, probe in zip(names, probes, strict=True)}
    for probe in probes:
        probe.close()
    return ports


def new_secrets() -> dict[str, str]:
    """Return new keys and passwords."""
    passwords = ("POSTGRES", "REDIS", "MLFLOW_ADMIN", "MLFLOW_WORKER", "MLFLOW_READER")
    people = ("AIRFLOW_ADMIN", "AIRFLOW_OP", "AIRFLOW_USER", "AIRFLOW_VIEWER")
    return {
        "JWT_SECRET": secrets.token_hex(32),
        "API_SECRET": secrets.token_hex(16),
        "MLFLOW_FLASK_SECRET": secrets.token_hex(16),
        "FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "S3_KEY": secrets.token_hex(8),
        "S3_SECRET": secrets.token_hex(16),
        **{f"{name}_PASSWORD": secrets.token_hex(12) for name in (*passwords, *people)},
    }
