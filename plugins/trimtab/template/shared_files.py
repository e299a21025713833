"""Files of the template with a part of the project: its packages in ``pyproject.toml``, and the lock file."""

from __future__ import annotations

from collections.abc import Mapping

from trimtab.template.example_removal import PACKAGES, PYPROJECT
from trimtab.template.repository import TemplateRepository, TreeFile

LOCK = "requirements.lock"
Files = Mapping[str, TreeFile]


def with_own_packages(repository: TemplateRepository, template: Files, project: Files) -> dict[str, TreeFile]:
    """Return files of the template in which ``pyproject.toml`` lists the packages of a project's stages.

    So a merge of ``pyproject.toml`` keeps the list of the project, whatever the template has for its example.

    Args:
        repository: A clone of the template that sees the objects of the project.
        template: The files of a version of the template.
        project: The files of the project.
    """
    files = dict(template)
    if PYPROJECT in template and PYPROJECT in project:
        own = PACKAGES.search(repository.read(project[PYPROJECT]))
        text = repository.read(template[PYPROJECT])
        if own:
            files[PYPROJECT] = repository.write_file(PYPROJECT, PACKAGES.sub(lambda _: own[0], text))
    return files


def needs_new_lock(base: Files, ours: Files, theirs: Files) -> bool:
    """Whether project and template both changed the lock file, so that it has to be made again.

    A merge of its lines would be no result of the resolver.
    """
    locks = [files.get(LOCK) for files in (base, ours, theirs)]
    return None not in locks and len(set(locks)) == len(locks)
