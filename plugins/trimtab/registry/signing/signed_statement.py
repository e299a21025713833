"""The statement that is signed with the files of a model: what the version was made of, by hash."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from trimtab.registry.tracking import Version, sealed_files, signed_tags

SCHEMA = "trimtab.signed-statement/1"


@dataclass(frozen=True)
class SignedStatement:
    """What a version was made of. The signature covers it, and each file of the model.

    Attributes:
        model: The registered model.
        run_id: The MLflow run of the version.
        tags: The version's tags: commit, lock hash, content key, verdict of each gate, environment hash.
        files: SHA-256 of each file of the run, by its path among the artifacts: lock files, gate reports,
            ``environment.txt``, ``params.yaml``, the reference profile.
    """

    model: str
    run_id: str
    tags: Mapping[str, str]
    files: Mapping[str, str]

    def write(self, file: Path) -> None:
        """Write the statement as JSON; the same statement gives the same bytes."""
        content = {"schema": SCHEMA, **asdict(self)}
        file.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a statement.

        Raises:
            ValueError: The file has another content.
        """
        content = json.loads(file.read_bytes())
        try:
            found = {name: content[name] for name in ("model", "run_id", "tags", "files")}
        except (KeyError, TypeError) as err:
            raise ValueError(f"it is no {SCHEMA}") from err
        if content.get("schema") != SCHEMA or not all(isinstance(found[n], dict) for n in ("tags", "files")):
            raise ValueError(f"it is no {SCHEMA}")
        return cls(**found)

    def differences(self, version: Version) -> Iterator[str]:
        """Yield what the statement says otherwise than a version, such as a tag of another commit.

        The seal of a version names some files of its run, which are compared with it when they are read.
        """
        if version.name != self.model:
            yield "the model's name"
        if version.run_id != self.run_id:
            yield "the run"
        tags = signed_tags(version.tags)
        for name in sorted(tags.keys() | self.tags.keys()):
            if tags.get(name) != self.tags.get(name):
                yield f"the tag {name}"
        for path, hash_ in sorted(sealed_files(version).items()):
            if self.files.get(path) != hash_:
                yield f"the file {path}"
