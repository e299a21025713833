"""The message of an error."""

from __future__ import annotations

import pickle

import pytest

from trimtab import errors
from trimtab.errors import StageError, TrimtabError, closest
from trimtab.pipeline.execution.process import CommandError

CLASSES = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TrimtabError)
]


def test_error_message_says_what_where_and_what_to_do():
    error = TrimtabError("The file is empty", where="params.yaml", fix="write it")

    assert str(error) == "The file is empty\n  where: params.yaml\n  to do: write it"
    assert (error.what, error.where, error.fix) == ("The file is empty", "params.yaml", "write it")


def test_error_message_omits_empty_parts():
    assert str(TrimtabError("The file is empty")) == "The file is empty"
    assert str(TrimtabError("The file is empty", fix="write it")) == "The file is empty\n  to do: write it"


def test_error_tree_has_thirteen_classes():
    assert len(CLASSES) == 13
    assert issubclass(CommandError, StageError)


@pytest.mark.parametrize("error", [kind("What", where="here", fix="do") for kind in CLASSES])
def test_pickled_error_is_equal(error):
    same = pickle.loads(pickle.dumps(error))

    assert type(same) is type(error)
    assert str(same) == str(error)
    assert vars(same) == vars(error)


def test_closest_returns_the_most_similar_name_or_nothing():
    assert closest("dept", ["depth", "rate"]) == "; did you mean 'depth'?"
    assert closest("qqq", ["depth", "rate"]) == ""
    assert closest("depth", []) == ""
