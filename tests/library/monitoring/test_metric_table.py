from __future__ import annotations

from pathlib import Path

from trimtab.monitoring import make_metric_table

ROOT = Path(__file__).resolve().parents[3]


def test_table_in_the_docs_is_the_one_made_from_the_code():
    page = (ROOT / "docs" / "telemetry.md").read_text()
    assert make_metric_table() in page, "put the output of `trimtab otel metrics` into docs/telemetry.md"
