"""The names in a pipeline's Markdown files."""

from __future__ import annotations

from trimtab.contracts.page_names import check_page_names

PAGE = """\
# Demand

The stage `train` reads `train.depth`; see `train.py` and `code/`.

```sh
dvc repro train   # all of it
$ trimtab plan
```

```python
train.absent = "code/absent.py"
```
"""


def found(pipeline, text: str, **files: str) -> list[tuple[str, str]]:
    made = pipeline({"README.md": text, **files})
    return [(problem.what, problem.where) for problem in check_page_names(made)]


def test_page_that_names_what_exists_has_no_problem(pipeline):
    assert found(pipeline, PAGE) == []


def test_page_without_a_newline_at_its_end_is_read(pipeline):
    ((what, where),) = found(pipeline, "`train.width`")
    assert what.startswith("There is no param 'train.width'")
    assert where == "README.md, line 1"


def test_problem_has_the_line_of_the_page(pipeline):
    page = "# Demand\n\n```sh\ndvc repro\ndvc repro trian\n```\n\nSet\n`train.dept`.\n"
    assert found(pipeline, page) == [
        ("There is no stage 'trian'; did you mean 'train'?: `dvc repro trian`", "README.md, line 5"),
        ("There is no param 'train.dept'; did you mean 'train.depth'?: `train.dept`", "README.md, line 9"),
    ]


def test_page_of_the_template_is_not_checked(pipeline):
    made = pipeline({"docs/drift.md": "`train.absent`", "SECURITY.md": "`train.absent`"})
    assert list(check_page_names(made)) == []


def test_page_of_a_pipeline_in_a_folder_is_checked(pipeline):
    made = pipeline({"notes/ours.md": "`train.absent`"}, below="pipelines/demand")
    (problem,) = check_page_names(made)
    assert problem.where == "pipelines/demand/notes/ours.md, line 1"
