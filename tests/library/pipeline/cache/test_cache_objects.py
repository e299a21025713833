"""Cache objects that cannot be linked into the workspace."""

from __future__ import annotations

import errno

import pytest

from tests.library.pipeline.dvc_comparison import run_here
from tests.library.pipeline.stage_kinds import pipeline


def test_output_that_cannot_be_linked_is_kept(project, monkeypatch):
    checkout = project(pipeline("a: {cmd: echo 1 > o, outs: [o]}"))
    checkout.write({".dvc/config": "[cache]\n    type = hardlink\n"})

    def refuse(*_, **__):
        raise OSError(errno.EMLINK, "Too many links")

    monkeypatch.setattr("dvc_objects.fs.generic.transfer", refuse)
    with pytest.raises(OSError, match="Too many links"):
        run_here(checkout)

    assert checkout.read("o") == "1\n"
    assert not list(checkout.root.glob(".*.tmp"))
