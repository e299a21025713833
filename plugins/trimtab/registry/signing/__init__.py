"""Signatures of model versions: who signed what, with which key, and whether that key is trusted."""

from __future__ import annotations

from trimtab.registry.signing.key_files import MAKE_KEYS, PublicKey
from trimtab.registry.signing.model_signature import (
    SIGNATURE,
    STATEMENT,
    find_fingerprint,
    require_signature,
    sign_folder,
)
from trimtab.registry.signing.signed_statement import SignedStatement
from trimtab.registry.signing.signer import SIGNING_KEY, Signer, find_signer
from trimtab.registry.signing.trusted_keys import read_public_keys, read_signing_policy, required_keys

__all__ = [
    "MAKE_KEYS",
    "SIGNATURE",
    "SIGNING_KEY",
    "STATEMENT",
    "PublicKey",
    "SignedStatement",
    "Signer",
    "find_fingerprint",
    "find_signer",
    "read_public_keys",
    "read_signing_policy",
    "require_signature",
    "required_keys",
    "sign_folder",
]
