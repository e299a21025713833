"""The result of a rebuild on a terminal."""

from __future__ import annotations

import io

from trimtab.registry.rebuild.rebuild_table import show_rebuilt
from trimtab.registry.rebuild.rebuilt_version import RebuiltVersion
from trimtab.registry.rebuild.stage_rerun import Difference
from trimtab.terminal import Console

HASH = "0123456789abcdef" * 2


def shown(*differences: Difference, stopped: str = "", warnings: tuple[str, ...] = ()) -> str:
    console = Console(file=io.StringIO(), width=200)
    show_rebuilt(
        RebuiltVersion("m version 1", "f" * 40, ("train",), ("4 metrics",), differences, stopped, warnings),
        console,
    )
    return console.file.getvalue()


def test_identical_rebuild_has_no_table():
    assert shown() == f"m version 1 at {'f' * 12}: identical\ncompared: 4 metrics\n"


def test_rebuild_difference_has_a_short_hash_for_an_output_and_the_whole_value_for_a_metric():
    output = Difference("output", "train: model", HASH, HASH[::-1], "+1 bytes")
    metric = Difference("metric", "log_loss", "0.123456789012", "0.2", "+0.0765")

    text = shown(output, metric)

    assert ": differs" in text
    assert HASH[:10] in text
    assert HASH[:11] not in text
    assert "0.123456789012" in text


def test_rebuild_that_stopped_and_changes_of_the_environment_are_shown_last():
    lines = shown(Difference("input", "train: code"), stopped="exit code 1", warnings=("new was 1, is 2",))

    assert lines.splitlines()[-2:] == ["the rebuild stopped: exit code 1", "environment new was 1, is 2"]
