"""Files with conflict markers of git."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError, ProjectError
from trimtab.merge_conflicts import refuse_conflict
from trimtab.params_file import load_yaml

SIDES = "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n"


@pytest.mark.parametrize(
    "text",
    [
        f"b: 1\n{SIDES}",
        f"b: 1\n{SIDES}".replace("\n", "\r\n"),
        "b: 1\n<<<<<<<\n||||||| base\na: 0\n=======\n>>>>>>>",
    ],
    ids=["two sides", "CRLF", "diff3, sides without names"],
)
def test_file_with_conflict_markers_is_refused_with_the_line(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "params.yaml"
    path.write_bytes(text.encode())

    with pytest.raises(ConfigError, match=r"has a merge conflict: params\.yaml") as refusal:
        load_yaml(path)

    assert refusal.value.where == f"{path}: line 2"
    assert "git add params.yaml" in refusal.value.fix


@pytest.mark.parametrize(
    "text", ["a: [\n", "<<<<<<< a\nb: [\n", ">>>>>>>\n=======\n<<<<<<<\n", "x: <<<<<<< \n=======\n>>>>>>>\n"]
)
def test_other_broken_file_is_no_merge_conflict(tmp_path, text):
    path = tmp_path / "params.yaml"
    path.write_text(text)

    with pytest.raises(ConfigError, match="not valid YAML"):
        load_yaml(path)


@pytest.mark.parametrize(
    ("name", "solved"),
    [
        ("dvc.lock", "git checkout --ours dvc.lock"),
        ("x.csv.dvc", "dvc checkout x.csv.dvc"),
        ("sub/dvc.yaml", "`git add sub/dvc.yaml`"),
    ],
)
def test_merge_conflict_is_refused_with_a_fix_for_the_kind_of_file(tmp_path, monkeypatch, name, solved):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(SIDES)
    with pytest.raises(ProjectError) as refusal:
        refuse_conflict(tmp_path / name, ProjectError)
    assert solved in refusal.value.fix
