"""The new version's list of owners divides the files of all three versions."""

from __future__ import annotations

from tests.library.template.template_history import Repository
from trimtab.template.repository import clone_template
from trimtab.template.sides import TemplateSides, template_sides


def sides_of(template: Repository, project: Repository) -> TemplateSides:
    with clone_template(str(template.root), project=project.root) as repository:
        base = repository.find_version("v1.0")
        return template_sides(repository, base=base, project=project.head, new=template.head)


def test_new_project_has_no_upstream_files_on_the_template_side(
    template: Repository, project: Repository
) -> None:
    sides = sides_of(template, project)

    assert set(sides.base) == set(sides.ours) == set(sides.theirs)
    assert not [path for path in sides.theirs if path.startswith(("benchmarks", "tests"))]
    assert set(sides.project_files) == {".trimtab.yaml", "README.md", "tests/pipelines/__init__.py"}


def test_clone_has_the_upstream_files_that_it_kept_on_the_template_side(
    template: Repository, cloned: Repository
) -> None:
    cloned.remove("benchmarks")
    cloned.commit()

    sides = sides_of(template, cloned)

    assert "tests/library/test_old.py" in sides.theirs
    assert "benchmarks/engine.py" not in {*sides.base, *sides.ours, *sides.theirs}


def test_own_file_where_upstream_has_one_is_the_projects(template: Repository, project: Repository) -> None:
    project.write({"benchmarks/engine.py": "our own\n"})
    project.commit()

    sides = sides_of(template, project)

    assert "benchmarks/engine.py" in sides.project_files
    assert "benchmarks/engine.py" not in {*sides.base, *sides.ours, *sides.theirs}
