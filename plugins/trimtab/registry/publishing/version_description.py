"""The description of run and version in MLflow: figures and verdicts first, then the lineage.

It is Markdown, shown at the top of MLflow's pages. Links to reports are relative to MLflow's own address, so
they work wherever the server is reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from trimtab.escaping import code, markdown
from trimtab.gate_report import PAGE, REPORT, ReportContent, is_gate_report, parse_report
from trimtab.learning import ProblemType, format_cell, model_bytes
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.params_sections import PromotePolicy
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.tracking import DESCRIPTION_TAG, SEAL, MlflowClient, upsert

LONGEST_TEXT = 5000  # characters of a description or of a tag; a database other than SQLite refuses more
LONGEST_NAME = 250  # characters of the name of a run
DIGITS = 4
MOST_GATES = 10  # that are named
REGISTERED = "**Registered**, not compared with a champion yet"
LINE_BREAK = "  \n"  # of Markdown, within a paragraph


@dataclass(frozen=True)
class MainFigure:
    """The figure of a candidate in the metric that decides on promotion.

    Attributes:
        metric: The metric.
        value: The figure.
        interval: Its confidence interval.
        rows: The rows that it was measured on; None if the report does not say.
    """

    metric: str
    value: float
    interval: tuple[float, float] | None
    rows: int | None

    def to_markdown(self) -> str:
        """Return the figure as one line."""
        text = f"**{markdown(self.metric)} {format_cell(self.value, DIGITS)}**"
        if self.interval:
            low, high = (format_cell(bound, DIGITS) for bound in self.interval)
            text += f", interval {low} to {high}"
        return text + (f", on {self.rows:,} rows" if self.rows is not None else "")


def run_name(candidate: Candidate) -> str:
    """Return the name of the run: the model, its data, and the beginning of its content key."""
    data = candidate.lineage.get("data_window") or candidate.lineage.get("data_until") or ""
    named = (candidate.name, candidate.lineage.get("candidate", ""), data, candidate.key[:8])
    return " ".join(part for part in named if part)[-LONGEST_NAME:]


def describe_candidate(candidate: Candidate, *, run: str = "") -> str:
    """Return the description of the run: figure, gates, data and commit, then the rest of the lineage.

    Args:
        candidate: The candidate.
        run: The path of its run in MLflow's pages, such as ``experiments/1/runs/abc``; empty for no links.
    """
    reports = _find_reports(candidate)
    figure = find_main_figure(candidate, reports)
    first = [figure.to_markdown()] if figure else []
    first += [_count_verdicts(candidate.verdicts), *_describe_lineage(candidate)]
    links = _link_reports(reports, run) if run else ""
    parts = [LINE_BREAK.join(first), markdown(candidate.desc or f"Model {candidate.name}")]
    parts += [links] if links else []
    return "\n\n".join([*parts, "\n".join(_list_facts(candidate))])[:LONGEST_TEXT]


def with_headline(headline: str, description: str) -> str:
    """Return a description that begins with what became of the version."""
    return f"{headline}\n\n{description}"[:LONGEST_TEXT]


def set_headline(client: MlflowClient, model: str, number: int, headline: str) -> None:
    """Write what became of a version to the top of its description in MLflow.

    The rest is the description of its run, so a second call changes nothing. A version that the library has
    not registered with a seal keeps its description.

    Args:
        client: MLflow's client.
        model: The registered model.
        number: The version.
        headline: One paragraph of Markdown.
    """
    version = client.get_model_version(model, str(number))
    if SEAL not in version.tags:
        return
    described = client.get_run(version.run_id).data.tags.get(DESCRIPTION_TAG, "")
    wanted = with_headline(headline, described)
    if version.description != wanted:
        upsert(client.update_model_version, model, str(number), wanted)


def format_gain(comparison: Mapping[str, object]) -> str:
    """Return the gain over the champion as one line; empty if there was none to compare with.

    Args:
        comparison: ``champion`` and ``gain`` of a comparison, as the ledger has them.
    """
    gain, champion = comparison.get("gain"), comparison.get("champion")
    figures = [gain.get(key) for key in ("gain", "low", "high")] if isinstance(gain, Mapping) else []
    numbers = [float(figure) for figure in figures if isinstance(figure, (int, float))]
    if champion is None or len(numbers) < 3:
        return ""
    middle, low, high = (f"{number:+.{DIGITS}f}" for number in numbers)
    return f"Gain over version {champion}: **{middle}**, interval {low} to {high}"


def find_main_figure(candidate: Candidate, reports: Mapping[str, ReportContent]) -> MainFigure | None:
    """Return the figure in the metric of the promote policy, from the report of a model gate.

    Without such a check, it is the metric of that name in the metrics files; None if there is none either.
    """
    metric = _promote_metric(candidate.root, candidate.problem)
    for report in reports.values():
        for check in report.get("checks", []):
            value, interval = check.get("observed"), check.get("interval")
            if check.get("name") == f"score {metric}" and isinstance(value, (int, float)):
                bounds = (interval[0], interval[1]) if interval and len(interval) == 2 else None
                return MainFigure(metric, float(value), bounds, report.get("rows"))
    found = [value for name, value in candidate.metrics.items() if name.split(".")[-1] == metric]
    return MainFigure(metric, found[0], None, None) if found else None


def _promote_metric(root: Path, problem: ProblemType) -> str:
    """Return the name of the metric as reports have it: without the module of a project's own."""
    params = root / PARAMS_FILE
    section = load_yaml(params).get("promote") if params.is_file() else None
    declared = section.get("metric") if isinstance(section, dict) else None
    name = declared if isinstance(declared, str) else PromotePolicy().metric_name(problem)
    return name.rpartition(":")[2]


def _find_reports(candidate: Candidate) -> dict[str, ReportContent]:
    """Return the gate reports among the candidate's files, by the folder that they have in the project."""
    files = [
        (path, file)
        for path, source in candidate.files.items()
        if source.is_dir()
        for file in sorted(source.rglob(REPORT))
    ]
    found = {}
    for path, file in files:
        text = file.read_bytes()
        if is_gate_report(text):
            inner = file.parent.relative_to(candidate.files[path])
            found[str(Path(path) / inner)] = parse_report(text)
    return found


def _count_verdicts(verdicts: Mapping[str, str]) -> str:
    """Return how many gates have which verdict; those that did not simply pass are named."""
    passed = sum(verdict == "pass" for verdict in verdicts.values())
    others = [f"{markdown(gate)} {verdict}" for gate, verdict in verdicts.items() if verdict != "pass"]
    return f"Gates: {', '.join([f'{passed} pass', *others[:MOST_GATES]])}"


def _describe_lineage(candidate: Candidate) -> Iterator[str]:
    lineage = candidate.lineage
    data = lineage.get("data_window") or lineage.get("data_until") or ""
    begin, end = lineage.get("learnt_until", ""), lineage.get("seen_until", "")
    tested = f"tested on {begin[:16]} to {end[:16]}" if begin and begin != end else ""
    told = ", ".join(filter(None, [data, tested.replace("T00:00", "")]))
    if told:
        yield f"Data: {markdown(told)}"
    if lineage.get("git_revision"):
        changed = ", with uncommitted changes" if lineage.get("uncommitted") else ""
        yield f"Commit: {code(lineage['git_revision'])}{changed}"


def _link_reports(reports: Mapping[str, ReportContent], run: str) -> str:
    links = [
        f"[{markdown(folder)}](#/{run}/artifacts/{quote(f'{folder}/{PAGE}')})" for folder in sorted(reports)
    ]
    return f"Reports: {', '.join(links)}" if links else ""


def _list_facts(candidate: Candidate) -> Iterator[str]:
    facts = {name.replace("_", " "): str(value) for name, value in candidate.lineage.items()}
    facts |= {f"gate {gate}": verdict for gate, verdict in candidate.verdicts.items()}
    facts["problem type"] = candidate.problem.name
    facts["model"] = f"{model_bytes(candidate.model):,} bytes"
    yield from (f"- {markdown(name)}: {markdown(value)}" for name, value in facts.items())
