"""Which rows are held out from training: the newest windows, or a fixed share of a table without time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd


def hold_out_windows(
    windows: Mapping[str, pd.DataFrame], newest: int, *, where: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of the earlier windows, and those of the newest ones.

    Args:
        windows: The table of each window by its name.
        newest: How many of the newest windows are held out.
        where: The param that says so, for messages.

    Raises:
        ConfigError: No window is left to learn from.
    """
    import pandas as pd

    names = sorted(windows)
    if not 0 < newest < len(names):
        raise ConfigError(
            f"{newest} of {len(names)} window(s) are to be held out: each side needs one or more",
            where=where,
            fix="hold out fewer windows, or read more of them: choose a later `until`",
        )
    earlier, held_out = (
        pd.concat([windows[name] for name in side], ignore_index=True)
        for side in (names[:-newest], names[-newest:])
    )
    return earlier, held_out


def hold_out_rows(table: pd.DataFrame, share: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows to learn from, and those held out, of a table without a time.

    The content of a row decides its side. So a row keeps its side when the table grows, and equal rows are on
    the same side.

    Args:
        table: The table.
        share: About which share of the rows is held out, above 0 and below 1.
    """
    import pandas as pd

    places = pd.util.hash_pandas_object(table, index=False).to_numpy() / 2.0**64
    held_out = places < share
    return table[~held_out].reset_index(drop=True), table[held_out].reset_index(drop=True)
