"""A model file: what is loaded from it, and what is refused before anything of it is executed."""

from __future__ import annotations

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from trimtab.errors import ModelError
from trimtab.learning.formats.skops_file import load_skops


def shout(values):
    """Stand in for code of a project."""
    return values


UNTRUSTED = "tests.library.learning.formats.test_skops_file.shout"


@pytest.fixture
def saved(tmp_path):
    """Save an estimator as a skops file."""

    def save(estimator):
        skops.io.dump(estimator, tmp_path / "model.skops")
        return tmp_path / "model.skops"

    return save


def test_estimator_of_harmless_types_is_loaded_without_trusted_types(saved):
    rows, labels = np.array([[0.0], [1.0]]), [0, 1]
    fitted = LogisticRegression().fit(rows, labels)

    loaded = load_skops(saved(fitted), ())

    np.testing.assert_array_equal(loaded.predict_proba(rows), fitted.predict_proba(rows))


def test_file_with_a_type_that_is_not_trusted_is_refused_with_its_name(saved):
    with pytest.raises(ModelError, match=f"types that are not trusted: {UNTRUSTED}") as refused:
        load_skops(saved(FunctionTransformer(shout)), ())

    assert "trusted_types" in refused.value.fix


def test_file_with_a_type_that_is_trusted_is_loaded(saved):
    assert load_skops(saved(FunctionTransformer(shout)), [UNTRUSTED]).func is shout


def test_missing_file_is_refused_with_the_reason(tmp_path):
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        load_skops(tmp_path / "absent.skops", ())


@pytest.mark.parametrize("content", [b"", b"cos\nsystem\n(S'true'\ntR."], ids=["empty", "pickle"])
def test_file_that_is_no_skops_file_is_refused_with_what_to_do(tmp_path, content):
    (tmp_path / "model.skops").write_bytes(content)

    with pytest.raises(ModelError, match="is no skops file") as refused:
        load_skops(tmp_path / "model.skops", ())

    assert refused.value.fix == "save the model with skops.io.dump"


def test_refusal_names_no_folder_of_the_machine(tmp_path):
    with pytest.raises(ModelError) as refused:
        load_skops(tmp_path / "absent.skops", ())

    assert refused.value.where == "absent.skops"
    assert str(tmp_path) not in str(refused.value)
