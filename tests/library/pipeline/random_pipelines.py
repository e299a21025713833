"""Random pipelines and random edits, drawn by hypothesis, for test_fidelity.py."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

# The command of each stage: it writes the text of all dependencies and a tag to each output. An output that ends
# in a slash is a folder, whose file names depend on the tag. With WATCH=n, the command reads its dependencies n
# more times, and fails if they have changed.
MAKE = """\
tag=$1; shift; outs=
while [ "$1" != : ]; do outs="$outs $1"; shift; done; shift
read_all() { for dep; do find -L "$dep" -type f | LC_ALL=C sort | while read -r file; do cat "$file"; done; done; }
text=$(echo "$tag"; read_all "$@")
for out in $outs; do
  case $out in
    */) mkdir -p "$out/deep" && echo "$text" > "$out/one.txt" && echo "$tag" > "$out/deep/$tag.txt" ;;
    *) echo "$text" > "$out" ;;
  esac
done
for _ in $(seq "${WATCH:-0}"); do
  [ "$(echo "$tag"; read_all "$@")" = "$text" ] || { echo "a dependency of $tag has changed" >&2; exit 9; }
done
"""
LINKS = ["copy", "copy", "hardlink", "symlink", "reflink,copy", "hardlink,symlink"]
LEVELS = 3  # a stage depends only on outputs of lower levels
VALUES = [1, 2, 1.5, "text", "yes", "1e3", None, True, [1, [2]], {"deep": 1}, "two\nlines\n", ""]
HOMES = {"": "dvc.yaml", "sub": "sub/dvc.yaml"}
PARAMS = ["params.yaml", "conf/more.json", "conf/more.toml", "conf/more.py"]
SOURCES = ["src/a.txt", "src/b.txt", "src/deep/c.txt"]


@dataclass(frozen=True)
class Out:
    """An output; its path has ``{item}`` in a group of stages."""

    path: str
    section: str = "outs"
    cache: bool = True
    persist: bool = False
    slash: bool = False

    @property
    def is_folder(self) -> bool:
        return not self.path.endswith(".txt")


@dataclass(frozen=True)
class RandomStage:
    """A stage, or a group of stages made by `foreach` or `matrix`."""

    name: str
    level: int
    home: str = ""
    wdir: str | None = None
    deps: tuple[str, ...] = ()
    params: tuple[tuple[str, tuple[str, ...] | None], ...] = ()
    outs: tuple[Out, ...] = ()
    tag: str = "v1"
    style: str = "plain"
    loop: str = ""
    frozen: bool = False
    always: bool = False

    def paths(self) -> list[str]:
        """Return the paths of the outputs of all stages in the group."""
        items = ["x", "y"] if self.loop else [""]
        return [out.path.replace("{item}", item) for out in self.outs for item in items]


@dataclass
class Pipeline:
    """The files of a project: stages, sources and params."""

    stages: list[RandomStage] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SOURCES, "one\n"))
    data: str = "data\n"
    params: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {file: {"a": 1, "b": "text", "c": 1.5} for file in PARAMS}
    )

    def files(self) -> dict[str, str]:
        """Return the files that a person writes."""
        texts = {
            "make.sh": MAKE,
            "work/deep/.keep": "",
            "sub/work/deep/.keep": "",
            **{f"g{level}/.keep": "" for level in range(LEVELS)},
            **self.sources,
            **{file: _params_text(file, values) for file, values in self.params.items()},
        }
        for home, path in HOMES.items():
            stages = {stage.name: _definition(stage) for stage in self.stages if stage.home == home}
            texts[path] = _yaml({"stages": stages}) if stages else ""
        return {path: text for path, text in texts.items() if text or path.endswith(".keep")}

    def paths(self) -> list[str]:
        """Return the paths of all outputs."""
        return [path for stage in self.stages for path in stage.paths()]


def _definition(stage: RandomStage) -> dict[str, Any]:
    home = posixpath.normpath(posixpath.join(stage.home, stage.wdir or "."))
    item = {"": "", "list": "${item}", "dict": "${key}", "matrix": "${item.k}"}[stage.loop]

    def spell(path: str) -> str:
        return posixpath.relpath(path, home).replace("{item}", item)

    outs = [spell(out.path) + ("/" if out.is_folder else "") for out in stage.outs]
    deps = [spell(path) for path in stage.deps]
    make = " ".join(["sh", spell("make.sh"), f"{stage.tag}{item}", *outs, ":", *deps])
    cmd: Any = {"plain": make, "list": ["true", make], "lines": f"true\n{make}\n"}[stage.style]
    definition: dict[str, Any] = {"cmd": cmd}
    if stage.wdir:
        definition["wdir"] = stage.wdir
    if deps:
        definition["deps"] = deps
    if stage.params:
        definition["params"] = [
            {spell(file): None if keys is None else list(keys)} for file, keys in stage.params
        ]
    for out in stage.outs:
        path = spell(out.path) + ("/" if out.slash else "")
        flags = {**({} if out.cache else {"cache": False}), **({"persist": True} if out.persist else {})}
        definition.setdefault(out.section, []).append({path: flags} if flags else path)
    definition |= {"frozen": True} if stage.frozen else {}
    definition |= {"always_changed": True} if stage.always else {}
    loops: dict[str, dict[str, Any]] = {
        "list": {"foreach": ["x", "y"], "do": definition},
        "dict": {"foreach": {"x": 1, "y": 2}, "do": definition},
        "matrix": {"matrix": {"k": ["x", "y"]}, **definition},
    }
    return loops.get(stage.loop, definition)


def _params_text(file: str, values: dict[str, Any]) -> str:
    if file.endswith(".json"):
        return json.dumps(values)
    if file.endswith(".py"):
        return "".join(f"{key} = {value!r}\n" for key, value in values.items())
    if file.endswith(".toml"):
        return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
    return _yaml(values)


def _yaml(values: dict[str, Any]) -> str:
    text = StringIO()
    YAML(typ="safe", pure=True).dump(values, text)
    return text.getvalue()


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """Draw a pipeline of a few stages."""
    pipeline = Pipeline()
    for _ in range(draw(st.integers(1, 5))):
        pipeline.stages.append(draw(stages(pipeline)))
    return pipeline


@st.composite
def stages(draw: st.DrawFn, pipeline: Pipeline) -> RandomStage:
    """Draw a stage that fits into a pipeline."""
    taken = {stage.name for stage in pipeline.stages}
    name = next(name for name in (f"s{number}" for number in range(99)) if name not in taken)
    level = draw(st.integers(0, LEVELS - 1))
    loop = draw(st.sampled_from(["", "", "", "list", "dict", "matrix"]))
    deps = draw(st.lists(st.sampled_from(_possible_deps(pipeline, level)), max_size=3, unique=True))
    params = draw(
        st.dictionaries(
            st.sampled_from(PARAMS),
            st.none() | st.lists(st.sampled_from("abc"), min_size=1, unique=True).map(tuple),
            max_size=2,
        )
    )
    return RandomStage(
        name,
        level,
        home=draw(st.sampled_from(list(HOMES))),
        wdir=draw(st.sampled_from([None, None, "work", "work/deep"])),
        deps=tuple(_without_nested(deps)),
        params=tuple(params.items()),
        outs=tuple(
            draw(outs(f"g{level}/{name}{number}{'_{item}' if loop else ''}"))
            for number in range(draw(st.integers(0, 2)))
        ),
        style=draw(st.sampled_from(["plain", "plain", "list", "lines"])),
        loop=loop,
        always=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def outs(draw: st.DrawFn, stem: str) -> Out:
    """Draw an output."""
    folder = draw(st.booleans())
    section = "outs" if folder else draw(st.sampled_from(["outs", "outs", "metrics", "plots"]))
    return Out(
        stem + ("" if folder else ".txt"),
        section=section,
        cache=draw(st.sampled_from([True, True, False])),
        persist=draw(st.integers(0, 5)) == 0,
        slash=folder and draw(st.booleans()),
    )


def _possible_deps(pipeline: Pipeline, level: int) -> list[str]:
    """Return the paths that a stage of a level may depend on."""
    paths = [*SOURCES, "src", "params.yaml", "data/raw.txt"]
    for stage in pipeline.stages:
        for path in stage.paths() if stage.level < level else ():
            paths += [path] if path.endswith(".txt") else [path, f"{path}/one.txt", f"{path}/deep"]
    return paths + [f"g{below}" for below in range(level)]


def _without_nested(paths: list[str]) -> Iterator[str]:
    """Yield the paths that do not lie below another one."""
    for path in paths:
        if not any(path != other and f"{path}/".startswith(f"{other}/") for other in paths):
            yield path


# Edits, each of which changes a pipeline in place.


def source(draw: st.DrawFn, pipeline: Pipeline) -> None:
    """Edit a source, perhaps back to what it was."""
    pipeline.sources[draw(st.sampled_from(SOURCES))] = draw(st.sampled_from(["one\n", "two\n", "tres\r\n"]))


def param(draw: st.DrawFn, pipeline: Pipeline) -> None:
    """Edit a param."""
    file, value = draw(st.sampled_from(PARAMS)), draw(st.sampled_from(VALUES))
    if not (file.endswith(".toml") and (value is None or isinstance(value, dict))):
        pipeline.params[file][draw(st.sampled_from("abc"))] = value


def command(draw: st.DrawFn, pipeline: Pipeline) -> None:
    """Edit a command."""
    _change(draw, pipeline, lambda stage: {"tag": draw(st.sampled_from(["v1", "v2"]))})


def frozen(draw: st.DrawFn, pipeline: Pipeline) -> None:
    """Freeze or unfreeze a stage."""
    _change(draw, pipeline, lambda stage: {"frozen": not stage.frozen})


def always(draw: st.DrawFn, pipeline: Pipeline) -> None:
    """Switch `always_changed` of a stage."""
    _change(draw, pipeline, lambda stage: {"always": not stage.always})


def cache(draw: st.DrawFn, pipeline: Pipeline) -> None:
    """Switch the outputs of a stage between DVC's cache and git."""
    _change(
        draw, pipeline, lambda stage: {"outs": tuple(replace(out, cache=not out.cache) for out in stage.outs)}
    )


def rename(draw: st.DrawFn, pipeline: Pipeline) -> None:
    """Rename a stage."""
    _change(draw, pipeline, lambda stage: {"name": f"{stage.name}r"})


def fewer_deps(draw: st.DrawFn, pipeline: Pipeline) -> None:
    """Remove a dependency of a stage."""
    _change(draw, pipeline, lambda stage: {"deps": tuple(draw(st.permutations(stage.deps)))[1:]})


def add(draw: st.DrawFn, pipeline: Pipeline) -> None:
    """Add a stage."""
    pipeline.stages.append(draw(stages(pipeline)))


def remove(draw: st.DrawFn, pipeline: Pipeline) -> None:
    """Remove a stage that no other depends on."""
    deps = [dep for stage in pipeline.stages for dep in stage.deps]
    free = [
        stage
        for stage in pipeline.stages
        if not any(f"{dep}/".startswith(f"{path}/") for path in stage.paths() for dep in deps)
    ]
    if free:
        pipeline.stages.remove(draw(st.sampled_from(free)))


def _change(draw: st.DrawFn, pipeline: Pipeline, change: Callable[[RandomStage], dict[str, Any]]) -> None:
    if pipeline.stages:
        place = draw(st.integers(0, len(pipeline.stages) - 1))
        pipeline.stages[place] = replace(pipeline.stages[place], **change(pipeline.stages[place]))


EDITS = [source, param, command, frozen, always, cache, rename, fewer_deps, add, remove]
