"""The report of an update says what happened to which file, and what to do."""

from __future__ import annotations

import json

from trimtab.template.divergence import Divergence
from trimtab.template.merge import Merge
from trimtab.template.migration import Migration
from trimtab.template.record import TemplateRecord
from trimtab.template.repository import TreeFile
from trimtab.template.sides import TemplateSides
from trimtab.template.update_report import UpdateReport, make_report

NEW = TemplateRecord("https://git.example.com/t.git", "c0ffee", "v1.1")


def files(**blobs: str) -> dict[str, TreeFile]:
    return {path: TreeFile(path, "100644", blob) for path, blob in blobs.items()}


def report(*, new_lock: bool = False, dry_run: bool = False) -> UpdateReport:
    base = files(updated="1", merged="1", removed="1", same="1", conflict="1")
    ours = {**base, **files(merged="2", conflict="2")}
    theirs = files(updated="3", merged="3", same="1", added="3", conflict="3")
    return make_report(
        before="v1.0",
        after=NEW,
        sides=TemplateSides(base, ours, theirs, {}),
        merged=Merge({**theirs, **files(merged="4", conflict="4")}, {"conflict": {}}),
        divergences=[Divergence("merged", "edited")],
        migrations=[Migration("params.yaml", "a: 1\n", "b: 1\n", {"s.a": "s.b"})],
        new_lock=new_lock,
        dry_run=dry_run,
    )


def test_each_file_is_reported_by_what_happened_to_it() -> None:
    assert report().files == {
        "updated": ["updated"],
        "added": ["added"],
        "removed": ["removed"],
        "merged": ["merged"],
        "conflict": ["conflict"],
    }


def test_text_says_versions_conflicts_divergences_and_migrations() -> None:
    text = report().to_text()

    assert "template: v1.0 -> v1.1" in text
    assert "conflicts: edit these files, then `git add` them\n  conflict\n" in text
    assert "  edited: merged" in text
    assert "deprecated names in params.yaml: s.a -> s.b" in text
    assert "-a: 1\n+b: 1" in text
    assert "Nothing is committed" in text


def test_report_says_how_to_make_the_lock_file_again() -> None:
    assert "run `make lock`" in report(new_lock=True).to_text()
    assert "make lock" not in report().to_text()


def test_dry_run_says_that_nothing_was_written() -> None:
    assert "Nothing was written" in report(dry_run=True).to_text()


def test_report_is_json() -> None:
    content = json.loads(json.dumps(report().to_dict()))

    assert content["schema"] == "trimtab.update/1"
    assert content["divergences"] == [{"path": "merged", "kind": "edited"}]
    assert content["migrations"] == [{"path": "params.yaml", "renamed": {"s.a": "s.b"}}]
