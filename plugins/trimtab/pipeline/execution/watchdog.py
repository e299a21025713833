"""A process that outlives this one by a moment, to end and remove what it leaves behind if it is killed.

Nothing in a process can act on SIGKILL or on the machine's running out of memory. So a small shell waits at
the end of a pipe; when the pipe closes, whoever closed it, it ends the process groups and removes the folders
it was told of. Where there is a ``/proc``, what has left its group is found too, by its session or by the
sandbox its environment names.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import threading
from collections.abc import Sequence
from typing import IO, Any

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
  for try in 1 2 3 4 5; do  # what was started meanwhile, or wrote meanwhile
    processes=$(in_folder "$folder")
    [ -z "$processes" ] || kill -s KILL $processes
    rm -rf -- "$folder" && [ -z "$processes" ] && break
    sleep 0.2
  done
done
"""


class Watchdog:
    """Ends process groups and removes folders that are still there when this process is not."""

    def __init__(self) -> None:
        self._shell: subprocess.Popen[str] | None = None
        self._owner = 0
        self._lock = threading.Lock()

    def tell(self, what: str, rest: object) -> None:
        """Say what is there from now on, or no more.

        Args:
            what: ``+group``, ``-group``, ``+folder`` or ``-folder``.
            rest: The process group's id, or the folder's path.
        """
        with self._lock:
            pipe = self._pipe()
            pipe.write(f"{what} {rest}\n")
            pipe.flush()

    def registered(self, command: Sequence[str]) -> dict[str, Any]:
        """Return what ``Popen`` needs so that a command's process group is told of before it runs.

        Told by this process, a command would be nobody's if this process were killed right after starting it.
        """
        script = 'echo "+group $$" >&0 && exec "$@" < /dev/null'
        with self._lock:
            pipe = self._pipe()
        return {"args": ["/bin/sh", "-c", script, "sh", *command], "stdin": pipe, "start_new_session": True}

    def _pipe(self) -> IO[str]:
        forked = self._owner != os.getpid()  # a fork has a watchdog of its own
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
            start_new_session=True,  # not in the group that is killed
            cwd="/",
        )
        atexit.register(self._stop, self._shell)

    def _stop(self, shell: subprocess.Popen[str]) -> None:
        if self._owner == os.getpid() and shell is self._shell:
            shell.communicate()
            self._shell = None


watchdog = Watchdog()
