"""Yours to edit. Parts the months into those to learn from and the newest ones to be judged on.

By time, never random: flights of one hour share their weather, and a random hold-out, which puts them on both
sides, promises an AUC of 0.77 that no later month keeps.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from pydantic import Field

from pipelines.flights.months import read_months
from pipelines.flights.stage import run
from trimtab.config import Params, load_params
from trimtab.errors import ConfigError


class SplitParams(Params):
    """Section ``split``.

    Attributes:
        test_months: How many of the newest months are held out.
    """

    test_months: int = Field(ge=1)


def main(features: Path, train: Path, test: Path) -> None:
    """Write the table to learn from and the table to be judged on."""
    params = load_params(SplitParams, "split")
    earlier, newest = split(read_months(features), params)
    for table, path in ((earlier, train), (newest, test)):
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(path, index=False)


def split(months: Mapping[str, pd.DataFrame], params: SplitParams) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the earlier months in one table, and the newest in another.

    Raises:
        ConfigError: No month is left to learn from.
    """
    names = sorted(months)
    if len(names) <= params.test_months:
        raise ConfigError(
            f"Of {len(names)} month(s), {params.test_months} are to be held out: none is left to learn from",
            where="params.yaml: split.test_months",
            fix="choose a later ingest.until, or hold out fewer months",
        )
    earlier, newest = names[: -params.test_months], names[-params.test_months :]
    return (
        pd.concat([months[name] for name in earlier], ignore_index=True),
        pd.concat([months[name] for name in newest], ignore_index=True),
    )


if __name__ == "__main__":
    run(main)
