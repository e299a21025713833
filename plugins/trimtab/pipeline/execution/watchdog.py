"""Watchdog: a shell process that cleans up after this process if it is killed.

No process can act on its own SIGKILL or on a lack of memory. So a small shell reads from a pipe. When the
pipe closes, it ends the process groups and removes the folders that were registered with it. On systems with
``/proc`` it also finds processes that left their group, by session or by the sandbox in their environment.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import threading
from collections.abc import Sequence
from typing import IO, TypedDict

_SCRIPT = """
groups=
while IFS= read -r line; do
  what=${line%% *}; rest=${line#* }
  case $what in
    +group) groups="$groups $rest " ;;
    -group) groups=$(printf %s "$groups" | sed "s/ $rest / /") ;;
    +folder) set -- "$@" "$rest" ;;
    -folder) for folder; do shift; [ "$folder" = "$rest" ] || set -- "$@" "$folder"; done ;;
  esac
done
exec 2> /dev/null
in_session() {
  for about in /proc/[0-9]*/stat; do
    if read -r line < "$about"; then
      set -- "$1" ${line##*) }
      if [ "$5" = "$1" ]; then about=${about#/proc/}; echo "${about%/stat}"; fi
    fi
  done
}
in_folder() { grep -lsF "DVC_ROOT=$1/" /proc/[0-9]*/environ | tr -cd '0-9\n'; }
for group in $groups; do kill -s KILL -- "-$group" $(in_session "$group"); done
for folder; do
  for try in 1 2 3 4 5; do  # processes may start or write in the meantime
    processes=$(in_folder "$folder")
    [ -z "$processes" ] || kill -s KILL $processes
    rm -rf -- "$folder" && [ -z "$processes" ] && break
    sleep 0.2
  done
done
"""


class PopenArguments(TypedDict):
    """Arguments for ``Popen``."""

    args: list[str]
    stdin: IO[str]
    start_new_session: bool


class Watchdog:
    """Ends process groups and removes folders that outlive this process."""

    def __init__(self) -> None:
        self._shell: subprocess.Popen[str] | None = None
        self._owner = 0
        self._lock = threading.Lock()

    def send(self, command: str, argument: object) -> None:
        """Register or unregister a process group or a folder.

        Args:
            command: ``+group``, ``-group``, ``+folder`` or ``-folder``.
            argument: The process group's id, or the folder's path.
        """
        with self._lock:
            pipe = self._pipe()
            pipe.write(f"{command} {argument}\n")
            pipe.flush()

    def popen_arguments(self, command: Sequence[str]) -> PopenArguments:
        """Return arguments for ``Popen`` by which a command registers its own process group before it runs.

        If this process registered it, a command would be left over when this process is killed right after
        starting it.
        """
        script = 'echo "+group $$" >&0 && exec "$@" < /dev/null'
        with self._lock:
            pipe = self._pipe()
        return {"args": ["/bin/sh", "-c", script, "sh", *command], "stdin": pipe, "start_new_session": True}

    def _pipe(self) -> IO[str]:
        forked = self._owner != os.getpid()  # a forked process needs its own watchdog
        if forked or self._shell is None or self._shell.poll() is not None:
            self._start()
        assert self._shell is not None
        assert self._shell.stdin is not None
        return self._shell.stdin

    def _start(self) -> None:
        self._owner = os.getpid()
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # outside of the group that is killed
            cwd="/",
        )
        atexit.register(self._stop, self._shell)

    def _stop(self, shell: subprocess.Popen[str]) -> None:
        if self._owner == os.getpid() and shell is self._shell:
            shell.communicate()
            self._shell = None


watchdog = Watchdog()
