"""Pipelines of trivial stages, in the words of each tool: what is left of their time is the tool's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = "source.txt"
TEXT = "a line\n"


@dataclass(frozen=True)
class Step:
    """One stage: a shell command that makes one file of others, or one folder."""

    name: str
    cmd: str
    deps: tuple[str, ...]
    out: str
    folder: bool = False


@dataclass(frozen=True)
class Shape:
    """A pipeline.

    Attributes:
        title: As the tables call it.
        steps: Its stages.
        expected: The content of the last stage's output, from that of the source.
    """

    title: str
    steps: tuple[Step, ...]
    expected: Callable[[str], str]

    def write_dvc(self, folder: Path) -> None:
        """Write the pipeline as ``dvc.yaml``, with its source."""
        _write_source(folder)
        (folder / "dvc.yaml").write_text("\n".join(["stages:", *_dvc_lines(self.steps), ""]))

    def write_snakemake(self, folder: Path) -> None:
        """Write the pipeline as ``Snakefile``, with its source."""
        _write_source(folder)
        consumed = {dep for step in self.steps for dep in step.deps}
        wanted = [step.out for step in self.steps if step.out not in consumed]
        rules = [f"rule all:\n    input: {_quoted(wanted)}\n", *map(_rule, self.steps)]
        (folder / "Snakefile").write_text("\n".join(rules))

    def check(self, folder: Path) -> None:
        """Stop the benchmark if a tool has not made what the pipeline says."""
        made = (folder / self.steps[-1].out).read_text()
        if made != self.expected((folder / SOURCE).read_text()):
            raise SystemExit(f"{self.title}: {folder / self.steps[-1].out} is not what the stages make")


def change_source(folder: Path) -> None:
    """Make every stage out of date."""
    with (folder / SOURCE).open("a") as file:
        file.write("another line\n")


def chain(length: int) -> Shape:
    """Each stage copies the file of the one before."""
    files = [SOURCE, *(f"link{number}.txt" for number in range(length))]
    steps = tuple(
        Step(f"link{number}", f"cp {files[number]} {files[number + 1]}", (files[number],), files[number + 1])
        for number in range(length)
    )
    return Shape(f"chain of {length:,}", steps, lambda source: source)


def fan_out(width: int) -> Shape:
    """One stage, ``width`` that copy its file, and one that gathers them all."""
    outs = tuple(f"leaf{number}.txt" for number in range(width))
    steps = (
        Step("root", f"cat {SOURCE} > root.txt", (SOURCE,), "root.txt"),
        *(Step(out.removesuffix(".txt"), f"cat root.txt > {out}", ("root.txt",), out) for out in outs),
        Step("gather", f"cat {' '.join(outs)} > gather.txt", outs, "gather.txt"),
    )
    return Shape(f"fan-out of {width:,}", steps, lambda source: source * width)


def independent(number: int, seconds: int) -> Shape:
    """Stages that have nothing to do with each other and take a while."""
    steps = tuple(
        Step(f"job{job}", f"sleep {seconds} && cp {SOURCE} job{job}.txt", (SOURCE,), f"job{job}.txt")
        for job in range(number)
    )
    return Shape(f"{number} independent stages of {seconds} s", steps, lambda source: source)


def printing(megabytes: int) -> Shape:
    """One stage that prints lines of 75 bytes."""
    lines = megabytes * 1_000_000 // 75
    step = Step("loud", f"seq -f %074.0f {lines} && cp {SOURCE} loud.txt", (SOURCE,), "loud.txt")
    return Shape(f"{megabytes} MB printed", (step,), lambda source: source)


def many_files(number: int) -> Shape:
    """One stage that makes a folder of as many small files, and one that counts them."""
    make = f"mkdir -p files && cp {SOURCE} files && seq {number - 1} | split -l 1 -a 5 - files/"
    steps = (
        Step("make", make, (SOURCE,), "files", folder=True),
        Step("count", "ls files | wc -l > count.txt", ("files",), "count.txt"),
    )
    return Shape(f"{number:,} files", steps, lambda _: f"{number}\n")


def _write_source(folder: Path) -> None:
    (folder / SOURCE).write_text(TEXT)


def _dvc_lines(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        yield f"  {step.name}:"
        yield f"    cmd: {step.cmd}"
        yield "    deps:"
        yield from (f"    - {dep}" for dep in step.deps)
        yield "    outs:"
        yield f"    - {step.out}"


def _rule(step: Step) -> str:
    output = f"directory('{step.out}')" if step.folder else f"'{step.out}'"
    return (
        f"rule {step.name}:\n    input: {_quoted(step.deps)}\n    output: {output}\n    shell: '{step.cmd}'\n"
    )


def _quoted(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
