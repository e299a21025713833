"""The environment to which a version is promoted: only a commit says where it is, and who promotes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trimtab.config import load_params
from trimtab.errors import ConfigError
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.pipeline.git import git
from trimtab.pipeline.graph import PIPELINE_FILE, find_repository
from trimtab.registry.promotion import PromotePolicy
from trimtab.repository_settings import SETTINGS_FILE, load_repository_settings


@dataclass(frozen=True)
class TargetEnvironment:
    """The environment to which a version is promoted.

    Attributes:
        name: Its name in ``trimtab.yaml``.
        mlflow: The address of its MLflow server.
        remote: The name of its DVC remote.
        policy: The promote policy of the commit that is checked out.
    """

    name: str
    mlflow: str
    remote: str
    policy: PromotePolicy


def find_target(root: Path, name: str) -> TargetEnvironment:
    """Return an environment of the repository.

    Args:
        root: The project's root, in a git repository.
        name: The environment.

    Raises:
        ConfigError: There is none of that name; or the files that say where it is, who promotes and which
            types a model may hold are not as committed.
        ProjectError: The folder is in no git repository.
    """
    repository = find_repository(root)
    _require_committed(root, [root / PARAMS_FILE, root / PIPELINE_FILE, (repository or root) / SETTINGS_FILE])
    declared = load_repository_settings(repository).environment(name)
    return TargetEnvironment(name, declared.mlflow, declared.remote, read_policy(root))


def read_policy(root: Path) -> PromotePolicy:
    """Return the promote policy in the params file of a checkout; the default one if there is none.

    Raises:
        ConfigError: A value of it is not valid.
    """
    params = root / PARAMS_FILE
    if not params.is_file() or "promote" not in load_yaml(params):
        return PromotePolicy()
    return load_params(PromotePolicy, "promote", params)


def _require_committed(root: Path, files: list[Path]) -> None:
    changed = git(root, "status", "--porcelain", "--", *(str(file) for file in files)).splitlines()
    if changed:
        names = ", ".join(sorted(line.split(maxsplit=1)[-1] for line in changed))
        raise ConfigError(
            f"Files that decide on a promotion have uncommitted changes: {names}",
            where=str(root),
            fix="commit them, or `git stash`; nothing has been promoted",
        )
