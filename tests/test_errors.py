"""What an error says."""

from __future__ import annotations

import pickle

import pytest

from trimtab import errors
from trimtab.errors import StageError, TrimtabError, closest
from trimtab.pipeline.execution.process import CommandError

CLASSES = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TrimtabError)
]


def test_message_says_what_where_and_what_to_do():
    error = TrimtabError("The file is empty", where="params.yaml", fix="write it")

    assert str(error) == "The file is empty\n  where: params.yaml\n  to do: write it"
    assert (error.what, error.where, error.fix) == ("The file is empty", "params.yaml", "write it")


def test_message_leaves_out_what_is_not_known():
    assert str(TrimtabError("The file is empty")) == "The file is empty"
    assert str(TrimtabError("The file is empty", fix="write it")) == "The file is empty\n  to do: write it"


def test_every_error_is_one_of_the_library():
    assert len(CLASSES) == 11
    assert issubclass(CommandError, StageError)


@pytest.mark.parametrize("error", [kind("What", where="here", fix="do") for kind in CLASSES])
def test_error_survives_the_way_to_another_process(error):
    same = pickle.loads(pickle.dumps(error))

    assert type(same) is type(error)
    assert str(same) == str(error)
    assert vars(same) == vars(error)


def test_closest_names_the_nearest_or_nothing():
    assert closest("dept", ["depth", "rate"]) == "; did you mean 'depth'?"
    assert closest("qqq", ["depth", "rate"]) == ""
    assert closest("depth", []) == ""
