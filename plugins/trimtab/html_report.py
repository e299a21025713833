"""The HTML frame of every report: one self-contained file, light or dark, readable offline."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: TID251 - this is the place
from markupsafe import Markup  # noqa: TID251

from trimtab.escaping import visible


def render(template: str, /, **context: object) -> str:
    """Render a template of the library; every value it shows is escaped.

    Args:
        template: Path below ``trimtab``, such as ``gate_report/report.html.j2``.
        context: The values of the template. A missing one is an error.
    """
    return environment().get_template(template).render(**context)


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
