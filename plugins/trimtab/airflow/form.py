"""The trigger form: a typed field per value of ``params.yaml``, and what to run although it is unchanged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

from airflow.sdk import Param

from trimtab.airflow.formcache import remembered
from trimtab.config import PARAMS_FILE, load_yaml
from trimtab.errors import ConfigError, closest

JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
LONGEST = 100  # characters of a value in a description
FORCE, FORCE_STAGES = "force", "force_stages"


@dataclass(frozen=True)
class Form:
    """The fields of one pipeline in the trigger form of its DAG.

    Attributes:
        keys: Field to the key of ``params.yaml`` it sets.
        force: The field that makes every stage run.
        force_stages: The field that lists stages to run although they are unchanged.
        prefix: What every field's name begins with: nothing, or a task group's id and a dot.
    """

    keys: Mapping[str, str]
    force: str
    force_stages: str
    prefix: str = ""

    @property
    def names(self) -> set[str]:
        """Every field of the pipeline."""
        return {*self.keys, self.force, self.force_stages}

    def overrides(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form sets, by key of ``params.yaml``; an empty field sets nothing."""
        return {key: params[field] for field, key in self.keys.items() if params.get(field) is not None}

    def forced(self, params: Mapping[str, Any], stages: Sequence[str]) -> frozenset[str]:
        """Return the stages that are to run although they are unchanged.

        Raises:
            ConfigError: A name is no stage.
        """
        chosen = params.get(self.force_stages) or []
        for name in chosen:
            if name not in stages:
                raise ConfigError(
                    f"There is no stage {name!r}{closest(str(name), stages)}",
                    where=f"field '{self.force_stages}'",
                    fix="choose from the list; nothing has been run",
                )
        return frozenset(stages if params.get(self.force) else chosen)

    def refuse_unknown(self, conf: Mapping[str, Any], known: Collection[str], *, run_id: str) -> None:
        """Refuse what the form has no field for.

        Args:
            conf: What the run was triggered with.
            known: Every field of the DAG.
            run_id: The run.

        Raises:
            ConfigError: There is no such field, and the message has the nearest one; or a run may not set it.
        """
        from trimtab.pipeline.parameters import refuse_fixed

        refuse_fixed(key for key in conf if key.startswith(self.prefix))
        for key in conf:
            if key.startswith(self.prefix) and key not in known:
                raise ConfigError(
                    f"The DAG has no param '{key}'{closest(key, known)}",
                    where=f"configuration of the run {run_id}",
                    fix="trigger it again without that key; nothing has been run",
                )


def make_form(
    root: Path, stages: Sequence[str], *, prefix: str = "", taken: Collection[str] = ()
) -> tuple[Form, dict[str, Param]]:
    """Return the form of a project, and its fields; an empty field keeps what ``params.yaml`` says.

    Args:
        root: The project's root.
        stages: The stages that can be forced.
        prefix: Put before every field's name.
        taken: Names of the user's own params: they stand for the field of the same name of ``params.yaml``,
            and make the force fields give way.
    """
    fields = {
        prefix + key: Param(
            None,
            type=["null", JSON_TYPES[type(value)]],
            title=key.rpartition(".")[2],
            description=f"params.yaml says {shorten(repr(value), LONGEST)}; empty keeps that",
            section=prefix + key.partition(".")[0],
        )
        for key, value in _values(root).items()
    }
    form = Form(
        keys={field: field.removeprefix(prefix) for field in fields},
        force=_free(prefix + FORCE, {*fields, *taken}),
        force_stages=_free(prefix + FORCE_STAGES, {*fields, *taken}),
        prefix=prefix,
    )
    return form, {**_force_fields(form, stages), **fields}


def _values(root: Path) -> dict[str, Any]:
    """The values of ``params.yaml`` that can have a field, by dotted key."""
    file = root / PARAMS_FILE
    return remembered(root, file.read_bytes(), lambda: _read(file)) if file.exists() else {}


def _read(file: Path) -> dict[str, Any]:
    from trimtab.pipeline.parameters import is_fixed, leaves  # not at every parse

    values = leaves(load_yaml(file))
    return {key: value for key, value in values if type(value) in JSON_TYPES and not is_fixed(key)}


def _force_fields(form: Form, stages: Sequence[str]) -> dict[str, Param]:
    section = f"{form.prefix}Run although unchanged"
    every = Param(
        False,
        type="boolean",
        title="every stage",
        description="As `dvc repro --force` does: no result of an earlier run is used",
        section=section,
    )
    some = Param(
        None,
        type=["null", "array"],
        items={"type": "string"},
        examples=list(stages),
        title="these stages",
        description="What follows them runs if their results are others than before",
        section=section,
    )
    return {form.force: every, form.force_stages: some}


def _free(name: str, taken: Collection[str]) -> str:
    """Return the name, with underscores behind it while it is another field's."""
    while name in taken:
        name += "_"
    return name
