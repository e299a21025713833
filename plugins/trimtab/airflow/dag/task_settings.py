"""``meta: {airflow: …}`` of a stage: arguments of its task."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from airflow.sdk import TriggerRule
from pydantic import AfterValidator, BeforeValidator, Field

from trimtab.config import Params, parse_params
from trimtab.errors import ConfigError, closest
from trimtab.pipeline.graph import PIPELINE_FILE, Stage, split_address

UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}  # seconds
LONGEST = 10 * 365 * UNITS["d"]  # of a duration


def _duration(value: object) -> timedelta | str:
    """Parse a number of seconds, or a text like ``1h 30m``; pydantic parses ISO 8601."""
    if isinstance(value, str) and value.upper().startswith("P"):
        return value
    if isinstance(value, str) and re.fullmatch(r"(\s*\d+(\.\d+)?\s*[dhms])+\s*", value):
        parts = re.findall(r"(\d+(?:\.\d+)?)\s*([dhms])", value)
        value = sum(float(number) * UNITS[unit] for number, unit in parts)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST:
        raise ValueError("give seconds, such as 90, or a text such as 1h 30m or PT1H30M")
    return timedelta(seconds=value)


def _positive(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("it must be longer than 0 seconds")
    return value


def _trigger_rule(value: str) -> str:
    known = [rule.value for rule in TriggerRule]
    if value not in known:
        raise ValueError(f"there is no such rule{closest(value, known)}; Airflow has {', '.join(known)}")
    return value


Duration = Annotated[timedelta, Field(strict=False, ge=timedelta()), BeforeValidator(_duration)]


class TaskSettings(Params):
    """The keys of ``meta: {airflow: …}``: each is the operator argument of the same name."""

    retries: int | None = Field(None, ge=0)
    retry_delay: Duration | None = None
    execution_timeout: Annotated[Duration, AfterValidator(_positive)] | None = None
    pool: str | None = Field(None, min_length=1, max_length=256)
    pool_slots: int | None = Field(None, ge=1)
    queue: str | None = Field(None, min_length=1, max_length=256)
    priority_weight: int | None = None
    trigger_rule: Annotated[str, AfterValidator(_trigger_rule)] | None = None
    executor_config: dict[str, object] | None = None


def task_settings(stage: Stage) -> dict[str, object]:
    """Return the operator arguments that ``dvc.yaml`` gives for a stage's task.

    Raises:
        ConfigError: A key is unknown or a value is invalid; the message has file, stage and key.
    """
    given = stage.meta.get("airflow")
    if given is None:
        return {}
    file, name = split_address(stage.name)
    where = f"{file or PIPELINE_FILE}, stage '{name}', meta.airflow"
    if not isinstance(given, dict):
        raise ConfigError(f"{given!r} is no mapping of settings", where=where, fix="write `airflow: {…}`")
    return parse_params(TaskSettings, given, where=where).model_dump(exclude_none=True)
