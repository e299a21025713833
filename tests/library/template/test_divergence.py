"""A divergence is a change on the template's side that the new version does not have."""

from __future__ import annotations

import pytest

from trimtab.template.divergence import Divergence, find_divergences
from trimtab.template.repository import TreeFile
from trimtab.template.sides import TemplateSides


def files(content: str) -> dict[str, TreeFile]:
    return {"a.py": TreeFile("a.py", "100644", content)} if content else {}


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "kind"),
    [
        ("1", "1", "1", None),
        ("1", "1", "2", None),
        ("1", "2", "1", "edited"),
        ("1", "2", "3", "edited"),
        ("1", "2", "2", None),  # the project took the change before
        ("1", "2", "", "edited"),
        ("1", "", "1", "deleted"),
        ("1", "", "", None),
        ("", "1", "", "added"),
        ("", "1", "2", "added"),
        ("", "1", "1", None),
    ],
)
def test_divergence_is_what_only_the_project_changed(
    base: str, ours: str, theirs: str, kind: str | None
) -> None:
    sides = TemplateSides(files(base), files(ours), files(theirs), {})
    assert find_divergences(sides) == ([Divergence("a.py", kind)] if kind else [])  # type: ignore[arg-type]
