from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.registry.signing.signer import SIGNING_KEY, find_signer


def test_signer_is_the_key_that_the_environment_names(root, ours, monkeypatch):
    monkeypatch.setenv(SIGNING_KEY, str(ours.private))
    signer = find_signer(root)
    assert signer
    assert (signer.key, signer.accepted) == (ours.private, {signer.fingerprint})


def test_signer_is_missing_where_the_policy_requires_one_is_refused_with_what_to_do(root):
    with pytest.raises(ConfigError, match="not set, and the policy requires a signature") as refused:
        find_signer(root)
    assert SIGNING_KEY in str(refused.value)
    assert "openssl genpkey" in refused.value.fix


def test_no_signer_is_needed_where_the_policy_requires_none(root):
    (root / "params.yaml").write_text("signing: {public_keys: [keys/release.pub]}\n")
    assert find_signer(root) is None


def test_key_that_the_checkout_does_not_trust_is_refused_before_anything_is_signed(root, theirs, monkeypatch):
    monkeypatch.setenv(SIGNING_KEY, str(theirs.private))
    with pytest.raises(ConfigError, match="none of the trusted public keys"):
        find_signer(root)


def test_key_signs_where_the_checkout_lists_no_key(tmp_path, theirs, monkeypatch):
    monkeypatch.setenv(SIGNING_KEY, str(theirs.private))
    assert find_signer(tmp_path)
