"""The signatures of live versions, verified with the keys that the checkout trusts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from trimtab.registry.signing import (
    PublicKey,
    find_fingerprint,
    read_public_keys,
    read_signing_policy,
    require_signature,
)
from trimtab.registry.tracking import Version


@dataclass(frozen=True)
class SignatureChecker:
    """Verifies signatures, and keeps who signed.

    Attributes:
        keys: The keys that the checkout trusts.
        required: Whether the policy requires a signature. If not, one that exists still has to be valid.
        found: Version to the name of the trusted key that signed it. If the checkout lists no key, to the
            fingerprint that the signature names, which nothing proves. Empty if it is not signed.
    """

    keys: tuple[PublicKey, ...]
    required: bool
    found: dict[int, str]

    @classmethod
    def of_checkout(cls, root: Path) -> Self:
        """Return the checker of a checkout.

        Raises:
            ConfigError: The section ``signing`` cannot be used, or a key is missing.
            MissingExtraError: A key is listed, and the extra ``signing`` is not installed.
        """
        return cls(read_public_keys(root), read_signing_policy(root).required, {})

    def check(self, version: Version, folder: Path) -> None:
        """Verify the signature of a version.

        Args:
            version: The version.
            folder: The downloaded files of its model.

        Raises:
            RegistryError: It is required and missing; or it is not valid, or by a key that is not trusted.
        """
        fingerprint = find_fingerprint(version, folder)
        self.found[version.version] = fingerprint or ""
        if self.required or (self.keys and fingerprint):
            self.found[version.version] = require_signature(version, folder, self.keys).name
