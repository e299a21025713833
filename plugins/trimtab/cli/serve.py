"""The command `trimtab serve`."""

from __future__ import annotations

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.model_choice import choose_model
from trimtab.cli.registry_options import model_option
from trimtab.escaping import echo


@click.command(epilog=example("trimtab serve --manifest > service.yaml"))
@click.option("--manifest", is_flag=True, help="Print the manifest of an InferenceService of KServe.")
@model_option
@click.option("--cpu", default="1", show_default=True, help="Processors of a replica.")
@click.option("--memory", default="2Gi", show_default=True, help="Memory of a replica.")
@click.option(
    "--image", help="Image of MLServer with the packages of the model.  [default: that of KServe's runtime]"
)
@json_option
def serve(manifest: bool, model: str | None, cpu: str, memory: str, image: str | None, as_json: bool) -> None:
    """Print what serves the champion, for `kubectl apply`.

    The champion is that of the ledger. Its files are compared with its seal first. The annotations have
    version, commit and hashes.
    """
    if not manifest:
        raise click.UsageError("Say what to print: --manifest")
    import yaml

    from trimtab.registry.serving import ServingResources, serving_manifest

    chosen = choose_model(model)
    service = serving_manifest(
        chosen.name, ServingResources(cpu, memory), trusted=chosen.trust(), image=image
    )
    if as_json:
        print_json("serve", {"manifest": service})
    else:
        echo(yaml.safe_dump(service, sort_keys=False, allow_unicode=True), nl=False)
