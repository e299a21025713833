"""The record of a project: its template, and which version of it the project has."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.params_file import load_yaml

RECORD_FILE = ".trimtab.yaml"
HEADER = "# The template version of this project. `trimtab new` and `trimtab update` write this file.\n"


@dataclass(frozen=True)
class TemplateRecord:
    """Where the template of a project is, and which version of it the project has.

    Attributes:
        source: The address or the folder of the template's git repository.
        commit: The commit of the version.
        version: The name of the version, as ``git describe --tags --always`` prints it.
    """

    source: str
    commit: str
    version: str

    def to_yaml(self) -> str:
        """Return the content of the record file."""
        from ruamel.yaml import YAML

        text, yaml = io.StringIO(), YAML()
        yaml.width = 4096  # an address stays in its line
        yaml.dump(asdict(self), text)
        return HEADER + text.getvalue()


def read_record(root: Path) -> TemplateRecord | None:
    """Return the record of a project; None if it has none, as a clone of the template has.

    Args:
        root: The top folder of the project.

    Raises:
        ProjectError: The record lacks a value.
    """
    file = root / RECORD_FILE
    if not file.exists():
        return None
    values = load_yaml(file)
    names = [field.name for field in fields(TemplateRecord)]
    missing = [name for name in names if not isinstance(values.get(name), str) or not values[name]]
    if missing:
        raise ProjectError(
            f"The record of the template lacks text for: {', '.join(missing)}",
            where=str(file),
            fix="take the file from the last commit that has it whole: `git log -- .trimtab.yaml`",
        )
    return TemplateRecord(**{name: values[name] for name in names})
