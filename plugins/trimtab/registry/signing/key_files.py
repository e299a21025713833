"""Key files in PEM: the public keys that a project trusts, and the private key that signs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

CURVES = ("secp256r1", "secp384r1", "secp521r1")  # those that OpenSSF's model-signing accepts
MOST_KEY = 1 << 16  # bytes of a key file
MAKE_KEYS = (
    "make a pair with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out release.key` and "
    "`openssl pkey -in release.key -pubout -out keys/release.pub`; commit the public key, never the other one"
)


@dataclass(frozen=True)
class PublicKey:
    """A public key that a project trusts.

    Attributes:
        name: Its path as ``signing.public_keys`` has it.
        file: The file.
        fingerprint: SHA-256 of the key in PEM, as signatures name it.
    """

    name: str
    file: Path
    fingerprint: str


def require_signing_extra() -> None:
    """Refuse to sign or to verify where the packages for it are not installed.

    Raises:
        MissingExtraError: They are not installed.
    """
    for module in ("model_signing", "OpenSSL", "cryptography"):
        if find_spec(module) is None:
            raise MissingExtraError(
                f"Signatures of models need the extra 'signing': the package '{module}' is not installed",
                fix="pip install 'trimtab[signing]'",
            )


def read_public_key(name: str, file: Path) -> PublicKey:
    """Read a public key.

    Args:
        name: Its name in messages.
        file: The file.

    Raises:
        ConfigError: The file cannot be read, or holds no public key of a supported curve.
        MissingExtraError: The extra ``signing`` is not installed.
    """
    require_signing_extra()
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    content = _read(name, file)
    try:
        key = load_pem_public_key(content)
    except ValueError as err:
        private = b"PRIVATE KEY" in content
        raise ConfigError(
            f"The public key cannot be read: {'it is a private key' if private else 'it is no key in PEM'}",
            where=name,
            fix="treat that key as lost, since others may have read it, and make another pair"
            if private
            else MAKE_KEYS,
        ) from err
    return PublicKey(name, file, _fingerprint(key, name))


def read_private_key(name: str, file: Path) -> str:
    """Read a private key, and return the fingerprint of its public key.

    Args:
        name: Its name in messages, which show no content of the file.
        file: The file.

    Raises:
        ConfigError: The file cannot be read, or holds no private key of a supported curve without a password.
        MissingExtraError: The extra ``signing`` is not installed.
    """
    require_signing_extra()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content = _read(name, file)
    try:
        key = load_pem_private_key(content, None)
    except TypeError as err:
        raise ConfigError(
            "The private key is encrypted with a password",
            where=name,
            fix="give a key without a password, in a file that only the signing user may read; "
            "`openssl pkey -in ENCRYPTED -out release.key` writes one",
        ) from err
    except ValueError as err:
        raise ConfigError(
            "The private key cannot be read: it is no private key in PEM", where=name, fix=MAKE_KEYS
        ) from err
    return _fingerprint(key.public_key(), name)


def _read(name: str, file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_KEY:
            raise ConfigError("The key file is too large to hold a key", where=name, fix=MAKE_KEYS)
        return file.read_bytes()
    except OSError as err:
        raise ConfigError(f"The key file cannot be read: {err.strerror}", where=name, fix=MAKE_KEYS) from err


def _fingerprint(key: object, name: str) -> str:
    """Return the fingerprint of a public key, after its curve was checked."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    if not isinstance(key, EllipticCurvePublicKey) or key.curve.name not in CURVES:
        found = f"curve {key.curve.name}" if isinstance(key, EllipticCurvePublicKey) else "no elliptic curve"
        raise ConfigError(f"The key is of a kind that cannot sign models: {found}", where=name, fix=MAKE_KEYS)
    return hashlib.sha256(_to_pem(key)).hexdigest()


def _to_pem(key: EllipticCurvePublicKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
