"""Signatures in a verification: required or not, by a listed key or by another one."""

from __future__ import annotations

import pytest

from tests.library.registry.signing.test_signed_statement import STATEMENT, version
from trimtab.errors import RegistryError
from trimtab.registry.retention.signature_check import SignatureChecker
from trimtab.registry.signing import SIGNING_KEY, find_signer, sign_folder

SECTION = "signing: {{required: {required}, public_keys: [{keys}]}}\n"


@pytest.fixture
def model(tmp_path, ours, monkeypatch):
    """The files of a model, signed with our key."""
    monkeypatch.setenv(SIGNING_KEY, str(ours.private))
    (tmp_path / "release.pub").write_bytes(ours.public.read_bytes())
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors: {}\n")
    signer = find_signer(tmp_path)
    assert signer
    sign_folder(folder, STATEMENT, signer)
    return folder


def check(root, folder, *, required: bool = False, keys: str = "release.pub") -> str:
    (root / "params.yaml").write_text(SECTION.format(required=str(required).lower(), keys=keys))
    checker = SignatureChecker.of_checkout(root)
    checker.check(version(), folder)
    return checker.found[3]


@pytest.mark.parametrize("required", [True, False])
def test_signature_of_a_listed_key_has_its_name(tmp_path, model, required):
    assert check(tmp_path, model, required=required) == "release.pub"


def test_signature_is_named_by_its_fingerprint_where_no_key_is_listed(tmp_path, model):
    assert len(check(tmp_path, model, keys="")) == 64


def test_version_without_a_signature_is_accepted_only_where_none_is_required(tmp_path, model):
    (model / "model.sig").unlink()
    assert check(tmp_path, model) == ""
    with pytest.raises(RegistryError, match="is not signed"):
        check(tmp_path, model, required=True)


def test_signature_that_is_not_valid_is_a_problem_also_where_none_is_required(tmp_path, model):
    (model / "MLmodel").write_text("evil")
    with pytest.raises(RegistryError, match="other content in MLmodel"):
        check(tmp_path, model)
