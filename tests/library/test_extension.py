"""Extensions: what a project may name as `module:name`, and that nothing else is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from trimtab.errors import ConfigError
from trimtab.extension import find_code, find_extensions, is_extension, load_extension


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A checkout whose params.yaml names functions of its module `shop_costs`."""
    (tmp_path / "shop_costs.py").write_text(
        "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\ndef refund(): return 7\n"
    )
    names = ["shop_costs:refund", "shop_costs:refnd", "nowhere.at_all:refund"]
    (tmp_path / "params.yaml").write_text(f"promote: {{metric: [{', '.join(map(repr, names))}]}}\n")
    before = list(sys.path)
    yield tmp_path
    sys.path[:] = before
    sys.modules.pop("shop_costs", None)


def test_declared_function_is_imported_from_the_checkout(root: Path) -> None:
    refund = load_extension("shop_costs:refund", root)
    assert callable(refund)
    assert refund() == 7


def test_extension_that_the_checkout_does_not_declare_is_refused_and_not_executed(root: Path) -> None:
    with pytest.raises(ConfigError, match="'shop_costs:other' is not declared in the checkout"):
        load_extension("shop_costs:other", root)
    assert not (root / "shop_costs.ran").exists()


def test_installed_function_that_the_checkout_does_not_declare_is_refused(root: Path) -> None:
    with pytest.raises(ConfigError, match="'os:system' is not declared"):
        load_extension("os:system", root)


def test_name_that_the_module_does_not_define_is_refused_with_the_close_match(root: Path) -> None:
    with pytest.raises(ConfigError, match="does not define 'refnd'; did you mean 'refund'"):
        load_extension("shop_costs:refnd", root)


def test_module_that_cannot_be_imported_is_refused(root: Path) -> None:
    with pytest.raises(ConfigError, match=r"module 'nowhere.at_all' cannot be imported"):
        load_extension("nowhere.at_all:refund", root)


@pytest.mark.parametrize("name", ["a:b", "a.b_c.d:E", "_a:_b"])
def test_module_colon_name_is_an_extension(name: str) -> None:
    assert is_extension(name)


@pytest.mark.parametrize(
    "name", ["roc_auc", "12:30", "a:b:c", "a/b:c", "a:", ":b", "a.:b", "http://x", "a:b ", "a:b()", ""]
)
def test_other_text_is_no_extension(name: str) -> None:
    assert not is_extension(name)


def test_extensions_are_found_at_any_depth() -> None:
    found = find_extensions({"checks": [{"type": "a:b", "by": [["c:d"]]}, {"type": "score", "min": 0.5}]})
    assert found == {"a:b", "c:d"}


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("def refund(:", "SyntaxError"),
        ("refund = undefined_name", "NameError: name 'undefined_name'"),
        ("import absent_package", "No module named 'absent_package'"),
    ],
)
def test_module_that_fails_is_refused_with_its_error(root: Path, code: str, problem: str) -> None:
    (root / "shop_costs.py").write_text(code)
    with pytest.raises(
        ConfigError, match=rf"(?s)'shop_costs' cannot be imported: .*{problem}.*correct the module"
    ):
        load_extension("shop_costs:refund", root)


def test_module_of_another_folder_that_hides_the_one_of_the_checkout_is_refused(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "shop_costs.py").write_text("def refund(): return 0\n")
    sys.path.insert(0, str(other))
    with pytest.raises(ConfigError, match="was imported from another place"):
        load_extension("shop_costs:refund", root)


def test_code_is_found_where_the_library_reads_it_and_not_in_other_texts() -> None:
    params = {
        "promote": {"metric": "a:metric", "policy": "a:b"},
        "drift": {"rules": [{"rule": "a:rule"}], "statistics": [{"statistic": "a:far", "max": 1}]},
        "validate": {"checks": [{"type": "a:Check"}], "label": "c:d"},
        "serve": {"image": "acme:v1"},
    }
    assert find_code(params) == {"a:metric", "a:rule", "a:far", "a:Check"}
