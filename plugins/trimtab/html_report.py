"""Reports for people: one self-contained HTML file each, readable offline."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: TID251 - this is the place
from markupsafe import Markup  # noqa: TID251

from trimtab.escaping import visible


def render(template: str, /, **context: Any) -> str:
    """Render a template of the library.

    Args:
        template: Path below ``trimtab``, such as ``gates/report.html.j2``.
        context: What the template shows; a missing name is an error, everything is escaped.
    """
    return environment().get_template(template).render(**context)


def environment() -> Environment:
    """Return where templates are loaded from and how they are escaped."""
    return Environment(
        loader=PackageLoader("trimtab", ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: Any) -> Any:
    """Write control characters out; what is HTML already has been through it."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
