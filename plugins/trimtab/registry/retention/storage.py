"""What kind of storage a copy is on: the medium, and whether it is on another site than this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from trimtab.registry.retention.file_system import FileSystem

LOCAL = "disk"  # the medium of a folder of this machine
ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Storage:
    """The storage of a copy.

    Attributes:
        medium: ``disk`` for a folder, else DVC's name of the protocol, such as ``s3``.
        off_site: Whether it is a service on another host. A folder is none, even if it is mounted from there.
    """

    medium: str
    off_site: bool

    @classmethod
    def of(cls, fs: FileSystem) -> Self:
        """Return the storage of one of DVC's file systems."""
        if fs.protocol in ("local", "file"):
            return cls(LOCAL, off_site=False)
        given = fs.fs_args.get("client_kwargs", {}).get("endpoint_url") or fs.fs_args.get("host")
        endpoint = given or next(filter(None, map(os.environ.get, ENDPOINT_VARIABLES)), "")
        return cls(str(fs.protocol), off_site=_host(str(endpoint)) not in LOOPBACK)

    @classmethod
    def at(cls, address: str) -> Self:
        """Return the storage behind the address of a service; one of this machine is a disk."""
        host = _host(address) if "://" in address else ""
        near = not host or host in LOOPBACK
        return cls(LOCAL if near else "server", off_site=not near)


def _host(address: str) -> str:
    return urlsplit(address if "://" in address else f"//{address}").hostname or ""
