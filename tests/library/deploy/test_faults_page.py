from __future__ import annotations

from tests.library.deploy.faults_page import BEGIN, END, Fault, write_page


def test_table_replaces_the_one_of_the_last_run(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"# Faults\n\n{BEGIN}\nold\n{END}\nafter\n")

    for _ in range(2):
        write_page(page, 61.2, [Fault("S3 away", "`train`: try 2", 12.6)])

    text = page.read_text()
    assert text.count("| S3 away | `train`: try 2 | 13 |") == 1
    assert "took 61 s" in text
    assert "old" not in text
    assert text.startswith("# Faults\n")
    assert text.endswith("after\n")
