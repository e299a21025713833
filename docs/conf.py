"""Settings of the docs site that `make docs` builds with Sphinx; nothing in it comes from the network."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # for `tools`
LIBRARY = ROOT / "plugins" / "trimtab"
SINGLE_MODULES = (
    "trimtab.config",
    "trimtab.errors",
    "trimtab.escaping",
    "trimtab.terminal",
    "trimtab.time_window",
)

project = "Trimtab"
author = "the Trimtab contributors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "Trimtab"
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# Pages link to files of the repository, such as a suite. The site has no copy of them.
suppress_warnings = ["myst.xref_missing", "myst.header"]

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True


def _public_modules() -> Iterator[tuple[str, list[str]]]:
    """Yield each package with public names, and each single module, with its names; parents first."""
    for file in sorted(LIBRARY.rglob("__init__.py"), key=lambda file: (len(file.parts), file)):
        name = ".".join(file.parent.relative_to(ROOT / "plugins").parts)
        if names := getattr(import_module(name), "__all__", ()):
            yield name, sorted(names)
    for name in SINGLE_MODULES:
        module = import_module(name)
        own = (key for key, value in vars(module).items() if getattr(value, "__module__", "") == name)
        yield name, sorted(key for key in own if not key.startswith("_"))


def _page(module: str, names: list[str], documented: dict[int, str]) -> str:
    """Return the page of a module. A name that another page documents is a link to it."""
    text = f"{module}\n{'=' * len(module)}\n\n.. automodule:: {module}\n   :no-members:\n\n"
    for name in names:
        value = getattr(import_module(module), name)
        path = f"{module}.{name}"
        if not callable(value) or not str(getattr(value, "__module__", "")).startswith("trimtab"):
            continue  # a constant, or another name of a type of Python
        if id(value) in documented:
            text += f"- :obj:`{name} <{documented[id(value)]}>`\n\n"
        elif inspect.isclass(value):
            text += f".. autoclass:: {path}\n   :members:\n\n"
        else:
            text += f".. autofunction:: {path}\n\n"
        documented.setdefault(id(value), path)
    return text


def _write_api_pages(app: Any) -> None:
    """Write one page for each package with public names into ``docs/api``, which git ignores."""
    folder = ROOT / "docs" / "api"
    folder.mkdir(exist_ok=True)
    documented: dict[int, str] = {}
    modules = []
    for module, names in _public_modules():
        modules.append(module)
        (folder / f"{module}.rst").write_text(_page(module, names, documented), encoding="utf-8")
    index = "API\n===\n\n.. toctree::\n   :maxdepth: 1\n\n" + "".join(
        f"   {name}\n" for name in sorted(modules)
    )
    (folder / "index.rst").write_text(index, encoding="utf-8")


def _write_reference(app: Any) -> None:
    """Write the pages of all commands and keys into ``docs/reference``, which git ignores."""
    from tools.reference_pages import write_pages

    write_pages(ROOT / "docs" / "reference")


def _convert_tables(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Turn the Markdown tables of a docstring, which Airflow shows, into tables of Sphinx."""
    text: list[str] = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            text.append(line)
        elif not text or not text[-1].startswith(("   * -", "     - ")):
            text += [".. list-table::", "   :header-rows: 1", "", f"   * - {cells[0]}"]
            text += [f"     - {cell}" for cell in cells[1:]]
        elif set(line) - set("|-: "):
            text += [f"   * - {cells[0]}", *(f"     - {cell}" for cell in cells[1:])]
    lines[:] = text


def setup(app: Any) -> None:
    """Register the steps that write the pages made from code, and convert the tables of docstrings."""
    app.connect("builder-inited", _write_reference)
    app.connect("builder-inited", _write_api_pages)
    app.connect("autodoc-process-docstring", _convert_tables, priority=400)  # before napoleon
