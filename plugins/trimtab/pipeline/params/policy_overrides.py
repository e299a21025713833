"""Overrides of the promote policy: a run may set a stricter one, and no looser one.

Whoever may trigger a run may set its params. Who may promote a model is decided in a reviewed commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trimtab.errors import ConfigError
from trimtab.params_file import PARAMS_FILE

SECTION = "promote"


def refuse_looser_policy(committed: Mapping[str, object], run: Mapping[str, object]) -> None:
    """Require that the promote policy of a run is no looser than that of the commit.

    Args:
        committed: The content of ``params.yaml`` in the commit.
        run: Its content with the params of the run: a value may be an alias of another one.

    Raises:
        ConfigError: It is looser.
    """
    for key, before, after in _changes(committed.get(SECTION), run.get(SECTION)):
        raise ConfigError(
            f"The param '{SECTION}.{key}' cannot be {after!r} for a run: that is looser than {before!r}",
            where=f"{PARAMS_FILE}: {SECTION}.{key} = {before!r}",
            fix=f"change it in {PARAMS_FILE} in a reviewed commit; nothing has been run",
        )


def _changes(committed: object, run: object) -> Iterator[tuple[str, object, object]]:
    """Yield the keys whose values are looser in the run, with both values."""
    if not isinstance(committed, Mapping) or not isinstance(run, Mapping):
        return
    from trimtab.params_sections import STRICTNESS  # its pydantic takes as long as a small run

    # Each key with its values, the strictest one last.
    orders: Mapping[str, tuple[object, ...]] = {"policy": STRICTNESS, "second_person": (False, True)}
    for key, order in orders.items():
        before, after = committed.get(key, order[0]), run.get(key, order[0])
        # A stage of the project may have the section, with values of its own.
        if before in order and after in order and order.index(after) < order.index(before):
            yield key, before, after
