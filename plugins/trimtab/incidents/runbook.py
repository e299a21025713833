"""The runbook of an alert: a section of the page of alerts, at the address of the docs site."""

from __future__ import annotations

import os

DOCS_URL = "TRIMTAB_DOCS_URL"
PAGE = "alerts"  # of the docs: it has a section for each kind of alert


def runbook_address(kind: str) -> str:
    """Return the address of the section about a kind of alert; its path where no site is named.

    ``TRIMTAB_DOCS_URL`` is the address of the site that `make docs` builds, such as
    ``https://docs.example.com``. Where pages have another suffix than ``.html``, it has ``{page}`` in the
    place of the page: ``https://git.example.com/project/docs/{page}.md``.

    Args:
        kind: The kind, such as ``gate failed``.
    """
    site = os.environ.get(DOCS_URL, "").strip().rstrip("/")
    section = kind.replace(" ", "-")
    if not site.lower().startswith(("https://", "http://")):
        return f"docs/{PAGE}.md#{section}"
    page = site.replace("{page}", PAGE) if "{page}" in site else f"{site}/{PAGE}.html"
    return f"{page}#{section}"
