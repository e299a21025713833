"""Yours to edit. Parts the months into those to learn from and the newest ones to be judged on.

By time, never random: flights of one hour share their weather, and a random hold-out, which puts them on both
sides, promises an AUC of 0.77 that no later month keeps.
"""

from pathlib import Path

from pydantic import Field

from trimtab.config import Params, load_params
from trimtab.stages import hold_out_windows, read_windows, run


class SplitParams(Params):
    """Section ``split``.

    Attributes:
        test_months: How many of the newest months are held out.
    """

    test_months: int = Field(ge=1)


def main(features: Path, train: Path, test: Path) -> None:
    """Write the table to learn from and the table to be judged on."""
    params = load_params(SplitParams, "split")
    earlier, newest = hold_out_windows(
        read_windows(features), params.test_months, where="params.yaml: split.test_months"
    )
    for table, path in ((earlier, train), (newest, test)):
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(path, index=False)


if __name__ == "__main__":
    run(main)
