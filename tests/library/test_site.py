"""The docs site: it builds without warnings and loads nothing from the network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200), pytest.mark.xdist_group("site")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with warnings as errors, as `make docs` does."""
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "--quiet",
        "--fail-on-warning",
        "--keep-going",
        ROOT / "docs",
        folder,
    ]
    env = {**os.environ, "AIRFLOW_HOME": str(folder / "airflow")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_site_has_a_page_for_each_public_package(site: Path) -> None:
    for package in ("airflow", "drift", "gates", "registry", "pipeline.graph", "registry.ledger"):
        assert (site / "api" / f"trimtab.{package}.html").is_file()


def test_api_page_has_the_docstring_of_a_class_that_is_imported_lazily(site: Path) -> None:
    assert "trimtab.airflow.RegisterOperator" in (site / "api" / "trimtab.airflow.html").read_text()


def test_page_of_the_site_loads_nothing_from_the_network(site: Path) -> None:
    loaded = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//[^\"']*")
    for page in site.rglob("*.html"):
        found = [tag for tag in loaded.findall(page.read_text()) if 'rel="canonical"' not in tag]
        assert found == [], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", sheet.read_text()), sheet


class Page(HTMLParser):
    """The anchors of a page, and the addresses that it links to or loads."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.anchors, self.addresses = {"", "top"}, list[str]()
        self.feed(file.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {given.get(name) or "" for name in ("id", "name")}
        self.addresses += [address for name in ("href", "src") if (address := given.get(name))]


def test_every_internal_link_of_the_site_has_its_file_and_its_anchor(site: Path) -> None:
    pages = {file.resolve(): Page(file) for file in site.rglob("*.html")}
    broken = []
    for file, page in pages.items():
        for address in page.addresses:
            path, _, anchor = unquote(address).partition("#")
            if re.match(r"[a-z]+:", path) or address.startswith("//"):
                continue
            target = (file.parent / path.partition("?")[0]).resolve() if path else file
            if not target.is_file() or (target in pages and anchor not in pages[target].anchors):
                broken.append(f"{file.relative_to(site.resolve())}: {address}")
    assert broken == []


def test_site_has_the_pages_that_are_made_from_the_code(site: Path) -> None:
    for page in ("commands", "params", "dvc-yaml", "gate-report"):
        assert (site / "reference" / f"{page}.html").is_file()
    keys = (site / "reference" / "dvc-yaml.html").read_text()
    assert "execution_timeout" in keys
    assert "any_text" in keys


def test_search_of_the_site_needs_no_server(site: Path) -> None:
    # The index is a script, since a page of file:// may not fetch another file.
    assert (site / "searchindex.js").read_text().startswith("Search.setIndex(")
    assert re.search(r'<script src="searchindex.js"', (site / "search.html").read_text())
