"""Which names are clear, and which of them exist."""

from __future__ import annotations

import pytest

from trimtab.contracts.known_names import KnownNames

FILES = {
    "Makefile": "BIN := x\ntest: ## run\n\tpytest\n",
    "code/fit.py": "LEVELS = 3\ndef learn(): ...\n",
    "train.py": "def main(): ...\nclass Tree: ...\n",
    ".gitignore": "/rows.csv\n/report\n/model.txt\n/verdict\n/build\n",
}


@pytest.fixture
def names(pipeline) -> KnownNames:
    return KnownNames(pipeline(FILES))


def test_names_that_exist_and_texts_that_may_be_anything_are_not_missing(names):
    code = [
        *("train", "train.depth", "train.py", "train.main", "train.Tree", "code/fit.py", "code/"),
        *("report/report.json", "trimtab plan", "trimtab gate data --suite s", "trimtab", "make test"),
        *("make -j 2 test", "dvc repro train", "trimtab run judge --jobs 2", "dvc exp run -S train.depth=3"),
        *("a/b", "https://host/code/x", "code/<name>.py", "code/*.py", "text/html", "os.path", "x.y"),
        *(
            "train.depth=3",
            "trimtab <command>",
            "code/a b.py",
            "f(x)",
            "it's",
            "build/x",
            "dvc repro ./dvc.yaml",
            "train_model",
            "demand_training",
        ),
    ]
    assert {text: list(names.missing(text, is_command=False)) for text in code} == {text: [] for text in code}


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("code/absent.py", "The path code/absent.py does not exist"),
        ("train.dept", "There is no param 'train.dept'; did you mean 'train.depth'?"),
        ("trimtab plann", "There is no command 'trimtab plann'; did you mean 'plan'?"),
        ("trimtab gate dat", "There is no command 'trimtab gate dat'; did you mean 'data'?"),
        ("make tests", "The Makefile has no target 'tests'; did you mean 'test'?"),
        ("dvc repro trian", "There is no stage 'trian'; did you mean 'train'?"),
        ("dvc exp run -S train.dept=3", "There is no param 'train.dept'; did you mean 'train.depth'?"),
    ],
)
def test_name_that_does_not_exist_is_missing(names, code, what):
    assert [found for found, _ in names.missing(code, is_command=False)] == [what]


def test_dag_id_of_the_pipeline_must_be_that_of_a_dag(pipeline):
    names = KnownNames(pipeline(FILES, below="pipelines/demand"))
    names.__dict__["_dags"] = {"demand_training"}
    assert list(names.missing("demand_training", is_command=False)) == []
    ((what, _),) = names.missing("demand_rollback", is_command=False)
    assert what.startswith("There is no DAG 'demand_rollback'")


def test_line_of_a_shell_block_is_no_path_and_no_param(names):
    assert list(names.missing("code/absent.py", is_command=True)) == []
