"""Key pairs, and projects whose params.yaml lists public keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from trimtab.registry.signing import SIGNING_KEY


@pytest.fixture
def root(tmp_path, ours) -> Path:
    """A project that trusts our key and requires signatures."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "release.pub").write_bytes(ours.public.read_bytes())
    (tmp_path / "params.yaml").write_text("signing: {required: true, public_keys: [keys/release.pub]}\n")
    return tmp_path


@pytest.fixture(autouse=True)
def no_signing_key(monkeypatch) -> None:
    monkeypatch.delenv(SIGNING_KEY, raising=False)
