"""rich's console and text without markup and without control characters from untrusted text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rich.console
import rich.text
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment

from trimtab.escaping import visible


class Text(rich.text.Text):  # noqa: TID251 - this is the place
    """A rich text of untrusted text; control characters are written out before its width is measured."""

    def __init__(self, text: str = "", *args: Any, **kwargs: Any) -> None:
        super().__init__(visible(text), *args, **kwargs)

    def append(self, text: rich.text.Text | str, *args: Any, **kwargs: Any) -> rich.text.Text:  # noqa: TID251
        """Append a text; :meth:`assemble` calls it for each part."""
        return super().append(visible(text) if isinstance(text, str) else text, *args, **kwargs)


class Console(rich.console.Console):  # noqa: TID251 - this is the place
    """A rich console for untrusted text: only ``Text`` and ``style=`` set a style.

    Args:
        **kwargs: Arguments of rich's console.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(markup=False, emoji=False, **kwargs)

    def render_str(self, text: str, **kwargs: Any) -> rich.text.Text:  # noqa: TID251
        """Return the text of a string, with its control characters written out."""
        return super().render_str(visible(text), **kwargs)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render as rich does, but pass only rich's own control codes to the terminal."""
        for text, style, control in super().render(renderable, options):
            # The address of a link is untrusted too.
            unlinked = style.update_link(None) if style and style.link else style
            yield Segment(text if control else visible(text), unlinked, control)
