"""The terminal: rich's console, where a text is a text and never markup or a command of the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rich.console
import rich.text
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment

from trimtab.escaping import visible


class Text(rich.text.Text):  # noqa: TID251 - this is the place
    """Rich's text of untrusted text, as wide as it is shown."""

    def __init__(self, text: str = "", *args: Any, **kwargs: Any) -> None:
        super().__init__(visible(text), *args, **kwargs)

    def append(self, text: rich.text.Text | str, *args: Any, **kwargs: Any) -> rich.text.Text:  # noqa: TID251
        """Append a text; :meth:`assemble` does it with each part."""
        return super().append(visible(text) if isinstance(text, str) else text, *args, **kwargs)


class Console(rich.console.Console):  # noqa: TID251 - this is the place
    """Rich's console for untrusted text: style comes from ``Text`` and ``style=`` alone.

    Args:
        **kwargs: What rich's takes.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(markup=False, emoji=False, **kwargs)

    def render_str(self, text: str, **kwargs: Any) -> rich.text.Text:  # noqa: TID251
        """Make a text of a string, as wide as it is shown."""
        return super().render_str(visible(text), **kwargs)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render as rich does; only rich's own control codes reach the terminal."""
        for text, style, control in super().render(renderable, options):
            bare = style.update_link(None) if style and style.link else style  # an address is untrusted too
            yield Segment(text if control else visible(text), bare, control)
