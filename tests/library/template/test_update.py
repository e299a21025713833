"""An update changes the template's files, and of the project's own only deprecated names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library.template.template_history import IDENTITY, SMALL, Repository, init
from trimtab.errors import ProjectError
from trimtab.pipeline.git import git
from trimtab.template import update_project
from trimtab.template.divergence import Divergence

OLD = "plugins/trimtab/old.py"


def release(template: Repository, tag: str = "v1.1", **changes: str) -> None:
    """Make a new version: line 3 of the library changes, and the given files."""
    template.replace(OLD, "line 3\n", f"line 3 of {tag}\n")
    template.write(changes)
    template.commit(tag=tag)


def test_update_brings_the_newest_release_and_commits_nothing(
    template: Repository, project: Repository
) -> None:
    before = project.head
    release(template, "v1.9")
    template.replace(OLD, "line 3 of v1.9", "line 3")
    release(template, "v1.10", **{"docs/new.md": "new\n"})
    template.replace("docs/gates.md", "gates", "not released")
    template.commit()

    report = update_project(project.root)

    assert (report.before, report.after.version) == ("v1.0", "v1.10")
    assert (report.files["updated"], report.files["added"]) == ([OLD], ["docs/new.md"])
    assert "line 3 of v1.10" in project.read(OLD)
    assert project.head == before
    assert project.status == ["M  .trimtab.yaml", "A  docs/new.md", f"M  {OLD}"]


def test_update_twice_does_nothing_the_second_time(template: Repository, project: Repository) -> None:
    release(template)
    update_project(project.root)
    project.commit()

    report = update_project(project.root)

    assert report.before == report.after.version == "v1.1"
    assert project.status == []


def test_dry_run_writes_nothing_and_reports_the_same(template: Repository, project: Repository) -> None:
    release(template)

    planned = update_project(project.root, dry_run=True)
    assert project.status == []

    done = update_project(project.root)
    assert {**planned.to_dict(), "dry_run": False} == done.to_dict()


def test_update_merges_an_edit_of_the_project_with_one_of_the_template(
    template: Repository, project: Repository
) -> None:
    project.replace(OLD, "line 15\n", "ours\n")
    project.commit()
    release(template)

    report = update_project(project.root)

    assert report.files["merged"] == [OLD]
    assert report.divergences == [Divergence(OLD, "edited")]
    assert {"line 3 of v1.1", "ours"} <= set(project.read(OLD).splitlines())


def test_conflict_names_both_sides_and_git_knows_the_file_as_unmerged(
    template: Repository, project: Repository
) -> None:
    project.replace(OLD, "line 3\n", "ours\n")
    project.commit()
    release(template)

    report = update_project(project.root)

    assert report.conflicts == [OLD]
    conflict = "<<<<<<< your-project\nours\n=======\nline 3 of v1.1\n>>>>>>> template-v1.1\n"
    assert conflict in project.read(OLD)
    assert f"UU {OLD}" in project.status
    git(project.root, "checkout", "--theirs", OLD)
    assert "line 3 of v1.1\n" in project.read(OLD)
    git(project.root, "checkout", "--merge", OLD)
    assert "<<<<<<< ours" in project.read(OLD)


def test_edit_of_a_file_that_the_template_removed_is_a_conflict_and_stays(
    template: Repository, project: Repository
) -> None:
    project.replace(OLD, "line 3\n", "ours\n")
    project.commit()
    template.remove(OLD)
    template.commit(tag="v1.1")

    report = update_project(project.root)

    assert report.conflicts == [OLD]
    assert "ours\n" in project.read(OLD)
    assert f"UD {OLD}" in project.status


def test_file_that_the_project_deleted_stays_deleted_and_is_listed(
    template: Repository, project: Repository
) -> None:
    project.remove(OLD)
    project.commit()
    release(template)

    report = update_project(project.root)

    assert (report.conflicts, report.divergences) == ([], [Divergence(OLD, "deleted")])
    assert not (project.root / OLD).exists()
    assert project.status == ["M  .trimtab.yaml"]


def test_files_of_the_project_never_change(template: Repository, project: Repository) -> None:
    own = {
        "README.md": "ours\n",
        "dags/flights/training.py": "our own flights\n",
        "params.yaml": "drift: {min_rows: 5}\n",
        "benchmarks/engine.py": "our own benchmark\n",
        "unknown/file.bin": b"\0\r\n\xff",
    }
    project.write(own)
    project.commit()
    release(
        template, **{name: "new\n" for name in SMALL if not name.startswith(("plugins", "docs", "Makefile"))}
    )

    report = update_project(project.root)

    assert (report.conflicts, report.divergences) == ([], [])
    assert {name: (project.root / name).read_bytes() for name in own} == {
        name: content if isinstance(content, bytes) else content.encode() for name, content in own.items()
    }
    assert project.status == ["M  .trimtab.yaml", f"M  {OLD}"]


def test_clone_without_a_record_is_updated_from_the_commit_it_shares(
    template: Repository, cloned: Repository
) -> None:
    cloned.write({"pipelines/demand/train.py": "ours\n", "README.md": "ours\n"})
    cloned.remove("pipelines/flights")
    cloned.commit()
    release(template, **{"README.md": "new\n", "tests/library/test_new.py": "upstream\n"})

    report = update_project(cloned.root, source=str(template.root))

    assert (report.before, report.conflicts, report.divergences) == ("v1.0", [], [])
    assert report.files["added"] == ["tests/library/test_new.py"]  # it has kept upstream's tests
    assert cloned.read("README.md") == "ours\n"
    assert not (cloned.root / "pipelines/flights").exists()


def test_clone_that_is_up_to_date_is_not_changed(template: Repository, cloned: Repository) -> None:
    report = update_project(cloned.root, source=str(template.root))

    assert report.before == report.after.version == "v1.0"
    assert cloned.status == []


def test_source_may_be_a_relative_path_and_is_recorded_as_an_absolute_one(
    template: Repository, cloned: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(cloned.root)
    release(template)

    update_project(Path(), source="../template")
    cloned.commit()

    assert f"source: {template.root}\n" in cloned.read(".trimtab.yaml")


def test_clone_that_deleted_the_tests_of_upstream_does_not_get_them_back(
    template: Repository, cloned: Repository
) -> None:
    cloned.remove("tests/library", "benchmarks")
    cloned.commit()
    release(template, **{"tests/library/test_old.py": "new\n", "tests/library/test_new.py": "new\n"})

    report = update_project(cloned.root, source=str(template.root))

    assert (report.conflicts, report.divergences, report.files["added"]) == ([], [], [])


def test_clone_that_merged_a_version_itself_is_updated_from_that_one(
    template: Repository, cloned: Repository
) -> None:
    release(template)
    update_project(cloned.root, source=str(template.root))
    cloned.commit()
    template.replace(OLD, "line 3 of v1.1", "line 3")
    release(template, "v1.2")
    git(cloned.root, "fetch", "--quiet", str(template.root), "v1.2")
    git(cloned.root, *IDENTITY, "merge", "--quiet", "-X", "theirs", "FETCH_HEAD", "--message", "merge")

    assert update_project(cloned.root).before == "v1.2"


def test_update_is_refused_with_uncommitted_changes(project: Repository) -> None:
    project.write({"Makefile": "changed\n"})

    with pytest.raises(ProjectError, match=r"uncommitted changes: 1 file"):
        update_project(project.root)


def test_untracked_file_in_the_way_of_a_new_one_is_not_overwritten(
    template: Repository, project: Repository
) -> None:
    project.write({"docs/new.md": "precious\n"})
    release(template, **{"docs/new.md": "new\n"})

    with pytest.raises(ProjectError, match=r"docs/new\.md"):
        update_project(project.root)

    assert project.read("docs/new.md") == "precious\n"
    assert project.status == ["?? docs/new.md"]


def test_update_to_an_older_version_is_refused(template: Repository, project: Repository) -> None:
    release(template)
    update_project(project.root)
    project.commit()

    with pytest.raises(ProjectError, match=r"older than the project's: v1\.0"):
        update_project(project.root, version="v1.0")


def test_update_to_an_unknown_version_lists_the_releases(project: Repository) -> None:
    with pytest.raises(ProjectError, match=r"(?s)no version 'v7'.*releases: v1\.0"):
        update_project(project.root, version="v7")


def test_project_with_no_record_says_how_to_name_the_template(cloned: Repository) -> None:
    with pytest.raises(ProjectError, match="trimtab update --from URL"):
        update_project(cloned.root)


def test_project_with_no_record_and_no_shared_commit_is_refused(template: Repository, tmp_path: Path) -> None:
    copied = init(tmp_path / "copied", SMALL)

    with pytest.raises(ProjectError, match="version of the template is not known"):
        update_project(copied.root, source=str(template.root))


def test_recorded_commit_that_the_template_lost_is_refused(project: Repository) -> None:
    recorded = project.read(".trimtab.yaml")
    commit = next(line for line in recorded.splitlines() if line.startswith("commit"))
    project.write({".trimtab.yaml": recorded.replace(commit, f"commit: {'1' * 39}a")})
    project.commit()

    with pytest.raises(ProjectError, match="does not have the recorded commit"):
        update_project(project.root)


def test_file_that_passes_from_the_project_to_the_template_is_added_to_a_project_without_it(
    template: Repository, project: Repository
) -> None:
    template.replace("plugins/trimtab/template/ownership.yaml", "benchmarks, ", "")
    template.replace("plugins/trimtab/template/ownership.yaml", "docs,", "docs, benchmarks,")
    release(template)

    report = update_project(project.root)

    assert report.files["added"] == ["benchmarks/engine.py"]
    assert report.divergences == []


def test_update_rewrites_deprecated_keys_and_leaves_them_unstaged(
    template: Repository, project: Repository
) -> None:
    project.write({"pipelines/a/params.yaml": "drift:\n  limit: 3  # why\n"})
    project.commit()
    release(
        template,
        **{"plugins/trimtab/deprecations.yaml": "params: {'1.1': {drift.limit: drift.bound}}\npython: {}\n"},
    )

    report = update_project(project.root)

    assert [migration.renamed for migration in report.migrations] == [{"drift.limit": "drift.bound"}]
    assert project.read("pipelines/a/params.yaml") == "drift:\n  bound: 3  # why\n"
    assert " M pipelines/a/params.yaml" in project.status
