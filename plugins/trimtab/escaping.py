"""Untrusted text made safe for where it is shown: a terminal, HTML, Markdown, a mail header, a chat.

Cell values, column names, params, paths, stage names, tags, reasons and a server's messages are data. Whoever
shows them takes them through this module, and has no escaping of its own:

============== ====================================================================================
shown in       goes through
============== ====================================================================================
a terminal     :class:`trimtab.terminal.Console` for layout, :func:`echo` for lines
an HTML page   :func:`trimtab.page.render`, which escapes what a template shows; :func:`html` elsewhere
Markdown       :func:`markdown`, :func:`code`, :func:`code_block`
a mail header  :func:`line`
a chat         :func:`chat`
============== ====================================================================================
"""

from __future__ import annotations

import re
from html import escape  # noqa: TID251 - this is the place
from typing import Any

# What commands a terminal, reorders what is read or cannot be encoded: C0 without tab and line feed, DEL and
# C1; marks of direction; line separators; lone surrogates.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff]"
)
# A `_` between letters starts nothing: `roc_auc` stays readable as it is.
_MARKDOWN = re.compile(r"[\\`*\[\]~|]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_BLOCK = re.compile(r"[#+=-]|\d+[.)]")  # at the beginning of a line
_MENTION = re.compile(r"@(?=channel|here|all|everyone)", re.IGNORECASE)
# Colours, cursor, title: what programs send to a terminal.
_COMMAND = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|[ -/]*[0-~])")
_COLOUR = re.compile(r"(\x1b\[[0-9;:]*m)")
_NOTHING = "\u200b"  # a space of no width


def visible(text: str) -> str:
    r"""Return a text with its control characters written out, as ``\u001b``; line breaks and tabs stay.

    A text without any is returned as it is. JSON stays the same JSON.
    """
    if text.isprintable():  # most are, and this is quick
        return text
    return _HIDDEN.sub(_written_out, text.replace("\r\n", "\n"))


def bare(text: str) -> str:
    """Return what a program has printed without colours and other commands of a terminal."""
    return visible(_COMMAND.sub("", text) if "\x1b" in text else text)


def coloured(text: str) -> str:
    """Return what a program has printed with its colours, and without other commands of a terminal."""
    if "\x1b" not in text:
        return visible(text)
    return "".join(part if place % 2 else bare(part) for place, part in enumerate(_COLOUR.split(text)))


def line(text: str) -> str:
    """Return a text as one visible line, such as a mail's subject or a cell of a table."""
    return visible(" ".join(text.split()))


def html(text: str) -> str:
    """Return a text for the inside of an HTML or SVG element or attribute."""
    return escape(visible(text))


def markdown(text: str) -> str:
    """Return a text as one line that Markdown shows as it is: no link, picture, heading, table or HTML."""
    escaped = _MARKDOWN.sub(r"\\\g<0>", escape(line(text), quote=False))
    return f"\\{escaped}" if _BLOCK.match(escaped) else escaped


def code(text: str) -> str:
    """Return a text as code within a line of Markdown, whatever backticks it has."""
    fence = "`" * (_longest_fence(text) + 1)
    room = " " if len(fence) > 1 else ""
    return f"{fence}{room}{line(text)}{room}{fence}"


def code_block(text: str, language: str = "") -> str:
    """Return a text as a block of code in Markdown, whatever backticks it has."""
    fence = "`" * max(_longest_fence(text) + 1, 3)
    return f"{fence}{language}\n{visible(text)}\n{fence}"


def chat(text: str) -> str:
    """Return a text for a chat that knows Slack's commands or Markdown: it pages nobody and hides no link."""
    escaped = escape(visible(text), quote=False)  # Slack's commands are in angle brackets: <!channel>
    return _MENTION.sub(f"@{_NOTHING}", escaped).replace("](", f"]{_NOTHING}(")


def echo(text: str, *, err: bool = False, **style: Any) -> None:
    """Print a text on the terminal, as ``click.secho`` does; JSON too.

    Args:
        text: What to print.
        err: Whether it goes to the standard error.
        **style: What ``click.secho`` takes, such as ``fg``.
    """
    import click

    click.secho(visible(text), err=err, **style)  # noqa: TID251 - this is the place


def confirm(question: str) -> bool:
    """Ask a person at the terminal, as ``click.confirm`` does."""
    import click

    return click.confirm(visible(question))  # noqa: TID251 - this is the place


def _longest_fence(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0) if "`" in text else 0


def _written_out(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
