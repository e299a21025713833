"""One field of the trigger form: its type, its bounds and its description."""

from __future__ import annotations

from textwrap import shorten
from typing import Literal, TypeGuard, get_args, get_origin

from airflow.sdk import Param

from trimtab.airflow.request_limits import HIGHEST_INTEGER, LOWEST_INTEGER
from trimtab.airflow.trigger_form.params_file import Leaf
from trimtab.config import Params
from trimtab.json_value import JsonDict, JsonValue
from trimtab.learning import BINARY, ProblemType
from trimtab.params_file import PARAMS_FILE
from trimtab.params_sections import SECTIONS, OfferedMetrics

JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
LONGEST = 100  # characters of a value in a description
LONGEST_TEXT, MOST_ITEMS = 10_000, 1_000  # of a value in the form
BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
GENERIC: dict[str, JsonDict] = {
    "integer": {"minimum": LOWEST_INTEGER, "maximum": HIGHEST_INTEGER},
    "string": {"maxLength": LONGEST_TEXT},
    "array": {"maxItems": MOST_ITEMS},
}


def can_be_shown(value: object) -> bool:
    """Whether a form can show a value; it cannot show a list of mappings or of lists."""
    return type(value) in JSON_TYPES and not (
        isinstance(value, list) and any(type(item) not in JSON_TYPES or type(item) is list for item in value)
    )


def params_field(leaf: Leaf, prefix: str, template: str | None, problem: ProblemType = BINARY) -> Param:
    """Return the field of a value of ``params.yaml``; the field is empty by default.

    Args:
        leaf: The value.
        prefix: Prefix of the field's name.
        template: The template of ``set_params`` that sets the value for each run; None if there is none.
        problem: The problem type of the project, which decides on the metrics that the form offers.
    """
    kind = JSON_TYPES[type(leaf.value)]
    schema: JsonDict = {"type": ["null", kind], **GENERIC.get(kind, {}), **_declared(leaf, problem)}
    if isinstance(leaf.value, list) and leaf.value:
        schema["items"] = _items(leaf.value)
    return Param(
        None,
        **schema,
        title=prefix + leaf.key,
        description=_description(leaf, template),
        section=prefix + leaf.key.partition(".")[0],
    )


def _description(leaf: Leaf, template: str | None) -> str:
    value = f"the value in {PARAMS_FILE}, {shorten(repr(leaf.value), LONGEST)}"
    if template:
        empty = f"Empty: the DAG sets {shorten(template, 2 * LONGEST)}; if that is empty too, {value}"
    else:
        empty = f"Empty: {value}"
    return f"{leaf.comment.rstrip('. ')}. {empty}" if leaf.comment else empty


def _items(values: list[object]) -> JsonDict:
    kinds: list[JsonValue] = [*sorted({JSON_TYPES[type(value)] for value in values})]
    return {
        "type": kinds[0] if len(kinds) == 1 else kinds,
        **(GENERIC["string"] if kinds == ["string"] else {}),
    }


def _declared(leaf: Leaf, problem: ProblemType) -> JsonDict:
    """The bounds and choices of a value in one of the library's own sections."""
    section, *parts = leaf.key.split(".")
    model: object = SECTIONS.get(section)
    found = None
    for part in parts:
        found = model.model_fields.get(part) if _is_model(model) else None
        model = found.annotation if found else None
    if found is None:
        return {}
    metrics = [rule.names(problem) for rule in found.metadata if isinstance(rule, OfferedMetrics)]
    offered = [name for names in metrics for name in names]
    if offered or get_origin(found.annotation) is Literal:
        names = dict.fromkeys([*offered, leaf.value] if offered else get_args(found.annotation))
        return {
            "enum": [*names, None],
            "values_display": {"null": f"the value in {PARAMS_FILE}"},
        }
    return {
        name: getattr(rule, short)
        for rule in found.metadata
        for short, name in BOUNDS.items()
        if getattr(rule, short, None) is not None
    }


def _is_model(model: object) -> TypeGuard[type[Params]]:
    return isinstance(model, type) and issubclass(model, Params)
