"""What a past run read and made: inputs, code, params, outputs, metrics and verdicts, by content hash."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from trimtab.diagnosis.past_run import PastRun
from trimtab.errors import ConfigError, StageError, TrimtabError
from trimtab.flattening import flatten
from trimtab.json_value import JsonValue
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution import graph_in, read_report, sandbox, upstream_contents
from trimtab.pipeline.git import git
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.lock import Content, LockEntry, is_folder, output_contents, path_in_graph, without_path
from trimtab.pipeline.worktree import WorkTree

MAX_METRICS_BYTES = 4 << 20  # of a metrics file
REPORT = "report.json"


@dataclass(frozen=True)
class Verdict:
    """The verdict of a gate.

    Attributes:
        verdict: ``pass``, ``warn``, ``fail`` or ``error``.
        failed: Names of the failed checks.
    """

    verdict: str
    failed: tuple[str, ...]


@dataclass
class RunContent:
    """The content of a past run.

    Attributes:
        run: The run.
        graph: Its stages.
        entries: Lock entry of each stage that has a result.
        inputs: Command, dependencies and params of each stage whose upstream stages have results.
        code: Content of each dependency that git tracks, by path.
        data: Content of each other dependency that no stage makes, by path.
        outputs: Content of each output, by path.
        params: Every value of ``params.yaml``, and the params of stages from other files as ``file:key``.
        metrics: The metrics by file and key, as ``file:key``.
        verdicts: The verdict of each gate, by stage.
        problems: What could not be read, and why.
    """

    run: PastRun
    graph: Graph
    entries: dict[str, LockEntry] = field(default_factory=dict)
    inputs: dict[str, LockEntry] = field(default_factory=dict)
    code: dict[str, Content] = field(default_factory=dict)
    data: dict[str, Content] = field(default_factory=dict)
    outputs: dict[str, Content] = field(default_factory=dict)
    params: dict[str, JsonValue] = field(default_factory=dict)
    metrics: dict[str, JsonValue] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_content(root: Path, run: PastRun) -> RunContent:
    """Read the content of a past run. Data is not fetched: hashes say what differs.

    Args:
        root: The project's root.
        run: The run.

    Raises:
        ProjectError: The commit of the run is not in the repository, or DVC refuses it.
    """
    with sandbox(root, run.results) as tree, refusals(StageError, where=f"run '{run.name}'"):
        graph = graph_in(tree)
        content = RunContent(run, graph)
        locked = (
            {stage.name: tree.locked(stage) for stage in graph.stages} if run.entries is None else run.entries
        )
        content.entries |= {
            stage.name: locked[stage.name] for stage in graph.stages if locked.get(stage.name)
        }
        content.params |= dict(_params(tree, content))
        tracked = _tracked_files(tree.root)
        for stage in graph.stages:
            _read_inputs(tree, content, stage, tracked)
            _read_results(tree, content, stage)
    return content


def _read_inputs(tree: WorkTree, content: RunContent, stage: Stage, tracked: set[str]) -> None:
    """Note the inputs of a stage, unless those of an upstream stage were never made."""
    upstream = content.graph.upstream(stage.name)
    if any(name not in content.entries for name in upstream):
        return
    entry = content.entries.get(stage.name)
    try:
        known = upstream_contents(tree, content.graph, stage.name, content.entries)
        content.inputs[stage.name] = entry or tree.current_inputs(stage, known)
    except TrimtabError as err:
        content.problems.append(f"inputs of stage '{stage.name}': {err.what}")
        return
    made = {out.path for each in content.graph.stages for out in each.outs}
    for dep in content.inputs[stage.name].get("deps", []):
        path = path_in_graph(stage, dep["path"])
        if _covers(made, path):
            continue
        in_git = _covers(tracked, path) or path in _folders(tracked) or path.startswith("../")
        (content.code if in_git else content.data)[path] = without_path(dep)


def _read_results(tree: WorkTree, content: RunContent, stage: Stage) -> None:
    """Note the outputs of a stage, its metrics, and its verdict if it is a gate."""
    entry = content.entries.get(stage.name)
    outs = entry.get("outs", []) if entry else content.run.reports.get(stage.name, [])
    try:
        outputs = output_contents(stage, {"outs": outs}) if entry else {}
        content.outputs |= outputs
        for out in stage.outs:
            if out.kind == "metric" and out.path in outputs:
                content.metrics |= dict(_metrics(tree, out.path, outputs[out.path]))
        if stage.gate and outs:
            text = _report_in_commit(tree, stage, outputs) or read_report(tree.root, outs, REPORT)
            if text:
                content.verdicts[stage.name] = _verdict(text)
    except (TrimtabError, OSError, ValueError) as err:
        what = err.what if isinstance(err, TrimtabError) else err
        content.problems.append(f"results of stage '{stage.name}': {what}")


def _metrics(tree: WorkTree, path: str, content: Content) -> Iterator[tuple[str, JsonValue]]:
    """Yield the values of a metrics file, from the commit, the cache or the remote."""
    if content.get("size", 0) > MAX_METRICS_BYTES:
        raise StageError(f"'{path}' is too large: {content['size']:,} bytes", where=path)
    with tempfile.TemporaryDirectory(prefix="trimtab-") as folder:
        file = tree.root / path
        if not (file.exists() and tree.is_in_place(path, content)):
            file = Path(folder, PurePosixPath(path).name)
            tree.cache.check_out(content, file, what=f"'{path}'", where=path, copy=True)
        if is_folder(content) or file.suffix not in (".json", ".yaml", ".yml"):
            return
        values = json.loads(file.read_bytes()) if file.suffix == ".json" else load_yaml(file)
    for key, value in flatten(values):
        yield f"{path}:{key}", value


def _report_in_commit(tree: WorkTree, stage: Stage, outputs: Mapping[str, Content]) -> bytes | None:
    """Return the report of a gate that the commit has; the cache need not have it."""
    for out in stage.outs:
        file = tree.root / out.path / REPORT
        if not file.is_file():
            file = tree.root / out.path
        if file.name == REPORT and file.is_file() and tree.is_in_place(out.path, outputs.get(out.path, {})):
            return file.read_bytes()
    return None


def _verdict(text: bytes) -> Verdict:
    from trimtab.gate_report import parse_report  # not at import: it needs pydantic

    report = parse_report(text)
    failed = [str(check.get("name")) for check in report.get("checks", []) if not check.get("passed")]
    return Verdict(str(report.get("verdict", "error")), tuple(failed))


def _params(tree: WorkTree, content: RunContent) -> Iterator[tuple[str, JsonValue]]:
    if (tree.root / PARAMS_FILE).is_file():
        try:
            yield from flatten(load_yaml(tree.root / PARAMS_FILE))
        except ConfigError as err:
            content.problems.append(f"{PARAMS_FILE}: {err.what}")
    for name, entry in content.entries.items():
        for file, values in entry.get("params", {}).items():
            path = path_in_graph(content.graph.stage(name), file)
            if path != PARAMS_FILE:
                yield from ((f"{path}:{key}", value) for key, value in flatten(values))


def _tracked_files(root: Path) -> set[str]:
    """Return the files that git tracks, as paths below the project's root."""
    return set(filter(None, git(root, "ls-files", "-z", "--cached", strip=False).split("\0")))


def _folders(files: set[str]) -> set[str]:
    return {str(folder) for file in files for folder in PurePosixPath(file).parents}


def _covers(paths: set[str], path: str) -> bool:
    """Whether a path is one of others, or lies in one of them."""
    return path in paths or any(str(parent) in paths for parent in PurePosixPath(path).parents)
