"""A new project: the files of the template without the example and without what is upstream's alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from trimtab.errors import ConfigError, ProjectError, closest
from trimtab.pipeline.git import git
from trimtab.template.example_removal import PACKAGES, PYPROJECT
from trimtab.template.record import RECORD_FILE, TemplateRecord, read_record
from trimtab.template.repository import NOBODY, TemplateRepository, TreeFile, clone_template

# Files of the template that a new project gets at its top, and owns from then on.
PROJECT_FILES = "plugins/trimtab/template/project"


def create_project(folder: Path, *, template: str | None = None, example: str | None = None) -> None:
    """Make a project from the template: a git repository with one commit.

    Args:
        folder: The folder of the project. It is made, or is empty.
        template: The address or the folder of the template's git repository, of which the newest release is
            taken. By default the version that this library belongs to.
        example: The example to keep as it is; None for a project without a pipeline.

    Raises:
        ConfigError: The template has no such example.
        ProjectError: The folder is not empty, or no template is known.
    """
    _require_empty(folder)
    source, version = (template, None) if template else _running_version()
    with clone_template(source) as repository:
        commit = repository.find_version(version)
        record = TemplateRecord(_shared_address(source), commit, repository.describe(commit))
        made = repository.write_commit(_project_files(repository, record, example).values())
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--initial-branch", "main")
        repository.send(made, folder)
    git(folder, "read-tree", "-m", "-u", made)
    git(
        folder, "commit", "--quiet", "--message", f"Start from version {record.version} of the template",
        env=_committer(folder),
    )  # fmt: skip


def _require_empty(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ProjectError("The project's folder is a file", where=str(folder), fix="choose another folder")
    content = sorted(path.name for path in folder.iterdir() if path.name != ".git") if folder.exists() else []
    if content:
        raise ProjectError(
            f"The folder is not empty: it has '{content[0]}'",
            where=str(folder),
            fix="make the project in an empty folder",
        )
    if (folder / ".git").exists() and git(folder, "rev-list", "--all", "--max-count=1"):
        raise ProjectError(
            "The folder is a git repository with commits", where=str(folder), fix="choose an empty folder"
        )


def _running_version() -> tuple[str, str]:
    """Return the template and the version of this library: its own repository, or the recorded one.

    Raises:
        ProjectError: The library was installed as a package, which has no template.
    """
    package = Path(__file__).resolve().parent
    unknown = ProjectError(
        "The template is not known: this library was installed as a package",
        where=str(package),
        fix="give the address of the template's git repository with `--template`",
    )
    try:
        tracked = git(package, "ls-files", "--", Path(__file__).name)
    except ProjectError as err:
        raise unknown from err
    if not tracked:  # such as a virtual environment inside a repository
        raise unknown
    root = Path(git(package, "rev-parse", "--show-toplevel"))
    record = read_record(root)
    return (record.source, record.commit) if record else (str(root), git(root, "rev-parse", "HEAD"))


def _shared_address(source: str) -> str:
    """Return the address a folder was cloned from, which others can reach too; otherwise the source."""
    if not Path(source).is_dir():
        return source
    address = git(Path(source), "config", "--get", "remote.origin.url", accept=(0, 1))
    return address if address and not Path(address).is_dir() else str(Path(source).resolve())


def _project_files(
    repository: TemplateRepository, record: TemplateRecord, example: str | None
) -> dict[str, TreeFile]:
    ownership = repository.ownership(record.commit)
    _require_example(example, ownership.examples)
    template = repository.files(record.commit)
    files = {
        path: file
        for path, file in template.items()
        if not ownership.is_removed(path) or (example and ownership.owner(path) == "fork")
    }
    for path, file in template.items():
        if PurePosixPath(path).is_relative_to(PROJECT_FILES):
            top = str(PurePosixPath(path).relative_to(PROJECT_FILES))
            files[top] = TreeFile(top, file.mode, file.blob)
    if PYPROJECT in files and not example:
        text = PACKAGES.sub("project = []", repository.read(files[PYPROJECT]))
        files[PYPROJECT] = repository.write_file(PYPROJECT, text)
    files[RECORD_FILE] = repository.write_file(RECORD_FILE, record.to_yaml())
    return files


def _require_example(example: str | None, known: Sequence[str]) -> None:
    if example and example not in known:
        raise ConfigError(
            f"The template has no example '{example}'{closest(example, known)}",
            where="--from-example",
            fix=f"name one of: {', '.join(known) or '(none)'}",
        )


def _committer(folder: Path) -> dict[str, str]:
    """Return the variables of a committer where git knows none."""
    known = git(folder, "var", "GIT_COMMITTER_IDENT", accept=(0, 128))
    return {} if known else {name: value for name, value in NOBODY.items() if "DATE" not in name}
