"""The key that signs the versions which this machine registers: ``TRIMTAB_SIGNING_KEY``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import ConfigError
from trimtab.params_file import PARAMS_FILE
from trimtab.registry.signing.key_files import MAKE_KEYS, read_private_key
from trimtab.registry.signing.trusted_keys import read_public_keys, read_signing_policy

SIGNING_KEY = "TRIMTAB_SIGNING_KEY"


@dataclass(frozen=True)
class Signer:
    """A private key that signs.

    Attributes:
        key: Its file.
        fingerprint: That of its public key.
        accepted: The fingerprints of all keys that the project trusts. A version that one of them has signed
            need not be signed again.
    """

    key: Path
    fingerprint: str
    accepted: frozenset[str]


def find_signer(root: Path) -> Signer | None:
    """Return the signer of this machine, before anything is registered; ``None`` if no key is set.

    Args:
        root: The root of the project, in the checkout that runs.

    Raises:
        ConfigError: The policy requires signatures and no key is set; or the key cannot be read, or is none
            of the trusted ones, so that each use of the version would be refused.
        MissingExtraError: A key is set, and the extra ``signing`` is not installed.
    """
    policy, path = read_signing_policy(root), os.environ.get(SIGNING_KEY, "").strip()
    where = f"environment: {SIGNING_KEY}"
    if not path:
        if not policy.required:
            return None
        raise ConfigError(
            "The key that signs the version is not set, and the policy requires a signature",
            where=f"{where}; {root / PARAMS_FILE}: signing.required",
            fix=f"export {SIGNING_KEY}=FILE, on the machine that registers versions; {MAKE_KEYS}",
        )
    key = Path(path).expanduser()
    fingerprint = read_private_key(where, key)
    trusted = frozenset(each.fingerprint for each in read_public_keys(root))
    if trusted and fingerprint not in trusted:
        raise ConfigError(
            f"The key that signs belongs to none of the trusted public keys: {fingerprint[:16]}",
            where=f"{where}; {root / PARAMS_FILE}: signing.public_keys",
            fix="set the key of a listed public key; or commit its public key and list it: "
            f"`openssl pkey -in {path} -pubout -out keys/release.pub`",
        )
    return Signer(key, fingerprint, trusted or frozenset({fingerprint}))
