"""The isolation log: which content is tainted, since when, by whom and why. It is only appended to.

All models share one log, because they share data. It is stored like a ledger: entry *n* is param *n* of one
run, and has the hash of the entry before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import Literal, Self

from trimtab.errors import RegistryError
from trimtab.registry.isolation.isolation_entry import IsolationEntry, entry_key
from trimtab.registry.tracking import (
    LONGEST_PARAM,
    TAG_PREFIX,
    MlflowClient,
    append_param,
    create_append_only_run,
    find_append_only_run,
)

EXPERIMENT = "trimtab-isolation"
WHAT = "isolation log"
ABOUT = (
    "Which data is tainted: its one run has a param for each mark and each release. No version that comes"
    " from isolated data is promoted. Do not delete or rename this experiment. `trimtab isolate` shows it."
)
LONGEST_REASON = 1000  # characters
TRIES = 10  # to append while others append too


@dataclass(frozen=True)
class IsolationLog:
    """The isolation log.

    Attributes:
        run_id: The MLflow run that stores the entries; empty if there is no log yet.
        entries: First to last.
    """

    run_id: str = ""
    entries: tuple[IsolationEntry, ...] = ()

    @classmethod
    def read(cls, client: MlflowClient) -> Self:
        """Read the log; it has no entry if there is no log yet.

        Raises:
            RegistryError: The log was deleted or changed. What is tainted is not known then.
        """
        run_id = find_append_only_run(client, EXPERIMENT, what=WHAT)
        if not run_id:
            return cls()
        stored = client.get_run(run_id).data.params
        try:
            entries = tuple(IsolationEntry.parse(stored[key]) for key in sorted(stored))
            _require_order(entries, sorted(stored))
        except ValueError as err:
            raise RegistryError(
                f"The isolation log has been tampered with: {str(err).splitlines()[0]}",
                where=f"MLflow: experiment '{EXPERIMENT}', run {run_id}",
                fix="restore MLflow's database; or, to start a new log, rename that experiment and isolate "
                "again what is tainted",
            ) from err
        return cls(run_id, entries)

    @cached_property
    def isolated(self) -> Mapping[str, IsolationEntry]:
        """Hash to the entry that isolated it, of each content that is isolated now."""
        last = {entry.hash: entry for entry in self.entries}
        return {hash_: entry for hash_, entry in last.items() if entry.how == "isolated"}

    def append(
        self,
        client: MlflowClient,
        hash_: str,
        how: Literal["isolated", "released"],
        *,
        by: str,
        reason: str,
        versions: Mapping[str, list[int]] | None = None,
    ) -> IsolationEntry:
        """Append an entry, after those that others have appended meanwhile; return it.

        Args:
            client: MLflow's client.
            hash_: The content.
            how: ``isolated`` or ``released``.
            by: The user.
            reason: Why.
            versions: Model to its versions that came of it; see :class:`IsolationEntry`.

        Raises:
            RegistryError: The reason is empty or too long, or the content is isolated already, or is not.
        """
        _require_reason(reason)
        log, run_id = self, self.run_id
        for _ in range(TRIES):
            log._require_change(hash_, how)
            last = log.entries[-1] if log.entries else None
            entry = IsolationEntry(
                number=len(log.entries) + 1,
                hash=hash_,
                how=how,
                by=by,
                reason=reason.strip(),
                at=datetime.now(UTC).isoformat(timespec="seconds"),
                versions={model: sorted(numbers) for model, numbers in (versions or {}).items()},
                previous=last.digest if last else "",
            )
            _require_length(entry)
            run_id = run_id or create_append_only_run(
                client,
                EXPERIMENT,
                run_name="isolated data",
                tags={f"{TAG_PREFIX}isolation": "1"},
                about=ABOUT,
                what=WHAT,
            )
            if append_param(client, run_id, entry.key, entry.text):
                return entry
            log = IsolationLog.read(client)
        raise RegistryError(
            "Others append to the isolation log at the same time",
            where=f"MLflow: experiment '{EXPERIMENT}'",
            fix="try again; nothing was written",
        )

    def _require_change(self, hash_: str, how: str) -> None:
        known = self.isolated.get(hash_)
        if (known is not None) == (how == "isolated"):
            raise RegistryError(
                f"{hash_} is isolated already, by {known.by} at {known.at}: {known.reason}"
                if known
                else f"{hash_} is not isolated",
                where=f"MLflow: experiment '{EXPERIMENT}'",
                fix="`trimtab isolate` lists what is isolated; nothing was written",
            )


def _require_order(entries: tuple[IsolationEntry, ...], keys: list[str]) -> None:
    for number, (entry, key) in enumerate(zip(entries, keys, strict=True), start=1):
        if entry.number != number or key != entry_key(number):
            raise ValueError(f"entry {key} is in the place of entry {entry_key(number)}")
    for before, after in pairwise(entries):
        if after.previous != before.digest:
            raise ValueError(f"entry {after.key} has another hash for entry {before.key}")


def _require_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise RegistryError(
            f"The reason has {len(reason):,} characters; it must have 1 to {LONGEST_REASON:,}",
            where=WHAT,
            fix="give the reason in one sentence; nothing was written",
        )


def _require_length(entry: IsolationEntry) -> None:
    if len(entry.text) > LONGEST_PARAM:
        raise RegistryError(
            f"The entry is too long: {len(entry.text):,} characters, MLflow stores {LONGEST_PARAM:,}",
            where=WHAT,
            fix="give a shorter reason; nothing was written",
        )
