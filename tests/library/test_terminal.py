"""rich's console with untrusted text."""

from __future__ import annotations

import io
import re

from rich.table import Table

from tests.library.hostile_text import HIDDEN, HOSTILE, MARKUP
from trimtab.escaping import visible
from trimtab.terminal import Console, Text


def test_console_prints_texts_unchanged_with_their_shown_width():
    console = Console(file=io.StringIO(), force_terminal=True, width=2000)
    table = Table(HOSTILE, title=HOSTILE, caption=HOSTILE)
    table.add_row(HOSTILE)
    table.add_row(Text(HOSTILE, "red"))
    table.add_row(Text.assemble((HOSTILE, "red"), HOSTILE))
    console.print(table)
    console.print(HOSTILE, Text.from_ansi(HOSTILE))
    console.rule(HOSTILE)

    shown = console.file.getvalue()
    left = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert not HIDDEN.findall(left)
    assert MARKUP in left
    assert left.count(visible(HOSTILE)) == 9
    widths = {len(row) for row in left.splitlines() if row.startswith("│")}
    assert len(widths) == 1


def test_text_of_an_appended_hostile_text_has_no_control_characters():
    text = Text("a\x1b[2J")
    text.append("b\u202e")
    assert text.plain == r"a\u001b[2Jb\u202e"


def test_console_shows_square_brackets_as_they_are():
    console = Console(file=io.StringIO(), width=80)
    console.print("[bold]x[/bold] :smile:")
    assert console.file.getvalue() == "[bold]x[/bold] :smile:\n"


def test_console_drops_the_address_of_a_link():
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    console.print(Text("click", style="link http://evil.example"))
    assert "evil" not in console.file.getvalue()
