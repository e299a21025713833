"""Great Expectations' own page on what it found, for those who want it beside the report."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trimtab.errors import ConfigError
from trimtab.escaping import visible
from trimtab.gate_report import DATA_DOCS
from trimtab.gates.data.suite import Suite

# Great Expectations escapes some texts, and writes others as they are into HTML, scripts and `$` templates.
# What means something there is replaced before, by characters nobody uses, and escaped after.
MEANING = "<>&\"'`$"
STAND_INS = str.maketrans({character: chr(0xE000 + place) for place, character in enumerate(MEANING)})
_STAND_IN = re.compile(r"[\ue000-\ue006]|\\ue00[0-6]")  # escaped where it has been through repr or JSON


def refuse_sensitive(suite: Suite) -> None:
    """Refuse a suite whose values must not be shown: Great Expectations would show them.

    Raises:
        ConfigError: The suite marks columns as sensitive.
    """
    if suite.sensitive:
        raise ConfigError(
            f"Data Docs would show values of {', '.join(suite.sensitive)}, sensitive columns",
            where=f"{suite.path}: sensitive",
            fix="leave out --data-docs",
        )


def write_data_docs(suite: Suite, found: Mapping[int, Sequence[Any]], out: Path) -> None:
    """Let Great Expectations render its page, one file instead of a site; the same results, the same bytes.

    Args:
        suite: The suite.
        found: Great Expectations' results by the position of the expectation: one, or one for each file.
        out: The folder of the report.
    """
    from trimtab.gates.data.gx_compat import render_validation_page

    results = [result for _, those in sorted(found.items()) for result in those]
    page = render_validation_page(results, suite.name, lambda content: json.dumps(_disarmed(content)))
    (out / DATA_DOCS).write_text(_STAND_IN.sub(_meant, page), encoding="utf-8")


def _meant(found: re.Match[str]) -> str:
    place = int(found[0][-1]) if len(found[0]) > 1 else ord(found[0]) - 0xE000
    return f"&#{ord(MEANING[place])};"


def _disarmed(value: Any) -> Any:
    """Return plain values with stand-ins in every text, in keys too: values of the data may be keys."""
    if isinstance(value, str):
        return visible(value).translate(STAND_INS)
    if isinstance(value, dict):
        return {_disarmed(key): _disarmed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_disarmed(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value  # numpy's, which JSON does not know
