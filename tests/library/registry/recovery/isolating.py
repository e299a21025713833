"""Scores and isolated contents of the site."""

from __future__ import annotations

import hashlib
import json

from tests.library.registry.fixtures import flights
from tests.library.registry.recovery.conftest import NAME
from trimtab.params_sections import ScorePolicy
from trimtab.registry import find_version, score_windows


def md5(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


def isolate(site, hash_, *args):
    done = site.run("isolate", hash_, "--reason", "wrong labels", "--json", *args)
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def score(site, folder, window, by):
    """Score a window with the champion, as a DAG run does."""
    (folder / "windows").mkdir(exist_ok=True)
    flights(20, seed=len(window)).to_parquet(folder / "windows" / f"{window}.parquet")
    score_windows(find_version(NAME, 1), folder / "windows", ScorePolicy(), by=by)
