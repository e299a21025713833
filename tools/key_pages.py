"""Pages of the docs site that list the keys of ``params.yaml``, of ``dvc.yaml`` and of a gate report."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter

from tools.markdown import inline, table, word, words

ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n      +.+)*)", re.M)
JSON_TYPES = {"boolean": "true or false", "array": "list", "object": "mapping", "string": "text"}
LIMITS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


class MissingSentenceError(Exception):
    """A command, an option or a key is not documented where it is defined."""


def params_page() -> str:
    """Return the page of the library's sections of ``params.yaml``, and of ``trimtab.yaml``."""
    from trimtab.gates.model.declared_check import DeclaredCheck
    from trimtab.gates.model.gate_section import TYPES, ModelGateSection
    from trimtab.params_sections import SECTIONS
    from trimtab.repository_settings import RepositorySettings

    blocks = [
        "# Keys of params.yaml",
        "The library reads these sections. All others are those of your stages. An unknown key is refused.",
    ]
    for name, model in sorted(SECTIONS.items()):
        blocks += describe_model(f"Section {name}", model)
    blocks += describe_model("Section of a model gate", ModelGateSection)
    blocks.append("The section has the name of the gate's stage. Each item of `checks` has a type.")
    blocks += describe_model("Keys of every check", DeclaredCheck, level=3, hidden=("type",))
    for name, check in TYPES.items():
        blocks += describe_model(f"Check of type {name}", check, level=3, hidden=DeclaredCheck.model_fields)
    blocks.append("## trimtab.yaml")
    blocks.append("This file in the root of a repository holds limits over all of its pipelines.")
    blocks += describe_model("Keys of trimtab.yaml", RepositorySettings, level=3)
    return "\n\n".join(blocks) + "\n"


def dvc_yaml_page() -> str:
    """Return the page of the keys of ``meta`` in ``dvc.yaml``."""
    from trimtab.airflow.dag.task_settings import TaskSettings
    from trimtab.pipeline.graph import ARTIFACT_META, STAGE_META

    blocks = ["# Keys of meta in dvc.yaml", "All other keys of `dvc.yaml` are DVC's own."]
    for title, keys in (("meta.trimtab of a stage", STAGE_META), ("meta of an artifact", ARTIFACT_META)):
        rows = [(word(key), inline(sentence)) for key, sentence in keys.items()]
        blocks += [f"## {title}", table(("key", "meaning"), *rows)]
    return "\n\n".join([*blocks, *describe_model("meta.airflow of a stage", TaskSettings)]) + "\n"


def gate_report_page() -> str:
    """Return the page of ``report.json``, which every gate writes."""
    from trimtab import gate_report
    from trimtab.gate_report import report_files as files

    blocks = ["# The gate report", f"A gate writes `report.json` with the schema `{files.SCHEMA}`."]
    for title, content, source in (
        ("Keys of the report", files.ReportContent, gate_report.GateReport),
        ("Keys of an item of checks", files.CheckContent, gate_report.Check),
        ("Keys of an item of parts", files.CheckPartContent, gate_report.CheckPart),
        ("Keys of quarantine", files.QuarantineContent, gate_report.Quarantine),
    ):
        keys = TypeAdapter(content).json_schema()["properties"]
        rows = [
            (word(key), _values(schema), inline(sentence_of(key, content, source)))
            for key, schema in keys.items()
        ]
        blocks += [f"## {title}", table(("key", "value", "meaning"), *rows)]
    return "\n\n".join(blocks) + "\n"


def describe_model(
    title: str, model: type[BaseModel], *, level: int = 2, hidden: Collection[str] = ()
) -> Iterator[str]:
    """Yield the section of a configuration model, and those of the models in it.

    Args:
        title: The title of the section.
        model: The model.
        level: The level of the heading.
        hidden: Keys that are not listed.

    Raises:
        MissingSentenceError: A key has no sentence.
    """
    schema = model.model_json_schema()
    keys = {key: field for key, field in model.model_fields.items() if key not in hidden}
    rows = [
        (
            word(key),
            _values(schema["properties"][key]),
            "required" if field.is_required() else _default(field.get_default(call_default_factory=True)),
            inline(sentence_of(key, model)),
        )
        for key, field in keys.items()
    ]
    yield f"{'#' * level} {title}"
    yield inline(inspect.cleandoc(model.__doc__ or "").partition("\n")[0])
    yield table(("key", "value", "default", "meaning"), *rows)
    for key, field in keys.items():
        for inner in _models_in(field.annotation):
            yield from describe_model(f"Keys of {key}", inner, level=level + 1)


def sentence_of(key: str, *owners: type) -> str:
    """Return what a key means: from the attributes of a class or of its bases, or from a property.

    Raises:
        MissingSentenceError: No class says it.
    """
    for owner in owners:
        for base in owner.__mro__:
            _, _, section = inspect.cleandoc(base.__doc__ or "").partition("Attributes:\n")
            if sentence := dict(ATTRIBUTE.findall(section)).get(key):
                return str(sentence)
        found = inspect.getattr_static(owner, key, None)
        if isinstance(found, property) and found.__doc__:
            return found.__doc__
    names = " and ".join(owner.__name__ for owner in owners)
    raise MissingSentenceError(f"'{key}' has no sentence below Attributes in the docstring of {names}")


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _values(schema: Mapping[str, Any]) -> str:
    """Return which values a JSON schema accepts, as text."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_values, schema["anyOf"])))
    if "enum" in schema:
        return words(map(str, schema["enum"]))
    if "items" in schema:
        return f"list of {_values(schema['items'])}"
    if "$ref" in schema:
        return "any" if schema["$ref"].endswith("/JsonValue") else "mapping"
    kind = schema.get("format") or schema.get("type", "any")
    limits = [f"{sign} {schema[key]:g}" for key, sign in LIMITS.items() if key in schema]
    return inline(", ".join([JSON_TYPES.get(kind, kind), *limits]))


def _default(value: Any) -> str:
    if value is None or value in ([], {}, "") or isinstance(value, BaseModel):
        return ""
    return word(str(value).lower() if isinstance(value, bool) else str(value))
