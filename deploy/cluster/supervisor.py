"""supervisord, which starts each process again when it ends: written, started, asked and ended."""

from __future__ import annotations

import configparser
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import Faults, SupervisorTransport

from deploy.cluster.settings import Values
from deploy.cluster.topology import Program
from trimtab.errors import ServiceError

SOCKET = "supervisor.sock"
STOP_TIMEOUT = 10  # seconds until a process is killed
DAEMON_TIMEOUT = 60  # seconds for all of them


class Supervisor:
    """The supervisor of a cluster.

    Args:
        values: The cluster.
        programs: All processes that it may start.
    """

    def __init__(self, values: Values, programs: Iterable[Program]) -> None:
        self._values, self._programs = values, {program.name: program for program in programs}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Supervisor:
        """Start it, without any program.

        Raises:
            ServiceError: The supervisor of an earlier start runs.
        """
        folder = self._values.folder
        with contextlib.suppress(OSError):
            raise ServiceError(
                f"The cluster of this folder runs already: its supervisor is process {self._api().getPID()}",
                where=str(folder),
                fix="end that process, or give another --folder",
            )
        (folder / "logs").mkdir(exist_ok=True)
        config = folder / "supervisord.conf"
        config.touch(mode=0o600)
        with config.open("w", encoding="utf-8") as file:
            self._config().write(file)
        # In a session of its own it does not get Ctrl-C. This process does, and ends it.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "-c", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        """End every program, and what they have started."""
        process = self._process
        if process is None:
            return
        family = _descendants(process.pid)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(DAEMON_TIMEOUT)
        family = [each for each in family if each.is_running()]
        for each in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(family, timeout=STOP_TIMEOUT)

    @property
    def is_running(self) -> bool:
        """Whether the supervisor itself runs."""
        return self._process is not None and self._process.poll() is None

    def start(self, *names: str) -> None:
        """Start programs, unless they run."""
        for name in names:
            with _accepting(Faults.ALREADY_STARTED):
                self._api().startProcess(name, False)

    def stop(self, *names: str) -> None:
        """End programs, which are not started again before :meth:`start`."""
        for name in names:
            with _accepting(Faults.NOT_RUNNING):
                self._api().stopProcess(name)

    def pid(self, name: str) -> int:
        """Return the process id of a program; 0 if it does not run."""
        return int(self._api().getProcessInfo(name)["pid"])

    def states(self) -> dict[str, str]:
        """Return the state of each program, in supervisord's words, such as ``RUNNING``."""
        return {str(each["name"]): str(each["statename"]) for each in self._api().getAllProcessInfo()}

    def log(self, name: str) -> Path:
        """Return the log of a program."""
        return self._values.folder / "logs" / f"{name}.log"

    def _api(self) -> Any:
        socket = f"unix://{self._values.folder / SOCKET}"
        return ServerProxy("http://cluster", transport=SupervisorTransport(serverurl=socket)).supervisor

    def _config(self) -> configparser.RawConfigParser:
        folder = self._values.folder
        config = configparser.RawConfigParser()
        config.optionxform = str  # type: ignore[assignment,method-assign]
        config["unix_http_server"] = {"file": str(folder / SOCKET), "chmod": "0600"}
        config["supervisord"] = {
            "logfile": str(folder / "logs" / "supervisord.log"),
            "pidfile": str(folder / "supervisord.pid"),
            "childlogdir": str(folder / "logs"),
            **({"user": "root"} if os.geteuid() == 0 else {}),
        }
        config["rpcinterface:supervisor"] = {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        }
        for program in self._programs.values():
            config[f"program:{program.name}"] = self._section(program)
        return config

    def _section(self, program: Program) -> dict[str, str]:
        # The environment is in a file that only this user can read: `ps` shows no secret.
        wrapper = [sys.executable, "-m", "deploy.cluster.run", str(self._values.folder), program.name]
        return {
            "command": " ".join(map(_quoted, wrapper)),
            "directory": str(Path(__file__).resolve().parents[2]),
            "autostart": "false",
            "autorestart": "true",
            "startsecs": "2",
            "startretries": "1000",  # each try a second later than the last: an outage of another server
            "stopsignal": program.stop_signal,
            "stopwaitsecs": str(STOP_TIMEOUT),
            "stopasgroup": "true",
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": str(self.log(program.name)),
        }


@contextlib.contextmanager
def _accepting(code: int) -> Iterator[None]:
    """Accept that a program is in the wanted state already."""
    try:
        yield
    except Fault as err:
        if err.faultCode != code:
            raise


def _descendants(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children(recursive=True)
    return []


def _quoted(text: str) -> str:
    """Quote an argument of a command of supervisord, to which a percent sign begins a variable."""
    return '"' + text.replace("%", "%%") + '"'
