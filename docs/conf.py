"""Settings of the docs site that `make docs` builds with Sphinx; nothing in it comes from the network."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "plugins" / "trimtab"

project = "Trimtab"
author = "the Trimtab contributors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "Trimtab"
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# Pages link to files of the repository, such as a suite. The site has no copy of them.
suppress_warnings = ["myst.xref_missing", "myst.header"]

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True


def _public_names(package: Path) -> list[str]:
    """Return the names that a package lists in ``__all__``."""
    for node in ast.parse((package / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets):
            return list(ast.literal_eval(node.value))
    return []


def _write_api_pages(app: Any) -> None:
    """Write one page for each package with public names into ``docs/api``, which git ignores."""
    folder = ROOT / "docs" / "api"
    folder.mkdir(exist_ok=True)
    names = []
    for file in sorted(LIBRARY.rglob("__init__.py")):
        if _public_names(file.parent):
            name = ".".join(file.parent.relative_to(ROOT / "plugins").parts)
            names.append(name)
            page = f"{name}\n{'=' * len(name)}\n\n.. automodule:: {name}\n   :members:\n   :imported-members:\n"
            (folder / f"{name}.rst").write_text(page, encoding="utf-8")
    for name in ("config", "errors", "escaping", "terminal", "time_window"):
        module = f"trimtab.{name}"
        names.append(module)
        page = f"{module}\n{'=' * len(module)}\n\n.. automodule:: {module}\n   :members:\n"
        (folder / f"{module}.rst").write_text(page, encoding="utf-8")
    index = "API\n===\n\n.. toctree::\n   :maxdepth: 1\n\n" + "".join(f"   {name}\n" for name in sorted(names))
    (folder / "index.rst").write_text(index, encoding="utf-8")


def setup(app: Any) -> None:
    """Register the step that writes the API pages."""
    app.connect("builder-inited", _write_api_pages)
