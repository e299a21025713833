"""Virtual environments made from lock files: one for each content, shared by all projects of the user.

An environment appears when it is complete. So stages that need the same one at the same time, or a process
that is killed while it creates one, leave no half of an environment.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock

from trimtab.errors import StageError
from trimtab.escaping import echo
from trimtab.requirements_lock import read_lock
from trimtab.user_cache import remove_unused, shared_folder

LAYOUT = "1"  # raised when an environment is created in another way
PACKAGES = "requirements.lock"  # in an environment: the lock file that it was made from
MAX_ERROR_LINES = 12


def ensure_environment(lock: Path, *, root: Path) -> Path:
    """Return the virtual environment of a lock file; create it if there is none.

    Args:
        lock: The lock file.
        root: The root of the project that the lock file belongs to.

    Raises:
        ConfigError: The lock file cannot be used.
        StageError: A package cannot be installed, or a hash differs.
    """
    content = read_lock(lock, root=root)
    home = shared_folder("environments", root)
    folder = home / _key(content)
    if not _use(folder):
        with FileLock(home / f"{folder.name}.lock"):
            if not _use(folder):
                remove_unused(home)
                _create(folder, content, lock)
    return folder


def activate(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return environment variables as the script ``activate`` of a virtual environment sets them."""
    path = os.pathsep.join([str(folder / "bin"), environ.get("PATH", os.defpath)])
    kept = {name: value for name, value in environ.items() if name != "PYTHONHOME"}
    return {**kept, "VIRTUAL_ENV": str(folder), "PATH": path}


def _key(content: bytes) -> str:
    """Return the name of an environment: a hash of its packages, its Python and the machine."""
    python = [sys.implementation.cache_tag, platform.python_version(), sys.base_prefix, platform.machine()]
    parts = [LAYOUT, *map(str, python), hashlib.sha256(content).hexdigest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _use(folder: Path) -> bool:
    """Whether an environment exists and its Python too. It counts as used now, so it is not removed."""
    try:
        os.utime(folder)
        os.utime(folder.parent)
    except FileNotFoundError:
        return False
    return (folder / "bin" / "python").exists()


def _create(folder: Path, content: bytes, lock: Path) -> None:
    echo(f"Creating the environment of {lock}", err=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        made, packages = part / "environment", part / PACKAGES
        packages.write_bytes(content)
        # Relocatable: its scripts work after it was renamed.
        _uv(["venv", "--relocatable", "--no-project", "--python", sys.executable, str(made)], part, lock)
        # A package without a wheel is refused: a build would run packages whose hashes nobody has checked.
        install = ["pip", "install", "--require-hashes", "--no-build", "--compile-bytecode"]
        _uv([*install, "--python", str(made / "bin" / "python"), "--requirement", str(packages)], part, lock)
        packages.rename(made / PACKAGES)
        if folder.exists():  # its Python was removed
            shutil.rmtree(folder)
        made.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _uv(args: list[str], folder: Path, lock: Path) -> None:
    """Run uv in a folder without a project, whose settings it would read.

    Raises:
        StageError: It failed.
    """
    from uv import find_uv_bin

    done = subprocess.run(
        [find_uv_bin(), *args, "--quiet"],
        cwd=folder,
        env=_uv_variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-MAX_ERROR_LINES:]
        raise StageError(
            "The environment of a lock file cannot be created:\n" + "\n".join(said),
            where=str(lock),
            fix="write the lock file again, for this Python and for the index of this machine",
        )


def _uv_variables() -> dict[str, str]:
    """Return the environment of uv. It does not read pip's configuration, so it gets the index of pip."""
    variables = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & variables.keys():
        index = variables.get("PIP_INDEX_URL") or _configured_index()
        if index:
            variables["UV_DEFAULT_INDEX"] = index
    return variables


def _configured_index() -> str:
    """Return the index in pip's configuration; empty if there is none, or no pip."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
