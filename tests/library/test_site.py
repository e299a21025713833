"""The docs site: it builds without warnings and loads nothing from the network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

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
