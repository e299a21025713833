"""What was champion from when to when, and which versions there are, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from trimtab.registry.ledger import Entry, Ledger
from trimtab.registry.promotion.champion import CHAMPION, aliases
from trimtab.registry.tracking import TAG_PREFIX, connection, every_version, require_model

SCHEMA = "trimtab.models/1"
SHOWN = ("data_window", "data_until", "reason", "dag_run", "git_revision", "record", "key", "decision")


@dataclass(frozen=True)
class Registered:
    """A version as the list shows it.

    Attributes:
        version: Its number.
        created: When it was registered, ISO 8601, UTC.
        run_id: The MLflow run behind it.
        facts: Its tags of the library that say where it comes from and what was decided.
        aliases: Those that point to it.
        withdrawn: Whether it was rolled back from, so that only a person makes it champion again.
    """

    version: int
    created: str
    run_id: str
    facts: Mapping[str, str]
    aliases: tuple[str, ...]
    withdrawn: bool


@dataclass(frozen=True)
class History:
    """A registered model's versions and the ledger of its champions.

    Attributes:
        model: The registered model.
        versions: Newest first.
        ledger: Who was champion.
        problems: What is wrong with the ledger, or between it and the alias.
    """

    model: str
    versions: tuple[Registered, ...]
    ledger: Ledger
    problems: tuple[str, ...]

    @property
    def spans(self) -> Iterator[tuple[Entry, str | None]]:
        """Each entry with the moment that ended it; ``None`` for the one in force."""
        entries = self.ledger.entries
        ends = [entry.at for entry in entries[1:]] + [None]
        return zip(entries, ends, strict=True) if entries else iter(())

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values."""
        return {
            "schema": SCHEMA,
            "model": self.model,
            "champion": next((v.version for v in self.versions if CHAMPION in v.aliases), None),
            "versions": [asdict(version) for version in self.versions],
            "ledger": [{**asdict(entry), "until": end, "hash": entry.hash} for entry, end in self.spans],
            "problems": list(self.problems),
        }


def read_history(model: str) -> History:
    """Read all there is about a registered model.

    Raises:
        RegistryError: There is no such model, its ledger was deleted, or the server is away.
    """
    with connection() as client:
        require_model(client, model)
        ledger, held = Ledger.read(client, model), aliases(client, model)
        versions = tuple(_versions(model, held, ledger))
    champion = held.get(CHAMPION)
    problems = list(ledger.problems)
    if champion != (None if ledger.champion is None else str(ledger.champion)):
        problems.append(
            f"the alias '{CHAMPION}' points to {f'version {champion}' if champion else 'nothing'}, "
            f"the ledger's last entry to {f'version {ledger.champion}' if ledger.champion else 'nothing'}"
        )
    return History(model, versions, ledger, tuple(problems))


def _versions(model: str, held: Mapping[str, str], ledger: Ledger) -> Iterator[Registered]:
    for version in every_version(model):
        created = datetime.fromtimestamp(version.creation_timestamp / 1000, UTC)
        yield Registered(
            version=int(version.version),
            created=created.isoformat(timespec="seconds"),
            run_id=version.run_id,
            facts={
                name: version.tags[TAG_PREFIX + name] for name in SHOWN if TAG_PREFIX + name in version.tags
            },
            aliases=tuple(sorted(name for name, number in held.items() if number == str(version.version))),
            withdrawn=int(version.version) in ledger.withdrawn,
        )
