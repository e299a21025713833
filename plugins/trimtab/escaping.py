"""Escaping of untrusted text for a terminal, HTML, Markdown, a mail header and a chat.

Cell values, column names, params, paths, stage names, tags, reasons and messages of servers are untrusted. A
module that shows them uses this module, and has no escaping of its own:

============== ====================================================================================
shown in       use
============== ====================================================================================
a terminal     :class:`trimtab.terminal.Console` for layout, :func:`echo` for lines
an HTML page   :func:`trimtab.html_report.render` for templates, :func:`html` elsewhere
Markdown       :func:`markdown`, :func:`code`, :func:`code_block`
a mail header  :func:`line`
a chat         :func:`chat`
============== ====================================================================================
"""

from __future__ import annotations

import re
from html import escape  # noqa: TID251 - this is the place

# Characters that control a terminal, reorder text or cannot be encoded: C0 without tab and line feed, DEL and
# C1; direction marks; line separators; lone surrogates.
_CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff]"
)
# A `_` between letters is not escaped, so that `roc_auc` stays readable.
_MARKDOWN = re.compile(r"[\\`*\[\]~|]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_LINE_START = re.compile(r"[#+=-]|\d+[.)]")  # at the beginning of a line
_MENTION = re.compile(r"@(?=channel|here|all|everyone)", re.IGNORECASE)
# Escape sequences of a terminal: colours, cursor, title.
_ESCAPE_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|[ -/]*[0-~])"
)
_COLOUR = re.compile(r"(\x1b\[[0-9;:]*m)")
_ZERO_WIDTH_SPACE = "\u200b"


def visible(text: str) -> str:
    r"""Return a text with its control characters written out, as ``\u001b``; line breaks and tabs stay.

    A text without control characters is returned unchanged. JSON stays equal JSON.
    """
    if text.isprintable():  # the common case, and fast
        return text
    return _CONTROL_CHARACTERS.sub(_written_out, text.replace("\r\n", "\n"))


def without_escape_sequences(text: str) -> str:
    """Return the output of a program without colours and other escape sequences."""
    return visible(_ESCAPE_SEQUENCE.sub("", text) if "\x1b" in text else text)


def with_colours_only(text: str) -> str:
    """Return the output of a program with its colours, without other escape sequences."""
    if "\x1b" not in text:
        return visible(text)
    return "".join(
        part if place % 2 else without_escape_sequences(part)
        for place, part in enumerate(_COLOUR.split(text))
    )


def line(text: str) -> str:
    """Return a text as one line, for the subject of a mail or the cell of a table."""
    return visible(" ".join(text.split()))


def html(text: str) -> str:
    """Return a text escaped for an HTML or SVG element or attribute."""
    return escape(visible(text))


def markdown(text: str) -> str:
    """Return a text as one line that Markdown shows unchanged: no link, picture, heading, table or HTML."""
    escaped = _MARKDOWN.sub(r"\\\g<0>", escape(line(text), quote=False))
    return f"\\{escaped}" if _LINE_START.match(escaped) else escaped


def code(text: str) -> str:
    """Return a text as inline code in Markdown; it may contain backticks."""
    fence = "`" * (_longest_fence(text) + 1)
    padding = " " if len(fence) > 1 else ""
    return f"{fence}{padding}{line(text)}{padding}{fence}"


def code_block(text: str, language: str = "") -> str:
    """Return a text as a code block in Markdown; it may contain backticks."""
    fence = "`" * max(_longest_fence(text) + 1, 3)
    return f"{fence}{language}\n{visible(text)}\n{fence}"


def chat(text: str) -> str:
    """Return a text for a chat with Slack's commands or Markdown: it mentions nobody and hides no link."""
    escaped = escape(visible(text), quote=False)  # Slack's commands are in angle brackets: <!channel>
    return _MENTION.sub(f"@{_ZERO_WIDTH_SPACE}", escaped).replace("](", f"]{_ZERO_WIDTH_SPACE}(")


def echo(text: str, *, err: bool = False, nl: bool = True, fg: str | None = None) -> None:
    """Print a text or JSON on the terminal, as ``click.secho`` does.

    Args:
        text: The text.
        err: Whether to print it to standard error.
        nl: Whether to end it with a line break.
        fg: The colour of the text, such as ``red``.
    """
    import click

    click.secho(visible(text), err=err, nl=nl, fg=fg)  # noqa: TID251 - this is the place


def confirm(question: str) -> bool:
    """Ask a yes-or-no question at the terminal, on standard error: standard output is for results."""
    import click

    return click.confirm(visible(question), err=True)  # noqa: TID251 - this is the place


def without_credentials(url: str) -> str:
    """Return an address as messages and pages show it: without user, password and query."""
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(url)
    if "@" not in parts.netloc and not parts.query and not parts.fragment:
        return url  # also sqlite:////var/mlflow.db, whose slashes would get lost
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _longest_fence(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0) if "`" in text else 0


def _written_out(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
