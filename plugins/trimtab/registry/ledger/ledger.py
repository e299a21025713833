"""The history of a model's champions: append-only, chained by hashes, kept in MLflow.

One run holds it, alone in the experiment ``<model>-ledger``: entry *n* is its param *n*, a line of JSON.
MLflow lets a param be written once and never changed, so of two writers of entry *n* one is refused: that is
the compare-and-swap that aliases and tags lack. See docs/decisions/0015.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any, Self
from uuid import uuid4

from trimtab.errors import RegistryError
from trimtab.registry.ledger.ledger_entry import Entry
from trimtab.registry.tracking import TAG_PREFIX, upsert

SETTLED = f"{TAG_PREFIX}settled"  # tag of the ledger's run: the entry the aliases were last set by
LONGEST = 6000  # characters of a param in MLflow; it would cut what is longer
LONGEST_REASON = 1000  # characters


@dataclass(frozen=True)
class Ledger:
    """All entries there are.

    Attributes:
        model: The registered model.
        run_id: The run that holds them; empty if there is no ledger yet.
        entries: First to last.
        settled: Number and hash of the entry the aliases were last set by.
        problems: What does not fit together, in sentences: a gap, or an entry changed afterwards.
    """

    model: str
    run_id: str = ""
    entries: tuple[Entry, ...] = ()
    settled: str = ""
    problems: tuple[str, ...] = ()

    @classmethod
    def read(cls, client: Any, model: str) -> Self:
        """Read the ledger and check its chain; without one, it is empty.

        Raises:
            RegistryError: It was deleted.
        """
        run_id = _find(client, model)
        if not run_id:
            return cls(model)
        held = client.get_run(run_id).data
        entries, problems = [], []
        for key in sorted(held.params):
            try:
                entries.append(Entry.parse(held.params[key]))
            except ValueError as err:
                problems.append(f"entry {key} cannot be read: {err}")
        settled = held.tags.get(SETTLED, "")
        problems += _breaks(model, entries, sorted(held.params), settled)
        return cls(model, run_id, tuple(entries), settled, tuple(problems))

    @property
    def last(self) -> Entry | None:
        """The entry in force."""
        return self.entries[-1] if self.entries else None

    @property
    def champion(self) -> int | None:
        """The version that is champion by it."""
        return self.last.champion if self.last else None

    @property
    def head(self) -> str:
        """Hash of the entry in force; empty if there is none."""
        return self.last.hash if self.last else ""

    @property
    def fallback(self) -> int | None:
        """The version a rollback goes back to: the champion before this one that nobody rolled back from."""
        return self._stack[-2] if len(self._stack) > 1 else None

    @cached_property
    def _stack(self) -> list[int]:
        stack: list[int] = []
        for entry in self.entries:
            if entry.how == "rolled back" and entry.champion in stack:
                del stack[stack.index(entry.champion) :]
            stack = [version for version in stack if version != entry.champion]
            stack += [] if entry.champion is None else [entry.champion]
        return stack

    @property
    def withdrawn(self) -> frozenset[int]:
        """Versions that were rolled back from, and that no person has made champion since."""
        found: set[int] = set()
        for entry in self.entries:
            if entry.how == "rolled back" and entry.was is not None:
                found.add(entry.was)
            if entry.person and entry.champion is not None:
                found.discard(entry.champion)
        return frozenset(found)

    def at(self, moment: datetime) -> Entry | None:
        """Return the entry in force at a moment of the clock; ``None`` before the first."""
        past = [entry for entry in self.entries if datetime.fromisoformat(entry.at) <= moment]
        return past[-1] if past else None

    def at_data(self, day: str) -> Entry | None:
        """Return the entry in force when the world had got as far as ``day``, an ISO date."""
        past = [entry for entry in self.entries if entry.data_until and entry.data_until <= day]
        return past[-1] if past else None

    def require_whole(self) -> None:
        """Refuse to build on a broken ledger.

        Raises:
            RegistryError: It has problems.
        """
        if self.problems:
            raise RegistryError(
                f"The ledger of '{self.model}' has been tampered with: {'; '.join(self.problems[:3])}",
                where=f"MLflow: experiment '{ledger_name(self.model)}', run {self.run_id}",
                fix="restore MLflow's database; or, to begin a new ledger, rename that experiment",
            )

    def append(self, client: Any, **facts: Any) -> Ledger | None:
        """Add an entry behind the last one.

        Args:
            client: MLflow's.
            **facts: Of the entry, all that this ledger does not know.

        Returns:
            The ledger with it; ``None`` if another writer was first, and nothing has been written.

        Raises:
            RegistryError: The ledger is broken, or the entry is too long.
        """
        from mlflow.exceptions import MlflowException

        self.require_whole()
        entry = self._next(**facts)
        run_id = self.run_id or _begin(client, self.model)
        try:
            client.log_param(run_id, entry.key, entry.text)
        except MlflowException:
            held = client.get_run(run_id).data.params.get(entry.key)
            if held is None:
                raise
            if held != entry.text:
                return None
        return Ledger(self.model, run_id, (*self.entries, entry), self.settled)

    def _next(self, *, reason: str, data_until: str = "", **facts: Any) -> Entry:
        if not reason.strip() or len(reason) > LONGEST_REASON:
            raise RegistryError(
                f"The reason has {len(reason):,} characters; it has to have 1 to {LONGEST_REASON:,}",
                where=f"ledger of '{self.model}'",
                fix="say why in a sentence; nothing has been switched",
            )
        last = self.last
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = Entry(
            number=last.number + 1 if last else 1,
            model=self.model,
            was=self.champion,
            reason=reason.strip(),
            at=max(now, last.at) if last else now,
            data_until=max(data_until, last.data_until) if last else data_until,
            previous=self.head,
            **facts,
        )
        if len(entry.text) > LONGEST:
            raise RegistryError(
                f"The entry would have {len(entry.text):,} characters, MLflow holds {LONGEST:,}",
                where=f"ledger of '{self.model}'",
                fix="compare fewer slices, or give a shorter reason; nothing has been switched",
            )
        return entry


def mark(entry: Entry) -> str:
    """Return what the tag :data:`SETTLED` holds of an entry."""
    return f"{entry.key} {entry.hash}"


def ledger_name(model: str) -> str:
    """Return the name of the experiment that holds a model's ledger."""
    return f"{model}-ledger"


def _breaks(model: str, entries: list[Entry], keys: list[str], settled: str) -> list[str]:
    """Say where the chain does not hold; what was settled holds its end."""
    found = [
        f"entry {key} is held where entry {number:06d} should be"
        for number, key in enumerate(keys, start=1)
        if key != f"{number:06d}"
    ]
    found += [f"entry {entry.key} is another model's" for entry in entries if entry.model != model]
    found += [
        f"entry {key} says it is {e.key}" for e, key in zip(entries, keys, strict=False) if e.key != key
    ]
    if entries and entries[0].previous:
        found.append(f"entry {entries[0].key} is not the first")
    for before, after in pairwise(entries):
        if after.previous != before.hash:
            found.append(f"entry {before.key} is not the one that entry {after.key} was written behind")
        if after.was != before.champion or after.at < before.at:
            found.append(f"entry {after.key} does not follow from entry {before.key}")
    if settled and settled not in [mark(entry) for entry in entries]:
        found.append(
            f"entry {settled.partition(' ')[0]}, by which the aliases were set, is missing or changed"
        )
    return found


def _find(client: Any, model: str) -> str:
    experiment = client.get_experiment_by_name(ledger_name(model))
    if experiment is None:
        return ""
    runs = client.search_runs([experiment.experiment_id], max_results=2)
    if experiment.lifecycle_stage != "active" or len(runs) != 1:
        raise RegistryError(
            f"The ledger of '{model}' was deleted, or is not alone where it should be",
            where=f"MLflow: experiment '{ledger_name(model)}' ({experiment.experiment_id}), {len(runs)} runs",
            fix="restore it (`mlflow experiments restore`, `mlflow runs restore`), or rename that experiment",
        )
    return str(runs[0].info.run_id)


def _begin(client: Any, model: str) -> str:
    """Make the ledger's experiment and run, complete before they get their name: two writers make one."""
    from mlflow.exceptions import MlflowException

    # Anybody may make experiments, and is master of their own. Who may not change the model is refused here.
    upsert(client.set_registered_model_tag, model, f"{TAG_PREFIX}ledger", ledger_name(model))
    draft = client.create_experiment(f"{ledger_name(model)}-{uuid4().hex}")
    run_id = client.create_run(draft, run_name=model, tags={f"{TAG_PREFIX}ledger": model}).info.run_id
    client.set_terminated(run_id)
    try:
        client.rename_experiment(draft, ledger_name(model))
    except MlflowException:
        found = _find(client, model)
        if not found:
            raise
        client.delete_experiment(draft)
        return found
    return str(run_id)
