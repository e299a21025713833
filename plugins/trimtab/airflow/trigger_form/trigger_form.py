"""The trigger form: a typed field per value of ``params.yaml``, and what to run although it is unchanged."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow.sdk import Param

from trimtab.airflow.trigger_form.form_field import offered, params_field
from trimtab.airflow.trigger_form.params_file import read_leaves
from trimtab.config import PARAMS_FILE
from trimtab.errors import ConfigError, closest
from trimtab.params_sections import SECTIONS
from trimtab.pipeline.graph import PIPELINE_FILE, Graph, split_address

FORCE, FORCE_STAGES = "force", "force_stages"


@dataclass(frozen=True)
class Form:
    """What a trigger of one pipeline may set.

    Attributes:
        keys: Name in the run's configuration to the key of ``params.yaml`` it sets; not all have a field.
        force: The field that makes every stage run.
        force_stages: The field that lists stages to run although they are unchanged.
        prefix: What every name begins with: nothing, or a task group's id and a dot.
    """

    keys: Mapping[str, str]
    force: str
    force_stages: str
    prefix: str = ""

    def overrides(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form sets, by key of ``params.yaml``; an empty field sets nothing."""
        return {key: params[name] for name, key in self.keys.items() if params.get(name) is not None}

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
        """Refuse what no param and no key of ``params.yaml`` is named as.

        Args:
            conf: What the run was triggered with.
            known: Every field of the DAG.
            run_id: The run.

        Raises:
            ConfigError: There is no such key, and the message has the nearest one; or a run may not set it.
        """
        from trimtab.pipeline.params import refuse_fixed

        refuse_fixed(key for key in conf if key.startswith(self.prefix))
        names = {*known, *self.keys}
        for key in conf:
            if key.startswith(self.prefix) and key not in names:
                raise ConfigError(
                    f"The DAG has no param '{key}'{closest(key, names)}",
                    where=f"configuration of the run {run_id}",
                    fix="trigger it again without that key; nothing has been run",
                )


@dataclass(frozen=True)
class Fields:
    """What the trigger form shows.

    Attributes:
        shown: The fields of the sections that the stages read, and those that force stages.
        library: By section, the fields of those that an operator of the DAG may read.
    """

    shown: Mapping[str, Param]
    library: Mapping[str, Mapping[str, Param]] = field(default_factory=dict)


def make_form(
    root: Path,
    graph: Graph,
    *,
    prefix: str = "",
    taken: Collection[str] = (),
    set_params: Mapping[str, str] | None = None,
) -> tuple[Form, Fields]:
    """Return the form of a pipeline, and its fields; an empty field keeps what else says the value.

    Args:
        root: The project's root.
        graph: The stages of the DAG.
        prefix: Put before every field's name.
        taken: Names of the user's own params: they stand for the field of the same name of ``params.yaml``,
            and make the force fields give way.
        set_params: Dotted key to the template that sets it for each run.

    Raises:
        ConfigError: ``params.yaml`` cannot be read, or ``set_params`` has a key that it does not have.
    """
    leaves, templates = read_leaves(root), dict(set_params or {})
    _refuse_unset(templates, [leaf.key for leaf in leaves])
    keys = {prefix + leaf.key: leaf.key for leaf in leaves if not _is_fixed(leaf.key)}
    stages, read = [stage.name for stage in graph.stages], _sections_read(root, graph)
    shown: dict[str, Param] = {}
    library: dict[str, dict[str, Param]] = {}
    for leaf in leaves:
        section, name = leaf.key.partition(".")[0], prefix + leaf.key
        if name not in keys or not offered(leaf.value):
            continue
        if read is None or section in read:
            shown[name] = params_field(leaf, prefix, templates.get(leaf.key))
        elif section in SECTIONS:
            library.setdefault(section, {})[name] = params_field(leaf, prefix, templates.get(leaf.key))
    form = Form(
        keys=keys,
        force=_free(prefix + FORCE, {*keys, *taken}),
        force_stages=_free(prefix + FORCE_STAGES, {*keys, *taken}),
        prefix=prefix,
    )
    return form, Fields({**_force_fields(form, stages), **shown}, library)


def _is_fixed(key: str) -> bool:
    from trimtab.pipeline.params import is_fixed

    return is_fixed(key)


def _refuse_unset(templates: Mapping[str, str], keys: Collection[str]) -> None:
    for key in templates:
        if key not in keys:
            raise ConfigError(
                f"There is no param '{key}'{closest(key, keys)}",
                where="`set_params` of the DAG",
                fix=f"give a key of {PARAMS_FILE}",
            )


def _sections_read(root: Path, graph: Graph) -> set[str] | None:
    """The sections that stages depend on, or that ``dvc.yaml`` puts into them; None for all of them."""
    read: set[str] = set()
    files: set[str] = set()
    for stage in graph.stages:
        keys = stage.params.get(PARAMS_FILE)
        if keys == ():
            return None
        read.update(key.partition(".")[0] for key in keys or ())
        files.add(split_address(stage.name)[0] or PIPELINE_FILE)
    for name in files:
        path = root / name
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        block = re.search(r"^stages:.*?(?=^\w|\Z)", text, re.M | re.S)
        read.update(re.findall(r"\$\{\s*([\w-]+)", block[0] if block else ""))
    return read


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
        maxItems=len(stages),
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
