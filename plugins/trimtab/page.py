"""Reports for people: one self-contained HTML file each, readable offline."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


def render(template: str, /, **context: Any) -> str:
    """Render a template of the library.

    Args:
        template: Path below ``trimtab``, such as ``gates/report.html.j2``.
        context: What the template shows; a missing name is an error, everything is escaped.
    """
    environment = Environment(
        loader=PackageLoader("trimtab", ""),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**context)
