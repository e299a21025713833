"""YAML bombs are refused before they are parsed."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from trimtab.errors import ConfigError
from trimtab.gates.data.suite import load_suite
from trimtab.params_file import load_yaml
from trimtab.pipeline.lock.lock_file import LockFile
from trimtab.pipeline.params.overrides import check_overrides
from trimtab.yaml_limits import refuse_bomb


def laughs(levels: int = 12, first: str = "[ha, ha, ha, ha, ha, ha, ha, ha, ha]") -> str:
    """A few lines of aliases that expand to billions of values."""
    lines = [f"a0: &a0 {first}"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


BOMBS = {
    "aliases": laughs(),
    "aliases after a tab, which only one reader takes": "x: 'a\tb'\ny:\t1\n" + laughs(),
    "merged mappings": "a0: &a0 {x: 1}\n"
    + "".join(f"a{n}: &a{n} {{{', '.join(f'k{i}: *a{n - 1}' for i in range(9))}}}\n" for n in range(1, 10)),
    "a long text": f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 1000)}]\n",
    "an alias in its own anchor": "a: &a [1, *a]\n",
    "nested lists": "a: " + "[" * 50_000,
    "nested mappings": "\n".join(f"{' ' * depth}a:" for depth in range(200)),
    "a long file": "a: 1\n" * 500_000,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_yaml_bomb_is_refused_wherever_yaml_is_read(tmp_path, text):
    file = tmp_path / "params.yaml"
    file.write_text(text)
    for read in (load_yaml, load_suite, lambda path: check_overrides(path.parent, {"a": 1})):
        with pytest.raises(ConfigError, match="too large to be read"):
            read(file)


def test_lock_file_that_is_a_yaml_bomb_is_refused(tmp_path):
    (tmp_path / "dvc.lock").write_text(laughs())
    with pytest.raises(ConfigError, match="too large to be read"):
        LockFile.read(tmp_path / "dvc.lock", cache=tmp_path / "cache")


@pytest.mark.parametrize(
    "text",
    [
        "base: &base {x: 1, y: [1, 2]}\na: {<<: *base}\nb: *base\nc: *base\n",
        "a: &x 1\nb: [" + ", ".join(["*x"] * 1000) + "]\n",
        "stages:\n" + "".join(f"  s{n}: {{cmd: echo, deps: [a, b, c]}}\n" for n in range(300)),
        "a: [" * 40 + "]" * 40,
        "x: [1, 2",
        "\t- no\n",
    ],
    ids=["merged", "scalar", "long", "nested", "broken", "tab"],
)
def test_ordinary_or_invalid_yaml_is_left_to_the_parser(text):
    refuse_bomb(text, where="f")


def test_yaml_bomb_is_measured_without_expanding_it(monkeypatch):
    monkeypatch.setattr(YAML, "load", lambda *_: pytest.fail("it was read"))
    with pytest.raises(ConfigError):
        refuse_bomb(laughs(40), where="f")
