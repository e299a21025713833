"""Points 3 and 4."""

from __future__ import annotations

from trimtab.dossier.performance_sections import describe_limits, describe_metrics, performance_tables


def test_slices_have_figure_interval_rows_and_the_hash_of_their_report(evidence):
    (table,) = [table for table in performance_tables(evidence) if table.title.startswith("slices roc_auc")]
    first = table.rows[0]
    assert first.cells == ("carrier=B", "0.5500", "0.4800 to 0.6100", "90", "not met")
    assert first.sources == evidence.gates[1].sources


def test_metric_of_the_whole_table_has_its_interval(evidence):
    table = next(table for table in performance_tables(evidence) if table.title.startswith("Metrics with"))
    assert [row.cells[1:4] for row in table.rows] == [("score roc_auc", "0.8123", "0.7811 to 0.8434")]


def test_check_that_failed_is_told_with_its_severity_and_what_was_not_measured(evidence):
    (told,) = [statement.text for statement in describe_limits(evidence)]
    assert "failed with severity warning" in told
    assert "1 of 3 slices have fewer than 50 rows" in told


def test_metric_that_decides_rests_on_the_seal_that_covers_the_params(evidence):
    told = list(describe_metrics(evidence))
    assert told[0].text == "The metric that decides promotion is roc_auc."
    assert told[0].sources == (evidence.seal,)
