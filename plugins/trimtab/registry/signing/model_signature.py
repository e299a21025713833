"""Sign the files of a model, and verify the signature, with the format of OpenSSF's model-signing.

Both files lie in the model's folder, so whoever has the model can verify it, with `model_signing verify key`
too. The seal says that nothing has changed since registration; the signature says who registered it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import RegistryError
from trimtab.params_file import PARAMS_FILE
from trimtab.registry.signing.key_files import PublicKey, require_signing_extra
from trimtab.registry.signing.signed_statement import SignedStatement
from trimtab.registry.signing.signer import Signer
from trimtab.registry.tracking import DOWNLOAD_META_FILE, Version

if TYPE_CHECKING:
    from model_signing.hashing import Config

SIGNATURE, STATEMENT = "model.sig", "statement.json"  # in the folder of a logged model
MOST_SIGNATURE, MOST_STATEMENT = 16 << 20, 64 << 20  # bytes
AGAIN = "publish the same content again with a trusted key, which registers a signed version, and promote it"
UNTRUSTED = "do not use it before you know who registered it; if it is not yours, delete it. Otherwise "


def sign_folder(folder: Path, statement: SignedStatement, signer: Signer) -> None:
    """Add a statement and a signature of all files to the folder of a model, before it is uploaded.

    Args:
        folder: The files of the model, as MLflow's flavor wrote them.
        statement: What the version was made of.
        signer: The key.
    """
    require_signing_extra()
    from model_signing import signing

    statement.write(folder / STATEMENT)
    config = signing.Config().use_elliptic_key_signer(private_key=signer.key)
    config.set_hashing_config(_hashing()).sign(folder, folder / SIGNATURE)


def require_signature(version: Version, folder: Path, keys: Sequence[PublicKey]) -> PublicKey:
    """Refuse a downloaded model that none of the keys has signed for this version.

    Args:
        version: The version.
        folder: Its downloaded files, which were compared with its seal.
        keys: The keys that the checkout trusts.

    Returns:
        The key.

    Raises:
        MissingExtraError: The extra ``signing`` is not installed.
        RegistryError: It is not signed, by another key, or for other content: a file, a tag or the seal of
            the version differs from what was signed.
    """
    fingerprint = find_fingerprint(version, folder)
    if fingerprint is None:
        raise _refusal(f"{version} is not signed", version, AGAIN)
    key = next((each for each in keys if each.fingerprint == fingerprint), None)
    if key is None:
        known = ", ".join(f"{each.name} ({each.fingerprint[:16]})" for each in keys)
        raise _refusal(
            f"{version} is signed with a key that the checkout does not trust: {fingerprint[:16]}",
            version,
            f"{UNTRUSTED}{AGAIN}. Trusted keys: {known or '(none)'}",
        )
    _verify_files(version, folder, key)
    try:
        _require_size(folder / STATEMENT, MOST_STATEMENT)
        differences = list(SignedStatement.read(folder / STATEMENT).differences(version))
    except (OSError, ValueError) as err:
        raise _refusal(f"The signed statement of {version} cannot be read: {err}", version, AGAIN) from err
    if differences:
        raise _refusal(
            f"{version} differs from what was signed: {_few(differences)}", version, f"{UNTRUSTED}{AGAIN}"
        )
    return key


def find_fingerprint(version: Version, folder: Path) -> str | None:
    """Return the fingerprint that a signature names, unverified; ``None`` if the model is not signed.

    Args:
        version: The version, for messages.
        folder: Its downloaded files.

    Raises:
        RegistryError: The signature names no key.
    """
    file = folder / SIGNATURE
    if not file.is_file():
        return None
    try:
        _require_size(file, MOST_SIGNATURE)
        hint = json.loads(file.read_bytes())["verificationMaterial"]["publicKey"]["hint"]
        return bytes.fromhex(hint).hex()
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as err:
        raise _refusal(
            f"The signature of {version} cannot be read: it names no key", version, f"{UNTRUSTED}{AGAIN}"
        ) from err


def _verify_files(version: Version, folder: Path, key: PublicKey) -> None:
    require_signing_extra()
    from model_signing import verifying

    config = verifying.Config().use_elliptic_key_verifier(public_key=key.file)
    try:
        config.set_hashing_config(_hashing()).verify(folder, folder / SIGNATURE)
    except Exception as err:  # a registered file may hold anything
        raise _refusal(
            f"The signature of {version} is not valid for its files and {key.name}: {_describe(err)}",
            version,
            f"{UNTRUSTED}{AGAIN}",
        ) from err


def _describe(err: Exception) -> str:
    """Return what is wrong; of a file that was altered its name, without the hashes."""
    if altered := re.findall(r"Hash mismatch for '([^']*)'", str(err)):
        return f"other content in {_few(altered)}"
    return str(err)[:300] or "it was not made with that key, or was altered"


def _hashing() -> Config:
    """Return which files are hashed: all but the signature, and the file that MLflow adds to a download."""
    from model_signing import hashing

    config = hashing.Config().use_file_serialization(hashing_algorithm="sha256")
    return config.set_ignored_paths(paths=[SIGNATURE, DOWNLOAD_META_FILE], ignore_git_paths=False)


def _require_size(file: Path, most: int) -> None:
    size = file.stat().st_size
    if size > most:
        raise ValueError(f"it has {size:,} bytes, the limit is {most:,}")


def _few(differences: Iterable[str], most: int = 5) -> str:
    named = list(differences)
    more = f" and {len(named) - most} more" if len(named) > most else ""
    return ", ".join(named[:most]) + more


def _refusal(what: str, version: Version, fix: str) -> RegistryError:
    return RegistryError(what, where=f"MLflow: {version.uri}; {PARAMS_FILE}: signing", fix=fix)
