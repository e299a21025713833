"""One field of the trigger form: its type, its bounds, and what it says of itself."""

from __future__ import annotations

from textwrap import shorten
from typing import Any, Literal, get_args, get_origin

from airflow.sdk import Param

from trimtab.airflow.request_limits import HIGHEST_INTEGER, LOWEST_INTEGER
from trimtab.airflow.trigger_form.params_file import Leaf
from trimtab.config import PARAMS_FILE, Params
from trimtab.params_sections import SECTIONS

JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
LONGEST = 100  # characters of a value in a description
LONGEST_TEXT, MOST_ITEMS = 10_000, 1_000  # of a value given for a run
BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
GENERIC: dict[str, dict[str, Any]] = {
    "integer": {"minimum": LOWEST_INTEGER, "maximum": HIGHEST_INTEGER},
    "string": {"maxLength": LONGEST_TEXT},
    "array": {"maxItems": MOST_ITEMS},
}


def offered(value: Any) -> bool:
    """Whether a form can show a value: lists of mappings and lists it cannot."""
    return type(value) in JSON_TYPES and not (
        isinstance(value, list) and any(type(item) not in JSON_TYPES or type(item) is list for item in value)
    )


def params_field(leaf: Leaf, prefix: str, template: str | None) -> Param:
    """Return the field of a value of ``params.yaml``; it is empty by default.

    Args:
        leaf: The value.
        prefix: What the field's name begins with.
        template: What sets the value for each run, if anything does.
    """
    kind = JSON_TYPES[type(leaf.value)]
    schema: dict[str, Any] = {"type": ["null", kind], **GENERIC.get(kind, {}), **_declared(leaf.key)}
    if kind == "array" and leaf.value:
        schema["items"] = _items(leaf.value)
    return Param(
        None,
        **schema,
        title=prefix + leaf.key,
        description=_description(leaf, template),
        section=prefix + leaf.key.partition(".")[0],
    )


def _description(leaf: Leaf, template: str | None) -> str:
    says = f"params.yaml says {shorten(repr(leaf.value), LONGEST)}"
    if template:
        kept = f"Empty: the DAG sets it for each run, {shorten(template, 2 * LONGEST)}; else {says}"
    else:
        kept = f"{says}; empty keeps that"
    return f"{leaf.comment.rstrip('. ')}. {kept}" if leaf.comment else kept


def _items(values: list[Any]) -> dict[str, Any]:
    kinds = sorted({JSON_TYPES[type(value)] for value in values})
    return {
        "type": kinds[0] if len(kinds) == 1 else kinds,
        **(GENERIC["string"] if kinds == ["string"] else {}),
    }


def _declared(key: str) -> dict[str, Any]:
    """Bounds and choices that the model of one of the library's sections has for a value."""
    section, *parts = key.split(".")
    model: Any = SECTIONS.get(section)
    found = None
    for part in parts:
        found = model.model_fields.get(part) if _is_model(model) else None
        model = found.annotation if found else None
    if found is None:
        return {}
    if get_origin(found.annotation) is Literal:
        return {
            "enum": [*get_args(found.annotation), None],
            "values_display": {"null": f"what {PARAMS_FILE} says"},
        }
    return {
        name: getattr(rule, short)
        for rule in found.metadata
        for short, name in BOUNDS.items()
        if getattr(rule, short, None) is not None
    }


def _is_model(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, Params)
