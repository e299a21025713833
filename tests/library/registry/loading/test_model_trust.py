"""Whatever loads or promotes a registered model is given what the checkout trusts: its types and its keys."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import trimtab
from trimtab.registry.loading import NO_PROJECT

LIBRARY = Path(trimtab.__file__).parent
TAKE_TRUST = {
    "check_newest_window",
    "compare_candidates",
    "compare_versions",
    "download_model",
    "gather_materials",
    "load_champion",
    "load_scorer",
    "load_version",
    "promote",
    "promote_best",
    "promote_manually",
    "require_signed",
    "roll_back",
    "score_in_shadow",
    "score_windows",
    "smoke_test",
}


def calls() -> Iterator[tuple[str, str]]:
    """Yield where the library calls such a function, and the call."""
    for file in LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TAKE_TRUST:
                yield f"{file.relative_to(LIBRARY)}:{node.lineno}", ast.unparse(node)


def test_every_call_of_the_library_that_uses_a_version_passes_on_what_the_checkout_trusts():
    found = dict(calls())
    called = {call.partition("(")[0] for call in found.values()}
    assert called == TAKE_TRUST, "no name of the list is outdated"
    forgotten = {where: call for where, call in found.items() if not {"trust", "NO_PROJECT"} & words(call)}
    assert forgotten == {}


def words(call: str) -> set[str]:
    return {word for word in ("trust", "NO_PROJECT") if word in call.partition("(")[2]}


def test_nothing_is_trusted_outside_of_a_project():
    assert (NO_PROJECT.types, NO_PROJECT.keys) == ((), ())
