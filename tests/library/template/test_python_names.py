"""Deprecated names in Python source are replaced where they are imported and used."""

from __future__ import annotations

import pytest

from trimtab.deprecations import Deprecation
from trimtab.template.python_names import replace_python_names

RENAMED = {"trimtab.drift.Verdict": Deprecation("trimtab.drift.Verdict", "trimtab.drift.DriftVerdict", "0.2")}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from trimtab.drift import (\n    measure,\n    Verdict,  # é\n)\n\ndef f(v: Verdict) -> None: ...  # Verdict\n",
            "from trimtab.drift import (\n    measure,\n    DriftVerdict,  # é\n)\n\ndef f(v: DriftVerdict) -> None: ...  # Verdict\n",
        ),
        ("é = 1; from trimtab.drift import Verdict as V\nV\n", "é = 1; from trimtab.drift import DriftVerdict as V\nV\n"),
        ("from trimtab import drift\ndrift.Verdict()\n", "from trimtab import drift\ndrift.DriftVerdict()\n"),
        ("import trimtab.drift as d\nx = d.Verdict\n", "import trimtab.drift as d\nx = d.DriftVerdict\n"),
        ("import trimtab.drift\ntrimtab.drift.Verdict\n", "import trimtab.drift\ntrimtab.drift.DriftVerdict\n"),
        (
            "from trimtab.drift import Verdict\ndef f(Verdict): return Verdict\n",
            "from trimtab.drift import DriftVerdict as Verdict\ndef f(Verdict): return Verdict\n",
        ),
        (
            "from trimtab.drift import Verdict\n__all__ = ['Verdict']\n",
            "from trimtab.drift import DriftVerdict as Verdict\n__all__ = ['Verdict']\n",
        ),
        ("from ours import Verdict\nVerdict()\n", None),
        ("from .drift import Verdict\n", None),
        ("class Verdict: ...\n", None),
        ("from trimtab.drift import Verdict as (\n", None),
    ],
)  # fmt: skip
def test_name_is_replaced_with_its_uses(before: str, after: str | None) -> None:
    expected = (
        (before, {}) if after is None else (after, {"trimtab.drift.Verdict": "trimtab.drift.DriftVerdict"})
    )
    assert replace_python_names(before, RENAMED) == expected
