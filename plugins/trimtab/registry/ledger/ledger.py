"""The ledger: the append-only history of a model's champions, stored in MLflow and chained by hashes.

Entry *n* is param *n* of one run. MLflow lets a param be written once and never changed, so it refuses one of
two writers of entry *n*. That is the compare-and-swap that aliases and tags lack. See docs/decisions/0015.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Self

from trimtab.errors import RegistryError
from trimtab.json_value import JsonValue
from trimtab.registry.ledger.champion_stack import champion_stack, retired_versions
from trimtab.registry.ledger.entry_order import find_breaks
from trimtab.registry.ledger.ledger_entry import LedgerEntry, Switch
from trimtab.registry.ledger.ledger_storage import (
    APPLIED_TAG,
    create_ledger_run,
    find_ledger_run,
    ledger_name,
)
from trimtab.registry.tracking import LONGEST_PARAM, MlflowClient, append_param

LONGEST_REASON = 1000  # characters


@dataclass(frozen=True)
class Ledger:
    """The ledger of a model.

    Attributes:
        model: The registered model.
        run_id: The MLflow run that stores the entries; empty if there is no ledger yet.
        entries: First to last.
        applied: :attr:`LedgerEntry.reference` of the entry that the aliases were last set by.
        problems: A sentence for each gap, and for each entry that was changed.
    """

    model: str
    run_id: str = ""
    entries: tuple[LedgerEntry, ...] = ()
    applied: str = ""
    problems: tuple[str, ...] = ()

    @classmethod
    def read(cls, client: MlflowClient, model: str) -> Self:
        """Read the ledger and check its order; it has no entry if there is no ledger yet.

        Raises:
            RegistryError: The ledger was deleted.
        """
        run_id = find_ledger_run(client, model)
        if not run_id:
            return cls(model)
        stored = client.get_run(run_id).data
        entries, problems, keys = [], [], sorted(stored.params)
        for key in keys:
            try:
                entries.append(LedgerEntry.parse(stored.params[key]))
            except ValueError as err:
                problems.append(f"entry {key} cannot be read: {err}")
        applied = stored.tags.get(APPLIED_TAG, "")
        problems += find_breaks(model, entries, keys, applied)
        return cls(model, run_id, tuple(entries), applied, tuple(problems))

    @property
    def last(self) -> LedgerEntry | None:
        """The last entry, which is in force; ``None`` if there is none."""
        return self.entries[-1] if self.entries else None

    @property
    def last_switch(self) -> LedgerEntry | None:
        """The last entry that is no decision to keep the champion: how the champion became it."""
        return next((entry for entry in reversed(self.entries) if entry.how != "kept"), None)

    @property
    def champion(self) -> int | None:
        """The champion by the last entry."""
        return self.last.champion if self.last else None

    @property
    def head(self) -> str:
        """Hash of the last entry; empty if there is none."""
        return self.last.hash if self.last else ""

    @cached_property
    def rollback_target(self) -> int | None:
        """The version that a rollback goes back to: the last champion before this one that is not retired."""
        stack = champion_stack(self.entries)
        return stack[-2] if len(stack) > 1 else None

    @cached_property
    def retired(self) -> frozenset[int]:
        """The versions that were rolled back from, and that no person has promoted since."""
        return retired_versions(self.entries)

    def entry_at(self, time: datetime) -> LedgerEntry | None:
        """Return the entry in force at a time of the clock; ``None`` before the first entry."""
        past = [entry for entry in self.entries if datetime.fromisoformat(entry.at) <= time]
        return past[-1] if past else None

    def entry_at_data_date(self, date: str) -> LedgerEntry | None:
        """Return the last entry whose champion was trained on data until ``date``, an ISO date, or less."""
        past = [entry for entry in self.entries if entry.data_until and entry.data_until <= date]
        return past[-1] if past else None

    def require_intact(self) -> None:
        """Refuse to append to a broken ledger.

        Raises:
            RegistryError: It has problems.
        """
        if self.problems:
            raise RegistryError(
                f"The ledger of '{self.model}' has been tampered with: {'; '.join(self.problems[:3])}",
                where=f"MLflow: experiment '{ledger_name(self.model)}', run {self.run_id}",
                fix="restore MLflow's database; or, to start a new ledger, rename that experiment",
            )

    def append(
        self,
        client: MlflowClient,
        *,
        champion: int | None,
        how: Switch,
        by: str,
        reason: str,
        data_until: str = "",
        person: bool = False,
        comparison: Mapping[str, JsonValue] | None = None,
        seal: str = "",
        source: Mapping[str, JsonValue] | None = None,
    ) -> Ledger | None:
        """Append an entry; the arguments are attributes of :class:`LedgerEntry`.

        Returns:
            The ledger with the new entry; ``None`` if another writer was first, and nothing was written.

        Raises:
            RegistryError: The ledger is broken, the reason is empty or too long, or the entry is too long.
        """
        self.require_intact()
        _require_reason(self.model, reason)
        last, now = self.last, datetime.now(UTC).isoformat(timespec="seconds")
        entry = LedgerEntry(
            number=last.number + 1 if last else 1,
            model=self.model,
            champion=champion,
            was=self.champion,
            how=how,
            by=by,
            reason=reason.strip(),
            at=max(now, last.at) if last else now,
            data_until=max(data_until, last.data_until) if last else data_until,
            person=person,
            comparison=comparison or {},
            previous=self.head,
            seal=seal,
            source=source or {},
        )
        _require_length(self.model, entry)
        run_id = self.run_id or create_ledger_run(client, self.model)
        if not append_param(client, run_id, entry.key, entry.text):
            return None
        return Ledger(self.model, run_id, (*self.entries, entry), self.applied)


def _require_reason(model: str, reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise RegistryError(
            f"The reason has {len(reason):,} characters; it must have 1 to {LONGEST_REASON:,}",
            where=f"ledger of '{model}'",
            fix="give the reason in one sentence; the champion has not changed",
        )


def _require_length(model: str, entry: LedgerEntry) -> None:
    if len(entry.text) > LONGEST_PARAM:
        raise RegistryError(
            f"The ledger entry is too long: {len(entry.text):,} characters, MLflow stores {LONGEST_PARAM:,}",
            where=f"ledger of '{model}'",
            fix="compare fewer slices, or give a shorter reason; the champion has not changed",
        )
