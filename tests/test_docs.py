"""What the docs name exists: commands, files, params, DAGs."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from trimtab.cli.main import cli
from trimtab.config import load_yaml
from trimtab.flattening import flatten

ROOT = Path(__file__).resolve().parents[1]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = "\n".join(doc.read_text() for doc in DOCS)
GENERATED = {"dvc.lock", "reports/metrics.json"}


def of_group(group: click.Group) -> dict[str, click.Command]:
    context = click.Context(group)
    return {name: group.get_command(context, name) for name in group.list_commands(context)}


def commands(group: click.Group, prefix: str = "trimtab") -> set[str]:
    found = {prefix} if group.invoke_without_command else set()
    for name, command in of_group(group).items():
        nested = isinstance(command, click.Group)
        found |= commands(command, f"{prefix} {name}") if nested else {f"{prefix} {name}"}
    return found


def test_every_trimtab_command_in_the_docs_exists() -> None:
    groups = "|".join(name for name, command in of_group(cli).items() if isinstance(command, click.Group))
    code = "\n".join(re.findall(r"`[^`]+`|```.*?```", TEXT, re.S))
    named = set(re.findall(rf"trimtab (?:(?:{groups}) )?[a-z]+(?=[ `\n])", code))
    assert named <= commands(cli), named - commands(cli)


def test_every_trimtab_command_is_in_the_docs() -> None:
    assert [command for command in commands(cli) if command not in TEXT] == []


def test_every_make_target_in_the_docs_exists_and_the_other_way_round() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", TEXT, re.M)) <= targets
    assert {target for target in targets if f"make {target}" not in TEXT} == set()


def test_every_param_in_the_docs_exists() -> None:
    known = {key for key, _ in flatten(load_yaml(ROOT / "params.yaml"), only_addressable=True)}
    sections = {key.partition(".")[0] for key in known}
    dotted = re.findall(r"(?<!/)\b([a-z_]+\.[a-z_]+)\b", TEXT)
    named = {key for key in dotted if key.partition(".")[0] in sections}
    files = {file.name for folder in ("docs", "pipelines/flights") for file in (ROOT / folder).iterdir()}
    assert named - known - files == set()


def test_every_dag_is_in_the_docs() -> None:
    for dag in (ROOT / "dags").glob("*.py"):
        assert f"`{dag.stem}`" in TEXT


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.relative_to(ROOT).as_posix())
def test_every_link_and_path_leads_somewhere(doc: Path) -> None:
    text = doc.read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    paths = re.findall(r"`((?:dags|plugins|pipelines|tests|docs|benchmarks)/[\w./-]*)`", text)
    assert [link for link in links if not (doc.parent / link).exists()] == []
    assert [path for path in paths if not (ROOT / path).exists() and path not in GENERATED] == []


def headings(doc: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", doc.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.relative_to(ROOT).as_posix())
def test_every_link_to_a_heading_leads_to_one(doc: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", doc.read_text())
    lost = [
        f"{path}#{anchor}"
        for path, anchor in links
        if anchor not in headings((doc.parent / path) if path else doc)
    ]
    assert lost == []


def test_every_environment_variable_in_the_docs_is_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"\b((?:TRIMTAB|MLFLOW)_[A-Z_]+)\b", TEXT))
    assert {name for name in named if f"{name}=" not in example} == set()
