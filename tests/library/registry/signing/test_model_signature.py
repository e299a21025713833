"""Signatures of the files of a model, without a server."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.library.registry.signing.test_signed_statement import STATEMENT, version
from trimtab.errors import RegistryError
from trimtab.registry.signing import (
    SIGNATURE,
    SIGNING_KEY,
    find_fingerprint,
    find_signer,
    require_signature,
    required_keys,
    sign_folder,
)


@pytest.fixture
def folder(root, ours, monkeypatch, tmp_path) -> Path:
    """The files of a signed model."""
    model = tmp_path / "model"
    (model / "code").mkdir(parents=True)
    (model / "MLmodel").write_text("flavors: {}\n")
    (model / "code" / "flavor.py").write_text("pass\n")
    monkeypatch.setenv(SIGNING_KEY, str(ours.private))
    signer = find_signer(root)
    assert signer
    sign_folder(model, STATEMENT, signer)
    return model


def refused(root: Path, folder: Path) -> str:
    with pytest.raises(RegistryError) as error:
        require_signature(version(), folder, required_keys(root))
    return str(error.value)


def test_signature_of_a_trusted_key_is_accepted_also_beside_what_mlflow_adds_to_a_download(root, folder):
    (folder / "registered_model_meta").write_text("model_name: fares\n")
    assert require_signature(version(), folder, required_keys(root)).name == "keys/release.pub"


def test_openssf_command_line_accepts_the_signature(root, folder):
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("model_signing"), "verify", "key", folder),
            *("--signature", folder / SIGNATURE, "--public_key", root / "keys/release.pub"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def alter(path: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / path).write_text(text)


def alter_signature(folder: Path) -> None:
    content = json.loads((folder / SIGNATURE).read_bytes())
    held = content["dsseEnvelope"]["signatures"][0]
    bits = bytearray(base64.b64decode(held["sig"]))
    bits[-1] ^= 1
    held["sig"] = base64.b64encode(bits).decode()
    (folder / SIGNATURE).write_text(json.dumps(content))


def alter_signed_payload(folder: Path) -> None:
    """Say in the signature that the altered file has its new hash."""
    (folder / "MLmodel").write_text("evil")
    content = json.loads((folder / SIGNATURE).read_bytes())
    payload = json.loads(base64.b64decode(content["dsseEnvelope"]["payload"]))
    payload["predicate"]["resources"] = []
    content["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
    (folder / SIGNATURE).write_text(json.dumps(content))


def keep_only_the_name_of_the_key(folder: Path) -> None:
    content = json.loads((folder / SIGNATURE).read_bytes())
    (folder / SIGNATURE).write_text(json.dumps({"verificationMaterial": content["verificationMaterial"]}))


@pytest.mark.parametrize(
    ("attack", "message"),
    [
        (alter("MLmodel", "evil"), "not valid for its files and keys/release.pub: other content in MLmodel"),
        (alter("code/flavor.py", "evil"), "other content in code/flavor.py"),
        (alter("statement.json", "{}"), "other content in statement.json"),
        (alter("more.py", "evil"), "Extra files.*more.py"),
        (alter(".gitattributes", "evil"), "Extra files.*.gitattributes"),
        (lambda folder: (folder / "MLmodel").unlink(), "Missing files.*MLmodel"),
        (lambda folder: (folder / SIGNATURE).unlink(), "fares version 3 is not signed"),
        (alter_signature, "not valid for its files.*was altered"),
        (alter_signed_payload, "not valid for its files"),
        (keep_only_the_name_of_the_key, "not valid for its files"),
        (alter(SIGNATURE, "{}"), "names no key"),
        (alter(SIGNATURE, "[]"), "names no key"),
        (alter(SIGNATURE, "{"), "names no key"),
        (alter(SIGNATURE, "[" * 100_000), "names no key"),
        (
            alter(SIGNATURE, '{"verificationMaterial": {"publicKey": {"hint": "<script>"}}}'),
            "names no key",
        ),
        (alter(SIGNATURE, '{"verificationMaterial": {"publicKey": {"hint": null}}}'), "names no key"),
    ],
)
def test_altered_model_or_signature_is_refused_by_what_is_wrong(root, folder, attack, message):
    attack(folder)
    assert re.search(message, refused(root, folder), re.S)


def test_signature_of_another_key_is_refused_with_both_fingerprints(root, folder, theirs):
    (root / "keys" / "release.pub").write_bytes(theirs.public.read_bytes())
    message = refused(root, folder)
    assert "signed with a key that the checkout does not trust" in message
    for fingerprint in (find_fingerprint(version(), folder), required_keys(root)[0].fingerprint):
        assert str(fingerprint)[:16] in message


def test_signature_that_claims_to_be_of_a_trusted_key_is_refused(root, folder, theirs):
    """The name of the key in a signature is not signed: it only says which key to try."""
    own = find_fingerprint(version(), folder)
    (root / "keys" / "release.pub").write_bytes(theirs.public.read_bytes())
    claimed = required_keys(root)[0].fingerprint
    text = (folder / SIGNATURE).read_text()
    (folder / SIGNATURE).write_text(text.replace(str(own), claimed))
    assert "not valid for its files" in refused(root, folder)


def test_signature_of_another_version_is_refused_by_what_differs(root, folder):
    with pytest.raises(RegistryError, match=r"differs from what was signed: the run, the tag trimtab\.key"):
        require_signature(version(run="another", key="other"), folder, required_keys(root))
