"""The models of all pipelines of a repository, one pipeline after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.pipeline.graph import Pipeline
    from trimtab.terminal import Console


def registered_models(pipelines: Sequence[Pipeline]) -> list[str]:
    """Return the models of the pipelines that have a version, each once.

    Raises:
        RegistryError: The server does not answer.
    """
    from trimtab.registry.tracking import connection

    names = dict.fromkeys(name for pipeline in pipelines for name in pipeline.models)
    with connection() as client:
        return [name for name in names if client.search_registered_models(f"name = '{name}'")]


def choose_models(model: str | None) -> tuple[Sequence[Pipeline], dict[str, Path]]:
    """Return the models that a command is about, each with the root of its pipeline.

    Args:
        model: The name that the user gave. Without one, in the root of a repository with several pipelines,
            the models of all of them that have a version.

    Returns:
        The pipelines, if there are several, and the models.

    Raises:
        ConfigError: As for :func:`~trimtab.cli.model_choice.choose_model`.
        RegistryError: MLflow has no model of that name, or does not answer.
    """
    from trimtab.cli.model_choice import choose_model, several_pipelines

    pipelines = several_pipelines() if model is None else ()
    if not pipelines:
        one = choose_model(model)
        return (), {one.name: one.root}
    registered = set(registered_models(pipelines))
    return pipelines, {name: each.root for each in pipelines for name in each.models if name in registered}


def show_each_model(
    pipelines: Sequence[Pipeline], registered: Collection[str], show: Callable[[str, Console], None]
) -> None:
    """Print each pipeline, with what a command shows of its models.

    Args:
        pipelines: The pipelines. One that cannot be read is printed to standard error, with the reason.
        registered: The models that have a version.
        show: Prints what the command shows of a registered model.
    """
    from trimtab.terminal import Console, Text

    console = Console()
    for pipeline in pipelines:
        if pipeline.error:
            echo(f"pipeline {pipeline.name}: {pipeline.error}", fg="red", err=True)
            continue
        console.print(Text(f"Pipeline {pipeline.name}", "bold"), highlight=False)
        for name in pipeline.models:
            if name in registered:
                show(name, console)
            else:
                console.print(f"no version of {name} is registered yet", highlight=False)
        if not pipeline.models:
            console.print("it declares no model", highlight=False)
