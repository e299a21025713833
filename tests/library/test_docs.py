"""The names in the docs exist: commands, files, params, DAGs, links, environment variables."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from trimtab.cli.main import cli
from trimtab.flattening import flatten
from trimtab.params_file import load_yaml

ROOT = Path(__file__).resolve().parents[2]
FROM_CODE = ROOT / "docs" / "reference"  # `make docs` writes it, git ignores it
WRITTEN = (page for page in (ROOT / "docs").rglob("*.md") if FROM_CODE not in page.parents)
DOCS = [*sorted(ROOT.glob("*.md")), *sorted(WRITTEN)]
TEXT = "\n".join(doc.read_text() for doc in DOCS)
GENERATED = {"dvc.lock", "reports/metrics.json", "docs/_build/html"}
DECISIONS = ROOT / "docs" / "decisions"


def commands_of_group(group: click.Group) -> dict[str, click.Command]:
    context = click.Context(group)
    return {name: group.get_command(context, name) for name in group.list_commands(context)}


def commands(group: click.Group, prefix: str = "trimtab") -> set[str]:
    found = {prefix} if group.invoke_without_command else set()
    for name, command in commands_of_group(group).items():
        nested = isinstance(command, click.Group)
        found |= commands(command, f"{prefix} {name}") if nested else {f"{prefix} {name}"}
    return found


def test_every_trimtab_command_in_the_docs_exists() -> None:
    groups = "|".join(
        name for name, command in commands_of_group(cli).items() if isinstance(command, click.Group)
    )
    code = "\n".join(re.findall(r"`[^`]+`|```.*?```", TEXT, re.S))
    named = set(re.findall(rf"trimtab (?:(?:{groups}) )?[a-z]+(?=[ `\n])", code))
    assert named <= commands(cli), named - commands(cli)


def test_every_trimtab_command_is_in_the_docs() -> None:
    assert [command for command in commands(cli) if command not in TEXT] == []


def test_make_targets_in_the_docs_are_those_of_the_makefile() -> None:
    files = [ROOT / "Makefile", ROOT / "benchmarks" / "targets.mk"]
    targets = {target for file in files for target in re.findall(r"^([a-z-]+):.*## ", file.read_text(), re.M)}
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", TEXT, re.M)) <= targets
    assert {target for target in targets if f"make {target}" not in TEXT} == set()


def test_every_param_in_the_docs_exists() -> None:
    known = {key for key, _ in flatten(load_yaml(ROOT / "params.yaml"), only_addressable=True)}
    sections = {key.partition(".")[0] for key in known}
    dotted = re.findall(r"(?<!/)\b([a-z_]+\.[a-z_]+)\b", re.sub(r"\btrimtab\.[\w.]+", "", TEXT))
    named = {key for key in dotted if key.partition(".")[0] in sections}
    files = {file.name for folder in ("docs", "pipelines/flights") for file in (ROOT / folder).iterdir()}
    packages = {
        f"{file.parent.parent.name}.{file.parent.name}"
        for file in (ROOT / "plugins" / "trimtab").glob("*/*/__init__.py")
    }
    assert named - known - files - packages == set()


def test_every_dag_is_in_the_docs() -> None:
    for dag in (ROOT / "dags").rglob("*.py"):
        assert f"`{dag.stem}`" in TEXT


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.relative_to(ROOT).as_posix())
def test_every_link_and_path_in_the_docs_exists(doc: Path) -> None:
    text = doc.read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    paths = re.findall(r"`((?:dags|plugins|pipelines|tests|docs|benchmarks)/[\w./-]*)`", text)
    assert [link for link in links if not (doc.parent / link).exists()] == []
    assert [path for path in paths if not (ROOT / path).exists() and path not in GENERATED] == []


def headings(doc: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", doc.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.relative_to(ROOT).as_posix())
def test_every_link_to_a_heading_has_its_heading(doc: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", doc.read_text())
    missing = [
        f"{path}#{anchor}"
        for path, anchor in links
        if anchor not in headings((doc.parent / path) if path else doc)
    ]
    assert missing == []


def test_every_environment_variable_in_the_docs_is_in_env_example() -> None:
    example = (ROOT / ".env.example").read_text() + (ROOT / "deploy" / "settings.env").read_text()
    named = set(re.findall(r"\b((?:TRIMTAB|MLFLOW)_[A-Z_]+)\b", TEXT))
    assert {name for name in named if f"{name}=" not in example} == set()


def test_every_decision_record_is_in_the_index_with_its_title() -> None:
    index = dict(
        re.findall(r"\]\((\d{4}-[\w-]+\.md)\) (.+?) \|$", (DECISIONS / "README.md").read_text(), re.M)
    )
    titles = {
        record.name: record.read_text().partition("\n")[0].removeprefix("# ")
        for record in DECISIONS.glob("[0-9]*.md")
    }
    assert index.keys() == titles.keys()
    assert [name for name in titles if index[name] != titles[name]] == []


@pytest.mark.parametrize("record", sorted(DECISIONS.glob("[0-9]*.md")), ids=lambda record: record.stem[:4])
def test_decision_record_says_when_a_change_breaks_it(record: Path) -> None:
    assert "**A change breaks this when** " in record.read_text()


def test_every_test_that_the_threat_page_names_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs" / "threats.md").read_text())
    assert named
    tests = ROOT / "tests" / "library"
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (tests / file).is_file()
        or (name and not re.search(rf"^(def|class) {name}\b", (tests / file).read_text(), re.M))
    ]
    assert missing == []


def test_every_threat_names_a_test_or_says_why_there_is_none() -> None:
    rows = [
        line.rstrip(" |").rpartition("| ")[2]
        for line in (ROOT / "docs" / "threats.md").read_text().splitlines()
        if line.startswith("| ") and "| test |" not in line
    ]
    assert rows
    assert [row for row in rows if not re.match(r"`[\w/]+\.py|none: ", row)] == []
