"""The versions of a model and the history of its champions, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

from trimtab.registry.ledger import Ledger, LedgerEntry, LedgerLine
from trimtab.registry.promotion.aliases import CHAMPION, read_aliases
from trimtab.registry.tracking import (
    TAG_PREFIX,
    MlflowClient,
    TagName,
    connection,
    list_versions,
    require_model,
)

SCHEMA = "trimtab.models/1"
FACTS: tuple[TagName, ...] = (
    "problem_type",
    "candidate",
    "data_window",
    "data_until",
    "reason",
    "dag_run",
    "git_revision",
    "record",
    "key",
    "decision",
)


class VersionContent(TypedDict):
    """An item of ``versions`` in the JSON; :class:`RegisteredVersion` describes the keys."""

    version: int
    created: str
    run_id: str
    facts: dict[str, str]
    aliases: tuple[str, ...]
    withdrawn: bool


class DatedLedgerLine(LedgerLine):
    """An item of ``ledger`` in the JSON: a ledger entry, when it ended and its hash."""

    until: str | None
    hash: str


class HistoryContent(TypedDict):
    """The JSON of `trimtab models --json`; :class:`ChampionHistory` describes the keys."""

    schema: str
    model: str
    champion: int | None
    versions: list[VersionContent]
    ledger: list[DatedLedgerLine]
    problems: list[str]


@dataclass(frozen=True)
class RegisteredVersion:
    """A version in the list of versions.

    Attributes:
        version: Its number.
        created: Time of registration: ISO 8601, UTC.
        run_id: Its MLflow run.
        facts: Its lineage and the decision on it, from its tags.
        aliases: The aliases that point to it.
        retired: Whether it was rolled back from, so that only a person can promote it again.
    """

    version: int
    created: str
    run_id: str
    facts: Mapping[str, str]
    aliases: tuple[str, ...]
    retired: bool

    def to_dict(self) -> VersionContent:
        """Return JSON values; ``retired`` has the key ``withdrawn`` there, as in earlier releases."""
        return {
            "version": self.version,
            "created": self.created,
            "run_id": self.run_id,
            "facts": dict(self.facts),
            "aliases": self.aliases,
            "withdrawn": self.retired,
        }


@dataclass(frozen=True)
class ChampionHistory:
    """The versions of a model and its ledger.

    Attributes:
        model: The registered model.
        versions: Newest first.
        ledger: The history of its champions.
        problems: A sentence for each problem of the ledger, and for an alias that differs from it.
    """

    model: str
    versions: tuple[RegisteredVersion, ...]
    ledger: Ledger
    problems: tuple[str, ...]

    @property
    def spans(self) -> Iterator[tuple[LedgerEntry, str | None]]:
        """Each entry with the time that it ended; ``None`` for the last one, which is in force."""
        entries = self.ledger.entries
        ends = [entry.at for entry in entries[1:]] + [None]
        return zip(entries, ends, strict=True) if entries else iter(())

    def to_dict(self) -> HistoryContent:
        """Return the JSON of `trimtab models --json`."""
        return {
            "schema": SCHEMA,
            "model": self.model,
            "champion": next((v.version for v in self.versions if CHAMPION in v.aliases), None),
            "versions": [version.to_dict() for version in self.versions],
            "ledger": [
                {**entry.to_dict(), "seal": entry.seal, "until": end, "hash": entry.hash}
                for entry, end in self.spans
            ],
            "problems": list(self.problems),
        }


def read_history(model: str) -> ChampionHistory:
    """Read the versions and the ledger of a model.

    Raises:
        RegistryError: There is no such model, its ledger was deleted, or the server does not answer.
    """
    with connection() as client:
        require_model(client, model)
        ledger, aliases = Ledger.read(client, model), read_aliases(client, model)
        versions = tuple(_read_versions(client, model, aliases, ledger))
    champion = aliases.get(CHAMPION)
    problems = list(ledger.problems)
    if champion != (None if ledger.champion is None else str(ledger.champion)):
        problems.append(
            f"the alias '{CHAMPION}' points to {f'version {champion}' if champion else 'nothing'}, "
            f"the ledger's last entry to {f'version {ledger.champion}' if ledger.champion else 'nothing'}"
        )
    return ChampionHistory(model, versions, ledger, tuple(problems))


def _read_versions(
    client: MlflowClient, model: str, aliases: Mapping[str, str], ledger: Ledger
) -> Iterator[RegisteredVersion]:
    for version in list_versions(model):
        created = datetime.fromtimestamp(version.creation_timestamp / 1000, UTC)
        facts = {name: version.tags.get(f"{TAG_PREFIX}{name}") for name in FACTS}
        yield RegisteredVersion(
            version=int(version.version),
            created=created.isoformat(timespec="seconds"),
            run_id=version.run_id,
            facts={name: value for name, value in facts.items() if value is not None},
            aliases=tuple(sorted(name for name, number in aliases.items() if number == str(version.version))),
            retired=int(version.version) in ledger.retired,
        )
