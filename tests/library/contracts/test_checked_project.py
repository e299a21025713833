"""The pipelines of a repository."""

from __future__ import annotations

from trimtab.contracts.checked_project import CheckedProject, find_projects


def test_folder_of_pipelines_with_dvc_is_a_pipeline(tmp_path):
    for folder in ("pipelines/demand/.dvc", "pipelines/fares/.dvc", "pipelines/shared"):
        (tmp_path / folder).mkdir(parents=True)
    assert [(found.name, found.root) for found in find_projects(tmp_path)] == [
        ("demand", tmp_path / "pipelines/demand"),
        ("fares", tmp_path / "pipelines/fares"),
    ]


def test_project_at_the_top_is_a_pipeline_without_a_name_if_it_has_stages(tmp_path):
    (tmp_path / ".dvc").mkdir()
    assert find_projects(tmp_path) == []
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    assert [found.name for found in find_projects(tmp_path)] == [""]


def test_files_of_a_pipeline_are_neither_ignored_nor_of_another_pipeline(pipeline):
    made = pipeline(
        {"rows.csv": "ignored", "pipelines/demand/.dvc/config": "", "pipelines/demand/README.md": ""}
    )
    assert "train.py" in made.files
    assert not {"rows.csv", "pipelines/demand/README.md"} & set(made.files)


def test_place_is_seen_from_the_top(tmp_path):
    made = CheckedProject(tmp_path, tmp_path / "pipelines" / "demand")
    assert made.where("dvc.yaml", "stages", "train") == "pipelines/demand/dvc.yaml: stages.train"
    assert made.where("dvc.yaml") == "pipelines/demand/dvc.yaml"


def test_pipeline_without_params_has_none(tmp_path):
    assert CheckedProject(tmp_path, tmp_path).params == {}
