"""The environment that stages run in: the host, its Python and its packages.

It is a fact about a run, and no part of its result: neither a lock entry nor the commit of a record has it.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

from trimtab.errors import ProjectError

DIGEST_LENGTH = 16
_DISTRIBUTION = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)(?:-.*)?\.(?:dist|egg)-info")


class EnvironmentDict(TypedDict):
    """A :class:`HostEnvironment` in JSON."""

    host: str
    python: str
    platform: str
    packages: dict[str, str]


@dataclass(frozen=True)
class HostEnvironment:
    """The environment of a process that runs stages.

    Attributes:
        host: The name of the host.
        python: The version of Python.
        platform: The operating system and the processor.
        packages: The version of each installed package, by its normalized name.
    """

    host: str
    python: str
    platform: str
    packages: Mapping[str, str]

    @property
    def digest(self) -> str:
        """A digest of everything but the host's name: hosts with the same software have the same."""
        content = [self.python, self.platform, sorted(self.packages.items())]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:DIGEST_LENGTH]

    def to_dict(self) -> EnvironmentDict:
        """Serialize the environment for JSON."""
        return {
            "host": self.host,
            "python": self.python,
            "platform": self.platform,
            "packages": dict(self.packages),
        }

    @classmethod
    def from_dict(cls, values: object, *, where: str) -> HostEnvironment:
        """Deserialize an environment from an XCom or a run note, which are untrusted data.

        Raises:
            ProjectError: The values are not those of an environment.
        """
        fields = values if isinstance(values, Mapping) else {}
        packages = fields.get("packages")
        texts = [fields.get(name) for name in ("host", "python", "platform")]
        if isinstance(packages, Mapping):
            texts += [text for item in packages.items() for text in item]
        if not isinstance(packages, Mapping) or not all(isinstance(text, str) for text in texts):
            raise ProjectError(
                "The value is no environment of a run",
                where=where,
                fix="only Trimtab's tasks may write it; run the pipeline again",
            )
        return cls(fields["host"], fields["python"], fields["platform"], dict(packages))


@cache
def current_environment() -> HostEnvironment:
    """Return the environment of this process, in which a sandbox runs its commands too."""
    return HostEnvironment(
        host=socket.gethostname(),
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        packages=_installed_packages(),
    )


def _installed_packages() -> dict[str, str]:
    """Map installed packages to their versions by the names of their folders, which costs no reading."""
    found: dict[str, str] = {}
    for folder in map(Path, dict.fromkeys(sys.path)):
        if not folder.is_dir():
            continue
        for each in sorted(folder.iterdir()):
            if matched := _DISTRIBUTION.fullmatch(each.name):
                name = re.sub(r"[-_.]+", "-", matched["name"]).lower()
                found.setdefault(name, matched["version"])  # the first one is the one that Python imports
    return dict(sorted(found.items()))
