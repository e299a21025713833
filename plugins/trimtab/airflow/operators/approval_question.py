"""The question that a person is asked before a promotion, in Markdown.

Everything in it comes from XComs, tags and params. So each text is escaped, and only addresses of a server
are links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from trimtab.airflow.xcom_payloads import Comparison, RegisteredVersion, WorsePart
from trimtab.escaping import markdown

SHOWN = 10  # slices and classes, and gates
COSTS = {
    "train_seconds": ("seconds to train", 1),
    "score_milliseconds": ("ms to score 1,000 rows", 2),
    "megabytes": ("MB", 3),
}


@dataclass(frozen=True)
class QuestionFacts:
    """What the question says beside the result of the comparison.

    Attributes:
        deadline: Until when an answer counts, in UTC.
        answered_by: Who may answer; empty for all who may edit required actions.
        triggered_by: Who triggered the run; empty for a scheduled one.
        comparison: The page of the comparison's report; empty where MLflow is no server.
        gates: The page of each gate's report, by the gate's stage.
    """

    deadline: datetime
    answered_by: Sequence[str]
    triggered_by: str
    comparison: str
    gates: Mapping[str, str]


def approval_question(compared: Comparison, registered: RegisteredVersion, facts: QuestionFacts) -> str:
    """Return the question: verdict, reports, metrics, what got worse, costs, deadline, who answers."""
    parts = [
        _freeze(compared),
        markdown(compared["sentence"]),
        "\n".join(_reports(compared, registered, facts)),
        _metrics(compared, registered),
        _worse(compared.get("worse", [])),
        _costs(compared, registered),
        f"Trained because: {markdown(registered['reason'])}",
        "\n".join(_how_to_answer(compared, facts)),
        _others(compared),
    ]
    return "\n\n".join(filter(None, parts))


def _freeze(compared: Comparison) -> str:
    """Why a person decides on what would be promoted automatically; nothing if promotions go on."""
    frozen = compared.get("frozen", "")
    return markdown(f"{frozen[0].upper()}{frozen[1:]}.") if frozen else ""


def utc(moment: datetime) -> str:
    """Return a moment as a date and a time."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _reports(compared: Comparison, registered: RegisteredVersion, facts: QuestionFacts) -> Iterator[str]:
    place = f"MLflow, run `{compared['run_id']}`, artifact `comparison/report.html`"
    report = _link("Comparison of both", facts.comparison)
    yield f"- {report or f'Comparison of both: {place}'}"
    gates = [_link(stage, page) for stage, page in list(facts.gates.items())[:SHOWN]]
    more = len(facts.gates) - len(gates)
    if gates:
        yield f"- Reports of gates: {', '.join(gates)}{f' and {more} more' if more > 0 else ''}"
    if version := _link(f"{registered['name']} version {registered['version']}", registered["url"]):
        yield f"- {version} in MLflow"


def _metrics(compared: Comparison, registered: RegisteredVersion) -> str:
    """Both models' metrics as a table: which direction is better, and the gain with its interval."""
    old, champion = compared["champion_figures"], compared["champion"]
    column = f"version {champion}, champion" if champion else "no champion"
    losses, gains = compared.get("losses"), compared.get("gains", {})
    rows = "\n".join(
        f"| {markdown(metric)} | {_direction(metric, losses)} | {value:.4f} "
        f"| {f'{old[metric]:.4f}' if metric in old else ''} | {_gain(gains.get(metric))} |"
        for metric, value in compared["challenger_figures"].items()
    )
    return f"""| | better is | version {registered["version"]} | {column} | gain, with its bounds |
|---|---|---|---|---|
{rows}"""


def _direction(metric: str, losses: Sequence[str] | None) -> str:
    """Which figure is better; nothing for the result of an earlier release, which does not say."""
    if losses is None:
        return ""
    return "lower" if metric in losses else "higher"


def _gain(gain: Mapping[str, float] | None) -> str:
    """A gain above 0 is an improvement in every metric, also in a loss; what is not sure says so."""
    if not gain:
        return ""
    low, high = gain["low"], gain["high"]
    sure = "surely better" if low > 0 else "surely worse" if high < 0 else "not sure"
    return f"{_signed(gain['gain'])} ({_signed(low)} to {_signed(high)}), {sure}"


def _signed(value: float) -> str:
    return f"{value:+.4f}".replace("-", "\N{MINUS SIGN}")


def _worse(parts: Sequence[WorsePart]) -> str:
    if not parts:
        return ""
    lines = [
        f"- {markdown(part['name'])}, {part['rows']:,} rows: {_gain(_bounds(part))}" for part in parts[:SHOWN]
    ]
    more = len(parts) - SHOWN
    return "\n".join(
        ["Worse than the champion in:\n", *lines, *(["- more are in the comparison"] if more > 0 else [])]
    )


def _bounds(part: WorsePart) -> dict[str, float]:
    return {"gain": part["gain"], "low": part["low"], "high": part["high"]}


def _costs(compared: Comparison, registered: RegisteredVersion) -> str:
    """What both models cost, as a table; nothing if nothing is known."""
    costs = {name: found for name, found in compared.get("costs", {}).items() if found}
    if not costs:
        return ""
    names = {
        "challenger": f"version {registered['version']}",
        "champion": f"version {compared['champion']}, champion",
    }
    rows = [
        f"| {names.get(name, markdown(name))} | " + " | ".join(_cost(found, key) for key in COSTS) + " |"
        for name, found in costs.items()
    ]
    head = " | ".join(title for title, _ in COSTS.values())
    return "\n".join([f"| cost | {head} |", "|---|---|---|---|", *rows])


def _cost(found: Mapping[str, float], key: str) -> str:
    return f"{found[key]:,.{COSTS[key][1]}f}" if key in found else "not recorded"


def _how_to_answer(compared: Comparison, facts: QuestionFacts) -> Iterator[str]:
    names = ", ".join(map(markdown, facts.answered_by))
    yield f"- Answer by {utc(facts.deadline)}. Without an answer the version is not promoted."
    yield f"- May answer: {names or 'everybody who may edit the required actions of this DAG'}."
    if compared.get("second_person") and facts.triggered_by:
        yield f"- {markdown(facts.triggered_by)} triggered this run, so another person has to approve it."
    yield "- A rejection needs a comment; without one you are asked again. For an approval it is optional."


def _others(compared: Comparison) -> str:
    """Return what is known of the other candidates; nothing if there are none."""
    others = compared.get("others", [])
    if not others:
        return ""
    lines = "\n".join(f"- {markdown(str(each['summary']['sentence']))}" for each in others)
    return f"The other candidates; artifact `comparison/candidates.html` has all:\n\n{lines}"


def _link(title: str, address: str) -> str:
    """Return a link in Markdown; nothing if the address is none of a server."""
    if not address.startswith(("http://", "https://", "/")):
        return ""
    return f"[{markdown(title)}]({quote(address, safe=':/?#@!$&*+,;=%-._~')})"
