"""The commands on incidents: `trimtab incident` and `trimtab postmortem`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.command_groups import example
from trimtab.cli.json_output import json_option, print_json
from trimtab.cli.registry_options import current_user
from trimtab.escaping import echo

if TYPE_CHECKING:
    from trimtab.incidents import Incident, Role
    from trimtab.postmortem import Case

ROLE_NAMES = ("lead", "communication", "operations")
FOLDER = "incidents"  # of a project: its postmortems


@click.group(epilog=example("trimtab incident list"))
def incident() -> None:
    """List incidents, show one, add notes, and resolve it."""


@incident.command("list", epilog=example("trimtab incident list"))
@click.option("--all", "resolved", is_flag=True, help="List resolved incidents too.")
@json_option
def list_(resolved: bool, as_json: bool) -> None:
    """List the open incidents, the newest first."""
    from trimtab.incidents import incident_table, read_incidents
    from trimtab.terminal import Console

    found = read_incidents(resolved=resolved)
    if as_json:
        print_json("incidents", {"incidents": [each.to_dict() for each in found]})
    elif found:
        Console().print(incident_table(found))
    else:
        echo("There is no incident." if resolved else "No incident is open. `--all` lists the resolved ones.")


@incident.command(epilog=example("trimtab incident show validate_raw-3f9a2c"))
@click.argument("name", metavar="INCIDENT")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show INCIDENT and what to do.

    What it blocks, what changed since the last good run, the timeline, the runbook.

    INCIDENT is an id, or the name in the alert, which stands for the newest incident of that cause.

    The timeline comes from the alerts, Airflow, the ledger and the drift log. A source that does not answer
    is named.
    """
    from trimtab.postmortem import show_case
    from trimtab.terminal import Console

    case = _build_case(name)
    if as_json:
        print_json("incident", case.to_dict())
    else:
        show_case(case, Console())


@incident.command(epilog=example("trimtab incident note validate_raw-3f9a2c 'The supplier was called'"))
@click.argument("name", metavar="INCIDENT")
@click.argument("text")
@click.option("--role", type=click.Choice(ROLE_NAMES), help="Take this role.")
@json_option
def note(name: str, text: str, role: Role | None, as_json: bool) -> None:
    """Add TEXT to INCIDENT.

    It is kept with your user name and the time of the clock.
    """
    from trimtab.incidents import add_note

    _print(add_note(name, text, by=current_user(), role=role), as_json)


@incident.command(epilog=example("trimtab incident resolve validate_raw-3f9a2c"))
@click.argument("name", metavar="INCIDENT")
@click.option("--override", metavar="REASON", help="Resolve it although what failed has not passed since.")
@json_option
def resolve(name: str, override: str | None, as_json: bool) -> None:
    """Resolve INCIDENT if it works again.

    Each check that failed has to have passed since the last alert. A task without checks has to have
    succeeded. A reason given with `--override` is recorded.
    """
    from trimtab.incidents import resolve_incident

    _print(resolve_incident(name, by=current_user(), root=_root(), override=override), as_json)


@click.command(epilog=example("trimtab postmortem validate_raw-3f9a2c"))
@click.argument("name", metavar="INCIDENT")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write.  [default: incidents/<id> in the working directory]",
)
@json_option
def postmortem(name: str, into: Path | None, as_json: bool) -> None:
    """Write the draft of a postmortem.

    It is written into a folder that can be committed. The draft has what the systems recorded. What only
    people know is typed into `answers.yaml` there, which is checked: each action item needs an owner and a
    due date. Run the command again to update the draft.
    """
    from trimtab.postmortem import write_folder

    case = _build_case(name)
    folder = into or Path(FOLDER) / case.incident.id
    files = write_folder(case, folder, datetime.now(UTC))
    if as_json:
        print_json("postmortem", {"incident": case.incident.id, "files": [str(file) for file in files]})
        return
    for file in files:
        echo(str(file))


def _build_case(name: str) -> Case:
    from trimtab.incidents import read_incident
    from trimtab.postmortem import build_case

    found, root = read_incident(name), _root()
    return build_case(found, root or Path.cwd(), _models(root), datetime.now(UTC))


def _root() -> Path | None:
    """Return the root of the project of the working directory; None outside of one."""
    from trimtab.errors import ProjectError
    from trimtab.pipeline.graph import Project

    try:
        return Project.find(Path.cwd()).root
    except ProjectError:
        return None


def _models(root: Path | None) -> tuple[str, ...]:
    from trimtab.pipeline.graph import Pipeline

    return tuple(Pipeline.read(root.name, root).models) if root else ()


def _print(found: Incident, as_json: bool) -> None:
    if as_json:
        print_json("incident-state", found.to_dict())
    else:
        echo(f"Incident {found.id} is {found.state}: {found.events[-1].text}")
