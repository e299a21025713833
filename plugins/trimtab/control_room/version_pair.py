"""Any two versions of a model side by side: lineage, gates, figures, params."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from trimtab.control_room.state import State
from trimtab.learning import format_cell
from trimtab.registry.ledger import Ledger, LedgerEntry
from trimtab.registry.tracking import SEAL, TAG_PREFIX, Version, connection, require_version

GATE_TAG = f"{TAG_PREFIX}gate."  # of versions of earlier releases: a tag for each gate
FACTS = {
    "data_window": "data",
    "reason": "trained because",
    "decision": "decision",
    "by": "registered by",
    "dag_run": "DAG run",
    "git_revision": "commit",
    "problem_type": "problem type",
    "candidate": "candidate",
}


class PairRow(State):
    """One line of the comparison.

    Attributes:
        group: ``lineage``, ``gates``, ``figures`` or ``params``.
        name: What is compared.
        left: Its text in the first version; empty if it has none.
        right: Its text in the second version.
    """

    group: str
    name: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """Whether the two texts differ."""
        return self.left != self.right


class VersionPair(State):
    """Two versions.

    Attributes:
        model: The registered model.
        left: The first version.
        right: The second version.
        rows: What they have, group by group.
        decided: The ledger's comparison of these two on the same rows, as a sentence; empty if there is none.
    """

    model: str
    left: int
    right: int
    rows: tuple[PairRow, ...]
    decided: str = ""


def read_pair(model: str, left: int, right: int) -> VersionPair:
    """Compare two versions by what MLflow keeps of them; nothing is loaded or scored.

    Args:
        model: The registered model.
        left: The first version.
        right: The second version.

    Raises:
        RegistryError: MLflow does not answer, or does not have one of them.
    """
    with connection() as client:
        pair = [require_version(client, model, number) for number in (left, right)]
        params = [
            {key: value for key, value in client.get_run(version.run_id).data.params.items() if key != SEAL}
            for version in pair
        ]
        ledger = Ledger.read(client, model)
    rows = [
        *_rows("lineage", *map(_facts, pair)),
        *_rows("gates", *map(_gates, pair)),
        *_rows("figures", *map(_figures, pair)),
        *_rows("params", *params),
    ]
    return VersionPair(
        model=model, left=left, right=right, rows=tuple(rows), decided=_decided(ledger, {left, right})
    )


def describe_gain(entry: LedgerEntry) -> str:
    """Return the gain that a promotion was decided on, with its interval; empty if the ledger has none."""
    gain = entry.comparison.get("gain")
    if not isinstance(gain, Mapping):
        return ""
    figures = [gain.get(key) for key in ("gain", "low", "high")]
    if not all(isinstance(figure, (int, float)) for figure in figures):
        return ""
    middle, low, high = figures
    return f"gain {middle:+.4f}, interval {low:+.4f} to {high:+.4f}"


def _decided(ledger: Ledger, versions: set[int]) -> str:
    found = [entry for entry in ledger.entries if {entry.champion, entry.was} == versions]
    told = [f"{entry.reason} ({gain})" for entry in found if (gain := describe_gain(entry))]
    return told[-1] if told else ""


def _facts(version: Version) -> dict[str, str]:
    return {title: version.tags.get(f"{TAG_PREFIX}{tag}", "") for tag, title in FACTS.items()}


def _gates(version: Version) -> dict[str, str]:
    """Return the verdict of each gate: from one tag, or from a tag per gate, as earlier releases wrote."""
    earlier = {
        tag.removeprefix(GATE_TAG): value for tag, value in version.tags.items() if tag.startswith(GATE_TAG)
    }
    try:
        verdicts = json.loads(version.tag("gates") or "{}")
    except ValueError:  # it was cut off, or somebody changed it
        return earlier
    return (
        {str(gate): str(found) for gate, found in verdicts.items()}
        if isinstance(verdicts, dict) and verdicts
        else earlier
    )


def _figures(version: Version) -> dict[str, str]:
    return {name: format_cell(value, 4) for name, value in sorted(version.metrics.items())}


def _rows(group: str, left: Mapping[str, str], right: Mapping[str, str]) -> Iterator[PairRow]:
    for name in dict.fromkeys([*left, *right]):
        texts = left.get(name, ""), right.get(name, "")
        if any(texts):
            yield PairRow(group=group, name=name, left=texts[0], right=texts[1])
