"""Become one program of the cluster, in the folder and with the environment of its host.

The supervisor starts ``python -m deploy.cluster.run FOLDER PROGRAM``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from deploy.cluster.settings import Values
from deploy.cluster.topology import Program, services, stores


def become(values: Values, program: Program) -> None:
    """Replace this process by a program."""
    env = {**values.environment(program.host), **program.env}
    os.chdir(values.host(program.host))
    if program.user:
        import pwd

        user = pwd.getpwnam(program.user)
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    os.execvpe(program.command[0], program.command, env)


if __name__ == "__main__":
    cluster = Values.load(Path(sys.argv[1]))
    become(cluster, next(p for p in [*stores(cluster), *services(cluster)] if p.name == sys.argv[2]))
