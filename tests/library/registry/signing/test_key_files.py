from __future__ import annotations

import importlib.util

import pytest

from tests.library.registry.key_pairs import KeyPair, openssl
from trimtab.errors import ConfigError, MissingExtraError
from trimtab.registry.signing.key_files import read_private_key, read_public_key


@pytest.mark.parametrize("curve", ["P-256", "P-384", "P-521"])
def test_private_and_public_key_of_a_pair_have_one_fingerprint(tmp_path, curve):
    pair = KeyPair.make(tmp_path, "release", curve=curve)
    assert read_private_key("k", pair.private) == read_public_key("k", pair.public).fingerprint


def test_private_key_in_place_of_a_public_one_is_refused_as_lost(ours):
    with pytest.raises(ConfigError, match="it is a private key") as refused:
        read_public_key("keys/release.pub", ours.private)
    assert "treat that key as lost" in refused.value.fix
    assert "PRIVATE KEY" not in str(refused.value), "no content of a key file is shown"


@pytest.mark.parametrize("algorithm", [("ed25519",), ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")])
def test_key_that_is_no_elliptic_curve_is_refused_with_the_command_that_makes_one(tmp_path, algorithm):
    openssl("genpkey", "-algorithm", *algorithm, "-out", tmp_path / "k")
    with pytest.raises(ConfigError, match="kind that cannot sign models: no elliptic curve") as refused:
        read_private_key("k", tmp_path / "k")
    assert "openssl genpkey -algorithm EC" in refused.value.fix


def test_key_of_another_curve_is_refused_by_its_name(tmp_path):
    pair = KeyPair.make(tmp_path, "k", curve="secp256k1")
    with pytest.raises(ConfigError, match="cannot sign models: curve secp256k1"):
        read_public_key("k", pair.public)


def test_encrypted_private_key_is_refused_by_that_reason(tmp_path, ours):
    openssl("pkey", "-in", ours.private, "-aes256", "-passout", "pass:x", "-out", tmp_path / "k")
    with pytest.raises(ConfigError, match="encrypted with a password"):
        read_private_key("k", tmp_path / "k")


def test_file_that_is_missing_empty_or_too_large_is_refused(tmp_path):
    (tmp_path / "empty").touch()
    (tmp_path / "large").write_bytes(b"x" * 70_000)
    for read in (read_public_key, read_private_key):
        with pytest.raises(ConfigError, match="cannot be read: No such file"):
            read("k", tmp_path / "missing")
        with pytest.raises(ConfigError, match="key in PEM"):
            read("k", tmp_path / "empty")
        with pytest.raises(ConfigError, match="too large"):
            read("k", tmp_path / "large")


def test_signature_without_the_extra_is_refused_by_the_name_of_the_extra(monkeypatch, ours):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "trimtab.registry.signing.key_files.find_spec",
        lambda module: None if module == "model_signing" else found(module),
    )
    with pytest.raises(MissingExtraError, match="extra 'signing'") as refused:
        read_public_key("k", ours.public)
    assert refused.value.fix == "pip install 'trimtab[signing]'"
