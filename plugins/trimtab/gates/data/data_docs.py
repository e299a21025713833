"""Data Docs: Great Expectations' own page of its results, written beside the report."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError
from trimtab.escaping import visible
from trimtab.gate_report import DATA_DOCS
from trimtab.gates.data.suite import Suite

if TYPE_CHECKING:
    from trimtab.gates.data.gx_compat import ExpectationValidationResult

# Great Expectations escapes some texts, and writes others unescaped into HTML, scripts and `$` templates. So
# special characters are replaced by private-use characters before, and escaped after.
SPECIAL = "<>&\"'`$"
STAND_INS = str.maketrans({character: chr(0xE000 + place) for place, character in enumerate(SPECIAL)})
_STAND_IN = re.compile(r"[\ue000-\ue006]|\\ue00[0-6]")  # escaped where it has been through repr or JSON


def refuse_sensitive(suite: Suite) -> None:
    """Refuse a suite with sensitive columns: Great Expectations would show their values.

    Raises:
        ConfigError: The suite marks columns as sensitive.
    """
    if suite.sensitive:
        raise ConfigError(
            f"Data Docs would show values of {', '.join(suite.sensitive)}, sensitive columns",
            where=f"{suite.path}: sensitive",
            fix="leave out --data-docs",
        )


def write_data_docs(
    suite: Suite, found: Mapping[int, Sequence[ExpectationValidationResult]], out: Path
) -> None:
    """Write the Data Docs page of results: one file instead of a site. The same results give the same bytes.

    Args:
        suite: The suite.
        found: Great Expectations' results by the position of the expectation: one, or one for each file.
        out: The folder of the report.
    """
    from trimtab.gates.data.gx_compat import render_validation_page

    results = [result for _, those in sorted(found.items()) for result in those]
    page = render_validation_page(results, suite.name, lambda content: json.dumps(_replace_special(content)))
    (out / DATA_DOCS).write_text(_STAND_IN.sub(_escape, page), encoding="utf-8")


def _escape(found: re.Match[str]) -> str:
    place = int(found[0][-1]) if len(found[0]) > 1 else ord(found[0]) - 0xE000
    return f"&#{ord(SPECIAL[place])};"


def _replace_special(value: object) -> object:
    """Replace special characters in every text, keys included: values of the data may be keys."""
    if isinstance(value, str):
        return visible(value).translate(STAND_INS)
    if isinstance(value, dict):
        return {_replace_special(key): _replace_special(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_special(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value  # numpy's, which JSON does not know
