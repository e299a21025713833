"""The HTML frame of every report: one self-contained file, light or dark, readable offline."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: TID251 - this is the place
from markupsafe import Markup  # noqa: TID251

from trimtab.escaping import visible

RUN_MARK = "<!-- run -->"  # of a gate's page
_FACTS = '{% import "report_parts.html.j2" as parts %}{{ parts.facts(facts) }}'


def render(template: str, /, **context: object) -> str:
    """Render a template of the library; every value it shows is escaped.

    Args:
        template: Path below ``trimtab``, such as ``gate_report/report.html.j2``.
        context: The values of the template. A missing one is an error.
    """
    return environment().get_template(template).render(**context)


def with_run(page: str, facts: Sequence[tuple[str, str, str]]) -> str:
    """Return the page of a gate's report with the run that it is shown for.

    The report is content, the same in every run. Who shows it knows the run.

    Args:
        page: The page; one without the mark, such as that of a fork's own gate, is returned unchanged.
        facts: Rows: name, text, address or nothing.
    """
    shown = environment().from_string(_FACTS).render(facts=facts)
    return page.replace(RUN_MARK, shown, 1)


def environment() -> Environment:
    """Return the Jinja environment, which loads the templates of the library and escapes their values."""
    return Environment(
        loader=PackageLoader("trimtab", ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_escape_control_characters,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _escape_control_characters(value: object) -> object:
    """Write control characters as escapes; Markup has been escaped before."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
