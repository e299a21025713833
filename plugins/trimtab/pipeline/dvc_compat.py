"""Internals of DVC: names that its documentation does not promise. No other module touches them.

A new version of DVC that moves one of them breaks this module. ``tests/library/pipeline/test_dvc_compat.py``
has one test per name, and the failing test says which name moved.

DVC is imported inside the functions, since Airflow imports this module when it parses a DAG.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from trimtab.errors import ProjectError
from trimtab.outage_limits import BOTOCORE_TRIES, REMOTE_CONNECT_TIMEOUT, REMOTE_READ_TIMEOUT, S3FS_TRIES

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc.repo.index import Index
    from dvc_data.hashfile.db import HashFileDB
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_data.hashfile.state import StateBase
    from dvc_objects.fs.base import FileSystem

DvcAttribute: TypeAlias = Any  # a function, class method or property, as DVC's class or module has it
DvcObject: TypeAlias = Any  # an object of a class that DVC does not document
PlotDefinition: TypeAlias = str | dict[str, object]  # an item of `plots`: a path, or with settings
FileInfo: TypeAlias = dict[str, Any]  # what a DVC file system says of a file: size, mode, inode, mtime, type

# The settings of a remote for the time of a connection and of an answer, by the scheme of its URL.
TIMEOUT_KEYS = {
    "s3": ("connect_timeout", "read_timeout"),
    "http": ("connect_timeout", "read_timeout"),
    "https": ("connect_timeout", "read_timeout"),
    "azure": ("connection_timeout", "read_timeout"),
}

# --- Hooks: functions of DVC that are replaced while DVC resolves a graph ----------------------------------


@dataclass(frozen=True)
class Hook:
    """A function or a property of DVC that can be replaced for a while.

    Attributes:
        owner: Dotted path of the module or the class.
        name: Name of the attribute.
        parameters: The parameters that a replacement accepts, ``*`` for any others; empty for a property.
        purpose: What the hook is for, as a clause for an error message.
    """

    owner: str
    name: str
    parameters: tuple[str, ...]
    purpose: str

    def find(self) -> tuple[ModuleType | type, DvcAttribute]:
        """Return the owner and the attribute.

        Raises:
            ProjectError: This version of DVC has no such attribute, or it takes other parameters.
        """
        try:
            owner = _import(self.owner)
            attribute = owner.__dict__[self.name]
        except (ImportError, AttributeError, KeyError) as err:
            raise self._moved("it is gone") from err
        parameters = _parameters(attribute)
        expected = self.parameters
        if expected[-1:] == ("*",):
            expected = expected[:-1]
            parameters = parameters[: len(expected)]
        if parameters != expected:
            raise self._moved(f"its parameters are {', '.join(parameters) or 'none'}")
        return owner, attribute

    def _moved(self, change: str) -> ProjectError:
        return ProjectError(
            f"This version of DVC is not supported: {self.owner}.{self.name} has moved: {change}",
            where=f"trimtab.pipeline.dvc_compat, {self.purpose}",
            fix="install the version of DVC that Trimtab's pyproject.toml names",
        )


def _import(path: str) -> ModuleType | type:
    """Import a module, or a class of a module."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        found: type = getattr(importlib.import_module(module), name)
        return found


def _parameters(attribute: object) -> tuple[str, ...]:
    function = getattr(attribute, "__func__", attribute)
    return tuple(inspect.signature(function).parameters) if callable(function) else ()


LOAD_TEMPLATE_FILE = Hook(
    "dvc.parsing.context.Context",
    "load_from",
    ("cls", "fs", "path", "select_keys"),
    "to record the files that templating reads",
)
LOAD_DVC_FILE = Hook(
    "dvc.repo.index.Index",
    "from_file",
    ("cls", "repo", "path"),
    "to record the dvc.yaml and .dvc files that DVC loads",
)
WALK_FOLDERS = Hook(
    "dvc.ignore.DvcIgnoreFilter",
    "walk",
    ("self", "fs", "path", "kwargs"),
    "to record the folders that DVC searches",
)
LOAD_YAML_FILE = Hook(
    "dvc.dvcfile.FileMixin",
    "_load_yaml",
    ("self", "kwargs"),
    "to skip parsing a dvc.lock that is valid",
)
CHECK_ACYCLIC = Hook(
    "dvc.repo.graph",
    "check_acyclic",
    ("graph",),
    "to skip the search for cycles in a graph without one",
)
PARSE_YAML = Hook(
    "ruamel.yaml.YAML",
    "load",
    ("self", "stream"),
    "to refuse YAML whose aliases expand to a huge text",
)
INIT_OUTPUT = Hook(
    "dvc.output.Output",
    "__init__",
    ("self", "stage", "path", "*"),
    "to relocate the absolute paths of outputs and dependencies",
)
RESOLVE_WORKING_FOLDER = Hook(
    "dvc.stage.loader",
    "resolve_paths",
    ("fs", "path", "wdir"),
    "to relocate absolute working directories",
)
TMP_FOLDER = Hook("dvc.repo.Repo", "tmp_dir", (), "to resolve the graph of a read-only checkout")
IGNORE_TMP_FOLDER = Hook(
    "dvc.repo.Repo", "_ignore", ("self",), "to resolve the graph of a read-only checkout"
)

HOOKS = (
    LOAD_TEMPLATE_FILE,
    LOAD_DVC_FILE,
    WALK_FOLDERS,
    LOAD_YAML_FILE,
    CHECK_ACYCLIC,
    PARSE_YAML,
    INIT_OUTPUT,
    RESOLVE_WORKING_FOLDER,
    TMP_FOLDER,
    IGNORE_TMP_FOLDER,
)


@contextlib.contextmanager
def hooked(hook: Hook, replacement: Callable[[DvcAttribute], DvcAttribute]) -> Iterator[None]:
    """Replace a function of DVC for the time of the block.

    Args:
        hook: The function.
        replacement: Returns the replacement, given the original.

    Raises:
        ProjectError: This version of DVC has no such function.
    """
    owner, original = hook.find()
    setattr(owner, hook.name, replacement(original))
    try:
        yield
    finally:
        setattr(owner, hook.name, original)


# --- Graph -------------------------------------------------------------------------------------------------


def plot_definitions(index: Index) -> dict[str, list[PlotDefinition]]:
    """Return the ``plots`` section of each ``dvc.yaml`` of a ``dvc.repo.index.Index``, by the file's path."""
    plots: dict[str, list[PlotDefinition]] = index._plots
    return plots


# --- Repository --------------------------------------------------------------------------------------------


@contextlib.contextmanager
def read_only_repo(root: Path) -> Iterator[None]:
    """Let DVC open a read-only checkout: it creates its lock files in a temporary folder instead.

    Args:
        root: The project's root. Nothing is replaced if DVC can write to its ``.dvc/tmp`` folder.
    """
    folder = root / ".dvc" / "tmp"
    if os.access(folder if folder.exists() else folder.parent, os.W_OK):
        yield
        return
    with (
        tempfile.TemporaryDirectory() as elsewhere,
        hooked(TMP_FOLDER, lambda _: elsewhere),
        hooked(IGNORE_TMP_FOLDER, lambda _: lambda repo: None),
    ):
        yield


def settings_files(repo: Repo) -> list[str]:
    """Return the config files that an open ``dvc.repo.Repo`` reads, and the user's ignore file of git.

    Paths are relative to the root, or absolute outside of it. A file need not exist.
    """
    from dulwich.ignore import default_user_ignore_filter_path
    from dvc.scm import NoSCM

    files = list(repo.config.files.values())
    if not isinstance(repo.scm, NoSCM):
        user = default_user_ignore_filter_path(repo.scm.dulwich.repo.get_config_stack())
        files.append(os.path.expanduser(user))  # noqa: PTH111 - it need not exist
    inside = f"{repo.root_dir}{os.sep}"
    return [file.removeprefix(inside) for file in files]


# --- Errors ------------------------------------------------------------------------------------------------


def template_key(err: BaseException) -> str:
    """Return the key of ``dvc.yaml`` that DVC was resolving when it raised an error; empty if none.

    DVC does not report the key of an error that it does not expect. The frames of the traceback have it.
    """
    key = ""
    for frame, _ in traceback.walk_tb(err.__traceback__):
        definition: DvcObject = frame.f_locals.get("self")
        if type(definition).__module__ == "dvc.parsing" and hasattr(definition, "where"):
            key = f"{definition.where}.{definition.name}"
    return key


# --- Commands -----------------------------------------------------------------------------------------------


def shell_argv(command: str) -> list[str]:
    """Return the arguments of the shell process in which DVC runs a command of ``dvc.yaml``."""
    from dvc.stage.run import _make_cmd, get_executable

    return list(_make_cmd(get_executable(), command))


def command_environment(*, stage: str, root: Path, replace_root: bool) -> dict[str, str]:
    """Return the environment of a stage's command: this process's, with the variables that DVC adds.

    Args:
        stage: Value of ``DVC_STAGE``.
        root: Value of ``DVC_ROOT``.
        replace_root: Set ``DVC_ROOT`` even if this process's environment has it; DVC does not.
    """
    from dvc.env import DVC_ROOT, DVC_STAGE
    from dvc.utils import fix_env

    env: dict[str, str] = {**fix_env(None), DVC_STAGE: stage}
    if replace_root or DVC_ROOT not in env:
        env[DVC_ROOT] = str(root)
    return env


# --- Locks and lock entries ---------------------------------------------------------------------------------


def hold_path_locks(
    repo: Repo, read: Sequence[str], write: Sequence[str]
) -> AbstractContextManager[object, bool | None]:
    """Hold DVC's locks on absolute paths. The holder's name is this process's command line, as in DVC.

    Raises:
        LockError: Another DVC command holds a lock on one of the paths.
    """
    from dvc.rwlock import rwlock

    hardlink = repo.config["core"].get("hardlink_lock", False)
    held: AbstractContextManager[object, bool | None] = rwlock(
        repo.tmp_dir, repo.fs, " ".join(sys.argv), list(read), list(write), hardlink
    )
    return held


def run_cache_hash(entry: Mapping[str, object]) -> str:
    """Return the hash by which DVC's run cache names a lock entry; sizes do not count."""
    from dvc.utils import dict_sha256

    return str(dict_sha256(entry, exclude=["size", "nfiles"]))


def run_cache_folder(repo: Repo) -> Path:
    """Return the folder of the run cache."""
    return Path(repo.stage_cache.cache_dir)


def read_run_cache_entry(path: Path) -> dict[str, object]:
    """Read an entry of the run cache and validate it against DVC's schema.

    Raises:
        ValueError: It is no YAML, or no lock entry.
    """
    from dvc.schema import COMPILED_LOCK_FILE_STAGE_SCHEMA
    from dvc.utils.serialize import YAMLFileCorruptedError, load_yaml
    from voluptuous import Invalid

    try:
        return dict(COMPILED_LOCK_FILE_STAGE_SCHEMA(load_yaml(str(path))))
    except (YAMLFileCorruptedError, Invalid) as err:
        raise ValueError(f"Not a lock entry: {path}") from err


# --- Hashes -------------------------------------------------------------------------------------------------


def file_md5(path: str, fs: FileSystem, *, hash_name: str) -> str:
    """Return the MD5 of a file.

    Args:
        path: The file.
        fs: The file system it is on.
        hash_name: ``md5``, or ``md5-dos2unix`` for DVC 2's.
    """
    from dvc_data.hashfile.hash import file_md5

    return str(file_md5(path, fs, name=hash_name))


def hash_file(path: str, fs: FileSystem, *, hash_name: str, info: FileInfo) -> HashInfo:
    """Hash a file; arguments are those of :func:`file_md5`, with the file system's ``info`` on the file."""
    from dvc_data.hashfile.hash import hash_file

    return hash_file(path, fs, hash_name, info=info)[1]


def hash_info(hash_name: str, value: str) -> HashInfo:
    """Return a hash as DVC's hash database takes it."""
    from dvc_data.hashfile.hash_info import HashInfo

    return HashInfo(hash_name, value)


def open_hash_database(root: Path, folder: Path) -> StateBase:
    """Open a database of file hashes, as DVC has one for each repository.

    Raises:
        OSError: The database cannot be opened.
        sqlite3.Error: The database is corrupt.
    """
    from dvc_data.hashfile.state import State

    return State(str(root), str(folder))


def walk_not_ignored(repo: Repo, folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Walk a folder as :func:`os.walk` does, without what ``.dvcignore`` files exclude."""
    walk: Iterator[tuple[str, list[str], list[str]]] = repo.dvcignore.walk(repo.fs, str(folder))
    return walk


def is_text_file(path: Path, fs: FileSystem) -> bool:
    """Whether DVC takes a file for text."""
    from dvc_data.hashfile.istextfile import istextfile

    return bool(istextfile(str(path), fs))


# --- Files of the cache and the workspace -------------------------------------------------------------------


def link_files(fs: FileSystem, sources: Sequence[str], targets: Sequence[str], *, links: list[str]) -> None:
    """Link files, with the first of the link types that works.

    Args:
        fs: The local file system.
        sources: Paths of cache objects.
        targets: Where to, in the same order.
        links: Link types: ``reflink``, ``hardlink``, ``symlink``, ``copy``.
    """
    from dvc_objects.fs.generic import transfer

    transfer(fs, list(sources), fs, list(targets), links=links)


def working_link_types(odb: HashFileDB, folder: Path, types: Sequence[str]) -> list[str]:
    """Return the link types that work between a cache and a folder."""
    from dvc_objects.fs.generic import test_links

    odb.makedirs(odb.path)
    return list(map(str, test_links(list(types), odb.fs, odb.path, odb.fs, str(folder / "any"))))


def clone_file(source: str, target: str) -> None:
    """Copy a file by a reflink; the copy has the permissions of a new file.

    Raises:
        OSError: The file system has no reflinks.
    """
    from dvc_objects.fs.system import reflink
    from dvc_objects.fs.utils import umask

    reflink(source, target)  # type: ignore[no-untyped-call]
    os.chmod(target, 0o666 & ~umask)  # noqa: PTH101 - called once per file


def unprotect(repo: Repo, path: Path) -> None:
    """Replace links to the cache below a path by files of their own, which a command may write to."""
    repo.cache.local.unprotect(str(path))


# --- Git ----------------------------------------------------------------------------------------------------


def is_git_repository(repo: Repo) -> bool:
    """Whether the project is in a git repository."""
    from dvc.scm import NoSCM

    return not isinstance(repo.scm, NoSCM)


def add_to_gitignore(repo: Repo, paths: Iterable[Path]) -> None:
    """Have git ignore paths, by lines in the ``.gitignore`` beside each, in DVC's order."""
    with repo.scm_context(quiet=True):
        for path in paths:
            repo.scm_context.ignore(str(path))


def track_in_git(repo: Repo, path: str) -> None:
    """Report a file that DVC wrote and git tracks: it is staged if ``core.autostage`` is set."""
    repo.scm_context.track_file(path)


# --- Remotes and external data ------------------------------------------------------------------------------


def open_remote_cache(repo: Repo, remote: str, *, hash_name: str) -> HashFileDB:
    """Return the objects of a remote; ``hash_name`` is that of :func:`file_md5`.

    A server that does not answer is given up after seconds. A setting of the user's wins.
    """
    settings: dict[str, object] = repo.config["remote"].get(remote, {})
    if keys := TIMEOUT_KEYS.get(str(settings.get("url")).partition("://")[0]):
        settings.setdefault(keys[0], REMOTE_CONNECT_TIMEOUT)
        settings.setdefault(keys[1], REMOTE_READ_TIMEOUT)
    odb = repo.cloud.get_remote_odb(remote, "pull", hash_name=hash_name)
    if odb.fs.protocol == "s3":
        odb.fs.fs.retries = S3FS_TRIES
        if "AWS_MAX_ATTEMPTS" not in os.environ:
            odb.fs.fs.config_kwargs.setdefault("retries", {"total_max_attempts": BOTOCORE_TRIES})
    return odb


def lacks_remote_support(err: Exception) -> bool:
    """Whether an error says that the package for a kind of remote, such as ``dvc-s3``, is not installed."""
    from dvc_objects.fs.errors import RemoteMissingDepsError

    return isinstance(err, ImportError | RemoteMissingDepsError)


def external_lock_item(
    repo: Repo, *, command: str, wdir: Path, path: str, kind: Literal["deps", "outs_no_cache"]
) -> dict[str, object]:
    """Return an external dependency or output as a lock entry has it; DVC asks its storage for the hash.

    Args:
        repo: An open repository.
        command: The command of the stage that reads or writes it.
        wdir: The stage's working directory.
        path: A URL, or an absolute path.
        kind: Which of the two it is, in DVC's words.

    Raises:
        DvcException: The storage cannot be reached, or has no such path.
    """
    from dvc.stage import PipelineStage, create_stage
    from dvc.stage.serialize import to_single_stage_lockfile

    stage = create_stage(
        PipelineStage,
        repo=repo,
        path=str(Path(repo.root_dir) / "dvc.yaml"),
        cmd=command,
        wdir=str(wdir),
        **{kind: [path]},
    )
    for item in (*stage.deps, *stage.outs):
        item.save()
    entry = to_single_stage_lockfile(stage)
    return dict([*entry.get("deps", []), *entry.get("outs", [])][0])


def is_relative_path(value: object) -> bool:
    """Whether a setting of ``.dvc/config`` is a path that was written relative to the config file."""
    from dvc.config_schema import RelPath

    return isinstance(value, RelPath)
