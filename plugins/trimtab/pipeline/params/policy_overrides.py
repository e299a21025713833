"""Overrides of the promote policy and of the objectives: a run may set stricter ones, and no looser ones.

Whoever may trigger a run may set its params. Who may promote a model is decided in a reviewed commit, and so
is what freezes promotions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trimtab.errors import ConfigError
from trimtab.params_file import PARAMS_FILE

PROMOTE, SLO = "promote", "slo"
SECTIONS = (PROMOTE, SLO)
OBJECTIVES = {"data_freshness", "model_freshness", "quality", "fairness", "response", "scores"}
HIGHER_IS_STRICTER = ("objective",)
LOWER_IS_STRICTER = ("max_days", "max_hours", "max_drop", "max_slice_drop")


def refuse_looser_policy(committed: Mapping[str, object], run: Mapping[str, object]) -> None:
    """Require that the promote policy and the objectives of a run are no looser than those of the commit.

    Args:
        committed: The content of ``params.yaml`` in the commit.
        run: Its content with the params of the run: a value may be an alias of another one.

    Raises:
        ConfigError: It is looser.
    """
    looser = [
        *_looser_promotion(committed.get(PROMOTE), run.get(PROMOTE)),
        *_looser_objectives(committed.get(SLO), run.get(SLO)),
    ]
    for key, before, after in looser:
        raise ConfigError(
            f"The param '{key}' cannot be {after!r} for a run: that is looser than {before!r}",
            where=f"{PARAMS_FILE}: {key} = {before!r}",
            fix=f"change it in {PARAMS_FILE} in a reviewed commit; nothing has been run",
        )


def _looser_promotion(committed: object, run: object) -> Iterator[tuple[str, object, object]]:
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
            yield f"{PROMOTE}.{key}", before, after


def _looser_objectives(committed: object, run: object) -> Iterator[tuple[str, object, object]]:
    """Yield what is removed, or is not surely as strict; another period is neither stricter nor looser."""
    if not isinstance(committed, Mapping) or not committed.keys() <= OBJECTIVES:
        return  # a stage of the project has the section, with values of its own
    for name, before in committed.items():
        after = run.get(name) if isinstance(run, Mapping) else None
        if not isinstance(before, Mapping) or not isinstance(after, Mapping):
            if before != after:
                yield f"{SLO}.{name}", before, after
            continue
        for key in {**before, **after}:
            if not _is_as_strict(key, before.get(key), after.get(key)):
                yield f"{SLO}.{name}.{key}", before.get(key), after.get(key)


def _is_as_strict(key: object, before: object, after: object) -> bool:
    if before == after:
        return True
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return False
    return (key in HIGHER_IS_STRICTER and after > before) or (key in LOWER_IS_STRICTER and after < before)
