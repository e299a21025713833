"""The keys that a project trusts: section ``signing`` of ``params.yaml`` in the checkout that runs.

No value of a run, of MLflow or of the environment is read here. See docs/decisions/0045.
"""

from __future__ import annotations

from pathlib import Path

from trimtab.config import parse_params
from trimtab.errors import ConfigError
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.params_sections import SigningPolicy
from trimtab.pipeline.graph import find_repository
from trimtab.registry.signing.key_files import PublicKey, read_public_key

SECTION = "signing"


def read_signing_policy(root: Path) -> SigningPolicy:
    """Return the signing policy of a checkout; without the section, no signature is required.

    Args:
        root: The root of the project, in the checkout that runs. Never that of a record, which an XCom names.

    Raises:
        ConfigError: The section cannot be used.
    """
    file = root / PARAMS_FILE
    values = load_yaml(file).get(SECTION) if file.is_file() else None
    return parse_params(SigningPolicy, values or {}, where=f"{file}: {SECTION}")


def read_public_keys(root: Path) -> tuple[PublicKey, ...]:
    """Read the public keys that a checkout lists.

    Args:
        root: As for :func:`read_signing_policy`.

    Raises:
        ConfigError: The section cannot be used; or a key is outside of the repository, is missing, or is no
            public key of a supported curve.
        MissingExtraError: A key is listed, and the extra ``signing`` is not installed.
    """
    names = read_signing_policy(root).public_keys
    return tuple(read_public_key(name, _inside_repository(root, name)) for name in names)


def required_keys(root: Path) -> tuple[PublicKey, ...]:
    """Return the keys one of which must have signed a version; none if the policy requires no signature.

    Args:
        root: As for :func:`read_signing_policy`.

    Raises:
        ConfigError: As for :func:`read_public_keys`.
        MissingExtraError: As for :func:`read_public_keys`.
    """
    return read_public_keys(root) if read_signing_policy(root).required else ()


def _inside_repository(root: Path, name: str) -> Path:
    """Return the file of a key: of the repository, so that the commit has it."""
    file, repository = root / name, find_repository(root) or root
    if Path(name).is_absolute() or not file.resolve().is_relative_to(repository.resolve()):
        raise ConfigError(
            f"The public key is outside of the repository: {name}",
            where=f"{root / PARAMS_FILE}: {SECTION}.public_keys",
            fix="put it into the repository and commit it: only a commit says whose signature counts",
        )
    return file
