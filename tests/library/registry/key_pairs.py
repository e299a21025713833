"""Key pairs for tests, made with openssl as the docs say."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class KeyPair:
    """The files of a key pair."""

    private: Path
    public: Path

    @classmethod
    def make(cls, folder: Path, name: str, *, curve: str = "P-256") -> KeyPair:
        folder.mkdir(parents=True, exist_ok=True)
        pair = cls(folder / f"{name}.key", folder / f"{name}.pub")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-out", pair.private)
        openssl("pkey", "-in", pair.private, "-pubout", "-out", pair.public)
        return pair


def openssl(*args: str | Path) -> None:
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True)
