"""Untrusted text in the output of every command and report."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import mistune
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tests.library.hostile_text import HIDDEN, HOSTILE, HTML, MARKDOWN, assert_safe_page
from trimtab.cli.main import cli
from trimtab.drift.policy.window_history import PastWindow
from trimtab.drift.report.line_chart import draw_line_chart
from trimtab.escaping import (
    chat,
    code,
    code_block,
    html,
    line,
    markdown,
    visible,
    without_credentials,
    without_escape_sequences,
)
from trimtab.html_report import environment
from trimtab.registry.drift_log.drift_log import RecordedVerdict
from trimtab.registry.drift_log.saved_reports import verdict_table
from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.ledger.ledger_entry import LedgerEntry
from trimtab.registry.promotion.champion_history import ChampionHistory, RegisteredVersion
from trimtab.registry.promotion.version_table import show_history
from trimtab.registry.rebuild.rebuild_table import show_rebuilt
from trimtab.registry.rebuild.rebuilt_version import RebuiltVersion
from trimtab.registry.rebuild.stage_rerun import Difference
from trimtab.registry.retention.removal import Removal
from trimtab.registry.retention.report_table import show_removals, show_verification
from trimtab.registry.retention.verification import PARTS, Problem, Verification
from trimtab.svg.band_plot import Band, BandPlot, plot_bands
from trimtab.svg.confusion_matrix import plot_confusion_matrix
from trimtab.svg.curve_plot import Curve
from trimtab.svg.density_plot import plot_density
from trimtab.terminal import Console

PACKAGE = Path(__file__).resolve().parents[2] / "plugins" / "trimtab"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("naïve 数 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👩‍👩‍👧 שלום\tx\ny", "naïve 数 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👩‍👩‍👧 שלום\tx\ny"),
        ("\x1b[31m\x9b\x7f\x00", r"\u001b[31m\u009b\u007f\u0000"),
        ("a\u202eb\u2066c\u200f", r"a\u202eb\u2066c\u200f"),
        ("one\r\ntwo\rthree", "one\ntwo\\u000dthree"),
        ("data-\udcff.csv", r"data-\udcff.csv"),
    ],
)
def test_visible_writes_out_control_characters_only(text, shown):
    assert visible(text) == shown
    visible(text).encode()


def test_visible_of_json_is_equal_json():
    assert json.loads(visible(json.dumps({HOSTILE: [HOSTILE]}, ensure_ascii=False))) == {HOSTILE: [HOSTILE]}


def test_without_escape_sequences_removes_colours_and_titles():
    assert (
        without_escape_sequences("\x1b]0;t\x07\x1b[1;31mred\x1b[0m \x1b]8;;http://e\x1b\\link\x1b(B\x1b")
        == r"red link\u001b"
    )
    assert without_escape_sequences("100 %\tdone") == "100 %\tdone"


def test_html_escapes_elements_and_attributes():
    assert_safe_page(html(HOSTILE))
    assert not set("<>\"'") & set(html(HOSTILE))


def test_line_of_a_mail_header_is_one_visible_line():
    assert line("failed\r\nBcc: all@example.com\x1b[2J\x0b!") == r"failed Bcc: all@example.com\u001b[2J !"


@pytest.mark.parametrize(
    "text", [HOSTILE, MARKDOWN, "- list", "1. one", "> quote", "=== x", "a\n\n# b", "    code"]
)
def test_markdown_shows_the_text_unchanged(text):
    page = mistune.html(
        f"Reason: {markdown(text)}\n\n{markdown(text)}\n\n| a | b |\n|---|---|\n| {markdown(text)} | 1 |\n"
    )

    assert_safe_page(page)
    tags = set(re.findall(r"<(\w+)", page))
    assert tags <= {"p", "table", "thead", "tbody", "tr", "th", "td"}
    assert len(re.findall("<td", page)) == 2


def test_markdown_does_not_escape_ordinary_words():
    for text in (
        "roc_auc",
        "models/flights v3",
        "2013-06-01, data until 2013-06",
        "drift: retrain (PSI 0.31)",
    ):
        assert markdown(text) == text


@pytest.mark.parametrize("text", ["cp a b", "echo `date`", "echo ```\n<b>", "`", ""])
def test_code_in_markdown_may_contain_backticks(text):
    assert "<b>" not in mistune.html(f"{code(text)}\n\n{code_block(text, 'sh')}\n\nend")
    assert mistune.html(f"{code_block(text, 'sh')}\n\nend").count("<pre>") == 1
    assert mistune.html(f"{code_block(text, 'sh')}\n\nend").endswith("<p>end</p>\n")


def test_chat_text_mentions_nobody_and_hides_no_link():
    text = chat("<!channel> <@U1> <http://evil|bank> @all [bank](http://evil)")
    assert not re.search(r"<|@(all|channel|here|everyone)|\]\(", text)


@pytest.mark.parametrize(
    "code",
    [
        "import click\n\nclick.echo('x')\n",
        "import click\n\nclick.secho('x')\n",
        "from rich.console import Console\n",
        "from rich.text import Text\n",
        "from rich.markup import escape\n",
        "from html import escape\n",
        "from jinja2 import Environment\n",
        "print('x')\n",
    ],
)
def test_lint_refuses_calls_that_avoid_the_escaping_module(code):
    ruff = [sys.executable, "-m", "ruff", "check", "--select", "TID251,T20", "--stdin-filename"]
    done = subprocess.run(
        [*ruff, str(PACKAGE / "new.py"), "-"], input=code, text=True, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stdout


def test_chart_page_and_drawing_escape_hostile_names():
    ticks = (HOSTILE,) * 5
    curve = Curve(HOSTILE, HOSTILE, HOSTILE, ((HOSTILE, "M0 0", ()),), False, ticks, ticks)
    chart = '{% import "svg/curve_plot.html.j2" as chart %}{{ chart.side_by_side(curves) }}'
    assert_safe_page(environment().from_string(chart).render(curves=[curve]))
    assert_safe_page(draw_line_chart({HOSTILE: ({"2013-01" + HOSTILE: 0.5, "b": 0.6}, ["b"])}))


def test_plots_of_a_model_escape_hostile_names():
    values = np.arange(50.0)
    bands = tuple(Band(group, 0.0, 1.0, 2.0) for group in (HOSTILE, HOSTILE[::-1]))
    drawn = [
        plot_confusion_matrix(np.eye(2, dtype=np.int64), [HOSTILE, HOSTILE[::-1]]),
        plot_density(HOSTILE, HOSTILE, HOSTILE, values, values),
        *plot_bands(HOSTILE, [BandPlot(HOSTILE, HOSTILE, bands, note=HOSTILE)]),
    ]
    for one in drawn:
        assert_safe_page(one)


def test_registry_tables_escape_hostile_tags_names_and_reasons():
    console = Console(file=io.StringIO(), force_terminal=True, width=3000)
    entry = LedgerEntry(
        1, HOSTILE, 1, None, "by hand", HOSTILE, HOSTILE, "2013-01-01T00:00:00+00:00", HOSTILE
    )
    facts = dict.fromkeys(("data_window", "reason", "decision"), HOSTILE)
    version = RegisteredVersion(1, entry.at, "", facts, (HOSTILE,), retired=False)
    history = ChampionHistory(HOSTILE, (version,), Ledger(HOSTILE, entries=(entry,)), (HOSTILE,))
    show_history(history, console)
    past = PastWindow(window=HOSTILE, champion=HOSTILE, decision="retrain", exceeded=(HOSTILE,))
    console.print(
        verdict_table([RecordedVerdict("", past, labelled=False, content="", sentence="", complete=True)])
    )
    problem = Problem(1, PARTS[1], HOSTILE, HOSTILE)
    show_verification(Verification(HOSTILE, {1: HOSTILE}, {}, deep=False, problems=(problem,)), console)
    show_removals([Removal(HOSTILE, 1, HOSTILE, lambda: None)], console)
    difference = Difference("metric", HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    show_rebuilt(RebuiltVersion(HOSTILE, "1a", (), (HOSTILE,), (difference,), HOSTILE, (HOSTILE,)), console)

    left = re.sub(r"\x1b\[[\d;]*m", "", console.file.getvalue())
    assert not HIDDEN.findall(left)
    assert left.count(visible(HOSTILE)) >= 25


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = pd.DataFrame({HOSTILE: [HOSTILE, "=cmd|' /C calc'!A0", "x", "y", HOSTILE] * 20, "n": range(100)})
    path = tmp_path / "hostile.parquet"
    rows.to_parquet(path)
    return path


def run(*arguments: str | Path) -> str:
    done = CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)
    assert not HIDDEN.findall(done.output), arguments
    return done.output


def test_data_gate_and_data_docs_escape_a_hostile_table(tmp_path, table):
    column = {"column": HOSTILE}
    kinds = {
        "expect_column_values_to_be_in_set": {**column, "value_set": [HTML]},
        "expect_column_values_to_match_regex": {**column, "regex": "^(?<!x)<b>&$"},
        "expect_column_distinct_values_to_equal_set": {**column, "value_set": [HOSTILE]},
        "expect_column_most_common_value_to_be_in_set": {**column, "value_set": [HTML]},
        "expect_column_values_to_be_of_type": {**column, "type_": HTML},
        "expect_column_to_exist": {"column": f"{HTML}2"},
        "expect_table_columns_to_match_ordered_list": {"column_list": [HOSTILE]},
        "expect_compound_columns_to_be_unique": {"column_list": [HOSTILE, "n"]},
        "expect_column_quantile_values_to_be_between": {
            "column": "n",
            "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[200, 300]]},
        },
    }
    suite = tmp_path / "suite.json"
    expectations = [{"type": kind, "kwargs": kwargs, "notes": HOSTILE} for kind, kwargs in kinds.items()]
    suite.write_text(json.dumps({"name": HOSTILE, "expectations": expectations}))

    shown = run("gate", "data", "--suite", suite, "--data", table, "--out", tmp_path / "out", "--data-docs")

    assert visible(HOSTILE) in shown
    page, docs = ((tmp_path / "out" / name).read_text() for name in ("report.html", "data_docs.html"))
    for each in (page, docs):
        assert_safe_page(each)
        assert html(HTML)[:40] in each.replace("&#60;", "&lt;").replace("&#62;", "&gt;")
    assert not re.search(r"[\ue000-\ue0ff]|\\ue0", docs)


def test_suggested_suite_on_a_terminal_differs_only_in_control_characters(tmp_path, table):
    run("gate", "suggest", table, "--out", tmp_path / "suite.yaml")
    run("gate", "data", "--suite", tmp_path / "suite.yaml", "--data", table, "--out", tmp_path / "out")
    assert_safe_page((tmp_path / "out" / "report.html").read_text())


def test_drift_check_escapes_a_hostile_table_and_window(tmp_path, table):
    shown = run(
        *("drift", "check", "--reference", table, "--current", table),
        *("--window", f"{HOSTILE}\udcff", "--out", tmp_path / "out"),
    )
    assert "report.html" in shown
    assert_safe_page((tmp_path / "out" / "report.html").read_text())


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (
            "https://alice:secret@mlflow.example.com/path?token=secret#secret",
            "https://mlflow.example.com/path",
        ),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("https://a@b:secret@host", "https://host"),
        ("sqlite:////var/mlflow.db", "sqlite:////var/mlflow.db"),
    ],
)
def test_address_is_shown_without_user_password_and_query(address, shown):
    assert without_credentials(address) == shown
