"""The trigger form: a typed field for each value of ``params.yaml``, and the stages to force."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow.sdk import Param

from trimtab.airflow.trigger_form.form_field import can_be_shown, params_field
from trimtab.airflow.trigger_form.params_file import Leaf, read_leaves
from trimtab.errors import ConfigError, closest
from trimtab.extension import find_extensions
from trimtab.json_value import JsonDict, JsonValue
from trimtab.params_file import PARAMS_FILE
from trimtab.params_sections import SECTIONS
from trimtab.pipeline.graph import PIPELINE_FILE, Graph, declared_problem_type, split_address

FORCE, FORCE_STAGES = "force", "force_stages"


@dataclass(frozen=True)
class TriggerForm:
    """The names in the configuration of a run, and the params that they set.

    Attributes:
        keys: Name in the configuration to the key of ``params.yaml`` it sets; not every name has a field.
        force: Name of the field that forces every stage to run.
        force_stages: Name of the field that lists the stages to force.
        prefix: Prefix of every name: empty, or a task group's id and a dot.
    """

    keys: Mapping[str, str]
    force: str
    force_stages: str
    prefix: str = ""

    def overrides(self, params: Mapping[str, JsonValue]) -> JsonDict:
        """Return the params that the form sets, by key of ``params.yaml``; an empty field sets nothing."""
        return {key: params[name] for name, key in self.keys.items() if params.get(name) is not None}

    def forced(self, params: Mapping[str, Any], stages: Sequence[str]) -> frozenset[str]:
        """Return the stages that are forced to run.

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

    def refuse_unknown(self, conf: Mapping[str, object], known: Collection[str], *, run_id: str) -> None:
        """Refuse a name that is neither a param of the DAG nor a key of ``params.yaml``.

        Args:
            conf: The configuration of the run.
            known: Names of the DAG's params.
            run_id: The run.

        Raises:
            ConfigError: A name is unknown, and the message has the closest one; or a run may not set it.
        """
        from trimtab.pipeline.params import refuse_commit_only_params

        refuse_commit_only_params(key for key in conf if key.startswith(self.prefix))
        names = {*known, *self.keys}
        for key in conf:
            if key.startswith(self.prefix) and key not in names:
                raise ConfigError(
                    f"The DAG has no param '{key}'{closest(key, names)}",
                    where=f"configuration of the run {run_id}",
                    fix="trigger it again without that key; nothing has been run",
                )


@dataclass(frozen=True)
class FormFields:
    """The fields of the trigger form.

    Attributes:
        shown: The fields of the sections that the stages read, and those that force stages.
        library: By section, the fields that are shown if an operator of the DAG reads the section.
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
) -> tuple[TriggerForm, FormFields]:
    """Return the form of a pipeline, and its fields.

    Args:
        root: The project's root.
        graph: The stages of the DAG.
        prefix: Prefix of every field's name.
        taken: Names of the user's own params. Such a param replaces the field of the same name. A field that
            forces stages gets another name.
        set_params: Dotted key to the template that sets it for each run.

    Raises:
        ConfigError: ``params.yaml`` cannot be read, or ``set_params`` has a key that is not in it.
        ProjectError: The project declares a problem type that does not exist.
    """
    leaves, templates, problem = read_leaves(root), dict(set_params or {}), declared_problem_type(graph)
    _refuse_unknown_templates(templates, [leaf.key for leaf in leaves])
    keys = {prefix + leaf.key: leaf.key for leaf in leaves if not _is_fixed(leaf.key)}
    stages, read = [stage.name for stage in graph.stages], _sections_read(root, graph)
    shown: dict[str, Param] = {}
    library: dict[str, dict[str, Param]] = {}
    for leaf in leaves:
        section, name = leaf.key.partition(".")[0], prefix + leaf.key
        if name not in keys or not can_be_shown(leaf.value) or _lists_code(leaf):
            continue
        if read is None or section in read:
            shown[name] = params_field(leaf, prefix, templates.get(leaf.key), problem)
        elif section in SECTIONS:
            library.setdefault(section, {})[name] = params_field(
                leaf, prefix, templates.get(leaf.key), problem
            )
    form = TriggerForm(
        keys=keys,
        force=_free(prefix + FORCE, {*keys, *taken}),
        force_stages=_free(prefix + FORCE_STAGES, {*keys, *taken}),
        prefix=prefix,
    )
    return form, FormFields({**_force_fields(form, stages), **shown}, library)


def _is_fixed(key: str) -> bool:
    from trimtab.pipeline.params import is_commit_only

    return is_commit_only(key)


def _lists_code(leaf: Leaf) -> bool:
    """Whether a param of the library lists functions of the project, of which a run cannot name others."""
    return (
        leaf.key.partition(".")[0] in SECTIONS
        and isinstance(leaf.value, list)
        and bool(find_extensions(leaf.value))
    )


def _refuse_unknown_templates(templates: Mapping[str, str], keys: Collection[str]) -> None:
    for key in templates:
        if key not in keys:
            raise ConfigError(
                f"There is no param '{key}'{closest(key, keys)}",
                where="`set_params` of the DAG",
                fix=f"give a key of {PARAMS_FILE}",
            )


def _sections_read(root: Path, graph: Graph) -> set[str] | None:
    """The sections that stages depend on, or that ``dvc.yaml`` interpolates; None for every section."""
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


def _force_fields(form: TriggerForm, stages: Sequence[str]) -> dict[str, Param]:
    section = f"{form.prefix}Force unchanged stages to run"
    every = Param(
        False,
        type="boolean",
        title="every stage",
        description="As `dvc repro --force`: the run uses no result of an earlier run",
        section=section,
    )
    some = Param(
        None,
        type=["null", "array"],
        items={"type": "string"},
        maxItems=len(stages),
        examples=list(stages),
        title="these stages",
        description="Their downstream stages run only if the results have changed",
        section=section,
    )
    return {form.force: every, form.force_stages: some}


def _free(name: str, taken: Collection[str]) -> str:
    """Return the name, followed by underscores until no other field has it."""
    while name in taken:
        name += "_"
    return name
