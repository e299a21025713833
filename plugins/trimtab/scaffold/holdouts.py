"""The hold-outs on which a new pipeline is measured: those of its trainings at several dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trimtab.scaffold.pipeline_design import TEST_SHARE, PipelineDesign
from trimtab.stages import hold_out_rows, hold_out_windows, split_by_window

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

MOST = 5  # hold-outs


@dataclass(frozen=True)
class Holdout:
    """What a model learns from, and the later rows that it is tested on.

    Attributes:
        name: The end of its data, or the number of a random hold-out.
        train: The rows to learn from.
        test: The rows to test on.
    """

    name: str
    train: pd.DataFrame
    test: pd.DataFrame


def windows_until_end(table: pd.DataFrame, design: PipelineDesign) -> dict[str, pd.DataFrame]:
    """Return the windows of a prepared table, until the end of the last complete one."""
    if design.time is None:
        raise ValueError("a pipeline without a time has no windows")
    known = table[table[design.time.name] < design.end]
    return split_by_window(known, design.time.name, design.time.every)


def hold_outs(table: pd.DataFrame, design: PipelineDesign) -> list[Holdout]:
    """Return hold-outs of a prepared table: at several dates; or random ones, the pipeline's own first."""
    if design.time is None:
        return _random_hold_outs(table)
    return _hold_outs_in_time(windows_until_end(table, design), design)


def _hold_outs_in_time(windows: Mapping[str, pd.DataFrame], design: PipelineDesign) -> list[Holdout]:
    if design.time is None or design.first_run is None:
        return []
    later = [moment for moment in design.time.boundaries if moment >= design.first_run]
    step = max(1, -(-len(later) // MOST))
    chosen = sorted({*later[::step], later[-1]})
    found = []
    for moment in chosen:
        known = {name: rows for name, rows in windows.items() if rows[design.time.name].iloc[0] < moment}
        train, test = hold_out_windows(known, design.test_windows, where="split")
        found.append(Holdout(design.text(moment), train, test))
    return found


def _random_hold_outs(table: pd.DataFrame) -> list[Holdout]:
    found = [Holdout("1", *hold_out_rows(table, TEST_SHARE))]
    for number in range(2, MOST + 1):
        test = table.sample(frac=TEST_SHARE, random_state=number)
        found.append(Holdout(str(number), table.drop(test.index), test))
    return found
